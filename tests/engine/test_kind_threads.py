"""A machine that lets no further thread begin ends a run with one sentence: nobody waits for what nobody does."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from integration import CredentialsError, FatalError, Report, load, plan, run
from integration.config.settings import Config
from integration.http.deadlines import Deadlines, uses
from integration.text.secret import Secret
from integration.threads import Threads
from tests.azure.reading import Azure, verdicts
from tests.azure.test_children import TYPE, azure
from tests.little_tenant import LittleTenant, Said, read, serving
from tests.support import write

__all__ = ["azure"]
TYPES = ("azure_account", "azure_user", "azure_user_group", "azure_user_group_has_user")
LICENSED = '''
from integration import Entity, entity_step


@entity_step("Record", licences=["AAD_PREMIUM"], needs=["azure_user"])
def contoso_licensed(ctx):
    """What wants a licence."""
    for user in ctx.entities("azure_user"):
        yield Entity(f"licensed {user.key}")
'''


class Refusing:
    """Has one of the threads that the product starts refused as Python refuses it.

    Args:
        which: how many begin before it.
        all_after: those after it are refused too.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, which: int, *, all_after: bool = True) -> None:
        self.started, real = 0, threading.Thread.start

        def start(thread: threading.Thread) -> None:
            if "process_request_thread" not in str(vars(thread)["_target"]):
                self.started += 1
                if self.started > which if all_after else self.started == which + 1:
                    raise RuntimeError("can't start new thread")
            real(thread)

        monkeypatch.setattr(threading.Thread, "start", start)


def ends_or_is_complete(run: Callable[[], Report]) -> None:
    """Run something that ends with the sentence, or that can do with the threads that there are."""
    try:
        codes = {run().exit_code()}
    except FatalError as error:
        codes = {0} if "lets no further thread begin: raise the limit" in str(error) else {3}
    assert codes == {0}


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def test_graph_that_refuses_the_token_as_a_run_fetches_ahead_ends_it_with_that_alone(
    tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Users are not answered until the thread has ended that fetches ahead, which alone asks for licences till then."""
    ahead: list[threading.Thread] = []
    unhandled: list[object] = []
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        ahead.extend([thread] if thread.name == "fetch ahead" else [])
        real(thread)

    def refused(target: str, body: bytes = b"") -> Said:
        tenant.asked.append(target)
        if target.startswith("/users"):
            ahead[0].join(60)
        return 401, {}, {"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}

    write(tmp_path, {"contoso_licensed.py": LICENSED, "contoso_licensed.json": "{}"})
    monkeypatch.syspath_prepend(tmp_path)
    manager = load(import_module("contoso_licensed").contoso_licensed)
    config = Config(graph_url=tenant.url, access_token=Secret("token"))
    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(threading, "excepthook", unhandled.append)
    monkeypatch.setattr(tenant, "answer", refused)
    with pytest.raises(CredentialsError):
        run(manager, plan(manager, only=["contoso_licensed"]), config, out="out")
    assert tenant.count("/subscribedSkus")
    assert (unhandled, ahead[0].is_alive()) == ([], False)


@pytest.mark.parametrize("all_after", [True, False])
@pytest.mark.parametrize("which", range(17))
def test_a_run_ends_with_a_sentence_and_the_next_one_goes_on(
    which: int, all_after: bool, tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as refusing:
        Refusing(refusing, which, all_after=all_after)
        ends_or_is_complete(lambda: read(tenant, *TYPES))
    assert signal.getsignal(signal.SIGINT) is handlers
    assert {read(tenant, *TYPES).of(type).verdict for type in TYPES} == {"complete"}


@pytest.mark.parametrize("which", range(5, 20, 3))
def test_children_of_resources_are_waited_for_by_nobody_either(
    which: int, azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        Refusing(refusing, which)
        ends_or_is_complete(lambda: azure.run(TYPE))
    assert verdicts(azure.run(TYPE)) == {"complete"}


def test_an_exchange_whose_time_nobody_watches_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines = Deadlines()
    ours, theirs = socket.socketpair()
    with monkeypatch.context() as refusing:
        Refusing(refusing, 0)
        with pytest.raises(FatalError), deadlines.until(time.monotonic()):
            pytest.fail("it began")
    with ours, theirs, deadlines.until(time.monotonic()) as exchange:
        uses(SimpleNamespace(sock=ours))
        assert theirs.recv(1) == b""
    assert exchange.overdue


def test_a_run_that_has_ended_leaves_nobody_who_watches(tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.http.deadlines._IDLE", 1e9)
    before = threading.enumerate()
    read(tenant, *TYPES)
    for thread in threading.enumerate():
        if thread.name == "deadlines" and thread not in before:
            thread.join(60)
            assert not thread.is_alive()


def test_other_errors_of_a_pool_are_what_they_are() -> None:
    with Threads(1) as threads:
        assert threads.submit(sum, [1, 2]).result() == 3
    with pytest.raises(RuntimeError, match="after shutdown"):
        threads.submit(sum, [])
