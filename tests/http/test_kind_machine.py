"""A fault of this machine - certificates, proxies, libraries - is told as one, and never as one of the tenant."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from integration import ConfigurationError
from integration.cli import main
from integration.config.settings import Config
from integration.doctor.reach import reach
from integration.http.surroundings import check_machine, fault_of_machine
from integration.sources.signin import tokens_for
from integration.text.secret import Secret
from tests.http.sign_in import CLIENT, TENANT
from tests.simulator import Simulator, demo_tenant

PASSWORD = "pass-of-the-proxy"
URL = "https://127.0.0.1:9"


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True) as tenant:
        yield tenant


def faults(url: str = URL) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        check_machine(url)
    assert PASSWORD not in str(caught.value)
    return caught.value.faults


def invoke(command: str, tenant: Simulator, *, token: bool, **variables: str) -> Result:
    ways = {"INTEGRATION_ACCESS_TOKEN": "ready-token"} if token else {"AZURE_CLIENT_SECRET": "a-secret"}
    environment = {
        "AZURE_CLIENT_ID": tenant.signin.client_id, "AZURE_TENANT_ID": tenant.signin.tenant_id,
        "INTEGRATION_GRAPH_URL": tenant.url, "INTEGRATION_AUTHORITY": tenant.authority, **ways, **variables,
    }  # fmt: skip
    return CliRunner().invoke(main, [command], env=environment, catch_exceptions=False)


def odd(name: str, folder: Path) -> str:
    """Return the path of what is no file of certificates."""
    path = folder / name
    if name == "a text":
        path.write_text("no certificate")
    elif name == "a folder":
        path.mkdir()
    elif name == "a pipe":
        os.mkfifo(path)
    return str(path)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("not there", "is not there"),
        ("a text", "holds no certificate"),
        ("a folder", "is a folder without certifi"),
        ("a pipe", "is no file"),
    ],
)
def test_certificates_that_are_none_are_named_with_their_variable(
    variable: str, name: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = odd(name, tmp_path)
    monkeypatch.setenv(variable, path)
    (fault,) = faults()
    assert fault.startswith(f"{variable} names {path}, which {problem}")
    check_machine("http://127.0.0.1:9")  # no certificates are looked at there


@pytest.mark.parametrize("command", ["run", "check", "doctor"])
@pytest.mark.parametrize("token", [True, False])
def test_every_command_names_the_file_and_not_the_tenant(command: str, token: bool, tenant: Simulator) -> None:
    done = invoke(command, tenant, token=token, REQUESTS_CA_BUNDLE="/nonexistent.pem")
    assert done.exit_code == (1 if command == "doctor" else 2)
    assert "REQUESTS_CA_BUNDLE names /nonexistent.pem, which is not there" in done.output
    assert not [word for word in ("Traceback", "does not know the tenant", "OSError") if word in done.output]


@pytest.mark.parametrize(
    "value",
    [
        "http://", "http://:8080", "http://proxy:port", "proxy:99999", "://", "http://[::1", "gopher://proxy:70",
        f"http://me:{PASSWORD}\u2026@proxy:8080", f"http://me:{PASSWORD}@pro xy:8080",
        f"http://me:{PASSWORD}[@proxy:8080", f"http://me:]{PASSWORD}@proxy:8080", f"http://me:{PASSWORD}#@proxy:8080",
    ],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_is_none_is_named_by_its_variable(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    (fault,) = faults()
    assert fault.startswith(f"{variable} is not the address of a proxy")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    check_machine(URL)


@pytest.mark.parametrize(
    "value", [f"http://me:[{PASSWORD}@proxy:1", f"http://me:{PASSWORD}#@proxy:1", f"{PASSWORD}@[::1"]
)
def test_nothing_of_a_password_is_told_with_the_place_of_a_proxy(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with requests.Session() as session:
        finding = reach(session, "Microsoft Graph", URL, {})
    assert finding.state == "problem"
    assert PASSWORD not in repr(finding)


def test_a_proxy_that_takes_a_library_is_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"socks5h://me:{PASSWORD}@127.0.0.1:1080")
    (fault,) = faults()
    assert fault.startswith("HTTPS_PROXY names a SOCKS proxy")
    assert "install PySocks" in fault


@pytest.mark.parametrize("value", ["http://proxy:8080", "proxy", f"http://me:{PASSWORD}@proxy:8080", "https://proxy"])
def test_a_proxy_and_certificates_that_are_right_are_no_fault(
    value: str, tenant: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tenant.ca_file
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tenant.ca_file)
    monkeypatch.setenv("HTTPS_PROXY", value)
    check_machine(URL)


def test_what_went_wrong_in_the_middle_of_a_run_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = requests.ConnectionError("no answer")
    assert fault_of_machine(lost, URL) is None
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    assert "gone.pem" in str(fault_of_machine(lost, URL))
    assert fault_of_machine(lost) is None
    assert "msal cannot be imported" in str(fault_of_machine(ImportError("no", name="msal")))


def test_certificates_that_vanish_between_two_sign_ins_are_named(
    tenant: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tenant.ca_file
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Path(tenant.ca_file).read_bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    signin = tenant.signin
    tokens = tokens_for(
        Config(
            client_id=signin.client_id, directory_id=signin.tenant_id, client_secret=Secret(signin.client_secret),
            graph_url=tenant.url, authority=tenant.authority,
        )
    )  # fmt: skip
    token = tokens.token()
    bundle.unlink()
    tokens.renew(token)
    with pytest.raises(ConfigurationError, match=r"ca\.pem, which is not there"):
        tokens.token()


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "msal", None)
    config = Config(client_id=CLIENT, directory_id=TENANT, client_secret=Secret("a-secret"), authority=URL)
    with pytest.raises(ConfigurationError, match="msal cannot be imported: install this package anew"):
        tokens_for(config).token()


def test_doctor_says_it_once_in_json_too(tenant: Simulator) -> None:
    environment = {"INTEGRATION_ACCESS_TOKEN": "ready", "INTEGRATION_GRAPH_URL": tenant.url, "HTTPS_PROXY": "http://:1"}
    done = CliRunner().invoke(main, ["doctor", "--json"], env=environment, catch_exceptions=False)
    bad = [check for check in json.loads(done.stdout)["checks"] if check["state"] == "problem"]
    assert [check["check"] for check in bad] == ["network"]
    assert "HTTPS_PROXY" in bad[0]["remedy"]
    assert os.environ.get("HTTPS_PROXY") is None
