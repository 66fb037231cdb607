"""Answers that Graph is not supposed to give, and that a proxy, a gateway or a careless service gives all the same."""

import json
import time
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from integration import (
    BadAnswer,
    BadRequest,
    CredentialsError,
    Forbidden,
    NotFound,
    NotLicensed,
    PagingError,
    ServiceUnavailable,
)
from integration.http.auth import NoToken
from integration.http.decoding import decode
from integration.sources.chain import Chain
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import Inner, batch
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.paging import page_of
from integration.testing import GraphServer, Ran, run_steps

LICENCE = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
USER = {"id": "user-1", "displayName": "Ada", "userPrincipalName": "ada@contoso.example"}


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A user in forty groups."""
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", USER)
    for number in range(40):
        graph.add("/groups", {"id": f"group-{number}", "displayName": "Everybody", "securityEnabled": True})
        child = {"id": "user-1", "@odata.type": "#microsoft.graph.user"}
        graph.relate("/groups", f"group-{number}", "members", child)
    return graph


def runs(graph: GraphServer, *types: str) -> Ran:
    return run_steps(*types, source=graph)


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer(
        "/users", status, {name.lower().replace("_", "-"): value for name, value in headers.items()}, body or {}
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"code": "Request_ResourceNotFound"}}, NotFound),
        ({"error": {"code": "", "message": ""}}, NotFound),
        ({"error": {"code": "UnknownError", "message": ""}}, ServiceUnavailable),
        ({}, ServiceUnavailable),
    ],
)
def test_what_graph_does_not_say_to_be_gone_is_not_gone(body: Any, expected: type[Exception]) -> None:
    assert type(answer(404, body).error()) is expected


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (403, "Forbidden", "Your tenant is not licensed for this feature.", NotLicensed),
        (403, "AccessDenied", "Your tenant is not licensed for this feature. Please upgrade.", NotLicensed),
        (403, "UnknownError", "Tenant is not a B2C tenant and doesn't have premium license", NotLicensed),
        (400, "BadRequest", "The tenant needs an AAD Premium 2 license.", NotLicensed),
        (400, "", "The tenant needs to have Microsoft Entra ID P2 or ... license.", NotLicensed),
        (400, "UnknownError", '{"errorCode":"AadPremiumLicenseRequired","message":"No."}', NotLicensed),
        (403, "AccessDenied", "Required scopes are missing in the token.", Forbidden),
        (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", Forbidden),
        (400, "Request_BadRequest", "Invalid property 'assignedLicenses' in a license query.", BadRequest),
        (503, "Forbidden", "Your tenant is not licensed for this feature.", ServiceUnavailable),
    ],
)
def test_a_licence_that_only_the_message_names_is_told_from_a_permission(
    status: int, code: str, message: str, expected: type[Exception]
) -> None:
    assert type(answer(status, {"error": {"code": code, "message": message}}).error()) is expected


def test_a_request_that_took_too_long_can_be_sent_again() -> None:
    assert type(answer(408).error()) is ServiceUnavailable


@pytest.mark.parametrize("value", ["", "many", "1.5", "1e400"])
def test_figures_of_cost_that_are_none_count_as_not_given(value: str) -> None:
    odd = answer(200, x_ms_resource_unit=value, x_ms_throttle_limit_percentage=value.replace("1.5", "x"))
    assert (odd.units, odd.percentage) == (0, None)


def test_a_message_of_several_lines_is_told_in_one() -> None:
    error = answer(
        400, {"error": {"code": "BadRequest", "message": "IDX14100: not well formed.\r\n  Try again."}}
    ).error()
    assert (
        str(error) == "/users: Graph refused the request: IDX14100: not well formed. Try again. (HTTP 400, BadRequest)"
    )


def test_a_byte_order_mark_hides_nothing() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps({"error": {"code": LICENCE}}).encode()
    assert type(answer(403, decode(raw)).error()) is NotLicensed


def test_half_an_emoji_costs_itself_alone() -> None:
    raw = rb'{"value": [{"displayName": "Ada \ud83d", "mail": "C:\\ud83d \ud83d\ude00 \u00e9"}]}'
    assert decode(raw) == {"value": [{"displayName": "Ada ?", "mail": "C:\\ud83d \U0001f600 é"}]}


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [
        (404, "Request_ResourceNotFound", 6),
        (200, "Garbled", 6),
        (404, "UnknownError", 6),
        (403, "Authorization_RequestDenied", 1),
        (403, LICENCE, 6),
        (400, "Request_BadRequest", 2),
        (504, "UnknownError", 12),
    ],
)
def test_one_group_that_cannot_be_read_costs_its_members_alone_and_only_until_it_can(
    status: int, code: str, tries: int, tenant: GraphServer
) -> None:
    types = ("azure_user_group_has_user", "azure_user_assigned_group")
    tenant.fail("/groups/group-7/members", status=status, code=code, times=tries)
    ran = run_steps(*types, source=tenant, out=Path("out"))
    assert [len(ran.records[name]) for name in types] == [39, 39]
    assert ran.report.of(types[0]).verdict == "partial"
    told = "the members of 1 of them could not be read: /groups/group-7/members: "
    assert told in ran.report.of(types[0]).reason
    for _ in range(2):
        ran = run_steps(*types, source=tenant, out=Path("out"))
        assert [len(ran.records[name]) for name in types] == [40, 40]
        assert {ran.verdicts[name] for name in types} == {"complete"}


def test_groups_none_of_which_can_be_read_fail_their_types(tenant: GraphServer) -> None:
    tenant.fail("/groups/*/members", status=403, code="Authorization_RequestDenied")
    ran = runs(tenant, "azure_user_group_has_user")
    assert ran.verdicts["azure_user_group_has_user"] == "failed"
    assert "needs the permission GroupMember.Read.All" in ran.report.of("azure_user_group_has_user").reason


def test_groups_that_fail_together_are_waited_for_together(
    tenant: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("integration.http.pace.Pace.sleep", lambda pace, seconds: waits.append(seconds))
    tenant.fail("/groups/*/members", status=504, code="UnknownError", times=40)
    ran = runs(tenant, "azure_user_group_has_user")
    assert len(ran.records["azure_user_group_has_user"]) == 40
    assert 2 <= len(waits) <= 4


def test_a_licence_that_is_missing_is_no_permission_that_is_missing(tenant: GraphServer) -> None:
    tenant.fail("/users", status=403, code=LICENCE)
    ran = runs(tenant, "azure_user")
    assert "licence" in ran.report.of("azure_user").reason
    assert "permission" not in ran.report.of("azure_user").reason


@pytest.mark.parametrize(
    "odd",
    [
        {"createdDateTime": "2024-05-01T12:30:00+02:00x"},
        {"createdDateTime": " "},
        {"createdDateTime": "2024-02-30T12:30:00Z"},
        {"createdDateTime": 7},
        {"assignedLicenses": [{}]},
        {"businessPhones": "+49 30 1234"},
    ],
)
def test_a_value_that_is_no_value_of_its_property_costs_one_record(odd: dict[str, Any], tenant: GraphServer) -> None:
    tenant.add("/users", {**USER, "id": "user-2", **odd})
    ran = runs(tenant, "azure_user")
    result = ran.report.of("azure_user")
    assert [record["_key"] for record in ran.records["azure_user"]] == ["user-1"]
    assert result.verdict == "partial"
    assert "user-2" in result.reason


def test_a_refused_token_is_told_with_what_graph_said(tenant: GraphServer) -> None:
    tenant.fail("*", status=401, code="Authorization_IdentityNotFound")
    with pytest.raises(CredentialsError, match="Authorization_IdentityNotFound"):
        runs(tenant, "azure_user")


@pytest.mark.parametrize("link", ["", 7])
def test_a_next_link_that_is_no_url_is_told(link: Any) -> None:
    page = Answer("/users", 200, {}, {"value": [], "@odata.nextLink": link})
    with pytest.raises(BadAnswer, match="the next link is no URL"):
        page_of(GraphClient("http://127.0.0.1:1", NoToken(), requests.Session()), page)


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:8120\\@127.0.0.1:7120/v1.0/users",
        "http://127.0.0.1:8120/\\@127.0.0.1:7120/v1.0/users",
        "http://127.0.0.1:7120@127.0.0.1:8120/v1.0/users",
        "http://127.0.0.1:7120:8120/v1.0/users",
        "http://[127.0.0.1:7120/v1.0/users",
        "//127.0.0.1:7120/v1.0/users",
        "/v1.0/users",
    ],
)
def test_a_link_that_may_lead_elsewhere_is_not_followed(link: str) -> None:
    client = GraphClient("http://127.0.0.1:7120", NoToken(), requests.Session())
    with pytest.raises(PagingError, match="a link leads to another host"):
        client.check_host(link)


@pytest.mark.parametrize("value", ["0", "-5", "nan", "inf", "1e400", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", ""])
def test_a_wait_of_no_time_or_of_all_time_leaves_the_choice_to_the_client(value: str) -> None:
    assert answer(429, Retry_After=value).retry_after is None


@pytest.mark.parametrize("ahead", [0, 7 * 3600, -7 * 3600])
def test_a_date_to_wait_for_is_one_by_the_clock_of_the_server(ahead: int) -> None:
    now, date = time.time() + ahead, partial(formatdate, usegmt=True)
    wait = answer(429, Retry_After=date(now + 20), Date=date(now)).retry_after
    assert wait is not None
    assert 18 <= wait <= 20


@pytest.mark.parametrize("date", ["", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2099 23:59:59 GMT"])
def test_a_clock_that_tells_no_time_says_nothing_of_a_wait(date: str) -> None:
    wait = answer(429, Retry_After=formatdate(time.time() + 20, usegmt=True), Date=date).retry_after
    assert wait is not None
    assert 10 <= wait <= 20


def test_a_wait_that_is_longer_than_a_request_is_tried_fails_its_types(tenant: GraphServer) -> None:
    tenant.fail("/groups/*/members", status=429, code="TooManyRequests", retry_after=100_000)
    ran = runs(tenant, "azure_user_group_has_user")
    assert "Graph throttles the application" in ran.report.of("azure_user_group_has_user").reason


def test_a_request_that_a_batch_was_answered_without_is_sent_again() -> None:
    told: list[dict[str, Any]] = [
        {"responses": [{"id": "1", "status": 200, "body": {"value": []}}]},
        {"error": {"code": "x"}},
    ]

    class Poster(GraphClient):
        def post(self, url: str, body: Any, *, first: bool = False) -> Answer:
            return Answer("/$batch", 200, {}, told.pop())

    client = Poster("http://127.0.0.1:7120", NoToken(), requests.Session())
    assert [each.status for each in batch(client, [Inner("/a", {}), Inner("/b", {})])] == [503, 200]
    assert not told


def test_pages_that_always_lead_on_and_hold_nothing_new_are_left() -> None:
    chain = Chain("http://127.0.0.1:7120/v1.0/users", "/users")
    group = {"id": "group-1"}
    for number in range(3_000):
        chain.lead_to(f"/new/{number}", [{**group, "members@delta": [{"id": f"user-{number}"}]}])
    for number in range(1_000):
        chain.lead_to(f"/again/{number}", [{**group, "members@delta": [{"id": "user-1"}]}] if number else [])
    with pytest.raises(PagingError, match="1000 pages in a row hold nothing new"):
        chain.lead_to("/again", [])


MISSING = "Authorization failed due to missing permission scope {}."
READ, WRITE = "PrivilegedEligibilitySchedule.Read.AzureADGroup", "PrivilegedAccess.ReadWrite.AzureADGroup"
INTUNE = "DeviceManagementManagedDevices.Read.All"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("", ""),
        ("Insufficient privileges to complete the operation.", ""),
        (json.dumps({"errorCode": "PermissionScopeNotGranted", "message": MISSING.format(f"{READ},{WRITE}")}), READ),
        (json.dumps({"errorCode": "PermissionScopeNotGranted", "message": MISSING.format(WRITE)}), WRITE),
        (f"{'An error has occurred. ' * 20}Application must have one of these scopes: {INTUNE}, {READ} - Id", INTUNE),
        ("Domain-InternalFederation.Read.All is missing", "Domain-InternalFederation.Read.All"),
    ],
)
def test_a_refusal_tells_which_permission_graph_names(message: str, named: str) -> None:
    refused = answer(403, {"error": {"code": "UnknownError", "message": message}}).error()
    assert type(refused) is Forbidden
    assert named in refused.problem
    assert ("Graph asks for" in refused.problem) is bool(named)
    assert READ not in refused.problem or WRITE not in refused.problem
