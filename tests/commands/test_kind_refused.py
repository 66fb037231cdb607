"""Wrong input is refused by one sentence that says what, where and what to do: nothing is guessed."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.store.saved_graph import save, user


def refusal(*arguments: str, stdin: str | None = None) -> str:
    """Return what a command says that is refused for how it was called."""
    done = CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--demo", "--out", ""],
        ["run", "--replay", ""],
        ["diff", "--out", ""],
        ["report", "--to", ""],
        ["record", "azure_user", "--to", ""],
        ["new", "acme_device", "--path", "/devices", "--into", ""],
        ["query", "--questions", ""],
        ["fleet", "run", ""],
        ["fleet", "pull", "contoso", ""],
    ],
)
def test_an_empty_path_is_not_the_working_directory(arguments: list[str]) -> None:
    before = list(Path.cwd().iterdir())
    assert "the path is empty: write . for the working directory" in refusal(*arguments)
    assert list(Path.cwd().iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["query", "--json", "--csv"], "choose one of --json and --csv"),
        (["fleet", "query", "--csv", "--json"], "choose one of --json and --csv"),
        (["types", "--schema", "azure_user", "entra.group"], "choose one of --schema azure_user and the names to list"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(arguments: list[str], said: str) -> None:
    assert said in refusal(*arguments)


def test_a_schema_is_of_one_type() -> None:
    said = "--schema entra.group is more than one type: name one of azure_user_assigned_group, azure_user_group, azure_"
    assert said in refusal("types", "--schema", "entra.group")
    of_module, of_type = (
        CliRunner().invoke(main, ["types", "--schema", name]).stdout for name in ("entra.user", "azure_user")
    )
    assert of_module == of_type != ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "No such command 'rnu' (did you mean run?)."),
        (["fleet", "statsu"], "No such command 'statsu' (did you mean status?)."),
        (["sync"], "No such command 'sync': choose one of check, diff, doctor,"),
        (["types", "nope"], "no step declares the type nope: integration types lists those that there are"),
        (["types", "azure_usr"], "no step declares the type azure_usr (did you mean azure_user?)"),
    ],
)
def test_a_mistyped_name_is_told_the_nearest_or_where_all_are_listed(arguments: list[str], said: str) -> None:
    assert said in refusal(*arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--mass-delete", "x"], "'x' is not a valid number."),
        (["run", "--in-flight", "x"], "'x' is not a valid whole number."),
        (["query", "--limit", "0"], "0 is not in the range x>=1."),
    ],
)
def test_a_number_is_called_one(arguments: list[str], said: str) -> None:
    assert said in refusal(*arguments)


def test_more_rows_than_there_can_be_are_all() -> None:
    save([user("ada", "Ada")])
    done = CliRunner().invoke(main, ["query", "--sql", "SELECT 1 AS one", "--csv", "--limit", f"{10**30}"])
    assert (done.exit_code, done.stdout.split()) == (0, ["one", "1"])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("files:", "the destination files: names no folder: write files:DIR"),
        ("j1:", "the destination j1: names no folder: write j1:DIR"),
        ("jsonl:graph.jsonl", "the destination jsonl: is standard output alone: write jsonl:-"),
        (
            "file:graph",
            "no installed plugin knows the destination file (did you mean files?): write files:DIR, j1:DIR,",
        ),
        ("graph", "no installed plugin knows the destination graph: write files:DIR, j1:DIR,"),
    ],
)
def test_a_destination_that_nobody_makes_is_told_what_there_is(url: str, said: str) -> None:
    assert said in refusal("run", "--demo", "--to", url)


def test_a_server_that_is_not_there_is_told_in_one_sentence() -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens, and nobody else can begin to
        url = f"postgresql://127.0.0.1:{taken.getsockname()[1]}/graph"
        done = CliRunner().invoke(main, ["run", "--demo", "--to", url])
    assert done.exit_code == 3
    assert done.stderr.rstrip().endswith("Connection refused: see that it runs there, then try again")


@pytest.mark.parametrize(
    ("event", "said"), [("", "the event is empty"), (" \n", "the event is empty"), ("{", "not JSON")]
)
def test_an_event_that_holds_nothing_is_said_to_be_empty(event: str, said: str) -> None:
    assert said in refusal("run", "--event", "-", stdin=event)


def test_an_unknown_setting_of_an_event_is_told_the_nearest() -> None:
    event = '{"instance": {"config": {"clientID": "a", "zzz": 1}}}'
    assert "instance.config: unknown: clientID (did you mean clientId?), zzz" in refusal(
        "run", "--event", "-", stdin=event
    )


def test_a_time_that_is_still_to_come_is_no_revision() -> None:
    save([user("ada", "Ada")])
    said = "2999-01-01 00:00 UTC is still to come"
    assert said in refusal("diff", "--since", "2999-01-01")
    assert said in refusal("query", "--sql", "SELECT 1", "--at", "2999-01-01")


@pytest.mark.parametrize(
    "command", [["diff"], ["history"], ["query", "--sql", "SELECT 1"], ["report"]], ids=lambda words: words[0]
)
def test_every_question_says_the_same_where_there_is_no_graph(command: list[str]) -> None:
    said = "error: nowhere/graph.db: there is no graph: run integration run first, or name its folder with --out\n"
    done = CliRunner().invoke(main, [*command, "--out", "nowhere"], catch_exceptions=False)
    assert (done.exit_code, done.stdout, done.stderr) == (3 if command == ["diff"] else 2, "", said)
