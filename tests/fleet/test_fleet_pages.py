"""What is kept of a file, and what is sent again after a change."""

import random
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from integration import OutputError
from integration.fleet import pages
from integration.fleet.pages import PAGE, Paged, keep_pages, restore


def _given(blob: bytes, _: str) -> bytes:
    return blob


class Blobs(dict[str, bytes]):
    def put(self, data: bytes) -> str:
        name = f"b{len(self)}"
        self[name] = data
        return name

    def size(self) -> int:
        return sum(map(len, self.values()))


def database(path: Path, rows: int) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("CREATE TABLE t(n INTEGER PRIMARY KEY, text)")
        rng = random.Random(1)
        values = ((n, rng.randbytes(400).hex()) for n in range(rows))
        connection.executemany("INSERT INTO t VALUES (?, ?)", values)
        connection.commit()
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def same(path: Path, paged: Paged, blobs: Blobs) -> bool:
    copy = path.with_name("copy")
    copy.unlink(missing_ok=True)
    return restore(copy, paged.kept, blobs.__getitem__) == paged and copy.read_bytes() == path.read_bytes()


def test_only_the_pages_that_changed_are_sent(tmp_path: Path) -> None:
    blobs, path = Blobs(), database(tmp_path / "db", 20_000)
    first = keep_pages(path, None, blobs.put)
    assert same(path, first, blobs)
    whole, count = blobs.size(), len(blobs)
    assert keep_pages(path, first, blobs.put) == first
    assert len(blobs) == count
    change(path, "UPDATE t SET text = 'new' WHERE n % 5000 = 7")
    second = keep_pages(path, first, blobs.put)
    assert same(path, second, blobs)
    assert blobs.size() - whole < whole / 50
    change(path, "DELETE FROM t WHERE n > 15000")
    change(path, "VACUUM")
    third = keep_pages(path, second, blobs.put)
    assert same(path, third, blobs)
    assert third.kept["size"] < second.kept["size"]


def test_where_much_has_changed_a_file_is_kept_anew(tmp_path: Path) -> None:
    blobs, path = Blobs(), database(tmp_path / "db", 5_000)
    first = keep_pages(path, None, blobs.put)
    change(path, "UPDATE t SET text = 'x' || text")
    second = keep_pages(path, first, blobs.put)
    assert second.kept["packs"] == []
    assert same(path, second, blobs)


def test_a_file_grows_by_many_small_changes_and_is_kept_anew_before_it_has_many_packs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_MOST_PACKS", 4)
    blobs, path = Blobs(), database(tmp_path / "db", 20_000)
    paged = keep_pages(path, None, blobs.put)
    counts = []
    for number in range(8):
        change(path, f"UPDATE t SET text = 'at {number}' WHERE n = {number * 2000}")
        paged = keep_pages(path, paged, blobs.put)
        assert same(path, paged, blobs)
        counts.append(len(paged.kept["packs"]))
    assert counts == [1, 2, 3, 4, 0, 1, 2, 3]


def test_a_damaged_blob_is_noticed(tmp_path: Path) -> None:
    blobs, path = Blobs(), database(tmp_path / "db", 100)
    paged = keep_pages(path, None, blobs.put)
    for damaged in (b"", blobs["b0"][:-9], blobs["b0"][:16] + bytes(len(blobs["b0"]) - 16)):
        with pytest.raises(OutputError, match="the blob b0 is damaged"):
            restore(tmp_path / f"copy-{len(damaged)}", paged.kept, partial(_given, damaged))
