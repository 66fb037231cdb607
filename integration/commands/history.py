"""``integration history``."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from integration.commands.group import OUT, errors_as_messages, main
from integration.query import read_graph
from integration.revisions import Revision, known_revisions, shown
from integration.streams import emit, is_exact
from integration.tabular import write_rows
from integration.text import exact

_SIGNS = {"created": "+", "updated": "~", "deleted": "-"}
_COLUMNS = ("revision", "made on", "changes", "verdicts")


@main.command()
@OUT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, one for each revision.")
@errors_as_messages
def history(out: Path, as_json: bool) -> None:
    """List the revisions of the graph: when each was made, how much it changed, how the types were judged.

    Each run that ends makes one, also where nothing changed; the last 50 are remembered. integration diff --since
    compares with any of them, by its number or by a time.
    """
    with read_graph(out / "graph.db") as database:
        revisions = known_revisions(database)
    if as_json:
        for each in revisions:
            emit(exact(each.as_json(), ascii_only=not is_exact(sys.stdout)))
    else:
        write_rows(_COLUMNS, map(_row, revisions), sys.stdout)


def _row(revision: Revision) -> Sequence[str]:
    if revision.committed_on is None:
        return str(revision.number), "unknown", "", ""
    sums = {sign: sum(of.get(what, 0) for of in revision.changes.values()) for what, sign in _SIGNS.items()}
    changes = " ".join(f"{sign}{count:,}" for sign, count in sums.items() if count) or "nothing"
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in revision.verdicts.items())
    incomplete = f": not complete {', '.join(revision.incomplete)}" if revision.incomplete else ""
    return str(revision.number), shown(revision.committed_on), changes, f"{verdicts}{incomplete}"
