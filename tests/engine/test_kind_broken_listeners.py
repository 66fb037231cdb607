"""What only listens costs nothing where it breaks: a host's progress bar, its metrics, its standard error."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from integration import Report, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.support import FEW

SECRET = "host-s3cret"
FULL = Path("/dev/full")
HOOKS = ("step_started", "pages_read", "waits", "step_finished", "run_finished")


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", {"id": "user-1", "displayName": "Ada"})
    graph.add("/groups", {"id": "group-1", "displayName": "All"})
    graph.relate("/groups", "group-1", "members", "user-1")
    return graph


def broken() -> None:
    raise RuntimeError(f"metrics.example refuses {SECRET}")


class Broken:
    @hookimpl
    def integration_step_started(self) -> None:
        broken()

    @hookimpl
    def integration_pages_read(self) -> None:
        broken()

    @hookimpl
    def integration_waits(self) -> None:
        broken()

    @hookimpl
    def integration_step_finished(self) -> None:
        broken()

    @hookimpl
    def integration_run_finished(self) -> None:
        broken()


class Listener:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    @hookimpl
    def integration_pages_read(self, progress: object) -> None:
        self.heard.append(progress)

    @hookimpl
    def integration_run_finished(self, report: Report) -> None:
        self.heard.append(report)


def collect(tenant: GraphServer, *plugins: object) -> Report:
    manager = load(*plugins)
    return run(manager, plan(manager), Config(graph_url=tenant.url, access_token=Secret(tenant.token)), out="out")


def test_a_plugin_that_raises_costs_nothing_and_is_named_once(
    tenant: GraphServer, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.fail("/users", status=503, times=1, retry_after=0.01)
    first, last = Listener(), Listener()
    report = collect(tenant, first, Broken(), last)
    assert report.exit_code() == 0
    assert {result.verdict for result in report.results} == {"complete"}
    assert first.heard[-1] == last.heard[-1] == report
    assert len(first.heard) == len(last.heard) > 5
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    for hook in HOOKS:
        (record,) = [each for each in warnings if f"integration_{hook} of the plugin" in each.getMessage()]
        assert record.name == "integration"
        assert " of the plugin Broken raised " in record.getMessage()
        assert "RuntimeError" in record.getMessage()
        assert __file__ in record.getMessage()
    assert SECRET not in caplog.text


def test_a_plugin_that_ends_the_process_still_does(tenant: GraphServer) -> None:
    class Ends:
        @hookimpl
        def integration_run_finished(self) -> None:
            raise SystemExit(7)

    with pytest.raises(SystemExit):
        collect(tenant, Ends())


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
@pytest.mark.parametrize("arguments", [(), ("--log-level", "debug", "--log-format", "json"), ("--log-level", "debug")])
def test_a_standard_error_that_takes_nothing_costs_nothing(tenant: GraphServer, arguments: tuple[str, ...]) -> None:
    few = [word for type in sorted(FEW) for word in ("--only", type)]
    command = [sys.executable, "-m", "integration", "run", *few, "--graph-url", tenant.url, *arguments]
    environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": tenant.token}
    with FULL.open("w") as full:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=full, text=True, check=False)
    assert done.returncode == 0
    assert "complete" in done.stdout
