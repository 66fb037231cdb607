"""Recording types of Azure: nothing of the tenant's own is written, and what is left plays back as it was recorded."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from integration import Replay, load, plan, run
from integration.cli import main
from integration.config.settings import Config
from integration.recording import sample
from integration.recording.recorder import Recording, record
from integration.store.store import Store
from integration.testing import check_cassette
from integration.text.secret import Secret
from tests.simulator import Simulator, demo_tenant
from tests.simulator.azure import AzureSimulator, AzureTenant, Fault, made_up_tenant
from tests.simulator.azure.demo import azure_demo_tenant

SALT = bytes(range(32))
TOKENS = "token-of-graph-that-nobody-may-see", "token-of-azure-that-nobody-may-see"
MACHINES = ("azure_vm", "azure_nic", "azure_vm_uses_nic")
ASSIGNED = "azure_role_assignment_assigned_user"
CONTAINER = "azure_storage_container"
AREA = "azure"
PLANTED = "planted"
HOST, ADDRESS, MAIL, SECRET = "planted.contoso.com", "20.53.17.9", "planted@contoso.com", "planted-secret-of-nobody"
MANAGER = load()

pytestmark = pytest.mark.every_area


@dataclass
class Asked:
    """What a recording asked of the two servers, by the tokens that it sent to each."""

    azure: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)


def recorded(
    tenant: AzureTenant,
    *types: str,
    to: str = "cassettes",
    faults: Sequence[Fault] = (),
    asked: Asked | None = None,
    **more: Any,
) -> Recording:
    with ExitStack() as stack:
        azure = stack.enter_context(AzureSimulator(tenant))
        graph = stack.enter_context(Simulator(demo_tenant(), token=TOKENS[0]))
        azure.manager.token = TOKENS[1]
        azure.manager.faults.extend(faults)
        config = Config(
            graph_url=graph.url,
            access_token=Secret(TOKENS[0]),
            azure_url=azure.url,
            azure_access_token=Secret(TOKENS[1]),
        )
        recording = record(MANAGER, types, config, to=Path(to), **{"salt": SALT, **more})
        if asked is not None:
            asked.azure |= {each.token for each in azure.requests}
            asked.queries += [each.query for each in azure.queries]
    return recording


def records_of(types: Iterable[str], cassettes: Iterable[Path]) -> dict[str, list[Any]]:
    chosen = plan(MANAGER, only=list(types))
    run(MANAGER, chosen, Config(), out="played", tape=Replay(*dict.fromkeys(cassettes)))
    with closing(Store(Path("played/graph.db"))) as store:
        return {step.name: [json.loads(each) for each in store.records(step)] for step in chosen.steps}


def planted(tenant: AzureTenant) -> AzureTenant:
    """Put what is the tenant's own, and a secret, into each row and each child."""
    rows = [row for table in tenant.tables.values() for row in table.values()]
    for listed in tenant.children.values():
        rows += listed if isinstance(listed, list) else [listed]
    for number, row in enumerate(rows):
        own = {
            "description": f"Planted words of Contoso {number}",
            "contactEmail": MAIL,
            "plantedProperty": {"planted key": f"planted-{number}"},
            "privateIPAddress": ADDRESS,
            "endpoint": f"https://user:{SECRET}@{HOST}/planted/{number}?sig={SECRET}",
            "fqdn": HOST,
            "adminPassword": SECRET,
            "value": SECRET,
            "rules": json.dumps({"name": "planted-in-json", "id": "/subscriptions/x/resourceGroups/planted-group"}),
        }
        properties = row.get("properties")
        row["properties"] = {**own, **(properties if isinstance(properties, dict) else {}), "adminPassword": SECRET}
        if row.get("tags"):
            row["tags"] = {"planted-tag": "Planted value", "planted.flag": "true", **(row["tags"] or {})}
    return tenant


def test_the_root_that_is_set_is_named_where_it_does_not_answer() -> None:
    with AzureSimulator(made_up_tenant()) as azure, Simulator(demo_tenant(), token=TOKENS[0]) as graph:
        config = Config(
            graph_url=graph.url,
            access_token=Secret(TOKENS[0]),
            azure_url=azure.url.replace("http:", "https:"),  # where nobody speaks TLS
            azure_access_token=Secret(TOKENS[1]),
        )
        recording = record(MANAGER, ["azure_vm"], config, to=Path("cassettes"), salt=SALT)
    assert config.azure_url in recording.failed["azure_vm"]
    assert "management.azure.com" not in recording.failed["azure_vm"]


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> tuple[AzureTenant, Recording, Asked]:
    """All types of the area, recorded of a tenant with something of its own in each row."""
    tenant, asked = planted(azure_demo_tenant()), Asked()
    to = str(tmp_path_factory.mktemp("area"))
    return tenant, recorded(tenant, AREA, to=to, asked=asked, keep=6), asked


def test_types_of_azure_are_recorded_and_play_back() -> None:
    recording = recorded(azure_demo_tenant(), *MACHINES)
    assert recording.failed == {}
    assert {type: recording.results[type].verdict for type in MACHINES} == dict.fromkeys(MACHINES, "complete")
    assert set(recording.cassettes.values()) == {Path("cassettes/azure/nic.yaml")}  # it has the table that both read
    records = records_of(MACHINES, recording.cassettes.values())
    assert {type: len(records[type]) for type in MACHINES} == {type: recording.results[type].count for type in MACHINES}
    machines = {each["_key"] for each in records["azure_vm"]}
    interfaces = {each["_key"] for each in records["azure_nic"]}
    ends = {(each["_fromEntityKey"], each["_toEntityKey"]) for each in records["azure_vm_uses_nic"]}
    assert {machine for machine, _ in ends} <= machines
    assert len({interface for _, interface in ends} & interfaces) >= 3


def test_each_type_of_the_area_plays_back_what_was_recorded(area: tuple[AzureTenant, Recording, Asked]) -> None:
    _, recording, _ = area
    assert recording.failed == {}
    names = [step.name for step in plan(MANAGER, only=[AREA]).steps if step.run.__module__.startswith("steps.azure.")]
    assert recording.results.keys() == set(names)
    assert {each.type: each.reason for each in recording.results.values() if each.verdict != "complete"} == {}
    records = records_of(names, recording.cassettes.values())
    assert {name: len(records[name]) for name in names} == {name: recording.results[name].count for name in names}
    # The two simulators are of two tenants: some of what relates one to the other has no records here.
    ends = {step.name: step.ends or () for step in plan(MANAGER, only=[AREA]).steps}
    empty = [name for name in names if not records[name] and {*names} >= {*ends[name]}]
    # They join by names of tags, and by the keys themselves, and no recording keeps these.
    assert empty == ["azure_kubernetes_agent_pool_uses_vm_scale_set", "azure_vm_trusts_ssh_public_key"]


def test_a_recording_of_azure_holds_nothing_of_the_tenant(area: tuple[AzureTenant, Recording, Asked]) -> None:
    tenant, recording, _ = area
    paths = list(dict.fromkeys(recording.cassettes.values()))
    held = {text.lower() for path in paths for text in _all_texts(path)}
    words = set(re.findall(r"[\w$@.-]+", "\n".join(held)))
    for text in (PLANTED, "contoso.com", SECRET, ADDRESS, *TOKENS):
        assert [each for each in held if text.lower() in each] == []
    own = {text for text in _own(tenant) if text not in _WORDS}
    assert len(own) > 200
    assert {text for text in own if text in words} == set()
    for path in paths:
        check_cassette(path, manager=MANAGER)


def test_a_token_is_sent_to_its_own_host_alone(area: tuple[AzureTenant, Recording, Asked]) -> None:
    assert area[2].azure == {TOKENS[1]}


def _all_texts(path: Path) -> Iterator[str]:
    """Yield every text in a cassette, names of properties too."""
    for each in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["interactions"]:
        yield each["request"]["uri"]
        for body in (each["request"]["body"], each["response"]["body"]["string"]):
            yield from _texts(json.loads(body) if body else None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


_WORDS = frozenset("1.0.0 198.18.0.0 microsoft.example owner".split())
"""What is as well a version, a made-up range, a type of resources, and a role of Azure's own."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-(?!0000)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _own(tenant: AzureTenant) -> Iterator[str]:
    """Yield names, groups, tags, ids, hosts and addresses of a tenant, in lower case."""
    rows = [row for table in tenant.tables.values() for row in table.values()]
    for row in rows:
        if row["type"].startswith(("microsoft.compute", "microsoft.network", "microsoft.storage", "microsoft.web")):
            yield from (each for each in row["name"].lower().split("/") if re.search(r"[\d-]", each) and len(each) > 3)
        yield from (each.lower() for each in (row["tags"] or {}) if re.fullmatch(r"[\w.-]{5,}", each))
        if row["id"].lower().startswith("/subscriptions/") and row["id"].count("/") > 3:
            yield from (
                each.lower() for each in row["id"].split("/")[4:5] if re.search(r"[\d-]", each) and len(each) > 3
            )
        for text in _texts(row):
            yield from _GUID.findall(text.lower())
            yield from re.findall(r"(?:[a-z0-9-]+\.)+example", text.lower())
            if re.fullmatch(r"(?:[1-9]\d{0,2}\.)(?:\d{1,3}\.){2}\d{1,3}(?:/\d+)?", text) and not text.startswith(
                "255."
            ):
                yield text.partition("/")[0]


def test_what_names_somebody_in_microsoft_entra_is_recorded_with_them() -> None:
    tenant, last = azure_demo_tenant(), list(demo_tenant().users)[-1]
    for row in tenant.tables["authorizationresources"].values():
        if row["properties"].get("principalType") == "User":
            row["properties"]["principalId"] = last
    recording = recorded(tenant, "azure_user", "azure_role_assignment", ASSIGNED, keep=1)
    records = records_of(["azure_user", ASSIGNED], recording.cassettes.values())
    users = {each["_key"] for each in records["azure_user"]}
    assert {each["_toEntityKey"] for each in records[ASSIGNED]} & users
    assert recording.results[ASSIGNED].verdict == "complete"


def test_children_that_are_read_on_demand_are_recorded_when_they_are_named() -> None:
    recording = recorded(azure_demo_tenant(), CONTAINER, "azure_storage_account_has_container")
    records = records_of([CONTAINER], recording.cassettes.values())
    assert len(records[CONTAINER]) == recording.results[CONTAINER].count > 0
    path = recording.cassettes[CONTAINER]
    assert path == Path("cassettes/azure/storage_container.yaml")
    assert "/blobServices/default/containers?api-version=2023-05-01" in path.read_text()


def test_of_a_table_in_several_parts_a_sample_is_read_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SAMPLE", 30)
    asked = Asked()
    recording = recorded(made_up_tenant(2500, 4), *MACHINES, asked=asked)
    assert len([query for query in asked.queries if "hash(" in query]) == 3
    assert {result.verdict for result in recording.results.values()} == {"complete"}
    assert recording.seen >= 2500
    assert 3 <= recording.results["azure_vm"].count < 20
    records = records_of(MACHINES, recording.cassettes.values())
    interfaces = {each["_key"] for each in records["azure_nic"]}
    assert {each["_toEntityKey"] for each in records["azure_vm_uses_nic"]} & interfaces
    queries = recording.cassettes["azure_nic"].read_text()
    assert "hash(" not in queries
    assert "microsoft.storage/storageaccounts" not in queries


def test_a_table_that_is_refused_is_not_recorded_and_the_others_are() -> None:
    body = {"error": {"code": "Forbidden", "message": "Ada may not read that"}}
    refused = Fault(403, lambda asked: asked.query.startswith("authorizationresources"), body)
    recording = recorded(azure_demo_tenant(), "azure_vm", "azure_role_assignment", faults=[refused])
    assert set(recording.results) == {"azure_vm"}
    assert (
        "Azure said: /authorizationresources: HTTP 403: Ada may not read that"
        in recording.failed["azure_role_assignment"]
    )
    assert "Ada" not in recording.cassettes["azure_vm"].read_text()


def test_the_same_salt_makes_the_same_files() -> None:
    first, again = (recorded(azure_demo_tenant(), *MACHINES, to=to).cassettes["azure_nic"] for to in ("a", "b"))
    assert first.read_bytes() == again.read_bytes()


def test_an_author_with_a_token_for_azure_alone_records_by_the_command() -> None:
    with AzureSimulator(azure_demo_tenant()) as azure:
        azure.manager.token = TOKENS[1]
        arguments = ["record", *MACHINES, "--to", "here", "--azure-url", azure.url]
        environment = {"INTEGRATION_AZURE_ACCESS_TOKEN": TOKENS[1]}
        ended = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert ended.exit_code == 0
        assert "here/azure/nic.yaml: complete, 4 records" in ended.stdout
        assert "azure_vm_uses_nic: complete, 4 records, all of which the cassettes of others hold" in ended.stdout
        assert "  vmSize: " in ended.stdout
        refused = CliRunner().invoke(main, arguments, env={"INTEGRATION_AZURE_ACCESS_TOKEN": "wrong"})
    assert refused.exit_code == 1
    assert "azure_vm was not recorded" in refused.stderr
    assert TOKENS[1] not in "".join(path.read_text() for path in Path("here").rglob("*.yaml"))
