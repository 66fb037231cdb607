"""An answer of Azure that says, in whatever way, that it is not whole is never taken as whole."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from integration import Interrupted
from tests.azure.reading import Azure, keys, verdicts
from tests.azure.test_children import TYPE, accounts, azure, expected, of, of_containers
from tests.simulator.azure import Asked, AzureSimulator, Fault, made_up_tenant
from tests.simulator.azure.place import Place

__all__ = ["azure"]
WARNING = '199 - "Vendor/Provider/504/10000"'
ERROR = {"code": "X"}
LOST = {"error": {"code": "ResourceNotFound", "message": "m"}}


FLAWS: list[tuple[int, dict[str, Any], dict[str, str]]] = [
    *((status, {}, {}) for status in (202, 203, 206, 299, 302)),
    (200, {"error": ERROR}, {}),
    (200, {}, {"Warning": WARNING}),
]
NO_WORDS_OF_AZURE: list[Any] = [b"<html>Access denied</html>", b"", {"message": "blocked"}, {"error": "blocked"}]


@pytest.mark.parametrize(("status", "beside", "headers"), FLAWS)
@pytest.mark.parametrize("path", ["/subscriptions", "/providers/Microsoft.ResourceGraph/resources"])
def test_an_answer_that_is_not_whole_fails_the_type_and_takes_nothing_away(
    azure: Azure, path: str, status: int, beside: dict[str, Any], headers: dict[str, str]
) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    body = {"value": [], "data": [], "totalRecords": 0, **beside}
    azure.simulator.manager.faults = [Fault(status, lambda asked: asked.path == path, body, headers)]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "failed"
    assert report.changes == {}
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize("status", [403, 407, 451])
@pytest.mark.parametrize("body", NO_WORDS_OF_AZURE)
def test_what_azure_did_not_refuse_lacks_no_permission(azure: Azure, body: Any, status: int) -> None:
    azure.simulator.manager.faults = [Fault(status, lambda asked: bool(asked.query), body)]
    result = azure.run(TYPE).of(TYPE)
    assert (result.verdict, result.to_grant) == ("failed", ())
    assert "something between here and Azure refused it" in result.reason
    assert f"HTTP {status}" in result.reason
    assert "Reader" not in result.reason


@pytest.mark.parametrize("name", ["nextlink", "NextLink", "@odata.nextLink", "odata.nextLink", "@nextLink"])
def test_a_next_link_is_followed_in_any_spelling(azure: Azure, name: str) -> None:
    def spell(asked: Asked, document: dict[str, Any]) -> None:
        if "nextLink" in document:
            document[name] = document.pop("nextLink")

    azure.simulator.manager.page = 1
    azure.simulator.manager.alter = spell
    report = azure.run(TYPE)
    assert verdicts(report) == {"complete"}
    assert keys(TYPE) == expected(azure)
    assert report.reading["azure"]["subscriptions"] == 3


@pytest.mark.parametrize(
    "beside", [{"Error": ERROR}, {"odata.error": ERROR}, {"@odata.error": ERROR}, {"errors": [ERROR]}]
)
def test_an_error_beside_a_list_is_one_in_any_spelling(azure: Azure, beside: dict[str, Any]) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(200, of(account), {"value": [], **beside})]
    assert azure.run(TYPE).of(TYPE).verdict == "partial"
    assert keys(TYPE) == expected(azure)


def test_a_warning_that_something_is_missing_is_one(azure: Azure) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(200, of(account), {"value": []}, {"Warning": WARNING})]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "Vendor/Provider/504" in report.of(TYPE).reason
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize("body", [b"", b"<html>Not Found</html>", {}, {"message": "m"}, {"error": "x"}, {"error": {}}])
def test_what_azure_does_not_say_to_be_gone_is_not_gone(azure: Azure, body: Any) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(404, of(account), body)]
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize("code", ["SubscriptionNotFound", "MissingSubscription", "InvalidResourceNamespace"])
def test_who_is_denied_a_subscription_does_not_take_its_resources_for_gone(azure: Azure, code: str) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(404, of(account), {"error": {"code": code, "message": "No."}})]
    assert azure.run(TYPE).of(TYPE).verdict == "partial"
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize(("times", "gone"), [(1, False), (2, True)])
def test_children_that_were_there_are_gone_where_azure_says_so_twice(azure: Azure, times: int, gone: bool) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(404, of(account), LOST, times=times)]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure, but={account.lower()} if gone else set())


def test_children_of_resources_of_which_none_is_to_be_found_are_not_taken_for_gone(azure: Azure) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    azure.simulator.manager.faults = [Fault(404, of_containers, LOST)]
    for _ in range(2):
        report = azure.run(TYPE)
        assert report.of(TYPE).verdict == "failed"
        assert "none of 60 resources that Azure lists was to be found" in report.of(TYPE).reason
        assert report.changes == {}
        assert keys(TYPE) == expected(azure)
    azure.simulator.manager.faults = []
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)


def test_a_run_cut_short_while_none_was_to_be_found_takes_none_for_read(azure: Azure) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    stop, numbers = threading.Event(), iter(range(1000))

    def cut(each: Asked) -> None:
        if of_containers(each) and next(numbers) == 40:
            stop.set()

    azure.simulator.manager.faults = [Fault(404, of_containers, LOST)]
    azure.simulator.manager.before = cut
    with pytest.raises(Interrupted):
        azure.run(TYPE, stop=stop)
    azure.simulator.manager.before = lambda each: None
    assert azure.run(TYPE).of(TYPE).verdict == "failed"
    assert keys(TYPE) == expected(azure)
    azure.simulator.manager.faults = []
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize(("count", "verdict"), [(19, "complete"), (20, "failed")])
def test_many_resources_of_which_none_is_to_be_found_are_not_taken_for_empty(
    azure: Azure, count: int, verdict: str
) -> None:
    """A few may all be gone by the time that they are asked for what they hold."""
    rows = azure.simulator.tenant.tables["resources"]
    for account in accounts(azure.simulator.tenant)[count:]:
        del rows[account.lower()]
    azure.simulator.manager.faults = [Fault(404, of_containers, LOST)]
    assert azure.run(TYPE).of(TYPE).verdict == verdict
    assert keys(TYPE) == set()
    azure.simulator.manager.faults = []
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE)


def test_a_refusal_is_understood_without_its_envelope(azure: Azure) -> None:
    account = accounts(azure.simulator.tenant)[2]
    azure.simulator.manager.faults = [Fault(404, of(account), {"Code": "NotFound", "Message": "No.", "Details": []})]
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure, but={account.lower()})


def test_a_limit_that_is_told_by_its_code_alone_is_waited_for(azure: Azure) -> None:
    refused = {"error": {"code": "BadRequest", "message": "No.", "details": [{"code": "RateLimiting", "message": "m"}]}}
    azure.simulator.manager.faults = [Fault(400, lambda asked: bool(asked.query), refused, times=2)]
    report = azure.run(TYPE)
    assert verdicts(report) == {"complete"}
    assert report.reading["azure"]["throttled"] == 2


@pytest.mark.parametrize("rows", [[], [{"id": "/x", "name": "n"}]])
def test_pages_that_always_lead_on_and_hold_nothing_new_are_left(azure: Azure, rows: list[dict[str, str]]) -> None:
    account, pages = accounts(azure.simulator.tenant)[2], iter(range(3_000))

    def lead_on(asked: Asked, document: dict[str, Any]) -> None:
        if of(account)(asked) and (page := next(pages, None)) is not None:
            link = f"{azure.simulator.url}{asked.path}?api-version=2023-05-01&page={page}"
            document.update(value=rows, nextLink=link)

    azure.simulator.manager.alter = lead_on
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "hold nothing new" in report.of(TYPE).reason
    assert next(pages) < 1_100


Pages = tuple[list[int], list[int]]
"""Which objects of a list are on two pages."""


def shifting(azure: Azure, asks: Callable[[Asked], bool], objects: list[Any], *readings: Pages) -> None:
    """Have a listing come in two pages, with others at each reading; the last goes on."""
    left = [*readings]

    def say(asked: Asked, document: dict[str, Any]) -> None:
        if not asks(asked):
            return
        pages, is_second = left[0], "page" in asked.options
        document.clear()
        document["value"] = [objects[number] for number in pages[is_second]]
        if not is_second:
            document["nextLink"] = f"{azure.simulator.url}{asked.path}?api-version=2023-05-01&page=2"
        elif len(left) > 1:
            del left[0]

    azure.simulator.manager.alter = say


def containers(azure: Azure, account: str) -> list[Any]:
    """Return three containers of an account, which has no others."""
    place = f"{account}/blobServices/default/containers".lower()
    azure.simulator.tenant.children.pop(place, None)
    for number in range(3):
        azure.simulator.tenant.add_child(account, "/blobServices/default/containers", f"shifted-{number}", {})
    return [*azure.simulator.tenant.children[place]]


SHIFTED, OTHERWISE, WHOLE = ([0, 1], [1]), ([0, 2], [2]), ([0, 1], [2])


@pytest.mark.parametrize("readings", [(SHIFTED, WHOLE), (([0, 1], [1, 2]),)], ids=["once", "it has one twice"])
def test_children_that_shifted_while_they_were_read_are_read_once_more(azure: Azure, readings: list[Pages]) -> None:
    account = accounts(azure.simulator.tenant)[2]
    shifting(azure, of(account), containers(azure, account), *readings)
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)


def test_children_that_shift_each_time_cost_their_resource(azure: Azure) -> None:
    account = accounts(azure.simulator.tenant)[2]
    children = containers(azure, account)
    assert verdicts(azure.run(TYPE)) == {"complete"}
    shifting(azure, of(account), children, SHIFTED, OTHERWISE)
    report = azure.run(TYPE)
    assert report.of(TYPE).verdict == "partial"
    assert "1 object came twice" in report.of(TYPE).reason
    assert keys(TYPE) == expected(azure)


@pytest.mark.parametrize(("readings", "verdict"), [((SHIFTED, WHOLE), "complete"), ((SHIFTED, OTHERWISE), "failed")])
def test_no_subscription_is_passed_over_where_their_listing_shifts(
    azure: Azure, readings: list[Pages], verdict: str
) -> None:
    azure.simulator.manager.sees_groups = False
    ids = sorted(each.id for each in azure.simulator.tenant.visible())
    listed = [{"id": f"/subscriptions/{id}", "subscriptionId": id, "state": "Enabled"} for id in ids]
    assert len(listed) == 3
    shifting(azure, lambda asked: asked.path == "/subscriptions", listed, *readings)
    report = azure.run(TYPE)
    assert verdicts(report) == {verdict}
    assert verdict == "failed" or report.reading["azure"]["subscriptions"] == 3


NOT_ALLOWED = {"error": {"code": "MethodNotAllowed", "message": "Requests for API sql are not supported."}}


def test_a_method_that_no_resource_allows_is_no_empty_type(azure: Azure) -> None:
    assert verdicts(azure.run(TYPE)) == {"complete"}
    azure.simulator.manager.faults = [Fault(405, of_containers, NOT_ALLOWED)]
    report = azure.run(TYPE, allow_mass_delete=True, full_every=0.0)
    assert report.of(TYPE).verdict == "failed"
    assert keys(TYPE) == expected(azure)


@pytest.mark.every_area
def test_an_account_of_cosmos_db_of_another_api_has_none_of_that_kind() -> None:
    """Source: azurerm provider of Terraform, issue 18371."""
    tenant = made_up_tenant(30, 1)
    group = next(row["id"] for row in tenant.tables["resourcecontainers"].values() if row["type"].endswith("groups"))
    place = Place(tenant, group, "westeurope", tenant.id)
    sql, mongo = (place.put("Microsoft.DocumentDB/databaseAccounts", name, {}) for name in ("sql", "mongo"))
    database = tenant.add_child(sql, "/sqlDatabases", "orders", {"resource": {"id": "orders"}})
    with AzureSimulator(tenant) as simulator:
        simulator.manager.faults = [Fault(405, lambda each: each.path.startswith(f"{mongo}/"), NOT_ALLOWED)]
        report = Azure(simulator, {}).run("azure_cosmosdb_sql_database")
    assert report.of("azure_cosmosdb_sql_database").verdict == "complete"
    assert keys("azure_cosmosdb_sql_database") == {database.lower()}


@pytest.mark.parametrize("told", ["true", "True", " TRUE ", True, 1, "1", "yes", ["x"]], ids=repr)
def test_rows_that_are_lost_are_in_whatever_form_azure_says_so(azure: Azure, told: Any) -> None:
    def lose(asked: Asked, document: dict[str, Any]) -> None:
        if "data" in document:
            document["resultTruncated"] = told

    azure.simulator.manager.alter = lose
    result = azure.run(TYPE).of(TYPE)
    assert result.verdict == "failed"
    assert "rows are lost" in result.reason


@pytest.mark.parametrize("told", ["false", "False", False, 0, "0", None, ""], ids=repr)
@pytest.mark.parametrize("form", [str, float])
def test_an_answer_is_whole_in_whatever_form_azure_says_so(azure: Azure, told: Any, form: type) -> None:
    def spell(asked: Asked, document: dict[str, Any]) -> None:
        if "data" in document:
            numbers = {name: form(document[name]) for name in ("totalRecords", "count")}
            document |= {"resultTruncated": told, **numbers}
            document["data"] = [row | ({"n": form(row["n"])} if "n" in row else {}) for row in document["data"]]

    azure.simulator.manager.alter = spell
    assert verdicts(azure.run(TYPE)) == {"complete"}
    assert keys(TYPE) == expected(azure)
