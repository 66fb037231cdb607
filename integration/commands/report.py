"""``integration report``."""

from pathlib import Path

import click

from integration.commands.group import OUT, errors_as_messages, main
from integration.errors import OutputError
from integration.terminal.parameters import GivenPath, Whole
from integration.terminal.streams import say

_LIMIT = 5000


@main.command()
@OUT
@click.option("--to", type=GivenPath(dir_okay=False), metavar="FILE",
              help="The file.  [default: report.html in the folder of the graph]")  # fmt: skip
@click.option("--limit", type=Whole(min=1), metavar="N", default=_LIMIT, show_default=True,
              help="How many objects the file holds at most.")  # fmt: skip
@click.option("--about", multiple=True, metavar="NAME",
              help="Hold this object, by key or name, with its neighbours; repeatable.")  # fmt: skip
@errors_as_messages
def report(out: Path, to: Path | None, limit: int, about: tuple[str, ...]) -> None:
    """Write the graph of the last run as one HTML file, which needs no network.

    It shows what the ready-made questions find, numbers, verdicts, permissions and what the last run changed, of the
    whole graph; and of as many objects as it holds a graph to search and tables. What it leaves out, it says.

    \b
      integration report
      integration report --about "Finance Europe" --about ada@contoso.example --to finance.html
    """
    from integration.ask.questions import load_questions
    from integration.disk.folder import write_file
    from integration.html.document import make_document
    from integration.sdk.plugins import declared_steps, load

    manager = load()
    questions = load_questions(manager).values()
    document = make_document(out, declared_steps(manager), questions, limit=limit, about=about)
    path = to or out / "report.html"
    try:
        write_file(path, [document.html])
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}; name another file with --to") from None
    size = len(document.html) / 1_000_000
    say(f"{path}: {size:.1f} MB, {document.embedded:,} of {document.entities:,} objects")
    if document.embedded < document.entities:
        left_out = document.entities - document.embedded
        say(f"{left_out:,} objects are left out: --limit holds more of them, --about holds what you name")
