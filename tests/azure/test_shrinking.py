"""A type of which much is gone is read a second time before anything of it is deleted."""

from itertools import count
from typing import Any

import pytest

from tests.azure.reading import Azure, keys, verdicts
from tests.simulator.azure import Asked, Fault
from tests.simulator.azure.made_up import STORAGE, VM, show


def again(azure: Azure) -> set[str]:
    """The types that were read by themselves since the requests were cleared."""
    alone = [each.query for each in azure.simulator.queries if "where type" in each.query]
    return {query.split("'")[1] for query in alone}


def remove(azure: Azure, type: str, share: float) -> None:
    ids = sorted(azure.simulator.tenant.ids(type))
    azure.simulator.tenant.remove(ids[: round(len(ids) * share)])
    azure.simulator.requests.clear()


def without(document: dict[str, Any], type: str) -> None:
    """Take all rows of a type out of an answer, as if there were none."""
    kept = [row for row in document.get("data", ()) if row["type"] != type]
    if "data" in document:
        document |= {"data": kept, "totalRecords": len(kept), "count": len(kept)}


def test_a_type_that_shrank_by_more_than_a_fifth_is_read_a_second_time(azure: Azure) -> None:
    azure.run("contoso_machine", "contoso_storage")
    assert again(azure) == set()
    remove(azure, VM, 0.25)
    report = azure.run("contoso_machine", "contoso_storage")
    assert verdicts(report) == {"complete"}
    assert again(azure) == {VM}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    azure.simulator.requests.clear()
    assert verdicts(azure.run("contoso_machine", "contoso_storage")) == {"complete"}
    assert again(azure) == set()


def test_a_type_that_shrank_little_is_not(azure: Azure) -> None:
    azure.run("contoso_machine")
    remove(azure, VM, 0.15)
    azure.run("contoso_machine")
    assert again(azure) == set()
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_type_that_is_gone_altogether_is_read_a_second_time_once(azure: Azure) -> None:
    azure.run("contoso_storage")
    remove(azure, STORAGE, 1)
    assert azure.run("contoso_storage").of("contoso_storage").count == 0
    assert again(azure) == {STORAGE}
    azure.simulator.requests.clear()
    azure.run("contoso_storage")
    assert again(azure) == set()


def test_what_the_first_read_lost_without_a_word_is_not_deleted(azure: Azure) -> None:
    """Rows and counts agree, but both lack a type until it is asked for by itself."""
    azure.run("contoso_machine")
    told = count()

    def lossy(asked: Asked, document: dict[str, Any]) -> None:
        counts = "summarize" in asked.query
        if "where type" not in asked.query and (not counts or next(told) < 1):
            without(document, VM)

    azure.simulator.manager.alter = lossy
    report = azure.run("contoso_machine")
    assert report.of("contoso_machine").verdict == "complete"
    assert report.changes == {}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_service_that_goes_on_to_deny_what_it_gave_makes_the_type_partial(azure: Azure) -> None:
    azure.run("contoso_machine")

    def lossy(asked: Asked, document: dict[str, Any]) -> None:
        if "where type" not in asked.query:
            without(document, VM)

    azure.simulator.manager.alter = lossy
    report = azure.run("contoso_machine")
    assert report.of("contoso_machine").verdict == "partial"
    assert report.changes == {}
    azure.simulator.manager.alter = lambda asked, document: None
    azure.simulator.requests.clear()
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert again(azure) == set()


def test_a_run_that_goes_on_after_a_failure_knows_what_there_was(azure: Azure) -> None:
    azure.run("contoso_machine")
    remove(azure, VM, 0.5)
    azure.simulator.manager.faults = [Fault(400, lambda asked: "hash(" in asked.query)]
    assert verdicts(azure.run("contoso_machine")) == {"failed"}
    azure.simulator.manager.faults = []
    azure.simulator.requests.clear()
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert again(azure) == {VM}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_access_that_is_lost_after_a_run_that_failed_deletes_nothing(azure: Azure) -> None:
    azure.simulator.manager.sees_groups = False
    azure.run("contoso_machine")
    before = keys("contoso_machine")
    azure.simulator.manager.faults = [Fault(400, lambda asked: "order by" in asked.query)]
    assert verdicts(azure.run("contoso_machine")) == {"failed"}
    azure.simulator.manager.faults = []
    show(azure.simulator.tenant, 2)
    report = azure.run("contoso_machine")
    assert "1 subscription is not seen any more" in report.of("contoso_machine").reason
    assert keys("contoso_machine") == before


@pytest.mark.parametrize("type", ["contoso_machine", "contoso_grant"])
def test_rows_that_azure_counts_and_does_not_give_are_not_deleted(azure: Azure, type: str) -> None:
    """Whether a table is large or comes in one answer, and however often it is read."""
    azure.run(type)

    def short(asked: Asked, document: dict[str, Any]) -> None:
        if "summarize" not in asked.query and "data" in document and type != "contoso_grant":
            without(document, VM)
        elif "summarize" not in asked.query and asked.query.startswith("authorizationresources"):
            document |= {"data": [], "totalRecords": 0, "count": 0}

    azure.simulator.manager.alter = short
    report = azure.run(type)
    assert report.of(type).verdict == "partial"
    assert report.changes == {}
    assert keys(type) == azure.expected(type) != set()
