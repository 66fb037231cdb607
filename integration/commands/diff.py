"""``integration diff``."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integration.ask.completion import TypeName
from integration.commands.group import OUT, errors_as_messages, main
from integration.terminal.streams import emit, is_exact, tell
from integration.text.visible import exact, line

if TYPE_CHECKING:
    from integration.ask.digest import Digest
    from integration.sdk.step import Step
    from integration.store.history import Revision
    from integration.store.read import ReadableStore

_SCREENS = 60
"""Lines that are printed unless more are asked for: a screen or two."""


@main.command()
@OUT
@click.option("--type", "types", type=TypeName(), multiple=True, metavar="TYPE", help="Only this type; repeatable.")
@click.option("--since", metavar="WHEN",
              help="Compare with the graph of then: a revision's number, a date or time (2026-11-20, 2026-11-20T08:00Z;"
              " UTC unless it says so), or an age (30m, 24h, 7d).  [default: that before the last run]")  # fmt: skip
@click.option("--all", "all_of_it", is_flag=True, help="Print every change, not a screen or two of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, one for each change.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something changed.")
@errors_as_messages
def diff(out: Path, types: tuple[str, ...], since: str | None, all_of_it: bool, as_json: bool, exit_code: bool) -> int:
    """Show what the last run changed: counts, then what became of whom.

    Each fact is said once: a change of one record that says again what a change of another says is counted, and left
    to --json. integration history lists the revisions of the graph.
    """
    from integration.ask.difference import differences
    from integration.ask.digest import Digest
    from integration.ask.query import read_graph
    from integration.engine.delivery import existing
    from integration.sdk.plugins import declared_steps, load
    from integration.store.history import revision_of
    from integration.store.read import ReadableStore
    from integration.terminal.display import changes_table

    steps = declared_steps(load())
    chosen = _chosen(steps, types)
    classes = {step.name: step.class_name for step in steps}
    with read_graph(existing(out)) as database:
        store = ReadableStore(database)
        known = store.revisions()
        revision = max(0, store.revision - 1) if since is None else revision_of(known, since, datetime.now(UTC))
        unknown = [] if types else _undeclared(store, steps, revision)
        if unknown:
            names = ", ".join(map(line, unknown))
            tell(f"note: changes of {names} are not shown: no installed step declares that any more")
        if as_json:
            changed = bool(unknown)
            for difference in (each for step in chosen for each in differences(store, step, revision, classes)):
                changed = True
                emit(exact(difference.as_json(), ascii_only=not is_exact(sys.stdout)))
            return int(exit_code and changed)
        digest = Digest(store, chosen, revision, classes, most=_SCREENS)
        counts = {name: of for name, of in digest.counts.items() if sum(of.values())}
        is_whole = all_of_it or bool(types)
        then, now = (_dated(number, known) for number in (revision, store.revision))
        changes_table(counts, then, now, most=None if is_whole else _SCREENS // 2)
        for told in _lines(digest, is_whole=is_whole, is_first=revision == 0):
            emit(told)
        return int(exit_code and bool(counts or unknown))


def _undeclared(store: "ReadableStore", steps: "Sequence[Step]", revision: int) -> list[str]:
    """Return the types that changed since a revision and whose step is not installed any more."""
    declared = {step.name for step in steps}
    return [name for name in store.types() if name not in declared and store.content(name) > revision]


def _lines(digest: "Digest", *, is_whole: bool, is_first: bool) -> Iterator[str]:
    if not digest.told:
        yield "nothing changed"
        return
    if is_first and not is_whole:
        yield "before that there was no graph: --all shows each change, --type TYPE those of one type"
        return
    yield from digest.all_lines() if is_whole else digest.first_lines()
    if not is_whole and (left := digest.told - _SCREENS) > 0:
        yield f"… and {left:,} more: --all shows them, --type TYPE those of one type, --json is for programs"
    if digest.echoes:
        same = ", ".join(f"{count:,} of {name} as {of}" for (name, of), count in digest.echoes.items())
        yield f"said once: {same}"


def _dated(number: int, known: "Sequence[Revision]") -> str:
    from integration.store.history import shown

    time = next((shown(each.committed_on) for each in known if each.number == number), "")
    return f"{number} ({time})" if time else str(number)


def _chosen(steps: "Sequence[Step]", types: Sequence[str]) -> "list[Step]":
    from integration.sdk.plan import types_named

    named = types_named(types, steps)
    return [step for step in steps if not types or step.name in named]
