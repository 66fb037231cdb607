"""Nothing that one server sends lasts without end or takes memory without bound."""

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import orjson
import pytest
import requests
from urllib3 import HTTPResponse

from integration import BadAnswer, GraphError, ServiceUnavailable, Unreachable
from integration.http import bodies, room
from integration.http.auth import NoToken
from integration.http.connections import Adapter
from integration.http.patience import Patience
from integration.http.room import Turn
from integration.sinks.jupiterone.account import Account
from integration.sinks.jupiterone.api import Api, Refused
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.paging import Page, pages
from integration.text.secret import Secret
from tests.little_tenant import Handler, LittleTenant, serving

SOON = Patience(deadline=0.6, attempts=1, first_wait=0.01, timeout=(0.3, 5.0), exchange=0.3)
PATIENT = Patience(deadline=60, attempts=1, first_wait=0.01, timeout=(5.0, 5.0))
PAGE = orjson.dumps({"value": [{"id": str(number), "displayName": "User " * 200} for number in range(500)]})


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.fixture
def client(tenant: LittleTenant) -> Iterator[GraphClient]:
    with reading(tenant) as client:
        yield client


@contextmanager
def reading(tenant: LittleTenant, patience: Patience = SOON) -> Iterator[GraphClient]:
    """A client whose connections can be cut, as those of a run."""
    with requests.Session() as session:
        session.mount("http://", Adapter())
        yield GraphClient(tenant.url, NoToken(), session, patience)


def drip(handler: Handler, first: bytes, piece: bytes) -> None:
    """Write something, and then a little of it again and again, until the other side has had enough."""
    try:
        handler.wfile.write(first)
        while True:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS: dict[str, tuple[bytes, bytes]] = {
    "a body": (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
    "a body that looks whole": (HEAD + b'Connection: close\r\n\r\n{"value": []}', b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "the size of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "the status": (b"HTTP/1.1 ", b" "),
    "one header": (HEAD + b"X-Odd: ", b"x"),
    "headers": (HEAD, b"X-Odd: x\r\n"),
    "a refusal": (HEAD.replace(b"200 OK", b"403 Forbidden") + b"Content-Length: 60000\r\n\r\n", b" "),
    "gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n" + gzip.compress(b" ")[:10], b""),
}


@pytest.mark.parametrize("what", [*DRIPS])
def test_what_comes_a_byte_now_and_then_is_over_when_the_time_is(
    what: str, tenant: LittleTenant, client: GraphClient
) -> None:
    first, piece = DRIPS[what]
    tenant.takes_over["/users"] = lambda handler: drip(handler, first, piece)
    begun = time.monotonic()
    with pytest.raises((ServiceUnavailable, Unreachable)):
        client.get(client.url("/users"))
    assert time.monotonic() - begun < 4


def test_a_drip_is_told_and_may_come_in_smaller_pages(tenant: LittleTenant, client: GraphClient) -> None:
    client.get(client.url("/groups"))
    tenant.takes_over["/users"] = lambda handler: drip(handler, *DRIPS["a body"])
    with pytest.raises(ServiceUnavailable, match="the answer was not there after") as caught:
        client.get(client.url("/users"))
    assert caught.value.too_much


def test_one_drip_costs_a_try_and_no_other_request(tenant: LittleTenant) -> None:
    first = [True]

    def now_and_then(handler: Handler) -> None:
        if first.pop() if first else False:
            drip(handler, *DRIPS["a body"])
            return
        raw = b'{"value": [{"id": "1"}]}'
        handler.wfile.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(raw) + raw)

    tenant.takes_over["/users"] = now_and_then
    patience = Patience(deadline=20, attempts=3, first_wait=0.01, timeout=(0.3, 5.0), exchange=0.3)
    with reading(tenant, patience) as client:
        assert client.get(client.url("/users")).body == {"value": [{"id": "1"}]}
        assert client.get(client.url("/groups")).status == 200


def responds(tenant: LittleTenant, body: bytes, status: int = 200, **headers: str) -> None:
    tenant.always("/users", status, body, **headers)


@pytest.fixture(autouse=True)
def _bounds_that_are_reached_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 10_000_000)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches soon."""
    monkeypatch.setattr(room, "HEAVIEST", 4_000_000)
    monkeypatch.setattr(room, "SMALL", 500_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "body",
    [
        b'{"value": [' + b"{}," * 400_000 + b"{}]}",
        b'{"value": [' + b"[]," * 400_000 + b"[]]}",
        b'{"value": [' + b"[[[[[[[1]]]]]]]," * 60_000 + b"1]}",
        b'{"value": ["' + b"x" * 3_000_000 + b'"]}',
    ],
)
def test_what_would_take_too_much_memory_is_not_decoded(body: bytes, tenant: LittleTenant) -> None:
    responds(tenant, body)
    with reading(tenant, PATIENT) as client, pytest.raises(BadAnswer, match="the answer is larger than") as caught:
        client.get(client.url("/users"))
    assert caught.value.too_much


def test_what_unpacks_to_more_than_is_taken_is_given_up_before(tenant: LittleTenant) -> None:
    responds(tenant, gzip.compress(b" " * (room.MOST + 1)), Content_Encoding="gzip")
    with reading(tenant, PATIENT) as client, pytest.raises(BadAnswer, match="the answer is larger than"):
        client.get(client.url("/users"))


def test_of_a_refusal_no_more_is_read_than_words_need(tenant: LittleTenant) -> None:
    refusals: tuple[tuple[bytes, dict[str, str]], ...] = (
        (b" " * 10_000_000, {}),
        (gzip.compress(b" " * 100_000_000), {"Content_Encoding": "gzip"}),
    )
    with reading(tenant, PATIENT) as client:
        client.get(client.url("/groups"))
        for body, headers in refusals:
            responds(tenant, body, status=400, **headers)
            with pytest.raises(GraphError, match="HTTP 400"):
                client.get(client.url("/users"))
        assert client.meter.bytes < 2_000


def test_endless_chunks_are_given_up(tenant: LittleTenant) -> None:
    def endless(handler: Handler) -> None:
        try:
            handler.wfile.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            while True:
                handler.wfile.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        except OSError:
            handler.close_connection = True

    tenant.takes_over["/users"] = endless
    with reading(tenant, PATIENT) as client, pytest.raises(BadAnswer, match="the answer is larger than") as caught:
        client.get(client.url("/users"))
    assert caught.value.too_much


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("X-GZip", gzip.compress(PAGE)),
        ("gzip", gzip.compress(PAGE[:1000]) + gzip.compress(PAGE[1000:])),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_what_is_packed_is_unpacked_as_a_whole(
    encoding: str, packed: bytes, tenant: LittleTenant, client: GraphClient
) -> None:
    responds(tenant, packed, 200, **({"Content_Encoding": encoding} if encoding else {}))
    assert client.get(client.url("/users")).body == orjson.loads(PAGE)
    assert client.meter.bytes == len(PAGE)


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(PAGE)[:-8], b"no gzip", zlib.compress(PAGE), gzip.compress(PAGE)[:9]],
    ids=["cut", "not gzip", "zlib", "head alone"],
)
def test_what_is_packed_and_not_whole_is_no_answer(packed: bytes, tenant: LittleTenant, client: GraphClient) -> None:
    client.get(client.url("/groups"))
    responds(tenant, packed, Content_Encoding="gzip")
    with pytest.raises(ServiceUnavailable, match="the connection failed: ContentDecodingError"):
        client.get(client.url("/users"))


@pytest.mark.usefixtures("small")
def test_large_answers_wait_for_one_another_and_small_ones_do_not(tenant: LittleTenant) -> None:
    responds(tenant, PAGE)
    with reading(tenant, Patience(deadline=20, attempts=1)) as client:
        held: list[Any] = [client.get(client.url("/users"))]
        second: list[Any] = []
        thread = threading.Thread(target=lambda: second.append(client.get(client.url("/users"))))
        thread.start()
        assert client.get(client.url("/groups")).status == 200
        while tenant.count("/users") < 2:
            time.sleep(0.01)
        assert client.get(client.url("/groups")).status == 200
        assert not second
        held.clear()
        thread.join(120)
        assert second[0].body == orjson.loads(PAGE)


@pytest.mark.usefixtures("small")
def test_a_listing_of_large_pages_is_read_to_its_end(tenant: LittleTenant) -> None:
    def say(query: str) -> tuple[int, dict[str, str], Any]:
        number = int(query.partition("=")[2] or 0)
        page = orjson.loads(PAGE)
        if number < 3:
            page["@odata.nextLink"] = f"{tenant.url}/v1.0/users?p={number + 1}"
        for row in page["value"]:
            row["id"] = f"{row['id']} of page {number}"
        return 200, {}, page

    tenant.says["/users"] = say
    with reading(tenant, Patience(deadline=5, attempts=1)) as client:
        assert sum(1 for _ in pages(client, client.url("/users"))) == 4


def test_stopping_wakes_whoever_waits_for_room(tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SMALL", 100_000)
    responds(tenant, PAGE)
    with reading(tenant, Patience()) as client:
        held = client.get(client.url("/users"))
        stopped = threading.Event()

        def wait() -> None:
            with pytest.raises(Exception, match="stopped"):
                client.get(client.url("/users"))
            stopped.set()

        threading.Thread(target=wait, daemon=True).start()
        while tenant.count("/users") < 2:
            time.sleep(0.01)
        client.stop()
        assert stopped.wait(2)
        assert held.status == 200


def test_pieces_are_bounded_however_well_they_are_packed() -> None:
    sizes: list[int] = []
    packed = gzip.compress(b"\0" * 20_000_000)
    response = requests.Response()
    response.raw = HTTPResponse(BytesIO(packed), {"content-encoding": "gzip"}, preload_content=False)
    with pytest.raises(bodies.TooLarge):
        bodies.read_body(response, 1_000_000, sizes.append)
    assert max(sizes) <= 1_000_000


@pytest.mark.parametrize("what", ["a body", "headers", "too much"])
def test_jupiterone_is_bounded_likewise(what: str, tenant: LittleTenant) -> None:
    def answer(handler: Handler) -> None:
        if what in DRIPS:
            drip(handler, *DRIPS[what])
        else:
            drip(handler, HEAD + b"Content-Length: 9000000\r\n\r\n" + b" " * 8_999_999, b" ")

    tenant.takes_over["/persister/synchronization/jobs/one"] = answer
    account = Account(root=tenant.url, id="contoso", key=Secret("key-of-a-test"), instance="one")
    with requests.Session() as session:
        session.mount("http://", Adapter())
        with pytest.raises(Refused, match="the answer was not there after" if what in DRIPS else "larger than"):
            Api(account, session, SOON if what in DRIPS else PATIENT).job("one")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "odd", [{"@odata.nextLink": 7}, {"@odata.nextLink": "https://elsewhere.example"}, {"value": 7}]
)
def test_a_large_page_that_is_odd_leaves_room_for_others(odd: dict[str, Any], tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {**orjson.loads(PAGE), "other": "x" * 1_000_000, **odd})
    tenant.always("/groups", 200, PAGE)
    with reading(tenant, Patience(deadline=5, attempts=1)) as client:
        with pytest.raises(GraphError) as kept:
            list(pages(client, client.url("/users")))
        assert client.get(client.url("/groups")).status == 200
        assert kept.value.path == "/users"


def test_the_objects_of_a_large_page_go_when_it_has_been_used() -> None:
    ended = threading.Event()
    page = Page([{"id": "1"}], None, Turn(ended.set))
    page.done()
    assert ended.is_set()
    assert not page.rows
