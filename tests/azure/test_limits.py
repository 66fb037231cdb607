"""Azure's limits are kept to: waits, api-versions, numbers of subscriptions; and its failures are borne."""

from typing import Any

import pytest
import requests

from integration.http.auth import NoToken
from integration.sources.azure import client
from integration.sources.azure.lanes import QUERIES
from tests.azure.reading import TYPES, Azure, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, Fault, Quota, made_up_tenant

THROTTLED = {"error": {"code": "RateLimiting", "message": "Please wait.", "details": [{"code": "RateLimiting"}]}}
EMPTY = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:01"}
"""Headers: no query for a second."""


def is_query(asked: Asked) -> bool:
    return bool(asked.query)


def gap(azure: Azure) -> float:
    """Seconds between the first two queries."""
    first, second = azure.simulator.queries[:2]
    return second.at - first.at


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Retry-After": "1"}, THROTTLED),
        ({"Retry-After": "0"} | EMPTY, THROTTLED),
        ({"Retry-After": "1", "x-ms-user-quota-resets-after": "00:00:00"}, b"{}"),
        (EMPTY, b"<html>"),
    ],
)
def test_nothing_is_asked_before_the_wait_of_a_refusal_is_over(
    azure: Azure, headers: dict[str, str], body: dict[str, Any] | bytes
) -> None:
    azure.simulator.manager.faults = [Fault(429, is_query, body, headers, times=1)]
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert gap(azure) >= 1.0
    assert report.reading["azure"]["throttled"] == 1


def test_nothing_is_asked_where_the_quota_is_spent_until_it_resets(azure: Azure) -> None:
    azure.simulator.graph.quota = Quota(1, seconds=0.8)
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert gap(azure) >= 0.8
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_reset_that_is_far_off_is_not_waited_for_unasked(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of Azure's is seconds long: a longer one is an odd header, which must not have a run hang for hours."""
    monkeypatch.setattr(client, "_LONGEST_WINDOW", 0.2)
    azure.simulator.manager.headers = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "99:00:00"}
    assert verdicts(azure.run("contoso_machine")) == {"complete"}


def test_a_table_is_whole_whatever_is_throttled(azure: Azure) -> None:
    azure.simulator.graph.quota = quota = Quota(4, seconds=0.3, retry_after=False)
    report = azure.run()
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert len(azure.simulator.queries) - quota.refused < 12


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 408, 409, 421, 423, 424, 425])
def test_a_hiccup_is_borne(azure: Azure, status: int) -> None:
    azure.simulator.manager.faults = [Fault(status, is_query, times=1)]
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_root_with_a_path_is_no_part_of_names_and_lanes() -> None:
    with requests.Session() as session:
        asks = client.AzureClient("http://127.0.0.1:9/arm", NoToken(), session)
        query, listing = asks.url(client.QUERIED_AT), asks.url("/subscriptions", {"api-version": "2022-12-01"})
        assert (asks.path_of(query), asks.lane_of(query), asks.kind_of(asks.path_of(query))) == (
            client.QUERIED_AT, QUERIES, "resourceGraph",
        )  # fmt: skip
        assert asks.resolved("?a=2", "/subscriptions") == f"{listing.partition('?')[0]}?a=2"
        assert asks.resolved("/arm/subscriptions?a=2", "/subscriptions") == asks.resolved("?a=2", "/subscriptions")


@pytest.mark.parametrize("version", ["2022-10-01", "2021-03-01"])
def test_a_cloud_that_lacks_the_newest_version_is_asked_by_an_older_one(azure: Azure, version: str) -> None:
    azure.simulator.graph.versions = (version,)
    assert verdicts(azure.run()) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    refused = [each for each in azure.simulator.queries if each.status == 404]
    assert len(refused) <= 2 * 3  # each of three tables may have asked before the others knew


@pytest.mark.parametrize(
    ("there_are", "asked"),
    [
        ("2019-04-01, 2023-03-15, 2024-03-01-preview", "2023-03-15"),
        ("2025-01-01-preview, 2025-06-01, 2026-02-01", "2025-06-01"),
    ],
)
@pytest.mark.parametrize(("status", "code"), [(400, "InvalidApiVersionParameter"), (404, "InvalidResourceType")])
def test_a_cloud_that_names_versions_we_do_not_know_is_asked_by_the_nearest(
    azure: Azure, status: int, code: str, there_are: str, asked: str
) -> None:
    azure.simulator.graph.versions = (asked,)
    message = f"The resource type was not found for that api-version. The supported api-versions are '{there_are}'."
    lacking = Fault(
        status,
        lambda query: bool(query.query) and query.options["api-version"] != asked,
        {"error": {"code": code, "message": message}},
    )
    azure.simulator.manager.faults = [lacking]
    assert verdicts(azure.run()) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert 1 <= lacking.struck <= 3  # each of three tables may have asked before the others knew


@pytest.mark.parametrize("code", ["NoRegisteredProviderFound", "InvalidApiVersionParameter", "InvalidResourceType"])
@pytest.mark.parametrize("status", [400, 404])
def test_an_older_version_is_asked_for_in_whatever_words_a_newer_one_is_refused(
    azure: Azure, status: int, code: str
) -> None:
    refused = {"error": {"code": code, "message": "There is no such version."}}
    old = ["2021-03-01"]
    azure.simulator.manager.faults = [
        Fault(status, lambda asked: bool(asked.query) and asked.options["api-version"] not in old, refused)
    ]
    assert verdicts(azure.run()) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    old.clear()
    report = azure.run("contoso_machine", full_every=0.0)
    assert verdicts(report) == {"skipped"}
    assert report.of("contoso_machine").reason.startswith("not there: ")
    assert report.changes == {}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_an_older_version_is_asked_for_where_a_newer_one_is_refused_without_a_word(azure: Azure) -> None:
    azure.simulator.manager.faults = [
        Fault(404, lambda asked: bool(asked.query) and asked.options["api-version"] != "2021-03-01")
    ]
    assert verdicts(azure.run()) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_cloud_without_resource_graph_is_told(azure: Azure) -> None:
    azure.simulator.graph.versions = ()
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"skipped"}
    assert report.of("contoso_machine").reason.startswith("not there: ")


def test_a_table_that_a_cloud_lacks_is_not_there_and_costs_no_other(azure: Azure) -> None:
    """As Azure in China lacks some: Azure Quick Review, issue 847."""
    del azure.simulator.tenant.tables["authorizationresources"]
    report = azure.run()
    assert {result.type for result in report.results if result.verdict == "skipped"} == {"contoso_grant"}
    assert report.of("contoso_grant").reason.startswith("not there: ")
    assert verdicts(report) == {"complete", "skipped"}


def test_more_subscriptions_than_a_query_may_range_over_are_named(azure: Azure) -> None:
    azure.simulator.graph.most_subscriptions = 2
    report = azure.run("contoso_machine", "contoso_room")
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert keys("contoso_room") == azure.expected("contoso_room")


def test_what_is_in_no_subscription_comes_where_subscriptions_are_named(azure: Azure) -> None:
    azure.simulator.graph.most_subscriptions = 2
    report = azure.run()
    assert verdicts(report) == {"complete"}
    assert {type: keys(type) for type in TYPES} == {type: azure.expected(type) for type in TYPES}


def test_management_groups_that_a_cut_scope_leaves_out_are_told(azure: Azure) -> None:
    """Azure then answers for a part of the subscriptions: nobody has seen whether that cuts what is above them, too."""
    azure.simulator.graph.most_subscriptions = 2

    def cut(asked: Asked, document: dict[str, Any]) -> None:
        if asked.body.get("options", {}).get("allowPartialScopes") and "data" in document:
            if "summarize" in asked.query:
                document["data"] = [row | {"n": row["n"] - 2} for row in document["data"]]
            else:
                document["data"] = document["data"][:-2]
                document["totalRecords"] = document["count"] = len(document["data"])

    azure.simulator.manager.alter = cut
    report = azure.run("contoso_machine", "contoso_branch", "contoso_grant")
    assert report.of("contoso_machine").verdict == "complete"
    for type in ("contoso_branch", "contoso_grant"):
        assert report.of(type).verdict == "partial"
        assert "2 management groups, a part came" in report.of(type).reason


def test_where_nobody_may_know_the_management_groups_what_is_above_is_not_known_to_be_whole(azure: Azure) -> None:
    azure.simulator.graph.most_subscriptions = 2
    azure.simulator.manager.sees_groups = False
    report = azure.run("contoso_machine", "contoso_branch", "contoso_grant")
    assert report.of("contoso_machine").verdict == "complete"
    for type in ("contoso_branch", "contoso_grant"):
        assert report.of(type).verdict == "partial"
        assert "not known whether all came: grant" in report.of(type).reason
        assert keys(type) == azure.expected(type)


def test_four_hundred_subscriptions_are_named_in_groups(azure: Azure, steps: dict[str, Any]) -> None:
    with AzureSimulator(made_up_tenant(800, 400)) as simulator:
        simulator.graph.most_subscriptions = 399
        many = Azure(simulator, steps)
        assert verdicts(many.run("contoso_machine")) == {"complete"}
        assert keys("contoso_machine") == many.expected("contoso_machine")
        assert {len(each.body.get("subscriptions", ())) for each in simulator.queries} == {0, 300, 100}


def test_a_later_run_asks_no_more_where_subscriptions_are_named(azure: Azure, steps: dict[str, Any]) -> None:
    """Each group has an answer to each query, so that a table is cut into fewer parts: also by what there was last."""
    with AzureSimulator(made_up_tenant(4000, 400)) as simulator:
        simulator.graph.most_subscriptions = 399
        many = Azure(simulator, steps)
        asked = []
        for _ in range(2):
            simulator.requests.clear()
            assert verdicts(many.run("contoso_machine")) == {"complete"}
            asked.append(len(simulator.queries))
    assert asked[1] <= asked[0]


def test_an_answer_for_a_part_of_the_subscriptions_makes_types_partial(azure: Azure) -> None:
    azure.simulator.graph.most_subscriptions = 2
    azure.simulator.graph.cuts_scope = True
    report = azure.run("contoso_machine")
    assert report.of("contoso_machine").verdict == "partial"
    assert "a part of the subscriptions" in report.of("contoso_machine").reason


def test_subscriptions_come_in_pages(azure: Azure) -> None:
    azure.simulator.manager.page = 2
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert sum(each.path == "/subscriptions" for each in azure.simulator.requests) == 2


def test_a_table_is_read_once_for_all_types(azure: Azure) -> None:
    azure.run("contoso_machine", "contoso_interface", "contoso_storage")
    asked = partitions(azure)
    assert len(asked) == len(set(asked)) == 2


def partitions(azure: Azure) -> list[str]:
    """The queries for rows of resources so far, sorted."""
    queries = (each.query for each in azure.simulator.queries if each.query.startswith("resources"))
    return sorted(query for query in queries if "order by" in query)


def test_a_truncated_answer_costs_the_retry_of_its_partition(azure: Azure) -> None:
    azure.run("contoso_machine", out="undisturbed")
    undisturbed = partitions(azure)
    azure.simulator.requests.clear()
    truncated: list[str] = []

    def once(asked: Asked, document: dict[str, Any]) -> None:
        if "order by" in asked.query and not truncated:
            truncated.append(asked.query)
            document |= {"resultTruncated": "true", "data": document["data"][:-1]}

    azure.simulator.manager.alter = once
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert partitions(azure) == sorted([*undisturbed, *truncated])
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_an_answer_that_is_too_large_costs_the_halves_of_its_partition(azure: Azure) -> None:
    azure.run("contoso_machine", out="undisturbed")
    undisturbed = sorted(partitions(azure))  # they arrive in any order
    azure.simulator.requests.clear()
    body = {"error": {"code": "BadRequest", "details": [{"code": "ResponsePayloadTooLarge", "message": "too large"}]}}
    azure.simulator.manager.faults = [Fault(400, lambda asked: asked.query == undisturbed[0], body, times=1)]
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    halves = [undisturbed[0].replace("% 2", "% 4"), undisturbed[0].replace("% 2 == 0", "% 4 == 2")]
    assert sorted({*partitions(azure)} - {*undisturbed}) == halves
    assert len(partitions(azure)) == len(undisturbed) + 2
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_link_that_names_a_user_is_followed_with_the_token(azure: Azure) -> None:
    def name_user(asked: Asked, document: dict[str, Any]) -> None:
        if "nextLink" in document:
            document["nextLink"] = document["nextLink"].replace("://", "://user:word@")

    azure.simulator.manager.page, azure.simulator.manager.alter = 1, name_user
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert report.reading["azure"]["subscriptions"] == 3
    assert report.reading["azure"]["retries"] == 0
