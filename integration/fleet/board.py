"""How far a fleet's run is: a table that lives on a terminal, and a line for each tenant elsewhere."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Self

from integration.fleet.outcomes import SUCCESSES, TenantOutcome
from integration.fleet.summary import counts
from integration.terminal.standing import clock
from integration.terminal.streams import tell
from integration.text.phrases import counted
from integration.text.visible import line

_ROWS = 15
_MANY = 4
"""Tenants whose reasons are the same, from which on one line tells of all of them."""
_REASON = 200
_WORD, _DIGIT = re.compile(r"[\w.-]+"), re.compile(r"\d")
"""A word of a reason; and what is in numbers, ids and dates, which differ between reasons that are the same."""


class Board:
    """Shows how far a fleet's run is, on standard error; a context manager.

    Args:
        tenants: how many there are.
    """

    def __init__(self, tenants: int) -> None:
        self._tenants = tenants
        self._words: Counter[str] = Counter()
        self._running: dict[str, float] = {}
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._stack = ExitStack()
        self._live = False

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        self._live = console.is_terminal and not console.is_dumb_terminal
        if self._live:
            live = Live(get_renderable=self._drawn, console=console, refresh_per_second=4, transient=True)
            self._stack.enter_context(live)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def began(self, tenant: str) -> None:
        """Show that a worker reads a tenant."""
        with self._lock:
            self._running[tenant] = time.monotonic()

    def ended(self, outcome: TenantOutcome) -> None:
        """Show what became of a tenant."""
        with self._lock:
            self._running.pop(outcome.tenant, None)
            self._words[outcome.word] += 1
        if not self._live:
            found = outcome.as_json()
            tell(told_of(outcome.tenant, found), **found | {"types": _skipped_as_number(outcome.types)})

    def _drawn(self) -> Any:
        from rich.table import Table

        now = time.monotonic()
        with self._lock:
            running = sorted(self._running.items(), key=lambda pair: pair[1])
            words = counts(self._words.elements())
        grid = Table.grid(padding=(0, 2, 0, 0))
        for name, since in running[:_ROWS]:
            grid.add_row(f"  {name}", f"{clock(now - since)}")
        if len(running) > _ROWS:
            grid.add_row(f"  and {len(running) - _ROWS} more", "")
        done = sum(words.values())
        told = ", ".join(f"{count:,} {word}" for word, count in words.items())
        grid.add_row(f"{done:,} of {self._tenants:,} tenants", f"{clock(now - self._started)}  {told}")
        return grid


def _skipped_as_number(types: Mapping[str, Sequence[str] | int]) -> dict[str, Sequence[str] | int]:
    """Return types by verdict, of those that were skipped their number alone: without a licence it is hundreds."""
    skipped = types.get("skipped", 0)
    return {**types, "skipped": skipped if isinstance(skipped, int) else len(skipped)}


def told_of(tenant: str, found: Mapping[str, Any]) -> str:
    """Return what became of a tenant as a line."""
    changed = ", ".join(f"{count:,} {what}" for what, count in found.get("changed", {}).items())
    again = "done before by this run" if found.get("again") else ""
    numbers = f"{found['seconds']:.1f} s" if found.get("seconds") else ""
    reason = line(found.get("reason") or "")
    short = reason if len(reason) <= _REASON else f"{reason[:_REASON]}…"
    failed = found.get("word") not in SUCCESSES
    read = f"last read {_minute(found['lastSuccess'])}" if failed and found.get("lastSuccess") else ""
    return f"{tenant}: " + ", ".join(filter(None, [found.get("word", "?"), numbers, changed, again, short, read]))


def _lines_of(word: str, found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what became of tenants of which all had one outcome: in one line what many of them share."""
    lines: list[tuple[int, str]] = []
    for names in _alike(found):
        if len(names) < _MANY:
            lines += [(1, told_of(name, found[name])) for name in names]
        else:
            shared = {what: found[names[0]].get(what) for what in ("word", "reason")}
            read = [found[name].get("lastSuccess") or 0 for name in names]
            text = told_of(f"{names[0]} and {len(names) - 1:,} more tenants", shared)
            lines.append((len(names), f"{text}, last read {_minute(min(read))} or later" if all(read) else text))
    yield from (text for _, text in lines[:_ROWS])
    if left := sum(count for count, _ in lines[_ROWS:]):
        yield f"and {left:,} more tenants: {word}"


def _alike(found: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return the names of tenants in groups of those whose reasons are the same, the largest group first.

    What differs from tenant to tenant, such as its name, an id or a date, makes no other reason.
    """
    groups: dict[object, list[str]] = {}
    for name, each in found.items():
        words = (word.strip(".") for word in _WORD.findall(str(each.get("reason", ""))))
        shared = (word for word in words if word != name and not _DIGIT.search(word))
        groups.setdefault((*each.get("codes", ()), *shared), []).append(name)
    return sorted(groups.values(), key=len, reverse=True)


def _minute(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(milliseconds / 1000))


def sentences_of(told: Mapping[str, Any], names: frozenset[str]) -> Iterator[str]:
    """Yield what a person wants to know of a fleet.

    Args:
        told: as ``fleet.json`` has it.
        names: the tenants in question.
    """
    from integration.fleet.summary import types_of

    known = {name: each for name, each in told.get("tenants", {}).items() if name in names}
    by_word = counts(each.get("word", "") for each in known.values())
    yield from _wrong(known)
    types = [
        f"{name} ({', '.join(f'{verdict} in {count:,}' for verdict, count in verdicts.items())})"
        for name, verdicts in types_of(known).items()
        if verdicts.keys() - {"skipped"}
    ]
    if types:
        yield f"Types: {'; '.join(types[:_ROWS])}" + (
            f"; and {len(types) - _ROWS:,} more" if len(types) > _ROWS else ""
        )
    never = sum(not each.get("lastSuccess") for each in known.values()) + len(names - known.keys())
    oldest = min(((each["lastSuccess"], name) for name, each in known.items() if each.get("lastSuccess")), default=None)
    if oldest and any(word not in SUCCESSES for word in by_word):
        yield f"The oldest success is that of {oldest[1]}, of {_minute(oldest[0])}."
    if never:
        yield f"{counted(never, 'tenant')} {'has' if never == 1 else 'have'} never been read."
    if told.get("run") and not told.get("endedOn"):
        yield f"Run {told['run']} has not ended: it goes on, or was cut off."
    yield _tally(len(names), by_word)


def sign_ins_of(known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what a person wants to know of tenants that were signed in to: which cannot be, and how many can."""
    yield from _wrong(known)
    yield _tally(len(known), counts(each.get("word", "") for each in known.values()))


def _wrong(known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the tenants with which something is wrong, the worst first."""
    from integration.fleet.outcomes import WORST_FIRST

    for word in WORST_FIRST:
        found = {name: each for name, each in sorted(known.items()) if each.get("word") == word}
        if found and word not in ("ok", "busy"):
            yield from _lines_of(word, found)


def _tally(tenants: int, by_word: Mapping[str, int]) -> str:
    words = ", ".join(f"{count:,} {word}" for word, count in by_word.items())
    return counted(tenants, "tenant") + (f": {words}." if words else ".")
