"""``integration query --all``: each question that need not be told anything is asked, and counted."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration import load
from integration.ask.every import answer_every
from integration.ask.query import Inquiry, read_graph
from integration.ask.questions import load_questions
from integration.cli import main
from integration.store.store import Store
from tests.html.report_graph import ROWS, save
from tests.terminal.terminals import on_terminal, plain

OWN = """
[in-finance]
description = "Users in Finance."
sql = "SELECT displayName FROM azure_user WHERE department = 'Finance' ORDER BY displayName"

[in-department]
description = "Users of one department."
parameters.department = { description = "it" }
sql = "SELECT displayName FROM azure_user WHERE department = :department"

[misspelt]
description = "Users of a table that nobody has."
sql = "SELECT displayName FROM azure_uses"

[wrong]
description = "No SQL."
sql = "SELECT FROM"

[nobody]
description = "Users of whom there is none."
sql = "SELECT _key FROM azure_user WHERE department = 'Nowhere'"
"""


@pytest.fixture(autouse=True)
def _graph() -> None:
    save(ROWS)
    Path("own.toml").write_text(OWN)


def every(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", "--all", "--questions", "own.toml", *arguments], catch_exceptions=False)


def answers(ended: Result) -> dict[str, tuple[int, str]]:
    return {row["question"]: (row["rows"], row["verdict"]) for row in json.loads(ended.stdout)}


def test_each_question_without_a_parameter_is_asked_once() -> None:
    found = answers(every("--json"))
    ready = {name for name, question in load_questions(load()).items() if not question.parameters}
    assert found.keys() == ready | {"in-finance", "misspelt", "wrong", "nobody"}
    assert found["in-finance"] == (2, "complete")
    assert found["nobody"] == (0, "complete")
    assert found["misspelt"] == (0, "skipped")
    assert found["wrong"] == (0, "failed")
    assert found["groups-in-themselves"][0] == 3
    assert found["unattached-resources"] == (0, "skipped")  # no run has read any type of Azure


def test_the_numbers_are_those_of_the_questions_themselves() -> None:
    found = answers(every("--json"))
    for name, (count, verdict) in found.items():
        asked = CliRunner().invoke(main, ["query", name, "--questions", "own.toml", "--json"])
        if verdict in ("skipped", "failed"):
            assert (asked.exit_code, name) == (2, name)
        else:
            assert (len(json.loads(asked.stdout)), bool(asked.stderr)) == (count, verdict == "partial"), name


def test_what_finds_most_comes_first_and_what_is_wrong_is_said() -> None:
    rows = [row["rows"] for row in json.loads(every("--json").stdout)]
    assert rows == sorted(rows, reverse=True)
    said = every().stderr
    assert said.startswith("note: this may not be the whole truth: own.toml: wrong: SQLite cannot answer it: ")
    assert re.search(r"; azure_\w+(, azure_\w+){3} and [0-9]+ more are not in the graph: never read", said)


def test_on_a_terminal_what_finds_something_has_a_line_and_the_rest_is_counted() -> None:
    found = answers(every("--json"))
    code, shown = on_terminal(80, "query", "--all", "--questions", "own.toml")
    lines = plain(shown)
    assert (code, max(map(len, lines))) == (0, 80)
    heading, *rows = [line.split(maxsplit=2) for line in lines[: lines.index("")]]
    assert heading == ["question", "rows", "description"]
    assert [name for name, *_ in rows] == [name for name, (count, as_) in found.items() if count or as_ == "failed"]
    assert {name: int(count) for name, count, _ in rows} == {name: found[name][0] for name, *_ in rows}
    assert next(text for name, _, text in rows if name == "wrong").startswith("failed: No SQL")
    skipped = sum(verdict == "skipped" for _, verdict in found.values())
    assert f"{skipped} further questions: not asked, since what they read is not in the graph" in lines


def test_a_type_that_is_not_complete_makes_answers_partial() -> None:
    save(ROWS, {"azure_user": ("partial", "some were refused"), "azure_user_group": ("failed", "no")})
    found = answers(every("--json"))
    assert found["in-finance"] == (2, "partial")
    assert found["empty-groups"][1] == "partial"


def test_the_exit_code_says_whether_anything_is_found() -> None:
    assert every("--exit-code").exit_code == 0
    with closing(Store(Path(".integration/graph.db"))) as store:
        store.begin("contoso.example")
        store.commit()
    Path("own.toml").write_text(OWN)
    with closing(sqlite3.connect(".integration/graph.db")) as graph, graph:
        for table in ("nodes", "edges", "loose_edges"):
            graph.execute(f"DELETE FROM {table}")
    ended = every("--exit-code", "--json")
    assert (ended.exit_code, {count for count, _ in answers(ended).values()}) == (1, {0})


def test_earlier_graphs_can_be_asked_and_a_question_beside_it_is_refused() -> None:
    save({**ROWS, "azure_user": [row for row in ROWS["azure_user"] if "Finance" not in str(row[1])]})
    assert answers(every("--json"))["in-finance"] == (0, "complete")
    assert answers(every("--json", "--at", "1"))["in-finance"][0] == 2
    ended = every("in-finance")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "choose one of --sql, --all and a ready-made question" in ended.stderr


def test_the_first_rows_are_kept_where_they_are_asked_for() -> None:
    questions = load_questions(load(), [Path("own.toml")])
    with read_graph(Path(".integration/graph.db")) as database:
        (one,) = answer_every(Inquiry(database), [questions["in-finance"]], first=1)
    assert (one.count, one.columns, len(one.first)) == (2, ("displayName",), 1)


def test_how_the_types_stand_is_found_out_once_for_all_questions() -> None:
    statements: list[str] = []
    with read_graph(Path(".integration/graph.db")) as database:
        database.set_trace_callback(statements.append)
        found = list(answer_every(Inquiry(database), load_questions(load()).values()))
    assert len(found) > 100
    assert sum("LEFT JOIN verdicts" in each for each in statements) == 1
