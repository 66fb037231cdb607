"""Resources whose types have no type of their own are one type, so that nothing is invisible, and no resource twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import DeclarationError, Step, declared_steps, entity_step, load, plan
from integration.values import arm_key
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator
from tests.simulator.azure.demo import azure_demo_tenant
from tests.simulator.azure.tenant import row_of
from tests.support import write

pytestmark = pytest.mark.every_area

MAP = "microsoft.maps/accounts"
OTHER = ("azure_resource", "azure_resource_group_has_resource")
_SCHEMA = '{"properties": {"name": {"type": "string", "description": "What it is called."}}}'


@pytest.fixture
def azure() -> Iterator[Azure]:
    """The demo's tenant, and the installed types."""
    with AzureSimulator(azure_demo_tenant()) as simulator:
        yield Azure(simulator, {})


@pytest.fixture
def maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Step]:
    """A type of its own for maps, as a package would add it."""
    module = '''
from integration import Entity, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups


@entity_step("Service", per_row=True, resources=["Microsoft.Maps/accounts"])
def contoso_map(ctx):
    """An account of Azure Maps."""
    for row in ctx.azure.resources("microsoft.maps/accounts"):
        yield Entity(arm_key(row["id"]), name=row["name"])


@relationship_step("azure_resource_group", "HAS", "contoso_map", per_row=True)
def azure_resource_group_has_contoso_map(ctx):
    """An account is in a resource group."""
    yield from in_groups(ctx.entities("contoso_map"))
'''
    write(tmp_path / "maps", {"contoso_maps.py": module, "contoso_map.json": _SCHEMA})
    monkeypatch.syspath_prepend(tmp_path / "maps")
    monkeypatch.delitem(__import__("sys").modules, "contoso_maps", raising=False)
    found = vars(__import__("contoso_maps"))
    return {name: step for name, step in found.items() if isinstance(step, Step)}


def types_by_key(out: str = "out") -> dict[str, str]:
    """The type of each entity of the graph."""
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return dict(database.execute("SELECT _key, _type FROM entities"))


def entities_of_azure() -> list[Step]:
    return [each for each in declared_steps(load()) if each.module.startswith("azure.") and not each.is_relationship]


def add_maps(azure: Azure, number: int) -> None:
    place = next(iter(azure.simulator.tenant.tables["resources"].values()))["id"].split("/providers/")[0]
    for n in range(number):
        azure.simulator.tenant.add(row_of(f"{place}/providers/Microsoft.Maps/accounts/more-{n}", MAP, properties={}))


def test_every_resource_is_an_entity_of_the_type_that_says_so(azure: Azure) -> None:
    steps = entities_of_azure()
    azure.run(*(step.name for step in steps))
    found, of_type = types_by_key(), {type: step.name for step in steps for type in step.resources}
    for row in azure.simulator.tenant.tables["resources"].values():
        type = found[arm_key(row["id"])]
        sites = ("azure_web_app", "azure_function_app")
        assert type == of_type.get(row["type"], "azure_resource") or type in sites, row["id"]
    named = {type for step in steps for type in step.resources if step.name != "azure_resource"}
    types = {row["type"] for row in azure.simulator.tenant.tables["resources"].values()}
    assert named <= types, "the demo has something of each type that a step names"


def test_all_others_come_with_the_same_requests(azure: Azure) -> None:
    azure.run("azure_vm", out="alone")
    alone = [each.query for each in azure.simulator.queries]
    azure.simulator.requests.clear()
    report = azure.run("azure_vm", *OTHER)
    assert verdicts(report) == {"complete"}
    asked = [each.query for each in azure.simulator.queries if each.query.startswith("resources ")]
    assert sorted(asked) == sorted(query for query in alone if query.startswith("resources "))


def test_odd_values_of_a_type_that_nobody_knows_cost_nothing(azure: Azure) -> None:
    report = azure.run("azure_resource")
    result = report.of("azure_resource")
    assert (result.verdict, result.count, result.problems) == ("complete", 5, {})


def test_a_type_whose_step_does_not_run_is_not_among_the_others(azure: Azure) -> None:
    """Else a later run would have its machines twice, or they would come and go with what is chosen."""
    manager = load()
    assert "microsoft.compute/virtualmachines" in plan(manager, only=["azure_resource"]).resources
    assert plan(manager, skip=["azure_vm"]).resources == plan(manager).resources
    azure.run(*OTHER)
    assert set(types_by_key().values()) == {"azure_resource", "azure_resource_group"}
    assert len(keys("azure_resource")) == 5


def test_who_gets_a_type_of_its_own_leaves_the_others_in_the_same_run(azure: Azure, maps: dict[str, Step]) -> None:
    azure.run(*OTHER)
    map_key = next(key for key in keys("azure_resource") if key.endswith("/map-web"))
    azure.steps = maps
    report = azure.run(*OTHER, *maps)
    assert verdicts(report) == {"complete"}
    assert types_by_key()[map_key] == "contoso_map"
    assert report.changes["azure_resource"] == {"deleted": 1}
    assert report.changes["azure_resource_group_has_resource"] == {"deleted": 1}
    assert {result.count for result in report.results if result.type in maps} == {1}
    assert not any("duplicateKeys" in result.problems for result in report.results)
    group = map_key.split("/providers/")[0]
    assert (group, map_key) in edges()
    again = azure.run(*OTHER, *maps)
    assert {result.notes for result in again.results} == {("unchanged",)}


def test_a_type_of_its_own_takes_its_resources_also_where_the_others_are_not_read(
    azure: Azure, maps: dict[str, Step]
) -> None:
    azure.run(*OTHER)
    azure.steps = maps
    report = azure.run("contoso_map")
    assert (report.of("contoso_map").count, report.of("contoso_map").problems) == (1, {})
    report = azure.run(*OTHER, "contoso_map")
    assert report.of("azure_resource").count == 4
    assert report.changes.keys() == {"azure_resource_group_has_resource"}


def test_many_resources_that_get_a_type_of_their_own_are_no_mass_deletion(azure: Azure, maps: dict[str, Step]) -> None:
    add_maps(azure, 100)
    azure.run(*OTHER, to=("files:given",))
    azure.steps = maps
    report = azure.run(*OTHER, *maps, to=("files:given",))
    assert report.changes["azure_resource"] == {"deleted": 101}
    assert (report.withheld, report.withheld_at) == ({}, {})
    assert "more-1" not in Path("given/entities/azure_resource.jsonl").read_text()


def test_many_other_resources_that_are_gone_are_a_mass_deletion(azure: Azure) -> None:
    add_maps(azure, 100)
    azure.run(*OTHER)
    tenant = azure.simulator.tenant
    tenant.remove(tenant.ids(MAP))
    report = azure.run(*OTHER)
    assert report.withheld.keys() == {*OTHER}


def test_a_type_that_goes_with_its_package_keeps_its_resources(azure: Azure, maps: dict[str, Step]) -> None:
    """The graph has them still, as of the type that is not installed any more."""
    azure.steps = maps
    azure.run(*OTHER, *maps)
    azure.steps = {}
    for _ in range(2):
        report = azure.run(*OTHER)
        assert len(keys("contoso_map")) == 1
        assert report.of("azure_resource").problems["duplicateKeys"]["count"] == 1


def test_rows_that_do_not_come_make_the_others_partial(azure: Azure) -> None:
    def short(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query:
            kept = [row for row in document["data"] if row["type"] != MAP]
            document |= {"data": kept, "totalRecords": len(kept), "count": len(kept)}

    azure.simulator.manager.alter = short
    report = azure.run("azure_resource", "azure_vm")
    assert report.of("azure_vm").verdict == "complete"
    assert report.of("azure_resource").verdict == "partial"
    assert "Azure counts 1, of which 0 came" in report.of("azure_resource").reason


def test_a_run_without_the_others_says_what_it_leaves_out(azure: Azure) -> None:
    report = azure.run("azure_vm")
    kinds = ("microsoft.maps/accounts", "microsoft.maps/accounts/creators", "contoso.appliances/firewalls")
    more = ("microsoft.network/ipgroups", "microsoft.network/privatednszones/virtualnetworklinks")
    told = dict.fromkeys((*kinds, *more), 1)
    assert report.reading["notRepresented"] == {"azure:resources": told}
    assert azure.run("azure_vm", "azure_resource").reading["notRepresented"] == {}


def test_a_role_that_somebody_has_in_any_resource_leads_to_it(azure: Azure) -> None:
    tenant = azure.simulator.tenant
    place = next(iter(tenant.ids(MAP)))
    role = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
    given = {"roleDefinitionId": role, "principalId": "p", "principalType": "User", "scope": place.upper()}
    id = f"{place}/providers/Microsoft.Authorization/roleAssignments/r"
    tenant.add(row_of(id, "microsoft.authorization/roleassignments", properties=given), "authorizationresources")
    allows = "azure_role_assignment_allows_any_scope"

    def lacking(*types: str, out: str) -> int:
        problems = azure.run(allows, *types, out=out).of(allows).problems
        count: int = problems["danglingEnds"]["count"]
        return count

    assert lacking("azure_resource", out="with") == lacking(out="without") - 1
    assert (arm_key(id), arm_key(place)) in edges("with")


@pytest.mark.parametrize("type", ["virtualmachines", "microsoft.compute/", "microsoft.compute/virtual machines"])
def test_a_step_names_types_of_resources(type: str) -> None:
    with pytest.raises(DeclarationError, match=r"is no type of Azure resources: write 'microsoft\.compute/"):

        @entity_step("Host", resources=[type])
        def contoso_thing(ctx: Any) -> Any:
            """A thing."""


def test_a_resource_without_properties_is_there_all_the_same(azure: Azure) -> None:
    """A service that cannot tell them right now leaves them out, of any type."""
    tenant = azure.simulator.tenant
    for table in ("resources", "resourcecontainers"):
        for row in tenant.tables[table].values():
            row["properties"] = None
    steps = [step for step in declared_steps(load()) if step.resources or step.name == "azure_subscription"]
    report = azure.run(*(step.name for step in steps))
    assert {result.type: result.reason for result in report.results if "rejected" in result.reason} == {}
    assert keys("azure_subscription")
    assert set().union(*(keys(step.name) for step in steps)) >= {
        arm_key(row["id"]) for row in tenant.tables["resources"].values()
    }


def test_tags_cost_no_record(azure: Azure) -> None:
    """What is below a resource has tags too where somebody wrote some."""
    tenant = azure.simulator.tenant
    listed = [each for rows in tenant.children.values() for each in (rows if isinstance(rows, list) else [rows])]
    for row in [*listed, *(row for rows in tenant.tables.values() for row in rows.values())]:
        row["tags"] = {"Cost center": "4711"}
    report = azure.run(*(step.name for step in declared_steps(load()) if step.module.startswith("azure.")))
    assert {each.type: each.reason for each in report.results if "rejected" in each.reason} == {}
