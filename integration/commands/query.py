"""``integration query``."""

from pathlib import Path

import click

from integration.ask.completion import EntityName, QuestionName
from integration.commands.group import OUT, errors_as_messages, main
from integration.errors import QueryError
from integration.terminal.parameters import GivenPath, Whole, form_of, form_options
from integration.terminal.streams import tell
from integration.text.visible import line


@main.command()
@click.argument("question", metavar="[QUESTION", required=False, type=QuestionName())
@click.argument("parameters", metavar="[PARAMETER]...]", nargs=-1, type=EntityName())
@click.option("--sql", metavar="SELECT", help="Ask this SELECT instead of a ready-made question.")
@click.option("--all", "every", is_flag=True, help="Ask all questions without a parameter, and count their rows.")
@OUT
@click.option("--at", metavar="WHEN",
              help="Ask the graph of then: a revision's number, a date or time (2026-11-20, 2026-11-20T08:00Z; UTC"
              " unless it says so), or an age (30m, 24h, 7d).  [default: now]")  # fmt: skip
@form_options
@click.option("--limit", type=Whole(min=1), metavar="N", help="Print the first N rows alone.")
@click.option("--questions", "files", multiple=True, type=GivenPath(dir_okay=False), metavar="FILE",
              help="Take questions from this TOML file too; repeatable.")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 where there is no row.")
@errors_as_messages
def query(
    question: str | None,
    parameters: tuple[str, ...],
    sql: str | None,
    every: bool,
    out: Path,
    at: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    files: tuple[Path, ...],
    exit_code: bool,
) -> int:
    """Ask the graph that the last run left, or an earlier one. Lists the ready-made questions where none is named.

    --all asks all of them that need to be told nothing. It lists how many rows each finds, and whether what it reads
    is complete; one that is skipped reads a type that no run has read. A terminal gets those that find something, and
    of the list of all questions the names alone.

    A word in place of a question, such as mfa or "conditional access", lists the questions that speak of it.

    Where parameters stand for users or groups, give their keys (object ids), display names, user principal names or
    mail addresses. A line on standard error says where what a question reads is not complete, or a table has
    no row.

    JSON is exact, with booleans and lists where a column is a property that is one. In tables and CSV a character that
    cannot be seen is U+FFFD, and in CSV a text that a spreadsheet might take for a formula has an apostrophe before it.

    \b
      integration query
      integration query --all
      integration query all-members "Finance Europe"
      integration query groups-of ada@contoso.example --json
      integration query groups-of ada@contoso.example --at 7d
      integration query --sql "SELECT verdict, count(*) FROM verdicts GROUP BY verdict"
    """
    from integration.ask.choice import find_question
    from integration.ask.every import answer_every, reasons_of, told_of_every
    from integration.ask.in_brief import answers_in_brief, questions_in_brief
    from integration.ask.questions import load_questions
    from integration.ask.telling import list_of, tell_answer, tell_caveats
    from integration.ask.then import open_graph
    from integration.ask.typed import typed
    from integration.sdk.plugins import declared_steps, load
    from integration.store.history import shown
    from integration.terminal.cut_rows import is_more_than_a_screen

    if (sql is not None) + every + (question is not None) > 1:
        raise QueryError("choose one of --sql, --all and a ready-made question")
    form = form_of(as_json, as_csv)
    manager = load()
    known = load_questions(manager, files)
    if sql is None and question is None and not every:
        questions = list(known.values())
        if form is None and limit is None and is_more_than_a_screen(questions):
            questions_in_brief(questions)
        else:
            tell_answer(list_of(questions), form, limit, "no questions")
        return 0
    asked = find_question(known, question) if question is not None else None
    with open_graph(out / "graph.db", at) as inquiry:
        if at is not None:
            then = inquiry.revision()
            tell(f"this is the graph of revision {then.number}, {shown(then.committed_on) or 'of a time not known'}")
        if every:
            answered = [*answer_every(inquiry, known.values())]
            if form is None and limit is None and is_more_than_a_screen(answered):
                answers_in_brief(answered)
            else:
                tell_answer(told_of_every(answered), form, limit, "no questions")
            tell_caveats(reasons_of(answered))
            return int(exit_code and not any(each.count for each in answered))
        try:
            found = inquiry.ask(asked, parameters) if asked else inquiry.select(sql or "")
            answer = typed(found, declared_steps(manager)) if form == "json" else found
            rows = tell_answer(answer, form, limit, line(asked.nothing(parameters)) if asked else "no rows")
        finally:
            tell_caveats(inquiry.caveats())
    return int(exit_code and not rows)
