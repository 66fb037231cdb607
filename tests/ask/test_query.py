"""The command ``integration query``: what it reads, what it prints, what it refuses."""

import csv
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration import load
from integration.ask.answer import QueryAnswer
from integration.ask.every import answer_every
from integration.ask.formats import write_csv, write_table
from integration.ask.query import Inquiry, read_graph
from integration.ask.questions import load_questions
from integration.ask.telling import tell_caveats
from integration.ask.then import open_graph
from integration.cli import main
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import Row, named, publish, worn

STEPS = {step.name: step for step in declared_steps(load())}
GRAPH = Path(".integration/graph.db")
USERS: list[Row] = [
    *named("key-ada", userPrincipalName="ada@contoso.example", mail="Ada.Example@contoso.example"),
    ("key-zoe", '{"displayName":"Zoë ÄRZTIN","userPrincipalName":"zoe@contoso.example","accountEnabled":false}'),
    ("key-bobby", json.dumps({"displayName": """Robert'); DROP TABLE nodes; -- "100%" \\_""", "userType": "Guest"})),
    ("key-kim-1", '{"displayName":"Kim","userPrincipalName":"kim1@contoso.example"}'),
    ("key-kim-2", '{"displayName":"kim","userPrincipalName":"kim2@contoso.example"}'),
    ("Kim", '{"displayName":"the key of this one is a name of others"}'),
]
GROUPS: list[Row] = [
    ("key-sales", '{"displayName":"Sales","mail":"sales@contoso.example"}'),
    ("key-europe", '{"displayName":"Sales Europe"}'),
    ("key-empty", '{"displayName":"Nobody"}'),
]
ROWS: dict[str, list[Row]] = {
    "azure_user": USERS,
    "azure_user_group": GROUPS,
    "azure_user_group_has_user": worn(("key-sales", "key-ada"), ("key-europe", "key-zoe"), ("key-europe", "key-ada")),
    "azure_user_group_has_group": worn(("key-sales", "key-europe")),
}


def save(verdicts: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Make the graph as a run does."""
    GRAPH.parent.mkdir(exist_ok=True)
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        for name, rows in ROWS.items():
            publish(store, STEPS[name], rows)
            store.show(STEPS[name], load_schema(STEPS[name]))
        judged = {**dict.fromkeys(ROWS, ("complete", "")), **(verdicts or {})}
        store.keep_verdicts((name, verdict, reason, 0, 0.0) for name, (verdict, reason) in judged.items())
        store.commit()


@pytest.fixture(autouse=True)
def _graph() -> None:
    save()


def query(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["query", *arguments], catch_exceptions=False)


def answer(*arguments: str) -> list[dict[str, object]]:
    """Return the answer of a command that ends well and says nothing else."""
    ended = query(*arguments, "--json")
    assert (ended.exit_code, ended.stderr) == (0, "")
    return list(json.loads(ended.stdout))


def refusal(*arguments: str) -> str:
    ended = query(*arguments)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ")
    return ended.stderr.removeprefix("error: ").rstrip("\n")


def test_without_arguments_it_lists_the_questions() -> None:
    lines = query().stdout.splitlines()
    assert lines[0].split() == ["question", "description"]
    assert "all-members GROUP" in query().stdout
    assert len(lines) == 1 + len(load_questions(load()))
    assert [row["question"] for row in json.loads(query("--json").stdout)] == [
        line.split("  ")[0] for line in lines[1:]
    ]


def test_a_table_off_a_terminal_is_not_cut() -> None:
    assert query("all-members", "sales").stdout.splitlines() == [
        "displayName   type              userPrincipalName    path                               key",
        "key-ada       azure_user        ada@contoso.example  Sales › key-ada                    key-ada",  # noqa: RUF001
        "Sales Europe  azure_user_group                       Sales › Sales Europe               key-europe",  # noqa: RUF001
        "Zoë ÄRZTIN    azure_user        zoe@contoso.example  Sales › Sales Europe › Zoë ÄRZTIN  key-zoe",  # noqa: RUF001
    ]


def test_json_is_a_list_of_objects() -> None:
    ended = query("group-members", "Sales Europe", "--json")
    assert json.loads(ended.stdout) == [
        {"displayName": name, "type": "azure_user", "userPrincipalName": upn, "mail": mail, "key": key}
        for name, upn, mail, key in [
            ("key-ada", "ada@contoso.example", "Ada.Example@contoso.example", "key-ada"),
            ("Zoë ÄRZTIN", "zoe@contoso.example", None, "key-zoe"),
        ]
    ]
    assert len(ended.stdout.splitlines()) == 2
    assert query("group-members", "Nobody", "--json").stdout == "[]\n"


def test_csv_quotes_what_it_must() -> None:
    ended = query("users-without-groups", "--csv")
    rows = list(csv.DictReader(io.StringIO(ended.stdout)))
    assert [row["key"] for row in rows] == ["key-kim-1", "key-kim-2", "key-bobby", "Kim"]
    assert rows[2]["displayName"] == json.loads(str(USERS[2][1]))["displayName"]
    assert (rows[0]["userType"], rows[2]["userType"]) == ("", "Guest")


@pytest.mark.parametrize("form", ["--json", "--csv", "--limit=9"])
def test_a_limit_is_kept(form: str) -> None:
    assert query("users-without-groups", form, "--limit", "1").stdout.count("key-kim") == 1


@pytest.mark.parametrize(
    "name", ["key-ada", "KEY-ADA", "ada@contoso.example", "ADA@Contoso.Example", "ada.example@contoso.example"]
)
def test_a_parameter_is_a_key_or_a_name_in_any_case(name: str) -> None:
    assert [row["key"] for row in answer("groups-of", name)] == ["key-sales", "key-europe"]


@pytest.mark.parametrize("name", ["zoë ärztin", "ZOË ÄRZTIN", str(json.loads(str(USERS[2][1]))["displayName"])])
def test_letters_and_signs_of_any_kind_are_found(name: str) -> None:
    (row,) = answer("membership-path", "Sales", "zoë ärztin")
    assert row == {"path": "Sales › Sales Europe › Zoë ÄRZTIN"}  # noqa: RUF001
    assert len(answer("groups-of", name)) == (0 if name.startswith("Robert") else 2)


def test_a_key_wins_over_names() -> None:
    assert answer("groups-of", "Kim") == []


def test_a_name_of_several_lists_them() -> None:
    assert refusal("groups-of", "KIM").splitlines() == [
        "several are called 'KIM': give the key of one of them",
        "  - key-kim-1  'Kim', 'kim1@contoso.example'",
        "  - key-kim-2  'kim', 'kim2@contoso.example'",
    ]


def test_a_name_of_very_many_lists_some() -> None:
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_user"], [(f"key-{number}", '{"displayName":"Twin"}') for number in range(100)])
        store.commit()
    lines = refusal("groups-of", "Twin").splitlines()
    assert (len(lines), lines[-1]) == (12, "  - …")


@pytest.mark.parametrize(
    ("name", "near"),
    [("sale", ["'Sales'", "'Sales Europe'"]), ("Salse", ["'Sales'"]), ("europe", ["'Sales Europe'"]), ("xyz", [])],
)
def test_an_unknown_name_lists_what_is_near(name: str, near: list[str]) -> None:
    first, *rest = refusal("all-members", name).splitlines()
    assert first.startswith(f"no azure_user_group has the key or the name '{name}'")
    found = [line.removeprefix("  - ") for line in rest]
    assert set(near) <= set(found)
    assert bool(found) == bool(near)


@pytest.mark.parametrize("text", ["' OR '1'='1", "x' UNION SELECT * FROM nodes --", "%", "_", ":group", "?", ""])
def test_a_parameter_is_never_part_of_the_sql(text: str) -> None:
    assert refusal("all-members", text).startswith(f"no azure_user_group has the key or the name {text!r}")


@pytest.mark.parametrize("text", ["x", "", "1e3", "30 ", "٣", "9" * 30])
def test_a_number_is_a_number(text: str) -> None:
    said = f"DAYS (how many days) is a number such as 30, not {text!r}"
    assert refusal("sleeping-users", text) == refusal("expiring-credentials", text) == said
    assert "takes 1 parameter, not 0" in refusal("sleeping-users")
    assert "is a number" not in refusal("sleeping-users", "30") + refusal("sleeping-users", "0.5")  # of a small graph


def test_what_is_missing_is_said() -> None:
    assert "no question all-member (did you mean all-members?)" in refusal("all-member")
    assert refusal("membership-path", "Sales").splitlines() == [
        "the question membership-path takes 2 parameters, not 1: integration query membership-path GROUP MEMBER",
        "  - GROUP: the group",
        "  - MEMBER: the user or group in it",
    ]
    assert "takes 0 parameters, not 1" in refusal("empty-groups", "Sales")
    assert refusal("empty-groups", "--sql", "SELECT 1") == "choose one of --sql, --all and a ready-made question"
    assert "none/graph.db: there is no graph" in refusal("empty-groups", "--out", "none")


def test_other_files_are_no_graph() -> None:
    GRAPH.write_text("not a database, but long enough to be told from one that is empty" * 20)
    assert "graph.db: not usable as a graph: file is not a database" in refusal("empty-groups")
    GRAPH.unlink()
    with closing(sqlite3.connect(GRAPH)) as database:
        database.execute("CREATE TABLE bills(number)")
    assert "graph.db: not usable as a graph: no such table: about" in refusal("empty-groups")
    GRAPH.unlink()
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        assert "graph.db: it holds no graph of this version yet" in refusal("empty-groups")


def test_plain_sql_is_answered() -> None:
    assert answer("--sql", "SELECT count(*) AS n, max(displayName) AS last FROM azure_user_group") == [
        {"n": 3, "last": "Sales Europe"}
    ]
    reachable = "SELECT key, value FROM json_each(reachable('key-sales', 'azure_user_group_has_group'))"
    assert answer("--sql", reachable) == [
        {"key": "key-sales", "value": "Sales"},
        {"key": "key-europe", "value": "Sales › Sales Europe"},  # noqa: RUF001
    ]
    assert answer("--sql", "SELECT x'c0de' AS bytes, NULL AS none, 0.5 AS half") == [
        {"bytes": "c0de", "none": None, "half": 0.5}
    ]


def test_sqlite_knows_how_many_records_there_are() -> None:
    numbers = range(500)
    with closing(Store(GRAPH)) as store:
        store.begin("another.example")
        publish(store, STEPS["azure_user"], named(*(f"user-{number}" for number in numbers)))
        publish(store, STEPS["azure_user_group"], named(*(f"group-{number}" for number in numbers)))
        publish(store, STEPS["azure_user_group_has_user"], worn(*((f"group-{n}", f"user-{n}") for n in numbers)))
        store.commit()
    groups_of_guests = (
        "SELECT azure_user_group._key, count(*) FROM azure_user_group"
        " JOIN azure_user_group_has_user AS membership ON _fromEntityKey = azure_user_group._key"
        " JOIN azure_user ON azure_user._key = _toEntityKey WHERE userType = 'Guest'"
        " GROUP BY azure_user_group._key"
    )
    plan = json.loads(query("--json", "--sql", f"EXPLAIN QUERY PLAN {groups_of_guests}").stdout)
    assert len([row for row in plan if row["detail"].endswith("(type=?)")]) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM nodes",
        "INSERT INTO nodes SELECT * FROM nodes RETURNING key",
        "WITH old AS (SELECT 1) UPDATE nodes SET key = 'x'",
        "DROP TABLE nodes",
        "CREATE TEMP TABLE mine(x)",
        "ATTACH 'other.db' AS other",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "ANALYZE",
        "COMMIT",
        "BEGIN",
    ],
)
def test_whatever_is_no_select_is_refused(sql: str) -> None:
    before = GRAPH.read_bytes()
    assert refusal("--sql", sql) == "only reading is allowed here: write one SELECT"
    assert GRAPH.read_bytes() == before
    assert not Path("other.db").exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "there is nothing to answer: write a SELECT"),
        ("-- SELECT 1", "there is nothing to answer: write a SELECT"),
        ("SELECT 1; SELECT 2", "SQLite cannot answer it: You can only execute one statement at a time."),
        ("SELEKT 1", 'SQLite cannot answer it: near "SELEKT": syntax error'),
        ("VACUUM INTO 'other.db'", "SQLite cannot answer it: cannot VACUUM from within a transaction"),
        ("SELECT :name", "SQLite cannot answer it: You did not supply a value for binding"),
        ("UPDATE sqlite_master SET sql = ''", "SQLite cannot answer it: table sqlite_master may not be modified"),
        ("SELECT * FROM azure_usr", "the graph has no azure_usr (did you mean azure_user?): no run has read it"),
        ("SELECT reachable('Kim', 'azure_account')", "the graph has no azure_account: it is failed: Forbidden"),
        ("SELECT * FROM azure_account", "the graph has no azure_account: it is failed: Forbidden"),
    ],
)
def test_what_sqlite_cannot_answer_is_said(sql: str, said: str) -> None:
    save({"azure_account": ("failed", "Forbidden")})
    assert refusal("--sql", sql).splitlines()[-1].removeprefix("error: ").startswith(said)


def test_columns_of_one_name_make_no_object() -> None:
    assert refusal("--sql", "SELECT 1 AS a, 2 AS a", "--json") == "two columns are called a: name them with AS"


PARTIAL = {"azure_user_group_has_group": ("partial", "3 groups\nhide their members"), "azure_account": ("failed", "no")}
SAID = "azure_user_group_has_group is partial: 3 groups hide their members"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["largest-groups"], SAID),
        (["membership-path", "Sales", "ada@contoso.example"], SAID),
        (["users-without-groups"], ""),
        (["--sql", "SELECT source FROM edges"], f"azure_account is failed: no; {SAID}"),
        (["--sql", "SELECT count(*) FROM relationships"], f"azure_account is failed: no; {SAID}"),
        (
            ["--sql", "SELECT azure_user._key FROM azure_user JOIN relationships ON _toEntityKey = azure_user._key"],
            SAID,
        ),
        (["--sql", "WITH own AS (SELECT _class FROM entities) SELECT * FROM own"], "azure_account is failed: no"),
        (["--sql", "SELECT count(*) FROM azure_user"], ""),
        (["--sql", "SELECT verdict FROM verdicts"], ""),
    ],
)
def test_a_part_of_the_truth_is_noted(arguments: list[str], said: str) -> None:
    save(PARTIAL)
    ended = query(*arguments)
    assert said in ended.stderr
    assert ended.stderr == "" or ended.stderr.startswith("note: this may not be the whole truth: ")
    assert len(ended.stderr.splitlines()) == bool(said)
    assert "azure_user is" not in ended.stderr
    if ended.exit_code == 0:
        assert ended.stdout


def test_of_names_that_hold_a_text_those_are_near_that_it_is_most_of() -> None:
    """A relationship is called after its ends, and there are many more of them than of what somebody means."""
    arrows: list[Row] = [(f"{n}", json.dumps({"displayName": f"Kimberley → Service {n}"})) for n in range(9)]
    people = named("Kimberley", "Kimberley Example", "Anna Kimberley")
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_app_role_assignment"], arrows)
        publish(store, STEPS["azure_user"], [*people, *USERS])
        store.commit()
    _, *near = CliRunner().invoke(main, ["history", "kimber"]).stderr.splitlines()
    assert [line.strip(" -'") for line in near[:3]] == ["Kimberley", "Anna Kimberley", "Kimberley Example"]


def test_of_many_types_that_are_not_complete_a_few_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    tell_caveats([f"contoso_{number} is skipped: reason {number}" for number in range(100)])
    (said,) = capsys.readouterr().err.splitlines()
    assert (said.count("is skipped"), len(said) < 400) == (5, True)
    assert said.endswith("; and 95 more types, of which the table verdicts has the reasons")
    save({"azure_account": ("skipped", "off"), "azure_user": ("failed", "no"), "azure_user_group": ("partial", "some")})
    said = query("--sql", "SELECT count(*) FROM entities").stderr
    assert said.endswith("azure_user is failed: no; azure_user_group is partial: some; azure_account is skipped: off\n")


def test_a_reason_that_many_types_share_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    down = [f"contoso_{number} is failed: /subscriptions: down" for number in range(200)]
    off = [f"contoso_off_{number} is skipped: off by default" for number in range(2)]
    tell_caveats([*down, "contoso_ship: 3 with an end that was not collected", *off, "contoso_pier is failed: is odd"])
    assert capsys.readouterr().err == (
        "note: this may not be the whole truth:"
        " contoso_0, contoso_1, contoso_2, contoso_3 and 196 more are failed: /subscriptions: down;"
        " contoso_ship: 3 with an end that was not collected;"
        " contoso_off_0 and contoso_off_1 are skipped: off by default; contoso_pier is failed: is odd\n"
    )


def test_a_type_that_the_last_run_left_out_is_noted() -> None:
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute("DELETE FROM verdicts WHERE _type = 'azure_user_group'")
    assert query("empty-groups").stderr == (
        "note: this may not be the whole truth: azure_user_group was left out of the last run\n"
    )


def test_ends_that_were_not_collected_are_noted() -> None:
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_user_group_has_user"], worn(("key-sales", "key-nobody"), ("key-sales", "key-ada")))
        store.commit()
    ended = query("group-members", "Sales", "--csv")
    assert ended.stdout.count("azure_user,") == 1
    assert ended.stderr == (
        "note: this may not be the whole truth: azure_user_group_has_user: 1 with an end that was not collected\n"
    )


def test_a_name_that_a_failed_type_may_have_is_noted() -> None:
    save({"azure_user_group": ("failed", "Forbidden")})
    note, error = query("empty-groups", "Sales").stderr.splitlines(), query("all-members", "Europa").stderr.splitlines()
    assert note[0].startswith("error: the question empty-groups takes 0 parameters")
    assert error[0] == "note: this may not be the whole truth: azure_user_group is failed: Forbidden"
    assert error[1].startswith("error: no azure_user_group has the key or the name 'Europa'")


def test_a_run_meanwhile_changes_no_answer() -> None:
    with open_graph(GRAPH) as inquiry, closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        publish(store, STEPS["azure_user_group"], named("key-new"))
        store.commit()
        assert list(inquiry.select("SELECT count(*) FROM azure_user_group").rows) == [(3,)]
    assert answer("--sql", "SELECT count(*) AS n FROM azure_user_group") == [{"n": 1}]


def test_rows_come_as_they_are_read() -> None:
    endless = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number"
    for form in ("--json", "--csv", "--limit=5"):
        assert "5" in query("--sql", endless, form, "--limit", "5").stdout


def test_an_interrupt_ends_a_long_question() -> None:
    endless = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT max(n) FROM number"
    command = [sys.executable, "-m", "integration", "query", "--sql", endless]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while not Path(f"{GRAPH}-shm").exists():
            time.sleep(0.05)
        time.sleep(0.3)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=120)
    assert running.returncode == 3
    assert (said[0], said[1].strip()) == ("", "error: stopped")


@pytest.mark.parametrize("action", [sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION])
def test_an_interrupt_while_sqlite_asks_what_is_allowed_is_no_fault_of_the_question(
    action: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Inquiry, asked: int, *about: object) -> int:
        if asked == action:
            raise KeyboardInterrupt
        return sqlite3.SQLITE_OK

    monkeypatch.setattr(Inquiry, "_authorize", interrupted)
    with read_graph(GRAPH) as database, pytest.raises(KeyboardInterrupt):
        Inquiry(database).select("SELECT json_extract(properties, '$.mail') FROM nodes")
    with read_graph(GRAPH) as database, pytest.raises(KeyboardInterrupt):
        list(answer_every(Inquiry(database), load_questions(load()).values()))


@pytest.mark.parametrize("action", [sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION])
def test_an_interrupt_that_nothing_could_keep_is_one_too(action: int) -> None:
    def interrupted(asked: int, *_: object) -> int:
        return sqlite3.SQLITE_DENY if asked == action else sqlite3.SQLITE_OK

    with read_graph(GRAPH) as database:
        inquiry = Inquiry(database)
        database.set_authorizer(interrupted)  # as where Ctrl-C comes before what SQLite calls has begun
        with pytest.raises(KeyboardInterrupt):
            inquiry.select("SELECT json_extract(properties, '$.mail') FROM nodes")


def test_an_interrupt_within_a_function_is_no_fault_of_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("integration.ask.query.in_range", interrupted)
    with read_graph(GRAPH) as database, pytest.raises(KeyboardInterrupt):
        list(Inquiry(database).select("SELECT in_range(_key, 'x') FROM azure_user").rows)


def test_a_question_of_ones_own_is_asked() -> None:
    Path("mine.toml").write_text(
        '[of]\ndescription = "Of a name."\nparameters.name = { description = "it" }\n'
        'sql = "SELECT _key FROM azure_user WHERE displayName = :name ORDER BY _key"\n'
    )
    assert answer("of", "Kim", "--questions", "mine.toml") == [{"_key": "key-kim-1"}]
    assert "of NAME " in query("--questions", "mine.toml").stdout
    assert "mine.toml cannot be read: No such file" in refusal("of", "Kim", "--questions", "none/mine.toml")


class Screen(io.StringIO):
    """Takes text as a terminal does."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_what_fits_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen()
    write_table(QueryAnswer(("name", "path"), iter([("Ada", "x" * 100), ("Bob", None)])), screen)
    shown = re.sub("\x1b\\[[0-9;]*m", "", screen.getvalue())
    assert max(map(len, shown.splitlines())) <= 40
    assert shown.count("x") == 100


def test_a_table_is_aligned_for_any_number_of_rows() -> None:
    rows = [(f"名{number}", number) for number in range(1200)]
    file = io.StringIO()
    write_table(QueryAnswer(("name", "number"), iter(rows)), file)
    lines = file.getvalue().splitlines()
    assert lines[0] == "name   number"
    assert lines[1201 - 700].split() == ["名500", "500"]
    assert len(lines) == 1201
    assert {line.index(line.split()[1], 2) for line in lines[11:101]} == {6}


def test_a_table_cannot_be_turned_against_the_terminal() -> None:
    for stream in (Screen(), io.StringIO()):
        write_table(QueryAnswer(("name",), iter([("\x1b[2Ja\nb\u202ec\u3000[red]d",)])), stream)
        assert "\ufffd[2Ja\ufffdb\ufffdc\u3000[red]d" in stream.getvalue()


def test_csv_writes_bytes_as_hexadecimal() -> None:
    file = io.StringIO()
    write_csv(QueryAnswer(("bytes", "nothing"), iter([(b"\xc0\xde", None)])), file)
    assert file.getvalue() == "bytes,nothing\nc0de,\n"


@contextmanager
def unprivileged() -> Iterator[None]:
    """Make this process one that may not write other users' folders."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders are another matter there")
def test_a_folder_that_cannot_be_written_can_be_read() -> None:
    query("empty-groups")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(GRAPH, folder)
        Path(folder).chmod(0o555)
        with unprivileged(), open_graph(Path(folder) / "graph.db") as inquiry:
            assert not os.access(folder, os.W_OK)
            assert list(inquiry.select("SELECT count(*) FROM azure_user_group").rows) == [(3,)]
        Path(folder).chmod(0o755)
        assert [path.name for path in Path(folder).iterdir()] == ["graph.db"]


@pytest.mark.parametrize(
    ("address", "range", "expected"),
    [
        ("'10.1.2.3'", "'10.0.0.0/8'", 1),
        ("'10.1.2.3'", "'10.1.2.3'", 1),
        ("'10.1.2.3'", "'10.1.2.9/24'", 1),
        ("'11.1.2.3'", "'10.0.0.0/8'", 0),
        ("'2001:db8::1'", "'2001:db8::/32'", 1),
        ("'2001:db8::1'", "'10.0.0.0/8'", 0),
        ("'10.1.2.3'", "'VirtualNetwork'", None),
        ("NULL", "'10.0.0.0/8'", None),
        ("1", "NULL", None),
    ],
)
def test_in_range_tells_whether_an_address_is_in_a_range(address: str, range: str, expected: int | None) -> None:
    with open_graph(GRAPH) as inquiry:
        assert [*inquiry.select(f"SELECT in_range({address}, {range})").rows] == [(expected,)]
