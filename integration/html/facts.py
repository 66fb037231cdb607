"""What the page says before its own program has begun: of the whole graph, and of the run that made it."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from integration.html.changed import last_changes
from integration.html.completeness import Outcome, doubtful_memberships, fits, outcomes, permissions, unrepresented
from integration.html.gaps import gaps
from integration.html.kinds import Kind
from integration.sdk.step import Step
from integration.store.history import time_of
from integration.store.read import ReadableStore

_IS_HELD = """SELECT 1 FROM edges JOIN types ON number = edges.type WHERE target = ? AND class = '"HAS"' LIMIT 1"""
_DANGLING = "SELECT name, count(*) FROM loose_edges JOIN types ON number = loose_edges.type GROUP BY name"


def read_summary(out: Path) -> Mapping[str, Any]:
    """Return ``summary.json``; nothing where it is missing or broken, for the graph says what matters most."""
    try:
        summary = orjson.loads((out / "summary.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) else {}


def facts(
    database: sqlite3.Connection,
    kinds: Sequence[Kind],
    steps: Sequence[Step],
    summary: Mapping[str, Any],
    part: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what the page says of the whole graph, under the names that its template has for it.

    Args:
        database: the graph.
        kinds: its types.
        steps: all declarations.
        summary: from ``read_summary``.
        part: from ``contents``.
    """
    graph = ReadableStore(database)
    is_current = fits(graph, summary)
    dangling = dict(database.execute(_DANGLING).fetchall())
    found = outcomes(graph, kinds, steps, summary if is_current else {}, dangling)
    needs = {step.name: step.needs for step in steps}
    incomplete = [each for each in found if each.verdict not in ("complete", "left out")]
    left_out = [each for each in found if each.verdict == "left out"]
    used, are_told = permissions(steps, found, summary if is_current else {})
    new = {name for name, counts in graph.counts_of_changes().items() if _is_all(graph, name, counts)}
    return {
        "title": _title(database, graph, kinds) or "The graph",
        "read_at": _moment(summary.get("endTime")) if is_current else "",
        "revision": graph.revision,
        "is_current": is_current,
        "error": summary.get("error", ""),
        "failed_destinations": len(summary.get("failedSinks", ())) if is_current else 0,
        "objects": largest(each for each in found if not each.is_relationship),
        "edges": largest(each for each in found if each.is_relationship),
        "incomplete": incomplete,
        "gaps": gaps(incomplete, needs),
        "left_out": left_out,
        "gaps_left_out": gaps(left_out, needs),
        "complete": [each for each in found if each.verdict == "complete"],
        "permissions": used,
        "are_told": are_told,
        "verdicts": {each.name: each.verdict for each in found},
        "doubtful": doubtful_memberships(steps, found),
        "not_represented": unrepresented(summary, found) if is_current else [],
        "changes": last_changes(graph, steps, new),
        "types": [kind for kind in kinds if not kind.is_relationship],
        "embedded": sum(len(each["rows"]) for each in part["types"]),
        "entities": sum(kind.count for kind in kinds if not kind.is_relationship),
        "embedded_relationships": sum(len(each["ends"]) // 2 for each in part["relationships"]),
        "relationships": sum(kind.count for kind in kinds if kind.is_relationship),
        "dangling": sum(dangling.values()),
        "rows": {each["name"]: len(each["rows"]) for each in part["types"]},
    }


def largest(found: Iterable[Outcome]) -> list[Outcome]:
    """Return the types that the graph has or the run was asked for, the largest first."""
    known = (each for each in found if each.count or each.verdict != "left out")
    return sorted(known, key=lambda each: (-each.count, each.name))


def _is_all(graph: ReadableStore, name: str, counts: Mapping[Any, int]) -> bool:
    """Tell whether all records of a type count as created by the last run."""
    return counts == {"created": graph.count_of(name)}


def _title(database: sqlite3.Connection, graph: ReadableStore, kinds: Sequence[Kind]) -> str:
    """Return what a person calls the account that the graph is of; empty where it has none, or several.

    Accounts within that one, such as a subscription, are those that something has.
    """
    accounts = [kind for kind in kinds if kind.class_name == "Account" and kind.count == 1]
    found = [(key, text) for kind in accounts for key, text in graph.entities(kind.name)]
    outermost = [text for key, text in found if not database.execute(_IS_HELD, (key,)).fetchone()]
    names = [orjson.loads(text).get("displayName") for text in outermost]
    return str(names[0]) if len(names) == 1 and names[0] else ""


def _moment(milliseconds: object) -> str:
    time = time_of(milliseconds)
    return f"{time:%d %B %Y, %H:%M} UTC".lstrip("0") if time else ""
