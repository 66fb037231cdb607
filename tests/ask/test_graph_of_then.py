"""Questions to the graph of an earlier revision are answered as they were answered then."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration import load, plan, run
from integration.ask.then import open_graph
from integration.cli import main
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.ask.test_kind_history import GRAPH, save, user
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant

ALL = (
    "SELECT _key, _type, properties FROM entities ORDER BY _key",
    "SELECT _key, _type, properties FROM relationships ORDER BY _type, _key",
    "SELECT _type, verdict, reason FROM verdicts ORDER BY _type",
    "SELECT name, source, target FROM loose_edges JOIN types ON number = type ORDER BY name, source, target",
)
Answers = tuple[list[list[tuple[Any, ...]]], list[str]]


def answers(at: str | None = None) -> Answers:
    """Return all that the graph says, and what it lacks."""
    with open_graph(GRAPH, at) as inquiry:
        rows = [list(inquiry.select(sql).rows) for sql in ALL]
        return rows, inquiry.caveats()


@pytest.fixture
def tenant() -> Tenant:
    return synthetic_tenant(users=200, groups=40, memberships=1000, seed=29)


def read(simulator: Simulator, *only: str) -> Answers:
    manager = load()
    run(manager, plan(manager, only=only), Config(graph_url=simulator.url, access_token=Secret(simulator.token)))
    return answers()


@pytest.fixture
def refused() -> dict[str, str]:
    """Return what the simulator refuses, which a test may change."""
    return {}


@pytest.fixture
def simulator(tenant: Tenant, refused: dict[str, str]) -> Iterator[Simulator]:
    with Simulator(tenant, faults=Faults(forbidden=refused)) as simulator:
        yield simulator


def test_every_revision_answers_as_it_did(simulator: Simulator, tenant: Tenant, refused: dict[str, str]) -> None:
    """Types come, records come, change, go and come back, types are refused and left out."""
    found = [read(simulator, "azure_user", "azure_user_group")]
    found.append(read(simulator))
    users, groups = list(tenant.users), list(tenant.groups)
    for gone in (*users[:20], *groups[:3]):
        tenant.delete(gone)
    for renamed in users[20:40]:
        tenant.update(renamed, displayName=f"Renamed {renamed}")
    found.append(read(simulator))
    tenant.restore(users[0])
    tenant.update(users[30], displayName="Thirty")
    found.append(read(simulator, "azure_user", "azure_user_group_has_user"))
    refused["/groups"] = "Authorization_RequestDenied"
    found.append(read(simulator))
    found.append(read(simulator))
    for number, then in enumerate(found, 1):
        assert answers(str(number)) == then, number
    assert len({json.dumps(rows) for rows, _ in found}) == len(found)


def test_ends_that_came_later_were_not_there_then() -> None:
    save([user("a", "Ada")], [("g1", "a"), ("g1", "x")])
    then = answers()
    save([user("a", "Ada"), user("x", "Xu")], [("g1", "a"), ("g1", "x")])
    assert answers("1") == then
    assert any("1 with an end that was not collected" in caveat for caveat in then[1])


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", *arguments], catch_exceptions=False)


def test_ready_made_questions_and_names_are_of_then(monkeypatch: pytest.MonkeyPatch) -> None:
    save([user("a", "Ada"), user("b", "Bo")], [("g1", "a"), ("g1", "b")])
    save([user("b", "Bea"), user("d", "Di")], [("g1", "d")], {"g1": "Finance Europe"})
    then = asked("all-members", "Finance", "--at", "1", "--csv")
    assert then.exit_code == 0
    assert ("Ada" in then.stdout, "Bo" in then.stdout, "Di" in then.stdout) == (True, True, False)
    assert "this is the graph of revision 1, 20" in then.stderr
    now = asked("all-members", "Finance Europe", "--at", "0m", "--csv")
    assert ("Ada" in now.stdout, "Di" in now.stdout) == (False, True)
    assert asked("all-members", "Finance Europe", "--at", "1").exit_code == 2
    with closing(sqlite3.connect(GRAPH)) as database:
        assert database.execute("SELECT value FROM about WHERE name = 'revision'").fetchone() == ("2",)


@pytest.mark.parametrize(
    ("at", "said"),
    [("0", "there was no graph then"), ("2000-01-01", "there was no graph then"), ("9", "it knows 1 to 1"),
     ("soon", "no revision's number, no date")],
)  # fmt: skip
def test_a_time_without_a_graph_is_said(at: str, said: str) -> None:
    save([user("a", "Ada")], [])
    done = asked("--sql", "SELECT 1", "--at", at)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_no_room_for_the_copy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    save([user("a", "Ada")], [])
    monkeypatch.setattr("integration.ask.then._LATER", ("SELECT * FROM not_there WHERE ? ",))
    done = asked("--sql", "SELECT 1", "--at", "1")
    assert done.exit_code == 2
    assert "the graph of revision 1 cannot be made" in done.stderr


def test_of_a_revision_of_an_earlier_version_it_is_not_known_how_whole_it_was() -> None:
    save([user("a", "Ada")], [])
    content = {"changes": {}, "verdicts": {"complete": 7, "failed": 1}, "incomplete": ["azure_user"]}
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute("UPDATE revisions SET content = ?", (json.dumps(content),))
    done = asked("--sql", "SELECT displayName FROM azure_user", "--at", "1", "--csv")
    assert "Ada" in done.stdout
    assert "azure_user is partial: how whole it was then is not known" in done.stderr
    listed = json.loads(CliRunner().invoke(main, ["history", "--json"]).stdout)
    assert (listed["verdicts"], listed["incomplete"]) == ({"complete": 7, "failed": 1}, ["azure_user"])


def test_the_copy_is_gone_with_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
    save([user(f"u{number}", "Ada " * 100) for number in range(20_000)], [])
    with open_graph(GRAPH, "1") as inquiry:
        assert list(inquiry.select("SELECT count(*) FROM azure_user").rows) == [(20_000,)]
        assert list(folder.iterdir()) == []
