"""What changed since when: by number, time or age, each fact once, everybody told from those of the same name."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from integration import load
from integration.cli import main
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.history import Revision, revision_of
from integration.store.store import Store
from tests.support import Row, publish, worn
from tests.terminal.terminals import on_terminal, plain

STEPS = {step.name: step for step in declared_steps(load())}
GRAPH = Path(".integration/graph.db")
ACCOUNT: list[Row] = [("tenant", '{"displayName":"Contoso"}')]


def user(key: str, name: str, **more: Any) -> Row:
    named = {"displayName": name, "name": name, "userPrincipalName": f"{key}@contoso.example"}
    return (key, json.dumps({"accountEnabled": True, "active": True, **named, **more}, ensure_ascii=False))


def save(users: list[Row], members: list[tuple[str, str]], groups: Mapping[str, str] | None = None) -> None:
    """Commit a graph as a run does; every user and group is the account's, every membership is an assignment too."""
    names = groups or {"g1": "Finance"}
    rows: dict[str, list[Row]] = {
        "azure_account": ACCOUNT,
        "azure_user": users,
        "azure_user_group": [(key, json.dumps({"displayName": name, "name": name})) for key, name in names.items()],
        "azure_account_has_user": worn(*(("tenant", str(row[0])) for row in users)),
        "azure_account_has_group": worn(*(("tenant", key) for key in names)),
        "azure_user_group_has_user": worn(*members),
        "azure_user_assigned_group": worn(*((member, group) for group, member in members)),
        "azure_user_group_has_group": [],
    }
    GRAPH.parent.mkdir(exist_ok=True)
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        for name, of in rows.items():
            publish(store, STEPS[name], of)
            store.show(STEPS[name], load_schema(STEPS[name]))
        store.keep_verdicts((name, "complete", "", len(of), 0.0) for name, of in rows.items())
        store.commit()


def integration(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def lines(*arguments: str) -> list[str]:
    """Return what diff says of records, without counts."""
    done = integration("diff", *arguments)
    assert done.exit_code == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("azure_") and ": " in line]


def test_each_fact_is_said_once() -> None:
    save([user("a", "Ada"), user("b", "Bo"), user("c", "Cy")], [("g1", "a"), ("g1", "b")])
    save([user("a", "Ada", accountEnabled=False, active=False), user("b", "Bea"), user("d", "Di")],
         [("g1", "b"), ("g1", "d")])  # fmt: skip
    assert sorted(lines()) == sorted(
        [
            "azure_user: ~ Ada: accountEnabled true → false",
            'azure_user: ~ Bea: displayName "Bo" → "Bea"',
            "azure_user: - Cy",
            "azure_user: + Di",
            "azure_user_group_has_user: Di joined Finance",
            "azure_user_group_has_user: Ada left Finance",
        ]
    )
    assert "said once: 2 of azure_account_has_user as azure_user" in integration("diff").stdout
    raw = [json.loads(line) for line in integration("diff", "--json").stdout.splitlines()]
    assert len(raw) == 10
    assert {"accountEnabled", "active"} == set(next(each for each in raw if each["_key"] == "a")["properties"])


def test_what_changed_in_one_of_two_alone_is_said() -> None:
    save([user("a", "Ada"), user("b", "Bo")], [("g1", "a")])
    save([user("a", "Ada"), user("b", "Bo")], [("g1", "a")])
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_user_group_has_user"], worn(("g1", "a"), ("g1", "b")))
        publish(store, STEPS["azure_user_assigned_group"], [])
        store.commit()
    assert lines() == [
        "azure_user_assigned_group: - Ada ASSIGNED Finance",
        "azure_user_group_has_user: Bo joined Finance",
    ]
    assert lines("--type", "azure_user_assigned_group") == ["azure_user_assigned_group: - Ada ASSIGNED Finance"]


def test_two_properties_that_differ_elsewhere_are_two_facts() -> None:
    users = [user("a", "Ada", city="Ulm", officeLocation="Ulm"), user("b", "Bo", city="Ulm", officeLocation="Bonn")]
    save(users, [])
    save([user("a", "Ada", city="Bonn", officeLocation="Bonn"), users[1]], [])
    assert lines() == ['azure_user: ~ Ada: city "Ulm" → "Bonn", officeLocation "Ulm" → "Bonn"']


def test_those_of_one_name_are_told_apart() -> None:
    save([user("o1", "Omar Lee"), user("o2", "Omar Lee"), user("o3", "Omar Lee"), user("z", "Zoe")], [("g1", "o1")],
         {"g1": "Twin", "g2": "Twin"})  # fmt: skip
    save([user("o2", "Omar Lee"), user("o3", "Omar Lee", accountEnabled=False, active=False), user("z", "Zoe")],
         [("g1", "o2"), ("g2", "z")], {"g1": "Twin", "g2": "Twin"})  # fmt: skip
    assert sorted(lines()) == [
        "azure_user: - Omar Lee (o1@contoso.example)",
        "azure_user: ~ Omar Lee (o3@contoso.example): accountEnabled true → false",
        "azure_user_group_has_user: Omar Lee (o1@contoso.example) left Twin (g1)",
        "azure_user_group_has_user: Omar Lee (o2@contoso.example) joined Twin (g1)",
        "azure_user_group_has_user: Zoe joined Twin (g2)",
    ]


def test_two_of_one_name_that_are_both_gone_are_told_apart() -> None:
    save([user("o1", "Omar Lee"), user("o2", "Omar Lee"), user("z", "Zoe")], [])
    save([user("z", "Zoe")], [])
    assert lines() == ["azure_user: - Omar Lee (o1@contoso.example)", "azure_user: - Omar Lee (o2@contoso.example)"]


def test_it_ends_by_itself() -> None:
    many = [user(f"u{number:04}", f"User {number}") for number in range(500)]
    save([user("a", "Ada")], [])
    save([user("a", "Ada"), *many], [("g1", "a"), ("g1", "u0001")])
    shown = integration("diff").stdout.splitlines()
    assert 60 < len(shown) < 75
    assert sum(line.startswith("azure_user_group_has_user: ") for line in shown) == 2
    assert any(line.startswith("… and 442 more: --all shows them") for line in shown)
    assert len(lines("--all")) == 502
    assert len(lines("--type", "azure_user")) == 500
    assert len(integration("diff", "--json").stdout.splitlines()) == 1004


def test_after_a_first_run_there_are_counts_alone() -> None:
    save([user("a", "Ada")], [("g1", "a")])
    shown = integration("diff").stdout
    assert lines() == []
    assert "azure_user " in shown
    assert "before that there was no graph: --all shows each change" in shown
    assert len(lines("--all")) == 4


def test_an_exit_code_tells_whether_something_changed() -> None:
    save([user("a", "Ada")], [])
    save([user("a", "Ada")], [])
    assert integration("diff", "--exit-code").exit_code == 0
    assert "nothing changed" in integration("diff").stdout
    save([], [])
    for options in (["--json"], [], ["--all"]):
        assert integration("diff", *options, "--exit-code").exit_code == 1
        assert integration("diff", *options).exit_code == 0


def set_times(*times: str) -> None:
    """Let the revisions have been committed at these times."""
    with closing(sqlite3.connect(GRAPH)) as database, database:
        for number, time in enumerate(times, 1):
            on = round(datetime.fromisoformat(time).timestamp() * 1000)
            database.execute("UPDATE revisions SET committed_on = ? WHERE revision = ?", (on, number))


@pytest.fixture
def three() -> None:
    """Three revisions, in each of which a user came."""
    for number in (1, 2, 3):
        save([user(f"u{at}", f"User {at}") for at in range(number)], [])
    set_times("2026-11-18T10:00Z", "2026-11-19T10:00Z", "2026-11-20T10:00Z")


@pytest.mark.parametrize(
    ("since", "came"),
    [("2", 1), ("1", 2), ("2026-11-20", 1), ("2026-11-19T09:59Z", 2), ("2026-11-19T10:00Z", 1), ("2026-11-18T23:00", 2),
     ("2026-11-19T10:30+01:00", 2), ("2026-11-20T12:00+01:00", 0), ("20261119T110000Z", 1)],
)  # fmt: skip
def test_a_revision_is_found_by_its_time(three: None, since: str, came: int) -> None:
    assert len(lines("--since", since)) == came


@pytest.mark.parametrize(("since", "number"), [("30m", 3), ("1d", 2), ("24h", 2), ("25H", 2), ("2d", 1), ("1w", 0)])
def test_a_revision_is_found_by_its_age(since: str, number: int) -> None:
    now = datetime(2026, 11, 20, 11, tzinfo=UTC)
    known = [Revision(3 - days, now - timedelta(days=days, hours=1), {}, {}, ()) for days in (2, 1, 0)]
    assert revision_of(known, since, now) == number


@pytest.mark.parametrize("since", ["yesterday", "-1", "7", "2026-13-01", "24", "5y", "", "9" * 30, "1.5h"])
def test_what_is_no_time_or_not_remembered_is_said(three: None, since: str) -> None:
    done = integration("diff", "--since", since)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")


def test_history_lists_every_run_that_ended() -> None:
    began = datetime.now(UTC)
    save([user("a", "Ada")], [])
    save([user("a", "Ada")], [])
    save([user("a", "Ada", city="Ulm")], [])
    rows = [json.loads(line) for line in integration("history", "--json").stdout.splitlines()]
    assert [row["revision"] for row in rows] == [1, 2, 3]
    times = [datetime.fromisoformat(row["committedOn"]) for row in rows]
    assert began - timedelta(seconds=1) < times[0] <= times[1] <= times[2] <= datetime.now(UTC)
    assert (rows[1]["changes"], rows[2]["changes"]) == ({}, {"azure_user": {"updated": 1}})
    assert rows[0]["verdicts"] == {"complete": 8}
    shown = integration("history").stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["revision", "1", "2", "3"]
    assert "nothing" in shown[2]
    assert "~1" in shown[3]


def test_what_was_not_complete_is_told_of_its_revision() -> None:
    save([user("a", "Ada")], [])
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        store.keep_verdicts([("azure_user", "failed", "Forbidden", 0, 0.0), ("azure_account", "complete", "", 1, 0.0)])
        store.commit()
    assert "1 complete, 1 failed: not complete azure_user" in integration("history").stdout


def test_what_was_not_complete_before_either_is_not_named_again() -> None:
    save([user("a", "Ada")], [])
    names = [f"contoso_{letter}" for letter in "abcdefgh"]
    for lost in (names, [*names, "azure_user"], ["azure_user"]):
        with closing(Store(GRAPH)) as store:
            store.begin("contoso.example")
            skipped = [(name, "skipped", "off by default", 0, 0.0) for name in lost]
            store.keep_verdicts([("azure_account", "complete", "", 1, 0.0), *skipped])
            store.commit()
    told = [line.partition("1 complete, ")[2] for line in integration("history").stdout.splitlines()[2:]]
    assert told == [
        "8 skipped: not complete contoso_a, contoso_b, contoso_c, contoso_d and 4 more",
        "9 skipped: not complete azure_user",
        "1 skipped",
    ]
    assert '"contoso_h"' in integration("history", "--json").stdout.splitlines()[1]


def test_a_first_run_names_no_type_that_was_skipped() -> None:
    GRAPH.parent.mkdir()
    verdicts = [("azure_user", "complete"), ("azure_device", "partial"), ("azure_domain", "skipped")]
    with closing(Store(GRAPH)) as store:
        for lost in ([], ["azure_application"]):
            store.begin("contoso.example")
            judged = [*verdicts, *((name, "skipped") for name in lost)]
            store.keep_verdicts([(name, verdict, "", 0, 0.0) for name, verdict in judged])
            store.commit()
    told = [line.partition("1 complete, ")[2] for line in integration("history").stdout.splitlines()[1:]]
    assert told == [
        "1 partial, 1 skipped: not complete azure_device",
        "1 partial, 2 skipped: not complete azure_application",
    ]


def test_a_graph_without_times_is_read_all_the_same() -> None:
    save([user("a", "Ada")], [])
    save([user("a", "Ada"), user("b", "Bo")], [])
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute("DROP TABLE revisions")
    assert integration("query", "users-without-groups").exit_code == 0
    assert [line.split() for line in integration("history").stdout.splitlines()[1:]] == [
        ["1", "unknown"],
        ["2", "unknown"],
    ]
    assert lines() == ["azure_user: + Bo"]
    assert "none has a time" in integration("diff", "--since", "24h").stderr
    save([user("a", "Ada")], [])
    assert lines("--since", "2") == ["azure_user: - Bo"]
    assert "the oldest with a time is 3" in integration("diff", "--since", "24h").stderr


def test_a_real_run_is_in_the_history() -> None:
    command = [sys.executable, "-m", "integration"]
    subprocess.run([*command, "run", "--demo"], check=True, capture_output=True)
    (row,) = integration("history", "--json").stdout.splitlines()
    verdicts = json.loads(row)["verdicts"]
    assert verdicts["complete"] == len(order(list(STEPS.values())).steps)
    assert sum(verdicts.values()) == len(STEPS)


def test_the_history_of_one_object_says_when_what_became_of_it() -> None:
    save([user("a", "Ada"), user("o", "Omar Lee")], [("g1", "a")])
    save([user("a", "Ada"), user("o", "Omar Lee", city="Ulm")], [("g1", "a"), ("g1", "o")])
    save([user("a", "Ada"), user("o", "Omar Lee", city="Bonn")], [("g1", "a")])
    save([user("a", "Ada")], [("g1", "a")])
    set_times("2026-11-17T10:00Z", "2026-11-18T10:00Z", "2026-11-19T10:00Z", "2026-11-20T10:00Z")
    expected = [
        '2026-11-18 10:00 UTC  azure_user: ~ Omar Lee: city nothing → "Ulm"',
        "2026-11-18 10:00 UTC  azure_user_group_has_user: Omar Lee joined Finance",
        '2026-11-19 10:00 UTC  azure_user: ~ Omar Lee: city "Ulm" → "Bonn"',
        "2026-11-19 10:00 UTC  azure_user_group_has_user: Omar Lee left Finance",
        "2026-11-20 10:00 UTC  azure_user: - Omar Lee",
    ]
    assert integration("history", "o").stdout.splitlines() == expected
    rows = [json.loads(line) for line in integration("history", "o", "--json").stdout.splitlines()]
    assert [row["revision"] for row in rows] == [2, 2, 3, 3, 4]
    assert rows[0]["committedOn"] == "2026-11-18T10:00:00.000Z"
    assert rows[0]["properties"] == {"city": {"before": None, "now": "Ulm"}}
    assert len(integration("history", "finance").stdout.splitlines()) == 2
    quiet = integration("history", "A@Contoso.example")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (
        0,
        "",
        "nothing of it has changed since it was first read\n",
    )
    assert integration("history", "nobody").exit_code == 2


def test_what_changed_is_told_while_a_run_goes_on_and_leaves_the_graph_as_it_is() -> None:
    save([user("a", "Ada")], [])
    save([user("b", "Bo")], [])
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_user"], [])
        assert lines() == ["azure_user: - Ada", "azure_user: + Bo"]
    before = GRAPH.read_bytes()
    assert len(lines()) == 2
    assert integration("history", "b").exit_code == 0
    assert GRAPH.read_bytes() == before


def test_a_graph_of_another_version_is_not_emptied_by_who_reads_it() -> None:
    save([user("a", "Ada")], [])
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute("UPDATE about SET value = '1' WHERE name = 'format'")
    for command in ("diff", "history"):
        done = integration(command)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "it holds no graph of this version yet" in done.stderr
    with closing(sqlite3.connect(GRAPH)) as database:
        assert database.execute("SELECT count(*) FROM nodes").fetchone() == (3,)


@pytest.mark.parametrize("on", ["352288000000000", "-999999999999999", "9223372036854775807", "'x'", "1e300"])
def test_a_time_that_no_calendar_has_is_one_that_is_not_known(on: str) -> None:
    save([user("a", "Ada")], [])
    save([user("a", "Ada"), user("b", "Grace")], [])
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute(f"UPDATE revisions SET committed_on = {on} WHERE revision = 2")
    for command in (["diff"], ["history"], ["history", "Grace"], ["report"], ["diff", "--since", "1"]):
        done = integration(*command)
        assert (done.exit_code, done.stderr) == (0, "")
    with closing(Store(GRAPH)) as store:
        assert [bool(each.committed_on) for each in store.revisions()] == [True, False]


@pytest.mark.every_area
def test_a_difference_fits_a_screen_or_two_unless_more_is_asked_for() -> None:
    assert integration("run", "--demo").exit_code == 0
    short, whole = (integration("diff", *more).stdout.splitlines() for more in ((), ("--all",)))
    assert len(short) < 40
    (left,) = [line for line in short if line.startswith("… and ")]
    counted = [line.split()[0] for line in short[2:32]]
    assert len(whole) > 600
    assert {"azure_user", "azure_user_group_has_user"} <= set(counted)
    changed = sum(bool(re.fullmatch(r"\w+ +[1-9]\d*", line)) for line in whole)
    assert left == f"… and {changed - len(counted)} types more, which changed less: --all shows them"
    code, shown = on_terminal(80, "diff", "--all")
    assert code == 0
    names = [line for line in plain(shown) if line.startswith("azure_") and ":" not in line]
    assert all(len(line) <= 80 for line in names)
    assert len(names) < len(counted) + int(left.split()[2]) + 20
    assert integration("history", "Nobody").stderr == "error: nothing in the graph has the key or the name 'Nobody'\n"


LONG = "Ada " * 25_000


def test_names_of_any_length_are_told_by_their_beginning() -> None:
    groups = {"g1": f"Finance {LONG}", "g2": f"Sales {LONG}"}
    save([user("u1", f"A {LONG}"), user("u2", f"A {LONG}"), user("u3", f"B {LONG}")], [("g1", "u1")], groups)
    save([user("u1", f"C {LONG}"), user("u2", f"A {LONG}"), user("u3", f"B {LONG}")], [("g1", "u1")], groups)
    for arguments in (
        ("history", "u1"),
        ("history", "Ada Ada"),
        ("history", f"A {LONG}"),
        ("history", LONG),
        ("diff", "--since", "1"),
        ("query", "groups-of", "Ada Ada"),
        ("query", "groups-of", LONG),
        ("query", "membership-path", "g2", "u3"),
        ("query", "membership-path", LONG, LONG),
        ("query", LONG),
        ("plan", "--only", LONG),
        ("query", "groups-of", "u1", LONG),
    ):
        done = integration(*arguments)
        assert max(map(len, (done.stdout + done.stderr).splitlines())) < 1000, arguments[:2]
    (row,) = json.loads(integration("query", "groups-of", "u1", "--json").stdout)
    assert row["displayName"] == f"Finance {LONG}"
    assert len(row["path"]) < 1000
