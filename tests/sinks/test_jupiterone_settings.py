"""Where ``jupiterone:`` leads to, and that its key is seen nowhere."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration import ConfigurationError, load
from integration.sinks import make_sinks
from integration.sinks.jupiterone.account import account_of
from integration.sinks.jupiterone.sink import JupiterOneSink
from tests.jupiterone import Account, Fault, JupiterOne
from tests.jupiterone.runs import INSTANCE, graph, held, sign_in
from tests.jupiterone.runs import read as run
from tests.simulator import Simulator, synthetic_tenant
from tests.support import FEW

VARIABLES = {
    "JUPITERONE_ACCOUNT": "contoso-account",
    "JUPITERONE_API_KEY": "k3y-which-nobody-may-see",
    "INTEGRATION_INSTANCE_ID": INSTANCE,
}


def faults(address: str, **variables: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        JupiterOneSink(address, variables)
    assert "nobody-may-see" not in str(caught.value)
    return caught.value.faults


@pytest.mark.parametrize(
    ("address", "variable", "root", "mode"),
    [
        ("", "", "https://api.us.jupiterone.io", "diff"),
        ("?mode=patch", "", "https://api.us.jupiterone.io", "patch"),
        ("?mode=diff", "https://api.eu.example", "https://api.eu.example", "diff"),
        ("https://api.dev.example", "https://api.eu.example", "https://api.dev.example", "diff"),
        ("https://api.dev.example:8443/?mode=patch", "", "https://api.dev.example:8443", "patch"),
        ("http://127.0.0.1:8080", "", "http://127.0.0.1:8080", "diff"),
        ("http://[::1]:8080", "", "http://[::1]:8080", "diff"),
    ],
)
def test_the_url_and_the_environment_name_the_account(address: str, variable: str, root: str, mode: str) -> None:
    account, found = account_of(address, {**VARIABLES, "JUPITERONE_API_URL": variable})
    assert (account.root, account.id, account.key.reveal(), account.instance, found) == (
        root, "contoso-account", "k3y-which-nobody-may-see", INSTANCE, mode,
    )  # fmt: skip
    assert "nobody-may-see" not in f"{account} {account.name}"


def test_all_that_is_missing_is_said_at_once() -> None:
    (fault,) = faults("")
    assert "JUPITERONE_ACCOUNT, JUPITERONE_API_KEY, INTEGRATION_INSTANCE_ID" in fault
    (fault,) = faults("", **{**VARIABLES, "JUPITERONE_ACCOUNT": " "})
    assert "needs the variables JUPITERONE_ACCOUNT: set them" in fault
    assert len(faults("http://contoso.example?mode=all")) == 3


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://contoso.example", "the URL behind jupiterone: must begin with https:// (http: loopback only)"),
        ("http://127.0.0.1.contoso.example", "the URL behind jupiterone: must begin with https://"),
        ("https://user:nobody-may-see@contoso.example", "must hold neither credentials nor a query"),
        ("//contoso.example", "the URL behind jupiterone: is not a URL such as https://api.us.jupiterone.io"),
        ("contoso.example", "is not a URL such as"),
        ("?mode=override", "takes one option"),
        ("?mode=patch&scope=all", "takes one option"),
        ("?api_key=nobody-may-see", "takes one option"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(address: str, problem: str) -> None:
    (fault,) = faults(address, **VARIABLES)
    assert problem in fault


def test_a_variable_with_a_wrong_url_is_named() -> None:
    (fault,) = faults("", **VARIABLES, JUPITERONE_API_URL="http://contoso.example")
    assert fault.startswith("JUPITERONE_API_URL must begin with https://")


@pytest.mark.parametrize("key", ["nobody-may-see\r\nX-Other: 1", "nobody-may-see\x00", "nobody-may-sée nobody-may-see"])
def test_a_key_that_no_header_takes_is_refused_unseen(key: str) -> None:
    (fault,) = faults("", **{**VARIABLES, "JUPITERONE_API_KEY": key})
    assert fault == "JUPITERONE_API_KEY holds a character that no HTTP header takes: set it anew"


def test_the_scheme_is_found_by_url(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    sign_in(monkeypatch, account)
    with JupiterOne(account) as service:
        (sink,) = make_sinks(load(), [f"jupiterone:{service.url}/?mode=patch"])
    assert sink.url == f"jupiterone:{service.url}?mode=patch"
    monkeypatch.delenv("JUPITERONE_ACCOUNT")
    with pytest.raises(ConfigurationError, match="JUPITERONE_ACCOUNT"):
        make_sinks(load(), ["jupiterone:"])


def test_settings_come_from_a_file_too_and_the_key_is_seen_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    lines = {**VARIABLES, "JUPITERONE_ACCOUNT": account.id, "JUPITERONE_API_KEY": account.key}
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    fault = Fault("entities", 503, message=f"not now, {account.key}")
    with (
        Simulator(synthetic_tenant(users=30, groups=5, memberships=60)) as simulator,
        JupiterOne(account, faults=[fault]) as service,
    ):
        command = [sys.executable, "-m", "integration", "run", "--out", "out", "--graph-url", simulator.url]
        command += [f"--only={type}" for type in sorted(FEW)]
        logged = [*command, "--log-level", "debug", "--to", f"jupiterone:{service.url}"]
        environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": simulator.token}
        first = subprocess.run(logged, env=environment, capture_output=True, text=True, check=False)
        assert (first.returncode, held(account)) == (0, graph())
        assert "not now, ***" in first.stderr
        service.faults = [Fault("entities", 422, message=f"never, {account.key}", times=99)]
        second = subprocess.run(logged, env=environment, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert "never, ***" in Path("out/summary.json").read_text()
        service.faults = [Fault("job", 401, message=f"no, {account.key}", times=99)]
        third = subprocess.run(logged, env=environment, capture_output=True, text=True, check=False)
        assert third.returncode == 3
        assert "no, ***" in third.stderr
    shown = [text for ended in (first, second, third) for text in (ended.stdout, ended.stderr)]
    written = [path.read_bytes() for path in Path("out").rglob("*") if path.is_file()]
    assert len(written) >= 3
    for text in [*(each.encode() for each in shown), *written]:
        assert account.key.encode() not in text
    assert all(each.headers["Authorization"] == f"Bearer {account.key}" for each in service.exchanges)
    assert account.key not in json.dumps([job.as_json() | {"reason": job.reason} for job in account.jobs.values()])


def test_certificates_that_are_not_there_are_named_with_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem")
    with pytest.raises(ConfigurationError, match=r"REQUESTS_CA_BUNDLE names /nonexistent\.pem, which is not there"):
        JupiterOneSink("https://127.0.0.1:9", VARIABLES).check()


def test_no_proxy_is_sent_what_goes_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    sign_in(monkeypatch, account)
    with Simulator(synthetic_tenant(users=3, groups=1, memberships=1)) as simulator, JupiterOne(account) as service:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert run(simulator, f"jupiterone:{service.url}").exit_code() == 0


def test_the_key_is_not_in_what_a_debugger_logs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    account = Account()
    sign_in(monkeypatch, account)
    caplog.set_level(logging.DEBUG)
    with Simulator(synthetic_tenant(users=3, groups=1, memberships=1)) as simulator, JupiterOne(account) as service:
        run(simulator, f"jupiterone:{service.url}")
    assert "/persister/synchronization/jobs" in caplog.text
    assert account.key not in caplog.text
