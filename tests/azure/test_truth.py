"""What is read of Azure is what is there, whole, or it is said what is missing."""

import random
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from integration import Step
from integration.values import arm_key
from tests.azure.reading import TYPES, Azure, declared, edges, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, made_up_tenant
from tests.simulator.azure.made_up import NIC, STORAGE, VM, resources_of


def is_partition(asked: Asked) -> bool:
    return "hash(" in asked.query


def test_all_of_a_large_tenant_is_read(steps: dict[str, Step]) -> None:
    with AzureSimulator(made_up_tenant(20_000, 10)) as simulator:
        azure = Azure(simulator, steps)
        report = azure.run()
    assert verdicts(report) == {"complete"}
    assert {type: keys(type) for type in TYPES} == {type: azure.expected(type) for type in TYPES}
    machines = simulator.tenant.tables["resources"].values()
    assert edges() == {
        (arm_key(row["id"]), arm_key(each["id"]))
        for row in machines
        if row["type"] == VM
        for each in row["properties"]["networkProfile"]["networkInterfaces"]
    }
    partitions, plans, small_tables, confirmations = 24, 1, 2, 3
    assert len(simulator.queries) == partitions + plans + small_tables + confirmations
    assert Counter(each.status for each in simulator.requests).keys() == {200}


def test_a_partition_of_more_rows_than_a_page_has_is_cut(azure: Azure) -> None:
    """The count is told too low, so that all is one partition."""
    first = count()

    def few(asked: Asked, document: dict[str, Any]) -> None:
        if "summarize" in asked.query and "resources |" in asked.query and next(first) == 0:
            document["data"] = document["data"][:1]
            document["totalRecords"] = 1

    azure.simulator.manager.alter = few
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert any("% 2 == 1" in each.query for each in azure.simulator.queries)


def test_pages_over_the_size_limit_are_cut(azure: Azure) -> None:
    azure.simulator.graph.page_bytes = 100_000
    report = azure.run("contoso_machine", "contoso_interface")
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert keys("contoso_interface") == azure.expected("contoso_interface")
    assert sum(each.status == 400 for each in azure.simulator.queries) >= 3


def test_a_row_that_is_too_large_for_any_page_fails_its_table_soon(azure: Azure) -> None:
    azure.simulator.graph.page_bytes = 1_000
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert "too large" in report.of("contoso_machine").reason
    assert len(azure.simulator.queries) < 400


@pytest.mark.parametrize("query", ["hash(", "order by"])
def test_truncated_answers_fail_the_table_soon(azure: Azure, query: str) -> None:
    def truncated(asked: Asked, document: dict[str, Any]) -> None:
        if query in asked.query:
            document["resultTruncated"] = "true"

    azure.simulator.manager.alter = truncated
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert len(azure.simulator.queries) < 50


def test_truncated_answers_to_what_is_read_again_fail_the_table_soon(azure: Azure) -> None:
    def truncated(asked: Asked, document: dict[str, Any]) -> None:
        if "where type" in asked.query:
            document["resultTruncated"] = "true"
        elif is_partition(asked):
            document["data"] = [row for row in document["data"] if row["type"] != VM]
            document["totalRecords"] = len(document["data"])

    azure.simulator.manager.alter = truncated
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert len(azure.simulator.queries) < 50


def test_fewer_rows_than_are_counted_on_one_answer_are_asked_for_again(azure: Azure) -> None:
    seen = count()

    def short(asked: Asked, document: dict[str, Any]) -> None:
        if is_partition(asked) and next(seen) == 0:
            document["data"] = document["data"][1:]

    azure.simulator.manager.alter = short
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


@pytest.mark.parametrize(
    ("type", "table"), [("contoso_room", "resourcecontainers"), ("contoso_grant", "authorizationresources")]
)
def test_a_small_table_that_lacks_a_row_without_a_word_is_read_again(azure: Azure, type: str, table: str) -> None:
    """What resources are in, and who may do what there, is counted although it came in one answer."""
    answers = count()

    def lossy(asked: Asked, document: dict[str, Any]) -> None:
        if asked.query.startswith(table) and "summarize" not in asked.query and next(answers) == 0:
            rows = document["data"][:-1]
            document |= {"data": rows, "totalRecords": len(rows), "count": len(rows)}

    azure.simulator.manager.alter = lossy
    assert verdicts(azure.run(type)) == {"complete"}
    assert keys(type) == azure.expected(type)


def test_a_count_that_lacks_rows_is_asked_for_again(azure: Azure) -> None:
    seen = count()

    def short(asked: Asked, document: dict[str, Any]) -> None:
        if "summarize" in asked.query and next(seen) in (0, 2):
            document["data"] = document["data"][1:]

    azure.simulator.manager.alter = short
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_fewer_rows_than_are_counted_each_time_fail_the_table(azure: Azure) -> None:
    def short(asked: Asked, document: dict[str, Any]) -> None:
        if is_partition(asked):
            document["data"] = document["data"][1:]

    azure.simulator.manager.alter = short
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert "counts" in report.of("contoso_machine").reason


@pytest.mark.parametrize(
    "told", [{"totalRecords": "1000"}, {"totalRecords": 1000.0}, {"totalRecords": None}, {"count": 1000}]
)
def test_a_small_table_that_lacks_rows_is_not_whole_however_its_answer_tells(
    azure: Azure, told: dict[str, Any]
) -> None:
    azure.run("contoso_grant")
    before = keys("contoso_grant")

    def short(asked: Asked, document: dict[str, Any]) -> None:
        if asked.query.startswith("authorizationresources"):
            kept = document["data"][1:]
            document |= {"data": kept, "totalRecords": len(kept), "count": len(kept)} | told

    azure.simulator.manager.alter = short
    report = azure.run("contoso_grant")
    assert (verdicts(report), report.changes) == ({"failed"}, {})
    assert keys("contoso_grant") == before


def test_what_azure_has_twice_is_there_once_and_whole(azure: Azure) -> None:
    """As it has extensions of machines of Azure Arc: finops-toolkit, issue 1643."""
    machine = min(azure.expected("contoso_machine"))

    def double(asked: Asked, document: dict[str, Any]) -> None:
        if "summarize" in asked.query:
            document["data"] = [row | {"n": row["n"] + (row["type"] == VM)} for row in document["data"]]
        elif is_partition(asked):
            twice = [row for row in document["data"] if arm_key(row["id"]) == machine]
            document["data"] += [row | {"id": row["id"].upper()} for row in twice]
            document["totalRecords"] = document["count"] = len(document["data"])

    azure.simulator.manager.alter = double
    for _ in range(2):
        assert verdicts(azure.run("contoso_machine")) == {"complete"}
        assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert not any("where type" in each.query for each in azure.simulator.queries)


@pytest.mark.parametrize(("type", "of"), [("contoso_grant", "authorizationresources"), ("contoso_machine", VM)])
def test_a_row_that_comes_again_makes_up_for_none_that_is_missing(azure: Azure, type: str, of: str) -> None:
    left = [1]

    def repeat(asked: Asked, document: dict[str, Any]) -> None:
        found = [row for row in document.get("data", ()) if of in asked.query or row.get("type") == of]
        if "order by" in asked.query and len(found) > 1 and left:
            left.pop()
            document["data"][document["data"].index(found[0])] = found[1]

    azure.run(type)
    azure.simulator.manager.alter = repeat
    assert verdicts(azure.run(type, fresh=True)) == {"complete"}
    assert not left
    assert keys(type) == azure.expected(type)


def test_a_service_that_loses_rows_makes_the_type_partial_and_deletes_nothing(azure: Azure) -> None:
    """As happened for three days: azure-powershell, issue 12747."""
    azure.run("contoso_machine", "contoso_storage")
    machines = azure.expected("contoso_machine")

    def lossy(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query:
            kept = [row for row in document["data"] if row["type"] != VM or "vm-1" not in row["name"]]
            document |= {"data": kept, "totalRecords": len(kept), "count": len(kept)}

    azure.simulator.manager.alter = lossy
    report = azure.run("contoso_machine", "contoso_storage")
    lost = sum("vm-1" in key for key in machines)
    machine = report.of("contoso_machine")
    assert machine.verdict == "partial"
    assert f"Azure counts {len(machines)}, of which {len(machines) - lost} came" in machine.reason
    assert report.of("contoso_storage").verdict == "complete"
    assert keys("contoso_machine") == machines


def test_what_changes_while_it_is_read_is_read_again(azure: Azure) -> None:
    """One machine goes and three come when all partitions have been read."""
    tenant, counts = azure.simulator.tenant, count()
    place = f"/subscriptions/{tenant.visible()[0].id}/resourceGroups/late"

    def churn(asked: Asked) -> None:
        if "summarize" in asked.query and next(counts) == 1:
            tenant.remove(sorted(tenant.ids(VM))[:1])
            for n in range(3):
                tenant.add(resources_of(place, 5000 + n, random.Random(n))[0])

    azure.simulator.manager.before = churn
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_is_there_throughout_is_lost_while_all_else_comes_and_goes(azure: Azure, seed: int) -> None:
    tenant, numbers, chance = azure.simulator.tenant, count(10_000), random.Random(seed)
    places = sorted(tenant.ids("microsoft.resources/subscriptions/resourcegroups", "resourcecontainers"))
    lasting = {arm_key(each) for each in chance.sample(sorted(tenant.ids(VM)), 150)}

    def churn(asked: Asked) -> None:
        with tenant.lock:
            passing = [each for each in sorted(tenant.ids()) if arm_key(each) not in lasting]
            tenant.remove(chance.sample(passing, 5))
            for row in resources_of(chance.choice(places), next(numbers), chance):
                tenant.add(row)

    azure.simulator.manager.before = churn
    report = azure.run("contoso_machine", "contoso_interface")
    assert verdicts(report) <= {"complete", "partial"}
    assert lasting <= keys("contoso_machine")


def test_a_type_of_which_there_is_nothing_is_complete(azure: Azure) -> None:
    tenant = azure.simulator.tenant
    tenant.remove(tenant.ids(STORAGE))
    report = azure.run("contoso_storage")
    assert (report.of("contoso_storage").verdict, report.of("contoso_storage").count) == ("complete", 0)


def test_the_case_of_an_id_that_changes_is_no_other_resource(azure: Azure) -> None:
    tenant = azure.simulator.tenant
    azure.run("contoso_interface")
    before = keys("contoso_interface")
    for row in list(tenant.tables["resources"].values()):
        if row["type"] == NIC:
            tenant.add(row | {"id": row["id"].upper()})
    report = azure.run("contoso_interface")
    assert verdicts(report) == {"complete"}
    assert (keys("contoso_interface"), report.changes) == (before, {})


def test_rows_without_an_id_make_types_partial(azure: Azure) -> None:
    def nameless(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query and document["data"]:
            document["data"][0]["id"] = None

    azure.simulator.manager.alter = nameless
    report = azure.run("contoso_machine")
    assert report.of("contoso_machine").verdict == "partial"
    assert "no id" in report.of("contoso_machine").reason


@pytest.mark.parametrize("type", [None, ""])
def test_a_row_without_a_type_costs_no_table(azure: Azure, type: str | None) -> None:
    """Azure counts it as of no type."""

    def untyped(asked: Asked, document: dict[str, Any]) -> None:
        if asked.query.startswith("resources") and "where type" not in asked.query:
            row = {"type": type, "n": 1} if "summarize" in asked.query else {"id": "/a", "type": type}
            document["data"].append(row)
            document["totalRecords"] += 1
            document["count"] += 1

    azure.simulator.manager.alter = untyped
    report = azure.run("contoso_machine")
    assert report.of("contoso_machine").verdict == "partial"
    assert "no id or no type" in report.of("contoso_machine").reason
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert len(azure.simulator.queries) < 10


FILTERED = '''
from integration import Entity, entity_step

WEST = "location =~ 'WestEurope'"


@entity_step("Host")
def contoso_western(ctx):
    """A machine in one region."""
    for row in ctx.azure.table("resources", type="microsoft.compute/virtualmachines", filter=WEST):
        yield Entity(f"western {row['id'].lower()}", name=row["name"])


@entity_step("Host")
def contoso_unsafe(ctx):
    """Something that nobody may ask for."""
    for row in ctx.azure.table("resources", type="microsoft.compute/virtualmachines", filter="1 == 1 | take 1"):
        yield Entity(row["id"].lower(), name=row["name"])
'''


def test_rows_of_a_filter_are_read_by_themselves(azure: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    filtered = Azure(azure.simulator, {**azure.steps, **declared(tmp_path, FILTERED)})
    report = filtered.run("contoso_western", "contoso_machine")
    assert verdicts(report) == {"complete"}
    machines = [row for row in azure.simulator.tenant.tables["resources"].values() if row["type"] == VM]
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert keys("contoso_western") == {
        f"western {row['id'].lower()}" for row in machines if row["location"] == "westeurope"
    }


def test_a_filter_is_no_further_step_of_a_query(azure: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    report = Azure(azure.simulator, declared(tmp_path, FILTERED)).run("contoso_unsafe")
    assert report.of("contoso_unsafe").verdict == "failed"
    assert "'1 == 1 | take 1' is no filter" in report.of("contoso_unsafe").reason
    assert azure.simulator.queries == []
