"""An answer that says it is not whole is never taken as whole, wherever it is read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration import BadAnswer, Throttled
from integration.http.auth import NoToken
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import Inner, batch
from integration.sources.msgraph.client import GraphClient
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, read, serving, users

WARNING = '199 - "Vendor/Provider/504/10000"'
CODE = "InternalServerError"
ERROR = {"code": CODE, "message": "invented"}
FLAWS: list[tuple[int, dict[str, Any], dict[str, str], str]] = [
    (206, {}, {"Warning": WARNING}, "Vendor/Provider/504"),
    (206, {}, {}, "HTTP 206"),
    (200, {}, {"Warning": WARNING}, "Vendor/Provider/504"),
    (202, {}, {}, "HTTP 202"),
    (203, {}, {}, "HTTP 203"),
    (204, {}, {}, "HTTP 204"),
    (299, {}, {}, "HTTP 299"),
    (302, {}, {"Location": "/elsewhere"}, "HTTP 302"),
    (200, {"error": ERROR}, {}, CODE),
    (200, {"error": "invented"}, {}, "an error"),
]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.mark.parametrize(("status", "beside", "headers", "named"), FLAWS)
def test_a_listing_that_is_not_whole_fails_its_type_and_takes_nothing_away(
    status: int, beside: dict[str, Any], headers: dict[str, str], named: str, tenant: LittleTenant
) -> None:
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    tenant.says["/users"] = lambda _: (status, headers, {"value": users(USERS[0]), **beside})
    before = tenant.count("/users")
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert named in report.of("azure_user").reason
    assert tenant.count("/users") > before + 1
    assert not report.changes.get("azure_user")
    tenant.mended()
    assert read(tenant, "azure_user").of("azure_user").count == 3


@pytest.mark.parametrize(("status", "beside", "headers", "named"), FLAWS)
def test_a_part_of_a_batch_that_is_not_whole_leaves_its_group_as_it_was(
    status: int, beside: dict[str, Any], headers: dict[str, str], named: str, tenant: LittleTenant
) -> None:
    name = "azure_user_group_has_user"
    assert read(tenant, name).of(name).count == 3
    tenant.says[members(GROUPS[0])] = lambda _: (status, headers, {"value": children(USERS[0]), **beside})
    report = read(tenant, name, fresh=True)
    assert report.of(name).verdict == "partial"
    assert GROUPS[0] in report.of(name).reason
    assert named in report.of(name).reason
    assert not report.changes.get(name, {}).get("deleted")


@pytest.mark.parametrize(("status", "beside", "headers", "named"), FLAWS)
def test_changes_that_are_not_whole_are_not_taken_for_all(
    status: int, beside: dict[str, Any], headers: dict[str, str], named: str, tenant: LittleTenant
) -> None:
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    gone = [{"id": USERS[0], "@removed": {"reason": "deleted"}}]
    link = f"{tenant.url}/v1.0/users/delta?$deltatoken=2"
    body = {"value": gone, "@odata.deltaLink": link, **beside}
    tenant.says["/users/delta"] = lambda query: None if "latest" in query else (status, headers, body)
    report = read(tenant, "azure_user")
    assert report.of("azure_user").count == 3
    assert named in str(report.reading["readWhole"])


@pytest.mark.parametrize(("status", "beside", "headers", "named"), FLAWS)
def test_an_object_that_is_not_whole_is_no_object(
    status: int, beside: dict[str, Any], headers: dict[str, str], named: str, tenant: LittleTenant
) -> None:
    path = "/policies/identitySecurityDefaultsEnforcementPolicy"
    tenant.says[path] = lambda _: (status, headers, {"isEnabled": False, **beside})
    lowered = {name.lower(): value for name, value in headers.items()}
    assert type(Answer(path, status, lowered, {"isEnabled": False, **beside}).error()) is BadAnswer
    report = read(tenant, "azure_account")
    assert named in report.of("azure_account").reason
    assert report.of("azure_account").verdict == "failed"


@pytest.mark.parametrize(("status", "beside", "headers", "named"), FLAWS)
def test_one_that_is_whole_the_next_time_costs_nothing(
    status: int, beside: dict[str, Any], headers: dict[str, str], named: str, tenant: LittleTenant
) -> None:
    flawed = {"value": [], **beside}
    for path in ("/users", members(GROUPS[0]), "/$batch"):
        tenant.at_first(path, 1, status, flawed, **headers)
    report = read(tenant, "azure_user", "azure_user_group_has_user")
    assert report.exit_code() == 0
    assert (report.of("azure_user").count, report.of("azure_user_group_has_user").count) == (3, 3)


def test_that_a_version_is_deprecated_says_nothing_of_the_data(tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": users(*USERS)}, Warning='299 - "this version is deprecated"')
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "0", "status": True, "body": {"value": []}},
        {"id": "0", "status": 200.0, "body": {"value": []}},
        {"id": "0", "status": "200", "body": {"value": []}},
        {"id": "0", "status": 10**18, "body": {"value": []}},
        {"id": "0", "status": -1, "body": {"value": []}},
        {"id": "0", "status": 200, "headers": [], "body": None},
        {"id": "0", "status": 200, "headers": "x", "body": "text"},
        {"id": "0", "status": 200, "headers": {"Warning": WARNING}, "body": {"value": []}},
        {"id": ["0"], "status": 200, "body": {"value": []}},
        {"id": True, "status": 200, "body": {"value": []}},
        {"id": None, "status": 200},
        ["0"],
        7,
    ],
)
def test_an_odd_part_of_a_batch_is_an_error_of_its_own(odd: Any, tenant: LittleTenant) -> None:
    tenant.always("/$batch", 200, {"responses": [odd, {"id": 1, "status": 200, "headers": [], "body": {"value": []}}]})
    first, second = batch(GraphClient(tenant.url, NoToken(), _session()), [Inner("/a", {}), Inner("/b", {})])
    assert first.error() is not None
    assert second.error() is None


def test_two_answers_to_one_part_are_none(tenant: LittleTenant) -> None:
    twice = [{"id": "0", "status": 200, "body": {"value": rows}} for rows in ([], [{"id": "x"}])]
    tenant.always("/$batch", 200, {"responses": twice})
    (answer,) = batch(GraphClient(tenant.url, NoToken(), _session()), [Inner("/a", {})])
    assert answer.status == 503


@pytest.mark.parametrize("unit", ["9" * 4_000, "9" * 5_000, "-1", "1.5", "\u0663" * 20, "x"])
def test_an_odd_header_costs_nothing(unit: str) -> None:
    odd = dict.fromkeys(("x-ms-resource-unit", "x-ms-throttle-limit-percentage", "retry-after"), unit)
    whole = Answer("/users", 200, odd, {"value": []})
    assert whole.error() is None
    assert whole.units == 0
    assert (whole.percentage or 0.0) < 2.0
    assert type(Answer("/users", 429, odd, {}).error()) is Throttled


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def counting(tenant: LittleTenant, path: str, rows: list[dict[str, str]], counts: list[int], size: int) -> None:
    """Have a path list objects in pages, and count them in other ways, each time it is read from the start."""

    def say(query: str) -> tuple[int, dict[str, str], Any]:
        start = int(query.removeprefix("p=")) if query.startswith("p=") else 0
        body: dict[str, Any] = {"value": rows[start : start + size]}
        if start + size < len(rows):
            body["@odata.nextLink"] = f"{tenant.url}/v1.0{path}?p={start + size}"
        if start == 0:
            body["@odata.count"] = counts.pop(0) if len(counts) > 1 else counts[0]
        return 200, {}, body

    tenant.says[path] = say


@pytest.mark.parametrize("size", [1, 5])
def test_a_listing_that_holds_less_than_was_counted_is_not_complete(size: int, tenant: LittleTenant) -> None:
    counting(tenant, "/users", users(*USERS), [5000], size)
    report = read(tenant, "azure_user")
    assert report.of("azure_user").verdict == "failed"
    assert "/users: Graph counts 5,000 objects, of which 3 came" in report.of("azure_user").reason


@pytest.mark.parametrize("size", [1, 5])
def test_a_group_of_which_less_came_than_was_counted_is_named(size: int, tenant: LittleTenant) -> None:
    name = "azure_user_group_has_user"
    assert read(tenant, name).of(name).count == 3
    counting(tenant, members(GROUPS[0]), children(USERS[0], USERS[2]), [5000], size)
    report = read(tenant, name, fresh=True)
    assert report.of(name).verdict == "partial"
    assert f"{members(GROUPS[0])}: Graph counts 5,000 objects, of which 2 came" in report.of(name).reason
    assert not report.changes.get(name, {}).get("deleted")


@pytest.mark.parametrize("size", [1, 5])
def test_a_group_that_changes_while_it_is_counted_is_read_once_more(size: int, tenant: LittleTenant) -> None:
    counting(tenant, members(GROUPS[0]), children(*USERS), [4, 3], size)
    report = read(tenant, "azure_user_group_has_user")
    assert report.exit_code() == 0
    assert report.of("azure_user_group_has_user").count == 4


@pytest.mark.parametrize("count", [0, 2, 3, True, "many", None, -1, 1.5])
def test_more_than_was_counted_and_a_count_that_is_none_are_no_fault(count: Any, tenant: LittleTenant) -> None:
    counting(tenant, "/users", users(*USERS), [count], 2)
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"


def test_parents_that_are_listed_and_none_of_which_is_found_are_not_all_gone(tenant: LittleTenant) -> None:
    name, groups = "azure_user_group_has_user", [f"group-{number}" for number in range(30)]
    tenant.always("/groups", 200, {"value": [{"id": id, "displayName": id} for id in groups]})
    for id in groups:
        tenant.always(members(id), 200, {"value": children(*USERS[:1])})
    assert read(tenant, name).of(name).count == 30
    for id in groups:
        for path in (members(id), f"/groups/{id}"):
            tenant.always(path, 404, {"error": {"code": "Request_ResourceNotFound", "message": "not here"}})
    report = read(tenant, name, fresh=True)
    assert report.of(name).verdict != "complete"
    assert not report.changes.get(name)


@pytest.mark.parametrize("body", [{"responses": []}, {"value": []}, {"responses": [{"id": "0"}]}, {"responses": "x"}])
def test_what_is_no_answer_to_a_batch_is_asked_for_three_times_by_each_relation(
    body: dict[str, Any], tenant: LittleTenant
) -> None:
    name = "azure_user_group_has_user"
    tenant.always("/$batch", 200, body)
    failed = read(tenant, name).of(name)
    assert failed.verdict == "failed"
    assert "no answer to a batch" in failed.reason
    assert tenant.count("/$batch") == 3
    tenant.mended()
    tenant.at_first("/$batch", 2, 200, body)
    assert read(tenant, name).of(name).count == 3


TWICE = b'{"value": %s, "value" : %s}'


@pytest.mark.parametrize("halves", [(USERS[:1], USERS[1:]), (USERS, []), (USERS, USERS)])
def test_a_page_with_two_lists_is_not_half_a_page(halves: tuple[list[str], list[str]], tenant: LittleTenant) -> None:
    """Which of two values of one name counts is not said by JSON (RFC 8259, section 4)."""
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    first, second = (json.dumps(users(*half)).encode() for half in halves)
    tenant.always("/users", 200, TWICE % (first, second))
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert "names one thing twice" in report.of("azure_user").reason
    assert not report.changes.get("azure_user")


@pytest.mark.parametrize("second", [b"null", b'"%s/v1.0/users?$skiptoken=3"'], ids=["none", "another"])
@pytest.mark.parametrize("name", ["@odata.nextLink", "@nextLink", "nextLink"])
def test_a_page_that_says_twice_whether_more_follow_is_not_the_last(
    name: str, second: bytes, tenant: LittleTenant
) -> None:
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    url, rows = tenant.url.encode(), json.dumps(users(USERS[0])).encode()
    last = second % url if b"%s" in second else second
    told = b'{"value": %s, "%s": "%s/v1.0/users?$skiptoken=2", "%s": %s}'
    page = told % (rows, name.encode(), url, name.encode(), last)
    tenant.says["/users"] = lambda query: (200, {}, {"value": []} if "skip" in query else page)
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert not report.changes.get("azure_user")


def test_what_only_speaks_of_next_links_says_nothing_twice(tenant: LittleTenant) -> None:
    said = {"jobTitle": 'a nextLink"', "department": '"nextLink": "x"', "companyName": "nextLink"}
    tenant.always("/users", 200, {"value": [{**each, **said, "webLink": None} for each in users(*USERS)]})
    assert read(tenant, "azure_user").of("azure_user").count == 3


def test_a_part_of_a_batch_with_two_lists_is_not_half_a_list(tenant: LittleTenant) -> None:
    name = "azure_user_group_has_user"
    assert read(tenant, name).of(name).count == 3
    part = TWICE % (json.dumps(children(USERS[0])).encode(), json.dumps(children(USERS[1])).encode())
    plain = json.dumps({"value": children(USERS[2])}).encode()

    def answered(_: str) -> tuple[int, dict[str, str], bytes]:
        numbered = enumerate((part, plain), 1)
        parts = [b'{"id": "%d", "status": 200, "headers": {}, "body": %s}' % each for each in numbered]
        return 200, {}, b'{"responses": [%s]}' % b", ".join(parts)

    tenant.says["/$batch"] = answered
    report = read(tenant, name, fresh=True)
    assert report.of(name).verdict != "complete"
    assert not report.changes.get(name, {}).get("deleted")


def test_properties_named_value_are_no_lists(tenant: LittleTenant) -> None:
    beside = {"value": [1, {"value": []}], "more": [{"value": '"value":'}, {"value": "a\u0000\ud83d\ude00"}]}
    tenant.always("/users", 200, {"value": [{**each, "odd": beside} for each in users(*USERS)]})
    assert read(tenant, "azure_user").of("azure_user").count == 3
