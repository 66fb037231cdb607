"""The tables of ``graph.db``, and the views that people and programs read."""

import sqlite3
from collections.abc import Mapping

import orjson

from integration.sdk.step import Step

FORMAT = "2"
SCHEMA = """
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS types(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, class TEXT NOT NULL, between_keys TEXT, bare TEXT,
    loaded INTEGER NOT NULL DEFAULT 0, content INTEGER NOT NULL DEFAULT 0, keys INTEGER NOT NULL DEFAULT 0,
    withheld INTEGER, memory TEXT
);
CREATE TABLE IF NOT EXISTS nodes(
    number INTEGER PRIMARY KEY, type INTEGER NOT NULL, key TEXT NOT NULL UNIQUE, properties TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS nodes_by_type ON nodes(type, key);
CREATE TABLE IF NOT EXISTS edges(
    type INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, properties TEXT,
    PRIMARY KEY(type, source, target)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS loose_edges(
    type INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY(type, source, target)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes(
    type INTEGER NOT NULL, revision INTEGER NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL, what TEXT NOT NULL,
    properties TEXT, PRIMARY KEY(type, revision, key, target)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revisions(
    revision INTEGER PRIMARY KEY, committed_on INTEGER NOT NULL, content TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS judgements(number INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS deliveries(
    destination TEXT NOT NULL, type INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY(destination, type)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts(
    _type TEXT PRIMARY KEY, verdict TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, seconds REAL NOT NULL
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS entities AS
    SELECT key AS _key, name AS _type, class AS _class, properties FROM types JOIN nodes ON nodes.type = types.number;
CREATE VIEW IF NOT EXISTS relationships AS
    SELECT source || between_keys || target AS _key, name AS _type, class AS _class, source AS _fromEntityKey,
    target AS _toEntityKey, coalesce(properties, bare) AS properties FROM types JOIN edges ON edges.type = types.number;
"""
"""``changes`` holds what became of records since their type was first loaded, with their properties before that; for a
relationship ``key`` is the source's. A relationship without properties of its own has none in ``edges``. ``revisions``
holds when each was committed (epoch milliseconds), also where it changed nothing; in numbers what it changed, and which
of ``judgements`` its types had (JSON): most runs judge all of them as the run before did."""
CONTENT = ("types", "nodes", "edges", "loose_edges", "changes", "revisions", "judgements", "deliveries", "verdicts")
SYSTEM = {
    "entities": ("_key", "_type", "_class"),
    "relationships": ("_key", "_type", "_class", "_fromEntityKey", "_toEntityKey"),
}
"""The columns that each view has beside ``properties``."""


def view_of(step: Step) -> str:
    """Return the name of the view that holds the step's records."""
    return "relationships" if step.is_relationship else "entities"


def show_types(database: sqlite3.Connection, views: Mapping[str, str]) -> None:
    """Make the views of types, by name and statement, where they are not there like that."""
    if views:
        there = dict(database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").fetchall())
        for name, create in views.items():
            if there.get(name) != create:
                database.execute(f'DROP VIEW IF EXISTS "{name}"')
                database.execute(create)


def ease_reading(database: sqlite3.Connection, revision: int) -> None:
    """Make what questions need to be answered fast, where a revision has loaded a type for the first time.

    An index costs less when it is made at once than when it is kept while records come. Without statistics SQLite takes
    every type for ten records, and may look at every pair of two types' records.
    """
    if database.execute("SELECT 1 FROM types WHERE loaded = ?", (revision,)).fetchone():
        database.execute("CREATE INDEX IF NOT EXISTS edges_by_target ON edges(target)")
        database.execute("PRAGMA analysis_limit = 1000")
        database.execute("ANALYZE nodes")
        database.execute("ANALYZE edges")


def number_of(database: sqlite3.Connection, step: Step) -> int:
    """Return the number that stands for the type in other tables."""
    between = f"|{step.class_name.lower()}|" if step.is_relationship else None
    bare = orjson.dumps({"displayName": step.class_name}).decode() if step.is_relationship else None
    class_name = orjson.dumps(step.class_name if step.is_relationship else step.classes).decode()
    database.execute(
        "INSERT INTO types(name, class, between_keys, bare) VALUES(?, ?, ?, ?)"
        " ON CONFLICT(name) DO UPDATE SET class = excluded.class, between_keys = excluded.between_keys,"
        " bare = excluded.bare WHERE (class, between_keys, bare) IS NOT"
        " (excluded.class, excluded.between_keys, excluded.bare)",
        (step.name, class_name, between, bare),
    )
    (number,) = database.execute("SELECT number FROM types WHERE name = ?", (step.name,)).fetchone()
    return int(number)
