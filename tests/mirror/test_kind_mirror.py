"""A damaged mirror costs a whole read, never a run: the next run begins it anew and says so."""

import os
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration import OutputError, Report, load, plan, run
from integration.config.settings import Config
from integration.disk.sqlite import connect
from integration.mirror.clock import age
from integration.mirror.mirror import Mirror
from integration.mirror.tables import seal
from integration.testing import GraphServer
from integration.text.secret import Secret

MIRROR = Path("out/mirror.db")
DAMAGED = r"mirror\.db: is damaged: .*: run again: it is begun anew"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", *({"id": f"user-{number}", "displayName": f"User {number}"} for number in range(400)))
    graph.add("/groups", {"id": "group-1", "displayName": "Group 1"}, {"id": "group-2", "displayName": "Group 2"})
    for number in range(100):
        member = {"id": f"user-{number}", "@odata.type": "#microsoft.graph.user"}
        graph.relate("/groups", "group-1", "members", member)
    return graph


def collect(tenant: GraphServer, **settings: Any) -> Report:
    manager = load()
    config = replace(Config(graph_url=tenant.url, access_token=Secret(tenant.token)), **settings)
    return run(manager, plan(manager), config, out="out")


def sql(statement: str, path: Path = MIRROR) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(statement)


def random_bytes() -> None:
    content = MIRROR.read_bytes()
    MIRROR.write_bytes(content[:16_384] + random.Random(1).randbytes(len(content) - 16_384))


def truncated() -> None:
    os.truncate(MIRROR, MIRROR.stat().st_size // 2)


def a_folder() -> None:
    MIRROR.unlink()
    MIRROR.mkdir()


def garbled_schema() -> None:
    MIRROR.write_bytes(MIRROR.read_bytes().replace(b"CREATE TABLE about", b"CRE\xb6TE TABLE about", 1))


def statement(text: str) -> Callable[[], None]:
    return lambda: sql(text)


DAMAGES: dict[str, Callable[[], None]] = {
    "random bytes": random_bytes,
    "truncated": truncated,
    "a text": lambda: void(MIRROR.write_text("not a mirror\n" * 3000)),
    "a folder": a_folder,
    "a table is missing": statement("DROP TABLE places"),
    "a table of other columns": statement("DROP TABLE facts; CREATE TABLE facts(x)"),
    "a state that there is not": statement("UPDATE collections SET state = 'x'"),
    "a time that is text": statement("UPDATE collections SET full_on = 'yesterday'"),
    "a link that is bytes": statement("UPDATE collections SET delta_link = x'00ff'"),
    "a schema that is no text": garbled_schema,
    "a run in no state": statement("UPDATE about SET value = 'x' WHERE name = 'run'"),
}


def void(_: object) -> None:
    """Take what a function returns."""


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_mirror_is_begun_anew_and_says_so(
    tenant: GraphServer, damage: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    first = collect(tenant)
    damage()
    report = collect(tenant)
    assert report.exit_code() == 0
    assert report.reading["mirror"].startswith("rebuilt: it was ")
    assert [(each.type, each.count) for each in report.results] == [(each.type, each.count) for each in first.results]
    assert "begun anew" in caplog.text
    assert "Traceback" not in caplog.text
    assert collect(tenant).reading["mirror"] == "updated"
    damage()
    assert collect(tenant, fresh=True).exit_code() == 0
    assert collect(tenant).reading["mirror"] == "updated"


@pytest.mark.parametrize("objects", ["not JSON", "[7]", "[{}]"])
def test_damage_that_a_run_meets_ends_it_in_one_sentence_and_the_next_one_begins_anew(
    tenant: GraphServer, objects: str
) -> None:
    collect(tenant)
    sql(f"UPDATE pieces SET objects = '{objects}'; UPDATE about SET value = 'open' WHERE name = 'run'")
    sql("UPDATE collections SET version = 'x'")
    with pytest.raises(OutputError, match=r"mirror\.db: is damaged: .*run again: it is begun anew"):
        collect(tenant, instance_name="Another")
    report = collect(tenant)
    assert report.reading["mirror"].startswith("rebuilt: it was damaged")
    assert report.exit_code() == 0


@pytest.mark.parametrize("column", ["version", "delta_link"])
def test_text_that_is_none_is_damage_that_a_run_meets(tenant: GraphServer, column: str) -> None:
    collect(tenant)
    sql(f"UPDATE collections SET {column} = CAST(x'b6ff' AS TEXT)")
    with pytest.raises(OutputError, match=DAMAGED):
        collect(tenant)
    report = collect(tenant)
    assert report.reading["mirror"].startswith("rebuilt: it was damaged")
    assert report.exit_code() == 0


def use(mirror: Mirror, names: list[str]) -> None:
    for name in names:
        mirror.fact(name, "kinds", "", lambda: 0)
        mirror.change(name, {"user-1": {"id": "user-1", "new": 1}}, ["user-2"], "link")


STORED = {
    "a change": "UPDATE pieces SET objects = 'not JSON'",
    "a change in what is no list": "UPDATE pieces SET objects = '{}'",
    "what was found out": "UPDATE facts SET value = 'not JSON'",
}


@pytest.mark.parametrize("damage", STORED.values(), ids=STORED)
def test_json_that_is_none_in_a_stored_row_is_damage_of_the_mirror(
    tenant: GraphServer, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    collect(tenant)
    sql(f"{damage}; UPDATE collections SET version = 'x', base = 'x'")
    sql("UPDATE facts SET version = 'x' || substr(version, instr(version, ' '))")
    with closing(sqlite3.connect(MIRROR)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM collections")]
    with closing(Mirror(MIRROR)) as mirror, pytest.raises(OutputError, match=DAMAGED):
        use(mirror, names)
    assert "Traceback" not in caplog.text
    assert collect(tenant).reading["mirror"].startswith("rebuilt: it was damaged")


def test_damage_is_told_whichever_way_rows_are_taken() -> None:
    path = Path("some.db")
    sql("PRAGMA page_size = 4096; CREATE TABLE t(a); INSERT INTO t VALUES(1)", path)
    sql("INSERT INTO t SELECT randomblob(3000) FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8, 9]')", path)
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xee" * (len(content) - 8192))
    for take in (list, lambda cursor: cursor.fetchall(), lambda cursor: cursor.fetchmany(50)):
        with closing(connect(path)) as database, pytest.raises(OutputError, match=r"some\.db: is damaged: .*: remove"):
            take(database.execute("SELECT * FROM t"))


@pytest.mark.parametrize("take", ["__iter__", "fetchall", "fetchmany", "fetchone"])
def test_what_is_damaged_in_a_later_row_is_told_too(take: str) -> None:
    path = Path("some.db")
    sql("CREATE TABLE t(a); INSERT INTO t VALUES('one'), (CAST(x'b6ff' AS TEXT))", path)
    with closing(connect(path)) as database:
        rows = database.execute("SELECT a FROM t")
        assert rows.fetchone() == ("one",)
        with pytest.raises(OutputError, match=r"some\.db: is damaged: .*: remove"):
            list(getattr(rows, take)())


@pytest.mark.parametrize("moment", ["a", None, "nan", lambda: time.time() + 3600])
def test_a_time_in_the_future_or_none_is_long_ago(moment: Any) -> None:
    assert not age(moment() if callable(moment) else moment) < 86_400 * 365


def test_a_collection_that_was_read_in_the_future_is_read_whole(tenant: GraphServer) -> None:
    collect(tenant)
    ahead = time.time() + 10 * 365 * 86_400
    sql(f"UPDATE collections SET full_on = {ahead}, delta_on = {ahead} WHERE delta_link IS NOT NULL")
    assert "/users" in " ".join(collect(tenant).reading["readWhole"])
    sql(f"UPDATE about SET value = '{ahead}' WHERE name = 'opened_on'")
    sql("UPDATE about SET value = 'open' WHERE name = 'run'")
    assert collect(tenant).reading["mirror"] == "updated"


def test_a_mirror_that_nobody_has_touched_is_not_read_through_again(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    Mirror(path).close()
    noted = path.with_name("mirror.db.seal").read_text(encoding="ascii")
    assert noted == f"{path.stat().st_size} {path.stat().st_mtime_ns}"
    sealed = path.stat()
    path.write_bytes(path.read_bytes()[:16_384] + b"\xff" * (sealed.st_size - 16_384))
    assert path.stat().st_mtime_ns != sealed.st_mtime_ns
    assert Mirror(path).rebuilt


def test_a_mirror_of_another_version_that_nobody_has_touched_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    Mirror(path).close()
    sql("PRAGMA user_version = 1", path)
    seal(path)
    assert Mirror(path).rebuilt == "it was of another version"
