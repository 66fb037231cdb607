"""Azure's token is for its audience, goes to its own host alone, and is got anew where it is refused."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.parse import parse_qs

import pytest

from integration import CredentialsError, Step, load, plan, run
from integration.config.clouds import CLOUDS
from integration.config.settings import Config
from integration.errors import Unreachable
from integration.sdk.plugins import declared_steps
from integration.sources.azure.client import QUERIED_AT
from integration.sources.signin import azure_tokens_for, tokens_for
from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.azure.reading import Azure, keys, verdicts
from tests.http.sign_in import CLIENT, TENANT, Service, serving_over_tls
from tests.little_tenant import LittleTenant
from tests.little_tenant import serving as serving_graph
from tests.simulator.azure import Asked, AzureSimulator, Fault, made_up_tenant
from tests.simulator.azure.demo import azure_demo_tenant
from tests.simulator.azure.manager import AUDIENCE, TOKEN, token_for

REFUSED = {"error": {"code": "ExpiredAuthenticationToken", "message": "The access token expiry UTC time is earlier."}}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A sign-in service whose tokens carry the audience that is asked for."""

    def token(form: str) -> bytes:
        audience = parse_qs(form)["scope"][0].removesuffix("/.default")
        return json.dumps({"access_token": token_for(audience), "expires_in": 3600, "token_type": "Bearer"}).encode()

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving_over_tls(tmp_path / "ca.pem") as service:
        service.raw = token
        yield service


def signing_in(service: Service, **settings: Any) -> dict[str, Any]:
    """Settings of an application that signs in there."""
    given = {"client_id": CLIENT, "directory_id": TENANT, "client_secret": Secret("s3cret"), "authority": service.url}
    return {"azure_access_token": Secret(""), **given, **settings}


@pytest.mark.parametrize("name", CLOUDS)
def test_a_secret_gives_a_token_for_each_api_of_a_cloud(service: Service, name: str) -> None:
    cloud = CLOUDS[name]
    config = Config(**(signing_in(service) | {"graph_url": cloud.graph, "azure_url": cloud.azure}))
    azure = azure_tokens_for(config)
    assert azure is not None
    assert tokens_for(config).token().reveal() == token_for(cloud.graph)
    assert azure.token().reveal() == token_for(cloud.azure)
    assert [call["scope"] for call in service.asked] == [f"{cloud.graph}/.default", f"{cloud.azure}/.default"]


def test_who_signs_in_reads_azure_with_a_token_for_it(azure: Azure, service: Service) -> None:
    report = azure.run("contoso_machine", **signing_in(service))
    assert verdicts(report) == {"complete"}
    assert {each.token for each in azure.simulator.requests} == {token_for(AUDIENCE)}


def test_a_token_for_graph_is_refused_by_azure(azure: Azure) -> None:
    report = azure.run("contoso_machine", azure_access_token=Secret(token_for("https://graph.microsoft.com")))
    assert verdicts(report) == {"failed"}
    assert "the given access token was refused" in report.of("contoso_machine").reason


@pytest.mark.every_area
def test_where_a_token_is_refused_no_permission_is_asked_for() -> None:
    """Another token is wanted, not another role."""
    with AzureSimulator(made_up_tenant(30, 2)) as simulator:
        result = Azure(simulator, {}).run("azure_vm", azure_access_token=Secret("expired")).of("azure_vm")
    assert (result.verdict, result.to_grant) == ("failed", ())
    assert result.reason.startswith("azure:resources: Azure could not be signed in to: ")


def test_a_token_that_expires_is_got_anew(azure: Azure, service: Service) -> None:
    azure.simulator.manager.faults = [Fault(401, lambda asked: "order by" in asked.query, REFUSED, times=1)]
    report = azure.run("contoso_machine", **signing_in(service))
    assert verdicts(report) == {"complete"}
    partitions = [each.query for each in azure.simulator.queries if "order by" in each.query]
    assert len(partitions) == len(set(partitions)) + 1
    assert sum(call["scope"] == f"{AUDIENCE}/.default" for call in service.asked) == 2


def test_a_token_that_is_always_refused_fails_the_types_soon(azure: Azure, service: Service) -> None:
    azure.simulator.manager.faults = [Fault(401, lambda asked: True, REFUSED)]
    report = azure.run("contoso_machine", "contoso_storage", "contoso_room", **signing_in(service))
    assert verdicts(report) == {"failed"}
    assert "Azure refused the access token, also a fresh one" in report.of("contoso_machine").reason
    assert report.exit_code() == 1
    assert len(azure.simulator.requests) <= 8


@pytest.mark.every_area
def test_a_token_that_expires_on_the_way_is_soon_tried_no_more() -> None:
    """Children are asked for by hundreds of requests, from many threads."""
    answered, refused = count(), count()

    def expired(asked: Asked) -> bool:
        return next(answered) >= 60 and next(refused) >= 0

    steps = declared_steps(load())
    types = [step.name for step in steps if step.module.startswith("azure.") and not step.is_relationship]
    with AzureSimulator(azure_demo_tenant()) as simulator:
        azure = Azure(simulator, {})
        simulator.manager.faults = [Fault(401, expired, REFUSED)]
        report = azure.run(*types)
        assert "failed" in verdicts(report)
        assert "complete" not in {result.verdict for result in report.results if "refused" in result.reason}
        assert next(refused) < 100
        simulator.manager.faults = []
        report = azure.run(*types)
    assert "failed" not in verdicts(report)


@pytest.mark.parametrize("only", [True, False])
def test_a_tenant_without_azure_is_told(azure: Azure, service: Service, only: bool) -> None:
    def refused(form: str) -> bytes:
        service.status = 200
        if "graph.microsoft.com" in form:
            return json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}).encode()
        service.status = 400
        code = 500011
        return json.dumps({"error": "invalid_resource", "error_codes": [code], "error_description": "-"}).encode()

    service.raw = refused
    report = azure.run("contoso_machine", **signing_in(service, only=("contoso_machine",) if only else ()))
    assert report.of("contoso_machine").verdict == "skipped"
    assert "does not know Azure" in report.of("contoso_machine").reason
    assert report.exit_code() == (1 if only else 0)


def test_a_token_goes_to_no_other_host(azure: Azure) -> None:
    with AzureSimulator(made_up_tenant(10, 1)) as other:

        def lead_away(asked: Asked, document: dict[str, Any]) -> None:
            if asked.path == "/subscriptions":
                document["nextLink"] = f"{other.url}/subscriptions?api-version=2022-12-01"

        azure.simulator.manager.alter = lead_away
        report = azure.run("contoso_machine")
        assert verdicts(report) == {"failed"}
        assert "another host" in report.of("contoso_machine").reason
        azure.simulator.manager.alter = None
        for status in (302, 307):
            moved = {"Location": f"{other.url}/subscriptions?api-version=2022-12-01"}
            azure.simulator.manager.faults = [Fault(status, lambda asked: True, headers=moved)]
            assert verdicts(azure.run("contoso_machine")) == {"failed"}
        assert other.requests == []


def test_azure_that_does_not_answer_fails_its_types_alone(azure: Azure) -> None:
    with create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with serving_graph(LittleTenant()) as tenant:
        settings = {"graph_url": tenant.url, "access_token": Secret("token"), "azure_url": url}
        manager = load(*azure.steps.values())
        chosen = plan(manager, only=("contoso_machine", "azure_user"))
        report = run(manager, chosen, azure.config(**settings), out="out")
    assert report.of("contoso_machine").verdict == "failed"
    assert "does not answer" in report.of("contoso_machine").reason
    assert report.of("azure_user").verdict == "complete"
    assert report.exit_code() == 1


@pytest.mark.every_area
@pytest.mark.parametrize("reads_azure", [True, False])
@pytest.mark.parametrize("is_silent", [True, False])
def test_graph_that_gives_nothing_fails_its_types_alone(is_silent: bool, reads_azure: bool, azure: Azure) -> None:
    """Where Azure is read as well; nothing is lost, for there is nothing that the next run could go on from."""
    with create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with GraphServer() as graph:
        graph.fail("*", status=401, code="InvalidAuthenticationToken")
        settings = {"graph_url": url if is_silent else graph.url, "access_token": Secret(graph.token)}
        manager = load(*azure.steps.values())
        chosen = plan(
            manager, only=(*(["azure_subscription"] if reads_azure else ()), "azure_user", "azure_user_group")
        )
        if not reads_azure:
            with pytest.raises(Unreachable if is_silent else CredentialsError):
                run(manager, chosen, azure.config(**settings), out="out")
            return
        report = run(manager, chosen, azure.config(**settings), out="out")
    assert report.of("azure_subscription").verdict == "complete"
    assert {report.of(type).verdict for type in ("azure_user", "azure_user_group")} == {"failed"}
    assert "nothing of Graph was read: " in report.of("azure_user").reason
    assert report.exit_code() == 1


def test_with_a_token_for_graph_alone_the_types_of_azure_are_skipped(azure: Azure) -> None:
    with serving_graph(LittleTenant()) as tenant:
        settings = {"graph_url": tenant.url, "access_token": Secret("token"), "azure_access_token": Secret("")}
        report = both(azure, **settings)
    assert report == {"contoso_machine": "skipped", "azure_user": "complete"}
    assert azure.simulator.requests == []


def test_with_a_token_for_azure_alone_the_types_of_graph_are_skipped(azure: Azure) -> None:
    with serving_graph(LittleTenant()) as tenant:
        report = both(azure, graph_url=tenant.url)
        assert tenant.count("/users") == 0
    assert report == {"contoso_machine": "complete", "azure_user": "skipped"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_tokens_of_two_tenants_read_two_tenants(azure: Azure) -> None:
    """The tenant is named by the token where nothing else names it."""
    first, second = (Secret(token_for(AUDIENCE, tid=tenant)) for tenant in (TENANT, CLIENT))
    settings: dict[str, Any] = {"directory_id": "", "azure_access_token": first}
    assert azure.run("contoso_machine", **settings).reading["mirror"] == "new"
    assert azure.run("contoso_machine", **settings).reading["mirror"] == "updated"
    assert azure.run("contoso_machine", **settings | {"azure_access_token": second}).reading["mirror"] == "new"


def both(azure: Azure, **settings: Any) -> dict[str, str]:
    """Run a type of each API; the verdicts."""
    manager = load(*azure.steps.values())
    chosen = plan(manager, only=("contoso_machine", "azure_user"))
    report = run(manager, chosen, azure.config(**settings), out="out")
    for result in report.results:
        assert result.verdict != "skipped" or "_ACCESS_TOKEN" in result.reason
    return {type: report.of(type).verdict for type in ("contoso_machine", "azure_user")}


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_is_sent_what_goes_to_this_machine(
    azure: Azure, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_graph(LittleTenant()) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert verdicts(azure.run("contoso_machine")) == {"complete"}
        assert proxy.connections == []


SAID = f"you sent Bearer {TOKEN} \x1b[2J\n{TOKEN}"
ECHOES: dict[str, tuple[int, dict[str, Any] | bytes, dict[str, str]]] = {
    **{
        f"message of {status}": (status, {"error": {"code": "x", "message": SAID}}, {})
        for status in (400, 403, 429, 500)
    },
    "code": (400, {"error": {"code": f"x\n{TOKEN}"}}, {}),
    "details": (400, {"error": {"code": "x", "details": [{"code": TOKEN, "message": SAID}]}}, {}),
    "request id": (400, {"error": {"code": "x"}}, {"x-ms-correlation-request-id": TOKEN}),
    "warning": (206, {"data": []}, {"Warning": f'199 - "{TOKEN}"'}),
    "error beside rows": (200, {"data": [], "error": {"code": TOKEN, "message": SAID}}, {}),
    "no JSON": (502, SAID.encode(), {}),
    "next link": (200, {"value": [], "nextLink": f"https://u:{TOKEN}@elsewhere.example/subscriptions"}, {}),
}


@pytest.mark.parametrize("name", ECHOES)
def test_a_token_that_azure_repeats_is_in_nothing_that_a_run_leaves(
    azure: Azure, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    status, body, headers = ECHOES[name]
    where = "/subscriptions" if name == "next link" else QUERIED_AT
    refused = {"Retry-After": "100000", **headers}
    azure.simulator.manager.faults = [Fault(status, lambda asked: asked.path == where, body, refused)]
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    left = b"".join(path.read_bytes() for path in Path("out").rglob("*") if path.is_file()).decode(errors="replace")
    for text in (json.dumps(report.summary()), left, caplog.text):
        assert TOKEN not in text
    assert not {"\x1b", "\n"} & {*report.of("contoso_machine").reason}


def test_no_token_is_in_what_is_kept(azure: Azure, steps: dict[str, Step], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    report = azure.run("contoso_machine")
    assert azure.simulator.token not in caplog.text
    assert azure.simulator.token not in json.dumps(report.summary())
