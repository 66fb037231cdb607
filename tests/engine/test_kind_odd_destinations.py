"""A destination of somebody else's that is wrong in any way is told as that: no run ends by it unheard."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from integration import DeclarationError, Interrupted, OutputError, Report, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.engine.delivery import push
from integration.text.secret import Secret
from tests.little_tenant import LittleTenant, serving

URL = "acme://robot:swordfish-0815@badges.example/here"
FAULTS: dict[str, Callable[[], object]] = {
    "Interrupted: the robot sleeps": lambda: fail(Interrupted("the robot sleeps")),
    "LookupError: unknown": lambda: fail(LookupError("unknown")),
    "SystemExit: 0": lambda: sys.exit(0),
    "OSError: two lines": lambda: fail(OSError("two\nlines")),
}


def fail(error: Exception) -> NoReturn:
    raise error


class Acme:
    """A plugin and its destination, which fails at one of its moments."""

    url = "acme:"

    def __init__(self, moment: str, fault: Callable[[], object]) -> None:
        self._moment, self._fault = moment, fault

    def _comes(self, moment: str) -> None:
        if moment == self._moment:
            self._fault()

    def check(self) -> None:
        self._comes("check")

    def write(self, *_: object) -> None:
        self._comes("write")

    @hookimpl
    def integration_sink(self, url: str) -> "Acme | None":
        if not url.startswith("acme:"):
            return None
        self._comes("hook")
        return self


class Gives:
    """A plugin that gives something for a destination."""

    def __init__(self, given: object) -> None:
        self._given = given

    @hookimpl
    def integration_sink(self, url: str) -> object:
        return self._given if url.startswith("acme:") else None


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def collect(tenant: LittleTenant, plugin: object, *to: str) -> Report:
    manager = load(plugin)
    config = Config(graph_url=tenant.url, access_token=Secret("token"), to=to)
    return run(manager, plan(manager, only=["azure_user"]), config, out="out")


@pytest.mark.parametrize("moment", ["hook", "check"])
@pytest.mark.parametrize("told", FAULTS)
def test_one_that_fails_before_anything_is_read_ends_the_run_with_its_name(
    tenant: LittleTenant, moment: str, told: str
) -> None:
    with pytest.raises(OutputError, match=rf"^the destination acme: its code failed: {re.escape(told)}$"):
        collect(tenant, Acme(moment, FAULTS[told]), URL)
    assert not tenant.count("/users")


@pytest.mark.parametrize("told", FAULTS)
def test_one_that_fails_as_it_is_written_is_told_with_the_result_and_the_others_are_written(
    tenant: LittleTenant, told: str
) -> None:
    plugin = Acme("write", FAULTS[told])
    report = collect(tenant, plugin, URL, "files:copy")
    assert report.failed_sinks == {"acme:": f"its code failed: {told}"}
    assert (report.error, report.exit_code()) == ("", 1)
    assert Path("copy/entities/azure_user.jsonl").exists()
    assert push(load(plugin), [URL], out="out").failed_sinks == report.failed_sinks


class Half:
    """A destination that cannot be written."""

    url = "half:"

    def check(self) -> None:
        """Nothing can be wrong with it."""


@pytest.mark.parametrize("given", ["files:copy", 0, Acme, Half()], ids=["text", "number", "class", "half"])
def test_what_is_no_destination_is_refused_with_what_it_lacks(tenant: LittleTenant, given: Any) -> None:
    with pytest.raises(DeclarationError, match=r"^the destination acme: its plugin made no sink, but .*: ") as caught:
        collect(tenant, Gives(given), URL)
    assert "swordfish" not in str(caught.value)
    assert not tenant.count("/users")
