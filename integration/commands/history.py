"""``integration history``."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integration.ask.completion import ObjectName
from integration.commands.group import OUT, errors_as_messages, main
from integration.terminal.streams import emit, is_exact, tell
from integration.text.visible import exact

if TYPE_CHECKING:
    from integration.ask.difference import Difference
    from integration.store.history import Revision

_COLUMNS = ("revision", "made on", "changes", "verdicts")


@main.command()
@click.argument("object", required=False, metavar="[OBJECT]", type=ObjectName())
@OUT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@errors_as_messages
def history(object: str | None, out: Path, as_json: bool) -> None:
    """List the revisions of the graph: when each was made, how much it changed, how the types were judged.

    With an object, given by its key, display name, user principal name or mail address: what became of it, and of what
    relates it to others, and when.

    Each run that ends makes one, also where nothing changed; the last 50 are remembered. integration diff --since
    compares with any of them, by its number or by a time.

    \b
      integration history
      integration history ada@contoso.example
    """
    from integration.ask.biography import biography, meant
    from integration.ask.query import read_graph
    from integration.sdk.plugins import declared_steps, load
    from integration.store.history import known_revisions
    from integration.terminal.tabular import write_rows

    with read_graph(out / "graph.db") as database:
        revisions = known_revisions(database)
        if object is not None:
            times = {each.number: each for each in revisions}
            key = meant(database, object)
            _print_one(
                ((times[number], of) for number, of in biography(database, declared_steps(load()), key)), as_json
            )
            return
    if as_json:
        for each in revisions:
            emit(exact(each.as_json(), ascii_only=not is_exact(sys.stdout)))
    else:
        before = [*(each.skipped for each in revisions[:1]), *(each.incomplete for each in revisions)]
        write_rows(_COLUMNS, map(_row, revisions, before), sys.stdout)


def _print_one(found: "Iterator[tuple[Revision, Difference]]", as_json: bool) -> None:
    from integration.store.history import shown

    is_empty = True
    for revision, difference in found:
        is_empty = False
        if as_json:
            dated = {"revision": revision.number, "committedOn": revision.as_json()["committedOn"]}
            emit(exact({**dated, **difference.as_json()}, ascii_only=not is_exact(sys.stdout)))
        else:
            when = shown(revision.committed_on) or f"revision {revision.number}"
            emit(f"{when}  {difference.step.name}: {difference.sentence()}")
    if is_empty and not as_json:
        tell("nothing of it has changed since it was first read")


def _row(revision: "Revision", before: Sequence[str]) -> Sequence[str]:
    """Return the cells of a revision; of what was not complete before either, none is named again.

    In the first one what was skipped is no news either: it is what nobody granted, bought or asked for yet.
    """
    from integration.sdk.changes import SIGNS, signed
    from integration.store.history import shown
    from integration.text.phrases import some

    if revision.committed_on is None:
        return str(revision.number), "unknown", "", ""
    sums = {what: sum(of.get(what, 0) for of in revision.changes.values()) for what in SIGNS}
    changes = signed(sums) or "nothing"
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in revision.verdicts.items())
    news = sorted(set(revision.incomplete) - set(before))
    incomplete = f": not complete {some(news)}" if news else ""
    return str(revision.number), shown(revision.committed_on), changes, f"{verdicts}{incomplete}"
