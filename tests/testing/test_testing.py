"""What authors check their steps with."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from integration import CassetteError, Context, Entity, Record, Replay, Step, load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import Schema
from integration.testing import (
    GraphServer,
    assert_records,
    cassette_of,
    check_cassette,
    check_step,
    replay,
    run_steps,
)
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant
from tests.support import FEW, ROOT, entity, schema, write

pytestmark = pytest.mark.every_area

STEPS = declared_steps(load())
CASSETTES = ROOT / "tests" / "cassettes"
SCHEMA = {"properties": {"name": {"type": "string", "description": "Its name."}}}
_declared: set[str] = set()


def device(key: str, **properties: Any) -> dict[str, Any]:
    return {"id": key, "displayName": f"device {key}", "operatingSystem": "Windows", **properties}


@pytest.fixture
def contoso_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    """A step of a package on the path; its module may be replaced before it is imported."""
    return declared(monkeypatch, "name=device['displayName']")


def declared(
    monkeypatch: pytest.MonkeyPatch,
    makes: str,
    *,
    of: str = "Record",
    before: str = "pass",
    per_row: bool = False,
    key: str = "device['id']",
    gives: str = "yield",
) -> Step:
    """Declare a step that yields an entity of a class for each device."""
    name = f"contoso_device{len(_declared)}"
    _declared.add(name)
    lines = [
        "from integration import Entity, entity_step",
        f'@entity_step("{of}", permissions=["Device.Read.All"], per_row={per_row})',
        f"def {name}(ctx):",
        '    """A device."""',
        f"    {before}",
        '    for number, device in enumerate(ctx.graph.list("/devices", select=("displayName",))):',
        f"        {gives} Entity({key}, {makes})",
    ]
    write(Path("package"), {f"{name}.py": "\n".join(lines), f"{name}.json": json.dumps(SCHEMA)})
    monkeypatch.syspath_prepend("package")
    step = getattr(__import__(name), name)
    assert isinstance(step, Step)
    return step


def record(graph: GraphServer, step: Step) -> None:
    """Write what the step asks for as its cassette, as the server answers it."""
    manager = load(step)
    config = Config(graph_url=graph.url, access_token=Secret(graph.token))
    chosen = plan(manager, only=[step.name])
    run(manager, chosen, config, out="recorded", tape=Record(Path(f"tests/cassettes/{step.name}.yaml")))


def test_an_author_replays_a_step_in_one_line() -> None:
    played = replay("azure_user_group_has_user")
    assert played.result.verdict == "complete"
    assert played.records
    assert {record["_fromEntityKey"] for record in played.records} <= played.keys


def test_a_step_that_breaks_the_contract_is_told_what_it_lacks() -> None:
    source = (CASSETTES / "entra" / "user.yaml").read_text()
    renamed, count = re.subn(r'"companyName":', '"nameOfCompany":', source)
    assert count
    write(Path("cassettes"), {"entra/user.yaml": renamed})
    told = r"companyName: declared in azure_user\.json, but in no record of the cassette; it is taken from companyName"
    with pytest.raises(AssertionError, match=told):
        check_step("azure_user", Path("cassettes"))


def test_a_type_without_a_cassette_is_told_how_to_make_one(contoso_device: Step) -> None:
    step = replace(contoso_device, needs=("azure_user",))  # the cassettes of which are there
    with pytest.raises(AssertionError) as caught:
        check_step(step)
    assert "GET /v1.0/devices is not there" in str(caught.value)
    assert f"{step.name}.yaml: no such cassette: make it with integration record {step.name}" in str(caught.value)


def test_a_type_whose_rows_another_cassette_holds_is_told_its_fault_alone() -> None:
    manager = load()
    step = manager.unregister(name="azure_elastic_san")
    assert isinstance(step, Step)
    manager.register(replace(step, class_name="Device"), name=step.name)
    with pytest.raises(AssertionError, match="is a required property") as caught:
        check_step(step.name, manager=manager)
    assert "no such cassette" not in str(caught.value)


def test_a_type_all_of_whose_records_are_rejected_is_told_why_alone() -> None:
    manager = load()
    step = manager.unregister(name="azure_elastic_san")
    assert isinstance(step, Step)

    def coloured(ctx: Context) -> Iterator[Entity]:
        """An Elastic SAN with a property that no schema has."""
        for row in ctx.azure.resources("microsoft.elasticsan/elasticsans"):
            yield Entity(row["id"], row, name=row["name"], colour="red")

    coloured.__module__ = step.run.__module__  # which says where its schema and its cassettes are
    manager.register(replace(step, run=coloured), name=step.name)
    with pytest.raises(AssertionError, match=r"colour: not declared in azure_elastic_san\.json") as caught:
        check_step(step.name, manager=manager)
    assert "no such cassette" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "makes", "told"),
    [
        ("pass", "name=f'device {number}'", r'name: expected "device 1", found "device 0"'),
        ("names = []", "name=(names.append(1), str(len(names)))[1]", "name: expected"),
    ],
)
def test_a_step_declared_per_row_makes_each_record_of_one_object(
    before: str, makes: str, told: str, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.add("/devices", device("device-0001"), device("device-0002"))
    honest = declared(monkeypatch, makes, before=before)
    record(graph, honest)
    check_step(honest)
    check_step(honest.name, manager=load(honest))
    step = declared(monkeypatch, makes, before=before, per_row=True)
    record(graph, step)
    with pytest.raises(AssertionError, match=rf"per_row, but with /devices handed over one by one .*{told}"):
        check_step(step)


@pytest.mark.parametrize(
    ("makes", "told"),
    [
        ("name=device['displayNam']", "its verdict is failed: .*displayNam is not among the selected properties"),
        ("name=number", 'displayName: expected type "string", found 0'),
    ],
)
def test_what_is_wrong_with_a_step_is_told(
    makes: str, told: str, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.add("/devices", device("device-0001"))
    step = declared(monkeypatch, makes)
    record(graph, step)
    with pytest.raises(AssertionError, match=told):
        check_step(step)


def test_one_key_for_all_is_told(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.add("/devices", device("device-0001"), device("device-0002"))
    step = declared(monkeypatch, "name=device['displayName']", key="'device'")
    record(graph, step)
    with pytest.raises(AssertionError, match=r"keys occur twice: \['device'\]"):
        check_step(step)


@pytest.mark.parametrize("name", ["requests", "http.client", "urllib.request", "urllib3"])
@pytest.mark.parametrize("form", ["import {}", "from {0} import __name__ as _"])
def test_a_step_that_reaches_the_network_by_itself_is_told(
    name: str, form: str, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.add("/devices", device("device-0001"))
    step = declared(monkeypatch, "name=device['displayName']", before=form.format(name))
    record(graph, step)
    with pytest.raises(AssertionError, match=f"it imports {name}: read through the context alone"):
        check_step(step)


def test_what_jupiterone_asks_of_a_class_is_asked_of_packages_too(
    graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.add("/devices", device("device-0001"), device("device-0002"), device("device-0003"))
    step = declared(monkeypatch, "name=device['displayName']", of="Device")
    record(graph, step)
    with pytest.raises(AssertionError, match=r"'serial' is a required property \(JupiterOne class Device\)") as caught:
        check_step(step)
    (told,) = [line for line in str(caught.value).splitlines() if "'serial'" in line]
    assert told.endswith(", and 2 more")


@pytest.mark.parametrize("type", ["array", ["array", "null"]])
def test_a_list_of_a_relationship_is_told(type: str | list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def with_list(step: Step) -> Schema:
        return schema(step, badges={"type": type, "items": {"type": "string"}})

    monkeypatch.setattr("integration.testing.contract.load_schema", with_list)
    with pytest.raises(AssertionError, match="badges: a list, which JupiterOne takes of entities alone"):
        check_step("azure_user_group_has_user")


def test_a_step_without_cassette_is_told_where_to_record_it() -> None:
    with pytest.raises(CassetteError, match=r"tests/cassettes/.*\.yaml: .*integration record contoso_badge$"):
        cassette_of(entity("contoso_badge"))


def test_a_cassette_is_found_in_the_project_of_the_current_folder() -> None:
    write(Path(), {"pyproject.toml": "", "tests/cassettes/contoso_badge.yaml": "", "tests/deeper/x": ""})
    assert cassette_of(entity("contoso_badge")) == Path("tests/cassettes/contoso_badge.yaml").resolve()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a5001", "/users value displayName: an id: 0b6e4c1a"),
        ("ada@contoso.com", "a mail address: ada@contoso.com"),
        ("contoso.onmicrosoft.com", "a tenant's domain: contoso.onmicrosoft.com"),
        ("corp.contoso.com", "a domain: corp.contoso.com"),
        ("+44 7700 900000", "a telephone number"),
        ("8.8.8.8", "an IP address"),
        ("S-1-5-21-1111111111-2222222222-3333333333-1001", "a security identifier"),
        ("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2ln", "a token or a key"),
        ("-----BEGIN PRIVATE KEY-----", "a token or a key"),
    ],
)
def test_what_looks_like_a_secret_or_somebody_is_named(text: str, told: str) -> None:
    source = (CASSETTES / "entra" / "user.yaml").read_text()
    changed, count = re.subn(r'"displayName": "\w+ex \w+ex"', f'"displayName": "{text}"', source, count=1)
    assert count
    Path("azure_user.yaml").write_text(changed)
    with pytest.raises(AssertionError, match=rf"^azure_user\.yaml: record it with .*\n  - .*{re.escape(told)}"):
        check_cassette(Path("azure_user.yaml"))


def test_an_id_that_the_code_of_a_step_names_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere, here = "62e90394-69f5-4237-9190-012177145e10", "d0b1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d"
    step = declared(monkeypatch, f"isKnown=device['id'] == '{everywhere}'")
    source = (CASSETTES / "entra" / "user.yaml").read_text()
    for id in (everywhere, here):
        Path("contoso.yaml").write_text(
            re.sub(r'"displayName": "\w+ex \w+ex"', f'"displayName": "{id}"', source, count=1)
        )
        if id == everywhere:
            check_cassette(Path("contoso.yaml"), manager=load(step))
        else:
            with pytest.raises(AssertionError, match=f"an id: {here}"):
                check_cassette(Path("contoso.yaml"), manager=load(step))


def test_steps_run_against_a_declared_graph(graph: GraphServer, contoso_device: Step) -> None:
    graph.add("/devices", device("device-0001"), device("device-0002", secret="not selected"))
    ran = run_steps(contoso_device, source=graph)
    assert ran.verdicts == {contoso_device.name: "complete"}
    assert_records(
        ran.records[contoso_device.name],
        [
            {"_key": "device-0001", "name": "device device-0001", "_class": ["Record"]},
            {"_key": "device-0002", "name": "device device-0002", "secret": None},
        ],
    )
    assert graph.requests == [
        "GET /devices/delta?$select=id,displayName&$deltatoken=latest",
        "GET /devices?$select=id,displayName&$top=999",
    ]
    with pytest.raises(AssertionError) as caught:
        assert_records(
            ran.records[contoso_device.name], [{"_key": "device-0001", "name": "gate"}, {"_key": "device-3"}]
        )
    assert str(caught.value).splitlines() == [
        "3 differences in 2 records:",
        "  device-3: expected, but not there",
        "  device-0002: there, but not expected",
        '  device-0001: name: expected "gate", found "device device-0001"',
    ]


def test_a_declared_graph_has_pages(graph: GraphServer, contoso_device: Step) -> None:
    graph.page_size = 2
    graph.add("/devices", *(device(f"device-{number:04}") for number in range(5)))
    assert len(run_steps(contoso_device, source=graph).records[contoso_device.name]) == 5
    assert [request.rpartition("&")[2] for request in graph.requests[1:]] == [
        "$top=999",
        "$skiptoken=2",
        "$skiptoken=4",
    ]


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        ({"status": 403, "code": "Authorization_RequestDenied"}, "failed", "needs the permission Device.Read.All"),
        ({"status": 503, "times": 1, "retry_after": 0}, "complete", ""),
        ({"status": 429, "times": 2, "retry_after": 0}, "complete", ""),
        ({"status": 410, "times": 1}, "complete", ""),
        ({"status": 400, "code": "BadRequest"}, "failed", "As declared."),
    ],
)
def test_a_declared_graph_fails_as_declared(
    fault: dict[str, Any], verdict: str, reason: str, graph: GraphServer, contoso_device: Step
) -> None:
    graph.add("/devices", device("device-0001"))
    graph.fail("/devices" if fault["status"] != 410 else "/devices/delta", **fault)
    result = run_steps(contoso_device, source=graph).report.of(contoso_device.name)
    assert result.verdict == verdict
    assert reason in result.reason


def test_a_step_that_forgets_to_yield_is_told_so_and_no_object_is_blamed(
    graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.add("/devices", device("device-0001"), device("device-0002"))
    step = declared(monkeypatch, "name=device['displayName']", gives="_ =")
    result = run_steps(step, source=graph).report.of(step.name)
    assert (result.verdict, result.problems) == ("failed", {})
    assert result.reason.endswith(f"{step.name} gives NoneType: write yield before each record")


def test_a_later_run_asks_a_declared_graph_for_what_changed(graph: GraphServer, tmp_path: Path) -> None:
    types = ("azure_user", "azure_user_group_has_user")
    graph.add("/users", *(user(f"user-{number}") for number in range(4)))
    graph.add("/groups", {"id": "group-0001", "displayName": "all"}, {"id": "group-0002", "displayName": "none"})
    graph.relate("/groups", "group-0001", "members", "user-0", "user-1", "user-2")
    first = run_steps(*types, source=graph, out=tmp_path)
    assert set(first.verdicts.values()) == {"complete"}
    assert len(first.records[types[1]]) == 3

    graph.requests.clear()
    graph.add("/users", user("user-0", displayName="Another"))
    graph.remove("/users", "user-1")
    graph.relate("/groups", "group-0002", "members", "user-3")
    graph.unrelate("/groups", "group-0001", "members", "user-2")
    second = run_steps(*types, source=graph, out=tmp_path)
    assert all("/delta?" in request for request in graph.requests)
    assert second.report.of("azure_user").notes == ("changed",)
    assert second.records["azure_user"][0]["displayName"] == "Another"
    edges = [(record["_fromEntityKey"], record["_toEntityKey"]) for record in second.records[types[1]]]
    assert edges == [("group-0001", "user-0"), ("group-0002", "user-3")]
    assert second.records == run_steps(*types, source=graph).records


def user(key: str, **properties: Any) -> dict[str, Any]:
    return {"id": key, "displayName": key, "userPrincipalName": f"{key}@contoso.example", **properties}


def test_a_declared_graph_gives_what_the_simulator_gives(graph: GraphServer) -> None:
    tenant = demo_tenant()
    graph.page_size = 7
    graph.add("/users", *tenant.users.values())
    graph.add("/groups", *tenant.groups.values())
    graph.add("/organization", tenant.organization)
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": tenant.security_defaults})
    for key in tenant.groups:
        graph.relate("/groups", key, "members")
    for group, kind, member in tenant.memberships():
        child = {"id": member, "@odata.type": f"#microsoft.graph.{kind}"}
        graph.relate("/groups", group, "members", member if member in tenant.groups else child)
    names = sorted(FEW)
    with Simulator(tenant) as simulator:
        expected = run_steps(*names, source=simulator)
    ran = run_steps(*names, source=graph)
    assert ran.records == expected.records
    assert ran.verdicts == expected.verdicts


def test_a_listing_tells_the_kinds_that_derive_from_its_own(graph: GraphServer) -> None:
    graph.add("/users", {"id": "person-1", "@odata.type": "#microsoft.graph.user"})
    graph.add("/users", {"id": "agent-1", "@odata.type": "#microsoft.graph.agentUser"})
    answer = graph.answer("GET", "/v1.0/users?$select=id", {"Authorization": f"Bearer {graph.token}"}, b"")
    assert answer.body == {
        "value": [{"id": "person-1"}, {"id": "agent-1", "@odata.type": "#microsoft.graph.agentUser"}]
    }


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/nowhere", 400, "The test declared nothing at /nowhere: add, relate or put it."),
        ("/groups/group-0001/membrs", 400, "The test declared nothing"),
        ("/groups/nobody", 404, "There is no object /groups/nobody."),
        ("/groups/nobody/members", 404, "There is no object nobody."),
        ("/groups?$filter=x", 400, "write a eq 'b'"),
        ("/groups?$search=x", 400, "This server does not know $search."),
        ("/groups?$top=1000", 400, "$top is 1000, but 1 to 999 are possible."),
    ],
)
def test_what_was_not_declared_is_refused_with_advice(path: str, status: int, told: str, graph: GraphServer) -> None:
    graph.add("/groups", {"id": "group-0001"})
    graph.relate("/groups", "group-0001", "members")
    answer = requests.get(f"{graph.url}/v1.0{path}", headers={"Authorization": f"Bearer {graph.token}"}, timeout=120)
    assert answer.status_code == status
    assert told in answer.json()["error"]["message"]


def test_a_declared_graph_wants_its_token(graph: GraphServer) -> None:
    assert requests.get(f"{graph.url}/v1.0/groups", timeout=120).status_code == 401


def test_a_wrong_declaration_is_told(graph: GraphServer) -> None:
    with pytest.raises(ValueError, match="/devices: an object of Graph has an id"):
        graph.add("/devices", {"displayName": "nameless"})
    with pytest.raises(ValueError, match="/groups has no object group-0001: add it first"):
        graph.relate("/groups", "group-0001", "members", "user-1")
    graph.add("/groups", {"id": "group-0001"})
    with pytest.raises(
        ValueError, match=r"no object has the id user-1: add it first, or give the child .*@odata\.type"
    ):
        graph.relate("/groups", "group-0001", "members", "user-1")


def test_steps_run_on_a_tape_too() -> None:
    ran = run_steps("azure_user_group", source=Replay(CASSETTES / "entra" / "group.yaml"))
    assert ran.verdicts == {"azure_user_group": "complete"}
    assert ran.keys == {record["_key"] for record in ran.records["azure_user_group"]}


def test_records_are_compared_whatever_gives_them() -> None:
    played = replay("azure_account")
    assert_records(played, [{"_key": played.records[0]["_key"], "vendor": "Microsoft"}])
    with pytest.raises(AssertionError, match=r"vendor: expected \"Contoso\", found \"Microsoft\""):
        assert_records(played, [{"_key": played.records[0]["_key"], "vendor": "Contoso"}])
    with pytest.raises(AssertionError, match="two records have the _key"):
        assert_records([*played.records, *played.records], [])
