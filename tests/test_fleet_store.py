"""The five functions of a store do the same in a folder and on a server that speaks S3."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer

from integration import ConfigurationError, OutputError
from integration.fleet.store import Bucket

SETTINGS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    if request.param == "folder":
        return Bucket(f"file://{tmp_path}/store")
    url = request.getfixturevalue("s3")
    for name, value in {**SETTINGS, "AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(name, value)
    assert requests.put(f"{url}/fleet", timeout=10).ok
    return Bucket(f"s3://fleet/{tmp_path.name}")


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


@pytest.mark.parametrize("url", ["ftp://host/x", "s3:", "gopher://x"])
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--state"):
        Bucket(url)


def test_a_store_that_fails_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="the store failed") as caught:
        Bucket(f"file://{tmp_path}").put("file/x", b"")
    assert "\n" not in str(caught.value)
