"""Wherever and however a token is refused, a run ends after few requests, says what it lacks, and deletes nothing."""

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

from integration import CredentialsError, Forbidden, Report
from integration.http.auth import GivenToken
from integration.http.connections import Adapter
from integration.sources.msgraph.client import GraphClient
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, USERS, LittleTenant, Said, members, read, serving, users

TYPES = ("azure_account", "azure_user", "azure_user_group", "azure_user_group_has_user")
REFUSED = {"error": {"code": "InvalidAuthenticationToken", "message": "Access token is not accepted."}}
CHALLENGE = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7fX19"'
HEADERS: Mapping[str, Mapping[str, str]] = {"no challenge": {}, "claims challenge": {"WWW-Authenticate": CHALLENGE}}
MOST = 40


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def records() -> set[tuple[str, str]]:
    """Return what the graph holds, of which no refusal may take anything."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        return {
            *database.execute("SELECT _type, _key FROM entities"),
            *database.execute("SELECT _type, _key FROM relationships"),
        }


def refuse(
    tenant: LittleTenant, is_refused: Callable[[str, int], bool], headers: Mapping[str, str] = HEADERS["no challenge"]
) -> None:
    """Have a tenant refuse the token for some requests, by their targets and numbers; not for those within a batch."""
    answer, numbers = tenant.answer, itertools.count()

    def said(target: str, body: bytes = b"") -> Said:
        return (401, headers, REFUSED) if is_refused(target, next(numbers)) else answer(target, body)

    tenant.answer = said  # type: ignore[method-assign]


def verdicts(report: Report) -> dict[str, str]:
    return {result.type: result.verdict for result in report.results}


def ended(tenant: LittleTenant, *, fresh: bool) -> int | str:
    """Run, and return the exit code, or what the run ended for."""
    try:
        return read(tenant, *TYPES, fresh=fresh).exit_code()
    except CredentialsError as error:
        return "the token" if "Access token is not accepted" in str(error) else str(error)


LOST = {
    "azure_user": {"azure_user": "failed", "azure_user_group_has_user": "skipped"},
    "azure_account": {"azure_account": "failed"},
    "azure_user_group_has_user": {"azure_user_group_has_user": "failed"},
}
PATHS = {"azure_user": "/users", "azure_account": "/organization", "azure_user_group_has_user": "/groups/"}


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("type", LOST)
@pytest.mark.parametrize("was_read", [False, True])
def test_a_path_that_refuses_the_token_costs_what_is_read_there(
    type: str, was_read: bool, headers: str, tenant: LittleTenant
) -> None:
    before = set()
    if was_read:
        assert read(tenant, *TYPES).exit_code() == 0
        before = records()
    for path in {*tenant.says, *map(members, GROUPS)} if type == "azure_user_group_has_user" else ():
        tenant.always(path, 401, REFUSED, **{"WWW_Authenticate": CHALLENGE} if HEADERS[headers] else {})
    if type != "azure_user_group_has_user":
        refuse(tenant, lambda target, _: target.startswith(PATHS[type]), HEADERS[headers])
    found = verdicts(read(tenant, *TYPES, fresh=was_read))
    assert found == dict.fromkeys(TYPES, "complete") | LOST[type]
    assert before <= records()


def test_paths_that_refuse_the_token_at_once_are_no_token_that_is_refused_everywhere(tenant: LittleTenant) -> None:
    """Each is refused together with the others, so that nothing is answered between so many refusals."""
    paths = [f"/thing{number}" for number in range(6)]
    together = threading.Barrier(len(paths))
    for path in paths:

        def said(_: str) -> Said:
            together.wait(10)
            return 401, {}, REFUSED

        tenant.says[path] = said
    with requests.Session() as session, ThreadPoolExecutor(len(paths)) as threads:
        session.mount("http://", Adapter())
        client = GraphClient(tenant.url, GivenToken(Secret("token-of-a-test")), session)
        assert client.get(client.url("/organization")).status == 200
        asked = [threads.submit(client.get, client.url(path)) for path in paths]
        errors = [each.exception() for each in asked]
        assert [type(error) for error in errors] == [Forbidden] * len(paths)
        assert client.get(client.url("/users")).status == 200
    assert len(tenant.asked) < MOST


@pytest.mark.parametrize("headers", HEADERS)
def test_a_token_that_dies_while_many_requests_are_in_flight_ends_all_of_them(
    headers: str, tenant: LittleTenant
) -> None:
    paths = [f"/thing{number}" for number in range(8)]
    together = threading.Barrier(len(paths))
    is_dead = threading.Event()

    def refused(target: str, number: int) -> bool:
        if number and not is_dead.is_set():
            together.wait(10)
            is_dead.set()
        return number > 0

    refuse(tenant, refused, HEADERS[headers])
    with requests.Session() as session, ThreadPoolExecutor(len(paths)) as threads:
        session.mount("http://", Adapter())
        client = GraphClient(tenant.url, GivenToken(Secret("token-of-a-test")), session)
        assert client.get(client.url("/organization")).status == 200
        asked = [threads.submit(client.get, client.url(path)) for path in paths]
        assert {type(each.exception()) for each in asked} == {CredentialsError}
        with pytest.raises(CredentialsError, match="Access token is not accepted"):
            client.get(client.url("/users"))


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("good", range(0, 12, 2))
@pytest.mark.parametrize("was_read", [False, True])
def test_a_token_that_dies_ends_the_run_and_the_next_one_has_all(
    good: int, was_read: bool, headers: str, tenant: LittleTenant
) -> None:
    before = set()
    if was_read:
        read(tenant, *TYPES)
        before = records()
    whole = tenant.answer
    tenant.asked.clear()
    numbers = itertools.count()
    refuse(tenant, lambda *_: next(numbers) >= good, HEADERS[headers])
    assert ended(tenant, fresh=was_read) in (0, "the token")  # it may die when all is read
    assert next(numbers) - good < MOST
    assert before <= (records() if was_read else set())
    tenant.answer = whole  # type: ignore[method-assign]
    assert verdicts(read(tenant, *TYPES)) == dict.fromkeys(TYPES, "complete")


@pytest.mark.parametrize("headers", HEADERS)
def test_a_later_page_that_refuses_the_token_is_not_the_end_of_a_collection(headers: str, tenant: LittleTenant) -> None:
    read(tenant, *TYPES)
    before = records()
    next_link = f"{tenant.url}/v1.0/users?$skiptoken=2"
    tenant.says["/users"] = lambda query: (
        (401, HEADERS[headers], REFUSED)
        if "skiptoken" in query
        else (200, {}, {"value": users(USERS[0]), "@odata.nextLink": next_link})
    )
    found = read(tenant, *TYPES, fresh=True)
    assert verdicts(found)["azure_user"] == "failed"
    assert "Graph takes the token elsewhere" in found.of("azure_user").reason
    assert before <= records()
    tenant.mended()
    assert verdicts(read(tenant, *TYPES)) == dict.fromkeys(TYPES, "complete")
    assert records() == before
