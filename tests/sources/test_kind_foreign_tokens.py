"""A token of another tenant than the settings name is refused before anything is read, in every command."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration.cli import main
from integration.config.settings import Config
from integration.errors import CredentialsError
from integration.sources.signin import tokens_for
from integration.text.secret import Secret
from tests.http.sign_in import Service, serving
from tests.simulator import Simulator, demo_tenant

OTHER = "aaaabbbb-0000-4111-8222-ccccdddd3333"
COMMANDS = ("run", "check", "doctor")


@pytest.fixture(scope="module")
def graph() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True) as graph:
        yield graph


def token_of(tenant: object) -> str:
    claims = urlsafe_b64encode(json.dumps({"tid": tenant, "roles": ["User.Read.All"]}).encode()).decode().rstrip("=")
    return f"eyJ9.{claims}.c2lnbmF0dXJl"


def command(graph: Simulator, name: str, *arguments: str, **variables: str) -> Result:
    graph.reset()
    environment = {
        "REQUESTS_CA_BUNDLE": str(graph.ca_file),
        "INTEGRATION_GRAPH_URL": graph.url,
        "INTEGRATION_AUTHORITY": graph.authority,
        **variables,
    }
    done = CliRunner().invoke(main, [name, "--only", "azure_user", *arguments], env=environment)
    for secret in ("INTEGRATION_ACCESS_TOKEN", "INTEGRATION_AZURE_ACCESS_TOKEN", "AZURE_CLIENT_SECRET"):
        assert not variables.get(secret) or variables[secret] not in done.output
    return done


def read_of(graph: Simulator) -> list[str]:
    """Return what was asked of Graph; that it answers at all is looked at by its root."""
    return [
        request.path for request in graph.requests if request.path.startswith("/v1.0/") and request.path != "/v1.0/"
    ]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_given_token_of_another_tenant_is_refused_before_anything_is_read(
    name: str, case: type[str], graph: Simulator
) -> None:
    done = command(graph, name, AZURE_TENANT_ID=case(OTHER), INTEGRATION_ACCESS_TOKEN=graph.signin.issue())
    mine = graph.signin.tenant_id
    assert done.exit_code == (1 if name == "doctor" else 2)
    told = " ".join(done.output.split())
    assert f"the token for Graph is of the tenant {mine}, but the settings name the tenant {case(OTHER)}" in told
    assert f"set the directory (tenant) id to {mine}" in told
    assert read_of(graph) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_sign_in_that_gives_a_token_of_another_tenant_is_refused_too(name: str, graph: Simulator) -> None:
    secret = graph.signin.client_secret
    there = {"AZURE_CLIENT_ID": graph.signin.client_id, "AZURE_CLIENT_SECRET": secret, "AZURE_TENANT_ID": OTHER}
    domains = graph.signin.domains
    graph.signin.domains = (*domains, OTHER)
    try:
        done = command(graph, name, **there)
    finally:
        graph.signin.domains = domains
    assert done.exit_code == (1 if name == "doctor" else 2)
    assert f"of the tenant {graph.signin.tenant_id}, but the settings name" in " ".join(done.output.split())
    assert read_of(graph) == []


@pytest.mark.every_area
@pytest.mark.parametrize("named", ["graph", "settings"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_token_for_azure_of_another_tenant_is_refused_too(name: str, named: str, graph: Simulator) -> None:
    mine = graph.signin.tenant_id
    given = {"INTEGRATION_ACCESS_TOKEN": graph.signin.issue(), "INTEGRATION_AZURE_ACCESS_TOKEN": token_of(OTHER)}
    types = ("--only", "azure_resource_group")
    where = {"AZURE_TENANT_ID": mine} if named == "settings" else {}
    done = command(graph, name, *types, "--azure-url", graph.url, **given, **where)
    assert done.exit_code == (1 if name == "doctor" else 2)
    told = " ".join(done.output.split())
    expected = f"but the settings name the tenant {mine}" if named == "settings" else f"but that for Graph is of {mine}"
    assert f"the token for Azure is of the tenant {OTHER}, {expected}" in told
    assert name != "run" or read_of(graph) == []


def test_what_an_earlier_run_collected_stays(graph: Simulator, tmp_path: Path) -> None:
    folder = ("--out", str(tmp_path / "out"), "--to", f"files:{tmp_path / 'files'}")
    mine = {"AZURE_TENANT_ID": graph.signin.tenant_id, "INTEGRATION_ACCESS_TOKEN": graph.signin.issue()}
    assert command(graph, "run", *folder, **mine).exit_code == 0
    before = {path: path.read_bytes() for path in sorted((tmp_path / "files").rglob("*")) if path.is_file()}
    assert command(graph, "run", *folder, **{**mine, "AZURE_TENANT_ID": OTHER}).exit_code == 2
    assert {path: path.read_bytes() for path in sorted((tmp_path / "files").rglob("*")) if path.is_file()} == before
    assert command(graph, "run", *folder, **mine).exit_code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_given_token_of_another_tenant_than_a_domain_is_of_is_refused(name: str, graph: Simulator) -> None:
    domain, mine = graph.signin.domains[0], graph.signin.tenant_id
    done = command(graph, name, AZURE_TENANT_ID=domain, INTEGRATION_ACCESS_TOKEN=token_of(OTHER))
    assert done.exit_code == (1 if name == "doctor" else 2)
    told = " ".join(done.output.split())
    assert f"is of the tenant {OTHER}, but the settings name the tenant {domain} ({mine})" in told
    assert f"set the directory (tenant) id to {OTHER}" in told
    assert read_of(graph) == []


def test_a_domain_that_no_tenant_has_is_told(graph: Simulator) -> None:
    done = command(graph, "run", AZURE_TENANT_ID="nobody.example", INTEGRATION_ACCESS_TOKEN=graph.signin.issue())
    assert done.exit_code == 2
    assert "does not know the tenant nobody.example" in " ".join(done.output.split())


def test_where_the_sign_in_service_does_not_answer_a_domain_says_nothing(graph: Simulator) -> None:
    away = {"INTEGRATION_AUTHORITY": "https://127.0.0.1:9", "AZURE_TENANT_ID": graph.signin.domains[0]}
    done = command(graph, "check", INTEGRATION_ACCESS_TOKEN=graph.signin.issue(), **away)
    assert done.exit_code == 0


@pytest.mark.parametrize("tenant", ["contoso.example", None])
def test_where_the_settings_name_no_id_the_token_decides(tenant: str | None, graph: Simulator) -> None:
    named = {"AZURE_TENANT_ID": tenant} if tenant else {}
    done = command(graph, "check", INTEGRATION_ACCESS_TOKEN=graph.signin.issue(), **named)
    assert (done.exit_code, read_of(graph)) == (0, [])


@pytest.mark.parametrize("token", ["opaque", "a.b.c", token_of(5), token_of("no\u001bid"), token_of(None)])
def test_a_token_that_does_not_tell_its_tenant_passes(token: str) -> None:
    assert tokens_for(Config(directory_id=OTHER, access_token=Secret(token))).token().reveal() == token


def test_an_identity_of_another_tenant_is_refused_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = "11111111-2222-4333-8444-555555555555"
    answer = {"access_token": token_of(mine), "expires_on": "4102444800", "token_type": "Bearer"}
    with serving(Service(raw=lambda _: json.dumps(answer).encode())) as machine:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{machine.url}/msi")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        config = Config(managed_identity=True, directory_id=OTHER)
        tokens = tokens_for(config)
        for _ in range(2):
            with pytest.raises(
                CredentialsError, match=f"of the tenant {mine}, but the settings name the tenant {OTHER}"
            ):
                tokens.token()
        assert tokens_for(replace(config, directory_id=mine)).token().reveal() == token_of(mine)
