"""A hiccup of the service, or of what is before it, costs a try; and what is refused is blamed on who refused it."""

import itertools
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

import pytest
import requests

from integration import (
    BadRequest,
    CredentialsError,
    Forbidden,
    GraphError,
    Interrupted,
    ServiceUnavailable,
    Throttled,
    Unreachable,
    load,
    plan,
    run,
)  # fmt: skip
from integration.config.settings import Config
from integration.http.auth import NoToken
from integration.http.connections import Adapter
from integration.http.patience import Patience
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.paging import pages
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, Handler, LittleTenant, Said, children, members, read, serving, users

HTML = b"<html><body>Access denied by the gateway</body></html>"
HICCUPS: list[tuple[int, Any]] = [
    *((status, None) for status in (408, 409, 421, 423, 425, 500, 502, 503, 504, 520)),
    (400, {"error": {"code": "serviceNotAvailable", "message": "Try again."}}),
    (400, {"error": {"code": "BadRequest", "innerError": {"code": "ServiceNotAvailable"}}}),
    (404, {"error": {"code": "UnknownError"}}),
]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://", Adapter())
        yield session


@pytest.mark.parametrize(("status", "body"), HICCUPS)
def test_a_hiccup_costs_a_try_alone_and_in_a_batch(status: int, body: Any, tenant: LittleTenant) -> None:
    for path in ("/users", "/$batch", members(GROUPS[0])):
        tenant.at_first(path, 2, status, body)
    report = read(tenant, "azure_user", "azure_user_group_has_user")
    assert report.exit_code() == 0
    assert (report.of("azure_user").count, report.of("azure_user_group_has_user").count) == (3, 3)


def test_what_is_misdirected_is_asked_for_once_more_on_a_connection_of_its_own(
    tenant: LittleTenant, session: requests.Session
) -> None:
    tenant.at_first("/users", 2, 421, {"error": {"code": "x", "message": "another host"}})
    client = GraphClient(tenant.url, NoToken(), session)
    for path in ("/groups", "/users", "/groups", "/groups"):
        assert client.get(client.url(path)).status == 200
    assert len(tenant.connections) == 3


@pytest.mark.parametrize("status", [405, 406, 415, 501])
def test_a_refusal_that_stays_is_asked_for_once(status: int, tenant: LittleTenant) -> None:
    tenant.always("/users", status, {"error": {"code": "x"}})
    assert read(tenant, "azure_user").of("azure_user").verdict == "failed"
    assert tenant.count("/users") == 1


def test_a_token_that_is_refused_a_few_times_is_tried_again(tenant: LittleTenant) -> None:
    for path in ("/users", "/$batch"):
        tenant.at_first(path, 3, 401, {"error": {"code": "InvalidAuthenticationToken"}})
    assert read(tenant, "azure_user", "azure_user_group_has_user").exit_code() == 0


def test_a_token_that_one_path_alone_refuses_costs_what_is_read_there(tenant: LittleTenant) -> None:
    tenant.always("/users", 401, {"error": {"code": "InvalidAuthenticationToken", "message": "not here"}})
    report = read(tenant, "azure_user", "azure_user_group")
    result = report.of("azure_user")
    assert (result.verdict, report.of("azure_user_group").verdict, report.exit_code()) == ("failed", "complete", 1)
    assert "Graph takes the token elsewhere, and refuses it here: Graph refused the token: not here" in result.reason
    assert "needs the permission User.Read.All" in result.reason
    assert tenant.count("/users") == 4


@pytest.mark.parametrize("good", [0, 1, 3])
def test_a_token_that_is_refused_everywhere_from_some_moment_on_ends_the_run(
    good: int, tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, answer = itertools.count(), tenant.answer

    def dies(target: str, body: bytes = b"") -> Said:
        known = answer(target, body)
        return known if next(answered) < good else (401, {}, {"error": {"code": "InvalidAuthenticationToken"}})

    monkeypatch.setattr(tenant, "answer", dies)
    with pytest.raises(CredentialsError, match="InvalidAuthenticationToken"):
        read(tenant, "azure_user", "azure_user_group", "azure_user_group_has_user")
    assert next(answered) < 30


def test_a_token_that_stays_refused_for_one_part_of_a_batch_is_no_refusal_of_how_it_was_asked(
    tenant: LittleTenant,
) -> None:
    path = members(GROUPS[0])
    tenant.always(path, 401, {"error": {"code": "InvalidAuthenticationToken"}})
    result = read(tenant, "azure_user_group_has_user").of("azure_user_group_has_user")
    assert (result.verdict, result.count) == ("partial", 1)
    assert "Graph refused the token" in result.reason
    assert "InvalidAuthenticationToken" in result.reason
    assert all("$count" in asked for asked in tenant.asked if asked.startswith(path))


@pytest.mark.parametrize(("status", "redirects"), [(302, True), (308, True), (300, False), (304, False)])
def test_only_what_leads_elsewhere_is_told_as_a_redirect(status: int, redirects: bool) -> None:
    assert ("it redirects" in str(Answer("/users", status, {}, {}).error())) is redirects


@pytest.mark.parametrize("status", [403, 407, 451])
@pytest.mark.parametrize("body", [HTML, b"", {"message": "blocked"}, {"error": "blocked"}, {"error": {}}])
def test_what_graph_did_not_refuse_lacks_no_permission(status: int, body: Any, tenant: LittleTenant) -> None:
    for path in ("/users", members(GROUPS[0])):
        tenant.always(path, status, body)
    report = read(tenant, "azure_user", "azure_user_group_has_user")
    for name in ("azure_user", "azure_user_group_has_user"):
        assert "something between here and Graph refused it" in report.of(name).reason
        assert f"HTTP {status}" in report.of(name).reason
        assert "permission" not in report.of(name).reason


def test_what_graph_refused_lacks_a_permission(tenant: LittleTenant) -> None:
    tenant.always("/users", 403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    assert "needs the permission" in read(tenant, "azure_user").of("azure_user").reason


@pytest.mark.parametrize(
    ("status", "message", "kind", "too_much"),
    [
        (504, "", ServiceUnavailable, True),
        (503, "Unknown.", ServiceUnavailable, True),
        (400, "Cannot query data for more than 120 users at a time.", BadRequest, True),
        (400, "Invalid page size specified: '999'. Must be between 1 and 500 inclusive.", BadRequest, True),
        (400, "The limit of '500' for Top query has been exceeded.", BadRequest, True),
        (400, "Stop asking.", BadRequest, False),
        (429, "Too many requests.", Throttled, False),
        (403, "top secret", Forbidden, False),
    ],
)
def test_an_error_says_whether_smaller_pages_may_be_given(
    status: int, message: str, kind: type[GraphError], too_much: bool
) -> None:
    error = Answer("/users", status, {}, {"error": {"code": "x", "message": message}}).error()
    assert (type(error), error and error.too_much) == (kind, too_much)


@pytest.mark.parametrize("prefix", ["", "/graph", "/a/v1.0/b"])
@pytest.mark.parametrize(
    "form", ["{url}/v1.0{path}?{query}", "{last}?{query}", "?{query}", "{prefix}/v1.0{path}?{query}"]
)
def test_links_are_followed_below_the_root_whatever_its_path_is(prefix: str, form: str) -> None:
    with serving(LittleTenant(prefix)) as tenant:

        def paged(path: str, rows: list[dict[str, str]]) -> None:
            def say(query: str) -> Any:
                number = int(query.rpartition("$skiptoken=")[2]) if "$skiptoken=" in query else 0
                body: dict[str, Any] = {"value": rows[number : number + 1]}
                if number + 1 < len(rows):
                    last = path.rpartition("/")[2]
                    names = {"url": tenant.url, "path": path, "prefix": prefix, "last": last}
                    body["@odata.nextLink"] = form.format(query=f"$skiptoken={number + 1}", **names)
                return 200, {}, body

            tenant.says[path] = say

        paged("/users", users(*USERS))
        paged(members(GROUPS[0]), children(*USERS))
        report = read(tenant, "azure_user", "azure_user_group_has_user")
        assert {result.type: result.reason for result in report.results if result.reason} == {}
        assert (report.of("azure_user").count, report.of("azure_user_group_has_user").count) == (3, 4)
        asked = [each for each in tenant.asked if "/members" in each]
        assert {each.partition("?")[0] for each in asked} == {members(group) for group in GROUPS}
        tenant.always("/users", 403, {"error": {"code": "x"}})
        assert ": /users: not permitted" in read(tenant, "azure_user", fresh=True).of("azure_user").reason


@pytest.mark.parametrize("link", ["//elsewhere.example/v1.0/users", "https://elsewhere.example/v1.0/users", "x:users"])
def test_a_link_to_another_host_is_not_followed(link: str, tenant: LittleTenant, session: requests.Session) -> None:
    tenant.always("/users", 200, {"value": [], "@odata.nextLink": link})
    client = GraphClient(tenant.url, NoToken(), session)
    with pytest.raises(GraphError, match="a link leads to another host"):
        list(pages(client, client.url("/users")))
    assert tenant.asked == ["/users"]


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t"])
def test_white_space_at_the_end_of_a_token_is_not_sent(
    end: str, tenant: LittleTenant, session: requests.Session
) -> None:
    client = GraphClient(tenant.url, Given(Secret(f"eyJtoken-that-nobody-sees{end}")), session)
    assert client.get(client.url("/users")).status == 200


@pytest.mark.parametrize("inside", ["\n", "\r\nX-Other: 1", "\u2013", "\x00", "\ud83d"])
def test_a_token_that_no_header_takes_is_sent_nowhere_and_shown_nowhere(
    inside: str, tenant: LittleTenant, session: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = GraphClient(tenant.url, Given(Secret(f"eyJfirst-half{inside}second-half")), session)
    with pytest.raises(CredentialsError, match="no HTTP header takes") as caught:
        client.get(client.url("/users"))
    assert tenant.asked == []
    assert "second-half" not in f"{caplog.text}{caught.value!r}"


class Given(NoToken):
    """A token that nobody has looked at."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def token(self) -> Secret:
        """Return the token."""
        return self._token


class Odd(Adapter):
    """Raises what a library may raise, with the token in it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def send(self, *_: Any, **__: Any) -> Any:
        """Send nothing."""
        raise self._error


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
NO_HTTP = {
    "a negative chunk": CHUNKED + b"-5\r\nabc\r\n0\r\n\r\n",
    "a chunk of no number": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
    "a chunk of no end": CHUNKED + b"f" * 60 + b"\r\nabc\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length of no number": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
    "a place that is no URL": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    "a place of no port": b"HTTP/1.1 302 Found\r\nLocation: http://h:99999/\r\nContent-Length: 0\r\n\r\n",
    "a place of no text": b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    "no place": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "no status": b"HTTP/1.1 abc OK\r\n\r\n",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n{}",
    "nothing of HTTP": b"\x00\x01\x02\r\n\r\n",
}


@pytest.mark.parametrize("raw", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_answer_of_http_fails_its_type_alone(
    raw: bytes, tenant: LittleTenant, caplog: pytest.LogCaptureFixture
) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3

    def answer(handler: Handler) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    tenant.takes_over["/users"] = tenant.takes_over["/users/delta"] = answer
    before = tenant.count("/users")
    report = read(tenant, "azure_user", "azure_user_group", fresh=True)
    assert (report.of("azure_user").verdict, report.of("azure_user_group").verdict) == ("failed", "complete")
    assert report.of("azure_user").reason.startswith("/users: ")
    assert tenant.count("/users") > before + 1
    assert not report.changes.get("azure_user")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("raw", NO_HTTP.values(), ids=NO_HTTP)
def test_a_host_that_answers_what_is_no_answer_of_http_is_there(raw: bytes, tenant: LittleTenant) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    tenant.takes_over["/users"] = tenant.takes_over["/users/delta"] = answer
    assert read(tenant, "azure_user").of("azure_user").reason.startswith("/users: ")


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidHeader("Bearer token-of-a-test"),
        UnicodeEncodeError("latin-1", "Bearer token-of-a-test", 0, 1, "odd"),
        ValueError("Bearer token-of-a-test"),
        KeyError("Bearer token-of-a-test"),
        AssertionError("Bearer token-of-a-test"),
        OSError("Bearer token-of-a-test"),
        HTTPException("Bearer token-of-a-test"),
        ssl.SSLError("Bearer token-of-a-test"),
    ],
)
def test_of_what_a_library_raises_its_kind_alone_is_told(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tenant: LittleTenant
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("integration.tapes.tapes.Adapter", lambda: Odd(error))
    with pytest.raises(Unreachable, match=f"the connection failed: {type(error).__name__}") as caught:
        read(tenant, "azure_user")
    assert "token-of-a-test" not in caplog.text + str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_is_sent_what_goes_to_this_machine(
    variable: str, tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(LittleTenant()) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        for host in ("127.0.0.1", "localhost"):
            url = tenant.url.replace("127.0.0.1", host)
            config = Config(graph_url=url, access_token=Secret("token-of-a-test"))
            manager = load()
            assert run(manager, plan(manager, only=["azure_user"]), config, out=host).exit_code() == 0
        assert proxy.connections == []


def test_who_is_throttled_stops_at_once(tenant: LittleTenant, session: requests.Session) -> None:
    tenant.always("/users", 429, {"error": {"code": "TooManyRequests"}}, Retry_After="600")
    client = GraphClient(tenant.url, NoToken(), session, Patience())
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            client.get(client.url("/users"))
        except Interrupted as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    while client.pace.waited == 0:
        time.sleep(0.01)
    begun = time.monotonic()
    client.stop()
    for thread in threads:
        thread.join(120)
    assert len(ended) == 3
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("attempt", [1, 2, 64, 1_000, 1_100, 10**6])
def test_who_is_throttled_however_often_waits_no_longer_than_is_meant(
    attempt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By parts of seconds, as Graph sometimes asks for (microsoft-graph-docs, issue 3877), and then without a word."""
    monkeypatch.setattr("random.uniform", lambda _, high: high)
    patience = Patience()
    assert patience.wait(attempt) == (0.5 * attempt if attempt <= 2 else patience.max_wait)


@pytest.mark.parametrize("status", [101, 102, 103, 199])
def test_an_answer_before_the_answer_makes_nobody_read_that_of_another_request(
    status: int, tenant: LittleTenant, session: requests.Session
) -> None:
    late: list[Handler] = []

    def answer(handler: Handler) -> None:
        if not late:
            late.append(handler)
            handler.wfile.write(b"HTTP/1.1 %d Wait\r\nLink: a\r\n\r\n" % status)
            handler.wfile.flush()
        if handler in late and not handler.connection.recv(1, socket.MSG_PEEK):
            return  # nobody waits for the rest
        body = json.dumps({"value": users(*USERS)}).encode()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    tenant.takes_over["/users"] = answer
    client = GraphClient(tenant.url, NoToken(), session)
    assert [row["id"] for row in client.get(client.url("/users")).body["value"]] == USERS
    assert [row["id"] for row in client.get(client.url("/groups")).body["value"]] == GROUPS
