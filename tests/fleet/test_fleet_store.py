"""The five functions of a store do the same in a folder, on a server that speaks S3, and in Azure Blob Storage."""

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.serving import make_server

from integration import ConfigurationError, OutputError
from integration.fleet.claims import Claims, Fenced
from integration.fleet.outcomes import outcome_of_error
from integration.fleet.standing import Generation
from integration.fleet.store import Bucket, StoreSilent
from tests.fleet import azurite
from tests.fleet.buckets import BUCKET, S3, served

SIGNATURE = "made/up+signature0123456789abcdef="


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with served() as server:
        yield server


@pytest.fixture
def s3(server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in server.variables.items():
        monkeypatch.setenv(name, value)
    yield Bucket(f"s3://{BUCKET}/{tmp_path.name}")
    server.obey()


@pytest.fixture(scope="module")
def blobs() -> Iterator[Mapping[str, str]]:
    if not azurite.INSTALLED:
        pytest.skip("needs Azurite: npm install --global azurite")
    with azurite.served() as variables:
        yield variables


@pytest.fixture
def az(blobs: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name, value in blobs.items():
        monkeypatch.setenv(name, value)
    return Bucket(f"az://{azurite.CONTAINER}/{tmp_path.name}")


@pytest.fixture(params=["folder", "s3", "az"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    if request.param == "folder":
        return Bucket(f"file://{tmp_path}/store")
    found: Bucket = request.getfixturevalue(request.param)
    return found


def test_an_object_is_made_listed_read_replaced_and_removed(store: Bucket) -> None:
    assert store.get("contoso/a") is None
    assert list(store.list("contoso")) == []
    store.put("contoso/a", b"one")
    store.put("contoso/a", b"two")
    store.put("contoso-2/a", b"of another")
    assert store.create("contoso/b/c", b"")
    assert store.get("contoso/a") == b"two"
    assert {(each.path, each.size) for each in store.list("contoso")} == {("contoso/a", 3), ("contoso/b/c", 0)}
    store.delete(["contoso/a", "contoso/not-there"])
    assert [each.path for each in store.list("contoso")] == ["contoso/b/c"]


def test_of_many_who_create_an_object_one_does(store: Bucket) -> None:
    barrier, made = threading.Barrier(16), []

    def create(number: int) -> None:
        barrier.wait()
        made.append((store.create("contoso/claim", str(number).encode()), number))

    threads = [threading.Thread(target=create, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = (number for did, number in made if did)
    assert store.get("contoso/claim") == str(winner).encode()


def test_of_two_workers_that_hold_a_tenant_the_later_one_keeps_its_state(store: Bucket) -> None:
    claims = Claims(store, "contoso")
    first = claims.take(claims.look("r1"), "r1")
    second = claims.take(claims.look("r1"), "r1")
    with pytest.raises(Fenced):
        claims.commit(first, Generation(1, "r1", True, {}, {}))
    claims.renew(second, "r1")
    kept = Generation(1, "r1", True, {"word": "ok"}, {})
    claims.commit(second, kept)
    assert claims.newest().outcome == {"word": "ok"}
    claims.clean(kept, kept)
    assert claims.forget()
    assert list(store.list("contoso")) == []


@pytest.mark.parametrize("status", [500, 503, 400])
def test_an_object_whose_making_was_not_told_is_made_all_the_same(s3: Bucket, server: S3, status: int) -> None:
    server.lie(status, "PUT", times=1)
    assert s3.create("contoso/claim", b"mine")
    assert not s3.create("contoso/claim", b"of another")


@pytest.mark.parametrize("status", [409, 412])
def test_an_object_that_is_said_to_be_there_and_is_not_is_made(s3: Bucket, server: S3, status: int) -> None:
    server.refuse(status, "PUT", times=2)
    assert s3.create("contoso/claim", b"mine")
    assert not s3.create("contoso/claim", b"of another")
    server.refuse(status, "PUT")
    with pytest.raises(StoreSilent, match="it says that contoso/other is there, and does not have it"):
        s3.create("contoso/other", b"mine")


def test_a_tenant_is_claimed_and_its_state_kept_where_the_store_says_that_it_failed(s3: Bucket, server: S3) -> None:
    claims = Claims(s3, "contoso")
    server.lie(500, "PUT", times=1)
    claim = claims.take(claims.look("r1"), "r1")
    server.lie(500, "PUT", times=1)
    claims.commit(claim, Generation(1, "r1", True, {}, {}))
    assert claims.newest().run == "r1"


def test_a_store_that_is_down_for_a_while_is_waited_for(s3: Bucket, server: S3) -> None:
    server.refuse(503, "PUT", times=12)
    s3.put("contoso/a", b"")
    assert [each.path for each in s3.list("contoso")] == ["contoso/a"]


def test_that_a_store_is_silent_is_told_apart_from_what_it_refuses(
    s3: Bucket, server: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.refuse(403, "PUT")
    with pytest.raises(OutputError, match="privileges") as caught:
        s3.create("contoso/claim", b"")
    assert not isinstance(caught.value, StoreSilent)
    server.refuse(403, "GET")
    with pytest.raises(OutputError, match="403 Forbidden") as caught:
        list(s3.list("contoso"))
    assert outcome_of_error("contoso", caught.value).word == "failed"
    monkeypatch.setattr("integration.fleet.store._PATIENCE", timedelta(0))
    impatient = Bucket(s3.url)
    server.refuse(503, "GET")
    with pytest.raises(StoreSilent, match="503 Service Unavailable") as silent:
        list(impatient.list("contoso"))
    assert outcome_of_error("contoso", silent.value).word == "unreachable"


@pytest.mark.parametrize("url", ["ftp://host/x", "s3:", "gopher://x"])
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--state"):
        Bucket(url)


@pytest.mark.parametrize(
    "url",
    ["az://c/state?sv=1&sig=hunter2", "s3://key:hunter2@bucket/x", "s3://bucket/x#hunter2", "file:///x?y=hunter2"],
)
def test_no_secret_stands_in_the_url_of_a_store(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--state: the URL of a store holds neither") as caught:
        Bucket(url)
    assert "hunter2" not in str(caught.value)


def test_what_a_store_repeats_of_its_credentials_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def repeat(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        sent.append(environ["QUERY_STRING"])
        start_response("403 Forbidden", [("Content-Type", "application/xml")])
        return [f"<Error><Message>{environ['QUERY_STRING']}</Message></Error>".encode()]

    server = make_server("127.0.0.1", 0, repeat, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "ACCOUNT_NAME": "contoso",
        "SAS_TOKEN": f"?sv=2024-11-04&sig={quote(SIGNATURE)}",
        "ENDPOINT": f"http://127.0.0.1:{server.port}",
    }.items():
        monkeypatch.setenv(f"AZURE_STORAGE_{name}", value)
    monkeypatch.setenv("AZURE_ALLOW_HTTP", "true")
    with pytest.raises(OutputError, match="403 Forbidden") as caught:
        Bucket("az://fleet/state").get("contoso/a")
    server.shutdown()
    server.server_close()
    assert any(quote(SIGNATURE, safe="") in query or SIGNATURE in query for query in sent)
    told = str(caught.value)
    assert SIGNATURE not in told
    assert quote(SIGNATURE, safe="") not in told


def test_a_store_that_fails_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="the store failed") as caught:
        Bucket(f"file://{tmp_path}").put("file/x", b"")
    assert "\n" not in str(caught.value)
