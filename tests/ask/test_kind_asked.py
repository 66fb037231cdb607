"""What is asked of the graph may be anything: bytes that are no text, NULL, files of brackets, harmful functions."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration import load
from integration.ask.answer import QueryAnswer
from integration.ask.query import Inquiry
from integration.ask.then import open_graph
from integration.cli import main
from integration.errors import QueryError
from integration.sdk.plugins import declared_steps
from integration.store.store import Store
from tests.store.saved_graph import GRAPH, save, user

TYPES = [step.name for step in declared_steps(load())]


@pytest.fixture(autouse=True)
def _graph() -> None:
    save([user("key-x", "Ada")])


def integration(*arguments: bytes | str) -> tuple[str, str, int]:
    """Return both outputs and the exit code; what is no text is handed over as a shell does."""
    done = CliRunner().invoke(main, [os.fsdecode(argument) for argument in arguments], catch_exceptions=False)
    return done.stdout, done.stderr, done.exit_code


def first(inquiry: Inquiry, sql: str) -> object:
    answer: QueryAnswer = inquiry.select(sql)
    return next(answer.rows)[0]


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
@pytest.mark.parametrize(
    "arguments",
    [["query", "--sql", b"SELECT '\xff'"], ["query", "groups-of", b"\xff\xfe"], ["query", b"\xff"],
     ["diff", "--type", b"\xff"], ["query", "empty-groups", "--out", b"\xff"], ["query", "--questions", b"\xff"],
     ["query", "groups-of", "a" * 100_000], ["query", "--sql", "SELECT " + "(" * 60_000],
     ["diff", "--since", "9" * 30]],
)  # fmt: skip
def test_what_is_no_text_or_too_long_is_said(arguments: list[bytes | str]) -> None:
    shown, said, code = integration(*arguments)
    assert (shown, code) in [("", 2), ("", 3)]
    assert "rror: " in said


@pytest.mark.parametrize("content", [b"x = " + b"[" * 100_000, b"\xff\xfea\x00", b'[a]\ndescription = "\xff"', b"\x00"])
def test_a_file_of_questions_that_is_none_is_named(content: bytes) -> None:
    Path("mine.toml").write_bytes(content)
    _, said, code = integration("query", "--questions", "mine.toml")
    assert (said.startswith("error: mine.toml"), len(said.splitlines()), code) == (True, 1, 2)


def test_a_file_of_questions_may_begin_with_a_mark_of_its_encoding() -> None:
    Path("mine.toml").write_text('[a]\ndescription = "b"\nsql = "SELECT 1 AS one"\n', encoding="utf-8-sig")
    assert integration("query", "a", "--questions", "mine.toml")[0].split() == ["one", "1"]


@pytest.mark.parametrize("command", ["run", "doctor", "check"])
@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"instance": ' * 50_000, b'{"a": "\xff"}'])
def test_an_event_that_is_none_is_said(command: str, content: bytes) -> None:
    Path("event.json").write_bytes(content)
    shown, said, code = integration(command, "--event", "event.json")
    assert code in (1, 2)
    assert "the event is" in shown + said


@pytest.mark.parametrize("name", ["shortest_path", "reachable", "reaching"])
def test_what_is_asked_about_null_is_null(name: str) -> None:
    relationship = next(each for each in TYPES if each.endswith("group_has_group"))
    keys = ["'key-x'"] * (2 if name == "shortest_path" else 1)
    with open_graph(GRAPH) as inquiry:
        for at in range(len(keys) + 1):
            arguments = [*keys, f"'{relationship}'"]
            arguments[at] = "NULL"
            assert first(inquiry, f"SELECT {name}({', '.join(arguments)})") is None
        for arguments in ([], keys[:1], [*keys, "5"], ["x'00'", *keys[1:], f"'{relationship}'"]):
            with pytest.raises(QueryError, match=f"{name} takes"):
                first(inquiry, f"SELECT {name}({', '.join(arguments)})")
        assert first(inquiry, "SELECT cycles(NULL)") is None
        for odd in ("", "5", "x'00'"):
            with pytest.raises(QueryError, match="cycles takes"):
                first(inquiry, f"SELECT cycles({odd})")


@pytest.mark.parametrize(
    "call", ["fts3_tokenizer('simple', x'4141414141414141')", "fts3_tokenizer('simple')", "FTS3_Tokenizer('simple')",
             "load_extension('x')", "sqlite_log(1, 'x')"]
)  # fmt: skip
def test_a_function_that_does_more_than_compute_is_refused(call: str) -> None:
    with open_graph(GRAPH) as inquiry:
        with pytest.raises(QueryError, match=f"the function {call.partition('(')[0].lower()} is not allowed here"):
            first(inquiry, f"SELECT {call}")
        assert first(inquiry, "SELECT count(*) FROM azure_user") == 1


@pytest.mark.parametrize(
    "call", ["max(1, 2)", "group_concat(1)", "json_extract('[1]', '$[0]')", "'[1]' ->> 0", "date('2026-11-20')",
             "round(1.5)", "row_number() OVER ()", "'a' LIKE 'A'", "printf('%d', 1)", "json_group_array(1)", "sqrt(4)"]
)  # fmt: skip
def test_a_function_that_computes_is_not(call: str) -> None:
    with open_graph(GRAPH) as inquiry:
        assert first(inquiry, f"SELECT {call}") is not None


def test_a_type_that_could_not_be_read_is_told_without_the_file_of_the_question() -> None:
    GRAPH.unlink()
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        store.keep_verdicts([("azure_user_group", "failed", "Forbidden", 0, 0.0)])
        store.commit()
    said = integration("query", "empty-groups")[1].splitlines()
    assert said[-1] == "error: the graph has no azure_user_group: it is failed: Forbidden"
    assert (
        integration("query", "groups-in-themselves")[1]
        .splitlines()[-1]
        .startswith("error: the graph has no azure_user")
    )


def test_where_there_is_no_row_a_table_says_so() -> None:
    assert integration("query", "membership-path", "グループ", "Ada") == (
        "path\n", "Ada is not a member of グループ\n", 0
    )  # fmt: skip
    assert integration("query", "--sql", "SELECT 1 AS one WHERE 0") == ("one\n", "no rows\n", 0)
    assert integration("query", "--sql", "SELECT 1 AS one WHERE 0", "--json") == ("[]\n", "", 0)


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_an_exit_code_tells_whether_there_is_a_row(form: list[str]) -> None:
    assert integration("query", "--sql", "SELECT 1 AS one WHERE 0", "--exit-code", *form)[2] == 1
    assert integration("query", "--sql", "SELECT 1 AS one", "--exit-code", *form)[2] == 0


@pytest.mark.parametrize(
    "command", [["diff"], ["diff", "--json"], ["query", "users-without-groups"], ["history"], ["report"]]
)
def test_a_damaged_graph_ends_no_command_in_a_traceback(command: list[str]) -> None:
    save([user(f"key-{number}", f"User {number}") for number in range(3000)])
    content = bytearray(GRAPH.read_bytes())
    content[32_768:] = os.urandom(len(content) - 32_768)
    GRAPH.write_bytes(content)
    _, said, code = integration(*command)
    assert code in (0, 2, 3)
    assert said.startswith("error: ") or code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
def test_what_is_typed_is_understood_in_any_locale() -> None:
    plain = {**os.environ, "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "integration", "query"]
    for arguments in (["group-members", "グループ"], ["--sql", "SELECT 'グループ' AS name"]):
        done = subprocess.run([*command, *arguments, "--json"], capture_output=True, check=False, env=plain)
        assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u30b0" in done.stdout
