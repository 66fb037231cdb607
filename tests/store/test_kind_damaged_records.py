"""A record of the graph that is no JSON any more ends whatever reads it in one sentence that says what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration import OutputError
from integration.cli import main
from integration.store.store import Store
from tests.jupiterone import Account, JupiterOne
from tests.jupiterone.runs import held, sign_in
from tests.store.saved_graph import GRAPH, STEPS, save, user

REMEDY = "remove it, and the next run makes it anew"
SIGNED_IN = {"INTEGRATION_ACCESS_TOKEN": "token-of-a-test", "INTEGRATION_GRAPH_URL": "http://127.0.0.1:9"}
DESTINATIONS = ["files:records", "jsonl:-", "j1:folder"]


@pytest.fixture(autouse=True)
def _graph() -> None:
    save([user("key-x", "Ada"), user("key-y", "Grace")], [("key-group", "key-x", '{"displayName":"HAS"}')])


def damage(table: str) -> None:
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute(f"""UPDATE {table} SET properties = '{{"displayName":"Ad' WHERE properties IS NOT NULL""")


def told(*arguments: str) -> Result:
    """Return what a command says that has to end with the one sentence, and with nothing of the program's own."""
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    said = " ".join(done.output.split())
    assert done.exit_code in (1, 3)
    assert "malformed JSON" in said
    assert "remove" in said
    assert "its code failed" not in said
    assert "Traceback" not in said
    return done


@pytest.mark.parametrize("table", ["nodes", "edges"])
@pytest.mark.parametrize("url", DESTINATIONS)
def test_a_destination_is_told_with_the_remedy(url: str, table: str) -> None:
    damage(table)
    assert REMEDY in " ".join(told("push", "--to", url).output.split())


def test_jupiterone_is_sent_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()
    sign_in(monkeypatch, account)
    damage("nodes")
    with JupiterOne(account) as service:
        told("push", "--to", f"jupiterone:{service.url}")
    assert not any(held(account).values())


@pytest.mark.parametrize("name", ["azure_user", "azure_user_group_has_user"])
def test_what_reads_changes_alone_is_told_too(name: str) -> None:
    damage("nodes")
    damage("edges")
    with closing(Store(GRAPH)) as store, pytest.raises(OutputError, match=REMEDY):
        list(store.changes(STEPS[name], 0))


@pytest.mark.parametrize(
    "command",
    [
        ["report"],
        ["report", "--about", "Ada"],
        ["diff", "--since", "0", "--all"],
        ["diff", "--since", "0", "--json"],
        ["query", "groups-of", "Ada"],
        ["query", "users-without-groups"],
        ["query", "--sql", "SELECT displayName FROM azure_user"],
    ],
)
def test_a_command_is_told_with_the_remedy(command: list[str]) -> None:
    damage("nodes")
    told(*command)
    assert not Path("report.html").exists()


@pytest.mark.parametrize("command", [["diff"], ["diff", "--since", "0"], ["history"], ["query", "groups-of", "Ada"]])
@pytest.mark.parametrize("content", ["'{'", "CAST(x'7bb6ff7d' AS TEXT)"])
def test_what_is_remembered_of_revisions_is_looked_at_too(command: list[str], content: str) -> None:
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute(f"UPDATE revisions SET content = {content}")
        database.execute(f"UPDATE nodes SET properties = {content}")
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code in (2, 3)
    assert "Traceback" not in done.output
    assert "malformed" in done.output or "UTF-8" in done.output


@pytest.mark.parametrize("memory", ["'{'", "CAST(x'7bb6ff7d' AS TEXT)"])
def test_what_a_run_remembers_of_a_type_is_looked_at_too(memory: str) -> None:
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute(f"UPDATE types SET memory = {memory}")
    with closing(Store(GRAPH)) as store, pytest.raises(OutputError, match=REMEDY):
        store.recall("azure_user")


@pytest.mark.parametrize("command", [["diff"], ["history"], ["report"], ["query", "groups-of", "Ada"], ["run"]])
def test_a_schema_that_is_no_text_any_more_is_told(command: list[str]) -> None:
    content = GRAPH.read_bytes()
    at = content.index(b"CREATE TABLE about")
    GRAPH.write_bytes(content[:at] + b"CRE\xb6TE" + content[at + 6 :])
    done = CliRunner().invoke(main, [*command, "--out", str(GRAPH.parent)], env=SIGNED_IN, catch_exceptions=False)
    assert done.exit_code in (2, 3)
    assert "not usable as a graph" in done.output


def test_json_that_somebody_wrote_into_a_question_is_no_damage() -> None:
    done = CliRunner().invoke(main, ["query", "--sql", "SELECT json_extract('{', '$')"])
    assert (done.exit_code, done.stderr) == (2, "error: SQLite cannot answer it: malformed JSON\n")
