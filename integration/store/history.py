"""When each revision of the graph was made, and which one there was at a time."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from integration.disk.sqlite import checked
from integration.errors import ConfigurationError
from integration.text.visible import brief

_AHEAD = timedelta(days=1)
"""How far in the future a time may be: a date of today is there where the clocks are ahead of UTC."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([mhdw])")
_REVISIONS = f"SELECT revision, committed_on, {checked('content')} FROM revisions"
_JUDGEMENTS = f"SELECT number, {checked('content')} FROM judgements"


@dataclass(frozen=True)
class Revision:
    """One graph that a run has made.

    Attributes:
        number: from 1 on.
        committed_on: when it became the graph; ``None`` where an earlier version of this package made it.
        changes: for each type that changed, how many records were created, updated and deleted; only what is not 0.
        verdicts: for each verdict, how many types had it.
        incomplete: names of the types whose verdict was not ``complete``.
        judged: verdict and reason of each type that its run was asked for, by name; empty where an earlier version of
            this package made it.
    """

    number: int
    committed_on: datetime | None
    changes: Mapping[str, Mapping[str, int]]
    verdicts: Mapping[str, int]
    incomplete: tuple[str, ...]
    judged: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Those of the incomplete types that the run did not try to read; none where ``judged`` is empty."""
        return tuple(name for name in self.incomplete if self.judged.get(name, ("", ""))[0] == "skipped")

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON values; the time in ISO 8601, UTC."""
        time = self.committed_on and self.committed_on.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found = {"revision": self.number, "committedOn": time, "changes": self.changes}
        return {**found, "verdicts": self.verdicts, "incomplete": list(self.incomplete)}


_NOT_JUDGED = Revision(0, None, {}, {}, ())


def note(database: sqlite3.Connection, revision: int, now: float, changes: Mapping[str, Mapping[Any, int]]) -> None:
    """Note a revision that is about to be committed, also where nothing changed.

    Args:
        database: the graph, with its verdicts.
        revision: its number.
        now: seconds since 1970.
        changes: how many records of each type it created, updated and deleted.
    """
    rows = database.execute("SELECT verdict, reason, json_group_array(_type) FROM verdicts GROUP BY verdict, reason")
    judged = orjson.dumps([(verdict, reason, orjson.loads(names)) for verdict, reason, names in rows]).decode()
    database.execute("INSERT OR IGNORE INTO judgements(content) VALUES(?)", (judged,))
    (number,) = database.execute("SELECT number FROM judgements WHERE content = ?", (judged,)).fetchone()
    content = {"changes": changes, "judged": number}
    database.execute(
        "INSERT OR REPLACE INTO revisions VALUES(?, ?, ?)",
        (revision, round(now * 1000), orjson.dumps(content).decode()),
    )


def forget_revisions(database: sqlite3.Connection, before: int) -> None:
    """Forget the revisions before one, and how their types were judged."""
    database.execute("DELETE FROM revisions WHERE revision < ?", (before,))
    database.execute(
        "DELETE FROM judgements WHERE number NOT IN"
        f" (SELECT json_extract({checked('content')}, '$.judged') FROM revisions)"
    )


def known_revisions(database: sqlite3.Connection) -> list[Revision]:
    """Return the revisions that the graph remembers, the oldest first."""
    about = dict(database.execute("SELECT name, value FROM about"))
    there = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    rows = {row[0]: row[1:] for row in database.execute(_REVISIONS)} if "revisions" in there else {}
    judgements = dict(database.execute(_JUDGEMENTS).fetchall()) if "judgements" in there else {}
    judged = {number: _judged(orjson.loads(content)) for number, content in judgements.items()}
    first, last = max(1, int(about.get("remembers", 0))), int(about.get("revision", 0))
    return [_revision(number, rows.get(number, (None, "{}")), judged) for number in range(first, last + 1)]


def last_change(revisions: Iterable[Revision]) -> int:
    """Return when the last of them that changed anything was made, in epoch milliseconds; 0 where none is known."""
    times = [each.committed_on for each in revisions if each.changes and each.committed_on]
    return round(max(times).timestamp() * 1000) if times else 0


def revision_of(revisions: list[Revision], when: str, now: datetime) -> int:
    """Return the number of the graph that a person means, 0 for the time before the first.

    Args:
        revisions: from ``known_revisions``.
        when: a number; a date or time (ISO 8601, UTC where it says no other); or an age, such as ``24h`` or ``7d``.
        now: ages count back from it.

    Raises:
        ConfigurationError: it is none of these, or still to come, or the graph does not remember what it names.
    """
    if when.isascii() and when.isdigit():
        number = int(when[:18])
        if number and number not in {each.number for each in revisions}:
            first, last = (revisions[0].number, revisions[-1].number) if revisions else (0, 0)
            raise ConfigurationError(
                [f"the graph does not remember revision {number}: it knows {first} to {last}, and 0 for the time before"
                 " all; integration history lists them"]
            )  # fmt: skip
        return number
    time = _time(when, now)
    if time is None:
        raise ConfigurationError(
            [f"{brief(when)!r} is no revision's number, no date such as 2026-11-20 or 2026-11-20T08:00Z, and no age"
             " such as 30m, 24h or 7d"]
        )  # fmt: skip
    if time > now + _AHEAD:
        raise ConfigurationError([f"{shown(time)} is still to come: write a time that is past, or an age such as 7d"])
    before = [each.number for each in revisions if each.committed_on is not None and each.committed_on <= time]
    if before:
        return max(before)
    if revisions and revisions[0].number == 1 and revisions[0].committed_on is not None:
        return 0
    dated = next((each for each in revisions if each.committed_on is not None), None)
    known = f"the oldest with a time is {dated.number}, of {shown(dated.committed_on)}" if dated else "none has a time"
    raise ConfigurationError([f"no revision of {shown(time)} or before is remembered: {known}"])


def shown(time: datetime | None) -> str:
    """Return a time as people read it, in UTC."""
    return "" if time is None else f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _time(text: str, now: datetime) -> datetime | None:
    try:
        if age := _AGE.fullmatch(text.strip().lower()):
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        time = datetime.fromisoformat(text.strip())
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def time_of(milliseconds: object) -> datetime | None:
    """Return the time that epoch milliseconds are; ``None`` where they are none that a calendar has.

    A clock that was wrong, or a file that is damaged, leaves a time that is not known, and nothing worse.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


def _judged(groups: Iterable[Any]) -> Revision:
    """Return a revision of no number that judged types so: groups of verdict, reason and names."""
    judged = {name: (verdict, reason) for verdict, reason, names in groups for name in names}
    verdicts = dict(sorted(Counter(verdict for verdict, _ in judged.values()).items()))
    incomplete = sorted(name for name, (verdict, _) in judged.items() if verdict != "complete")
    return Revision(0, None, {}, verdicts, tuple(incomplete), judged)


def _revision(number: int, noted: tuple[int | None, str], known: Mapping[int, Revision]) -> Revision:
    """Return a revision; earlier versions of this package noted with each how it judged, or less than that."""
    on, held = noted[0], orjson.loads(noted[1])
    judged = held.get("judged", ())
    one = known.get(judged, _NOT_JUDGED) if isinstance(judged, int) else _judged(judged)
    found = replace(one, number=number, committed_on=time_of(on), changes=held.get("changes", {}))
    if "verdicts" in held:
        return replace(found, verdicts=held["verdicts"], incomplete=tuple(held.get("incomplete", ())))
    return found
