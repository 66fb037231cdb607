"""A tenant's files on a worker's disk: kept while they are written, and held for as long as that takes."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from integration import OutputError
from integration.fleet.claims import Claims
from integration.fleet.store import Bucket
from integration.fleet.stored import Stored
from integration.fleet.waiting import in_time
from integration.fleet.workcopy import WorkCopy
from tests.fleet.test_fleet_claims import Memory

TENANT, RUN = "contoso", "r1"
LONG = 90
"""Seconds: two blobs that take so long take longer than a claim of another run holds anybody off."""


class Slow(Memory):
    """A store by whose clock each blob takes long; another run looks whether it may have the tenant meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bool] = []

    def put(self, path: str, data: bytes) -> None:
        super().put(path, data)
        self._take_long(path)

    def get(self, path: str) -> bytes | None:
        self._take_long(path)
        return super().get(path)

    def _take_long(self, path: str) -> None:
        if "/blobs/" in path:
            self.seen.append(Claims(self, TENANT).look("another").busy)
            self.calls += LONG


def work_copy(store: Memory | Bucket, folder: str, renewed: Callable[[], None] = lambda: None) -> WorkCopy:
    Path(folder).mkdir()
    claims = Claims(store, TENANT)
    return WorkCopy(store, claims, claims.take(claims.look(RUN), RUN), Path(folder), RUN, "worker", 0.0, renewed)


def test_while_a_large_state_is_kept_or_fetched_the_tenant_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.fleet.pages._CHUNK_PAGES", 1)
    store, renewals = Slow(), []
    first = work_copy(store, "first", lambda: renewals.append(len(store.seen)))
    with closing(sqlite3.connect(first.folder / "graph.db")) as database:
        database.execute("CREATE TABLE large AS SELECT randomblob(100000) AS data")
        database.commit()
    first.push({"word": "ok"})
    kept = len(store.seen)
    assert kept > 5
    assert len(renewals) >= kept  # so that the run, where it goes on, knows that it may
    second = work_copy(store, "second")
    second.pull({})
    assert (second.folder / "graph.db").read_bytes() == (first.folder / "graph.db").read_bytes()
    assert len(store.seen) == 2 * kept
    assert all(store.seen)


def test_a_checkpoint_is_made_of_a_mirror_that_never_rests(tmp_path: Path) -> None:
    copy, made = work_copy(Bucket(f"file://{tmp_path}/store"), "copy"), threading.Event()
    path = copy.folder / "mirror.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA page_size = 16384")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE large AS SELECT zeroblob(100000000) AS data")
        database.execute("CREATE TABLE pages (number)")
        database.commit()

    def read() -> None:
        with closing(sqlite3.connect(path)) as database:
            while not made.wait(0.001):
                database.execute("INSERT INTO pages VALUES (1)")
                database.commit()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        in_time(copy.checkpoint, 60)
    finally:
        made.set()
        reader.join()
    assert Claims(Bucket(f"file://{tmp_path}/store"), TENANT).newest().files.keys() == {"mirror.db"}


@pytest.mark.parametrize("name", ["../other/graph.db", "/graph.db", "..", "a/b"])
def test_nothing_is_written_outside_the_folder_that_is_pulled_into(name: str, tmp_path: Path) -> None:
    store = Bucket(f"file://{tmp_path}/store")
    copy = work_copy(store, "copy")
    (copy.folder / "graph.db").write_bytes(b"")
    copy.push({"word": "ok"})
    newest = tmp_path / "store" / TENANT / "generations/00000001.json"
    said = newest.read_text()
    newest.write_text(
        said.replace('"files":{', f'"files":{{"{name}":{{"size":0,"pages":0,"packed":0,"base":[],"packs":[]}},')
    )
    assert newest.read_text() != said
    with pytest.raises(OutputError, match="is damaged"):
        Stored(store, tmp_path / "here").pull(TENANT, tmp_path / "pulled")
    assert not (tmp_path / "pulled").exists()
