"""The command of ``integration fleet`` that asks about many tenants."""

import click

from integration.commands.fleet.group import fleet
from integration.commands.group import errors_as_messages
from integration.errors import QueryError
from integration.terminal.parameters import Whole, form_of, form_options


@fleet.command()
@click.argument("question", required=False)
@click.option("--from", "database", metavar="URL", help="The database that graphs are pushed to: postgresql://…")
@click.option("--sql", metavar="SELECT", help="Ask this SELECT of PostgreSQL instead of a ready-made question.")
@form_options
@click.option("--limit", type=Whole(min=1), metavar="N", help="Print the first N rows alone.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where there is no row.")
@errors_as_messages
def query(
    question: str | None,
    database: str | None,
    sql: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    exit_code: bool,
) -> int:
    """Ask about all tenants whose graphs a PostgreSQL database holds. Without a question, lists those that there are.

    A line on standard error says where what a question reads is not complete in each tenant. Nothing is changed.

    \b
      integration fleet query
      integration fleet query guests-from-other-tenants \\
        --from postgresql://graph.example/fleet
    """
    from integration.ask.choice import find_question
    from integration.ask.questions import load_fleet_questions
    from integration.ask.telling import list_of, tell_answer, tell_caveats
    from integration.fleet.inquiry import open_database
    from integration.sdk.plugins import load

    if sql is not None and question is not None:
        raise QueryError("choose one of --sql and a ready-made question")
    form = form_of(as_json, as_csv)
    known = load_fleet_questions(load())
    if sql is None and question is None:
        tell_answer(list_of(known.values()), form, limit, "no questions")
        return 0
    asked = find_question(known, question, "integration fleet query") if question is not None else None
    if database is None:
        raise QueryError(
            "--from names the database that graphs are pushed to, such as postgresql://graph.example/fleet"
        )
    with open_database(database) as inquiry:
        rows = tell_answer(
            inquiry.select(asked.sql if asked else sql or ""), form, limit, asked.nothing(()) if asked else "no rows"
        )
        tell_caveats(inquiry.caveats())
    return int(exit_code and not rows)
