"""The command ``integration report``: what its page says before a browser runs it, and what it refuses."""

import importlib.util
import json
import os
import pkgutil
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration.cli import main
from integration.text.phrases import some
from tests.html.report_graph import HOSTILE, ROWS, STEPS, embedded, report, save, unpacked, words, written
from tests.simulator import Simulator, demo_tenant
from tests.support import named, worn

pytest.importorskip("jinja2", reason="the extra report is not installed")
pytest.importorskip("plotly", reason="the extra report is not installed")


def test_a_complete_graph_says_so() -> None:
    save(ROWS)
    text = words(written())
    assert "Everything asked for was read completely" in text
    left = sorted(STEPS.keys() - ROWS.keys())
    assert f"{len(left)} more {'was' if len(left) == 1 else 'were'} not asked for: {some(left)}." in text
    assert "lacked it" not in text


@pytest.mark.every_area
def test_what_is_off_by_default_was_not_asked_for() -> None:
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    text = words(written())
    assert "Everything asked for was read completely" in text
    left = json.loads(Path(".integration/summary.json").read_text())["metadata"]["partialDatasets"]["types"]
    assert len(left) > 100
    assert f"{len(left)} more were not asked for: {some(left)}." in text
    assert "off by default; --only" in text


def test_findings_are_what_the_questions_find() -> None:
    save(ROWS, {"azure_user_group": ("partial", "some were refused")})
    text = words(written())
    asked = CliRunner().invoke(main, ["query", "groups-in-themselves", "--json"])
    assert f"{len(json.loads(asked.stdout))} Groups that are members of themselves" in text
    assert "Maybe not all: azure_user_group is partial: some were refused" in text
    assert re.search(r"\d+ questions that find nothing", text)
    assert re.search(r"\d+ questions about what is not in the graph", text)
    assert HOSTILE[1] not in written().read_text()


def test_a_reason_is_told_once_with_all_types_that_it_concerns() -> None:
    lost = dict.fromkeys(("azure_user", "azure_user_group"), ("skipped", "not permitted: no"))
    fallen = {
        "azure_account_has_user": ("skipped", "needs azure_user, which was skipped: not permitted: no"),
        "azure_user_group_has_user": ("failed", "needs azure_user, which was skipped: not permitted: no"),
        "azure_account_has_group": ("partial", "a page was refused"),
    }
    save(ROWS, {**lost, **fallen})
    page = written().read_text()
    text = words(written())
    assert page.count("<p>not permitted: no</p>") == 1
    assert "2 types azure_user and azure_user_group skipped" in text
    assert "For want of that also: azure_account_has_user and azure_user_group_has_user" in text
    assert page.count("<p>a page was refused</p>") == 1
    assert "5 types are not complete" in text


@pytest.mark.every_area
def test_a_thousand_types_are_told_in_a_few_and_folded_lists() -> None:
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    page = written().read_text()
    assert page.count('<li class="card') == 24
    verdicts = json.loads(Path(".integration/summary.json").read_text())["integrationStepResults"]
    complete = sum(1 for each in verdicts if each["verdict"] == "complete")
    listed = sum(len(re.findall("<li>", part)) for part in re.findall(r'<ul class="dense">(.*?)</ul>', page, re.DOTALL))
    assert listed + 24 == complete
    assert f"{complete:,} types that were read for the first time" in words(Path(".integration/report.html"))
    assert "<h1>The graph" not in page


def test_a_summary_of_another_run_is_not_taken_for_this_one() -> None:
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    assert "4 members of groups are left out, since there is no relationship type for their kinds: 2 devices" in words(
        written()
    )
    assert "summary.json is missing" not in words(written())
    summary = json.loads(Path(".integration/summary.json").read_text())
    summary["integrationStepResults"][0]["count"] += 1
    Path(".integration/summary.json").write_text(json.dumps(summary))
    assert "of another run than this graph" in words(written())
    assert "are left out, since" not in words(written())
    with closing(sqlite3.connect(".integration/graph.db")) as graph, graph:  # which knows by itself what leads nowhere
        graph.execute("INSERT INTO loose_edges SELECT type, source, target FROM edges LIMIT 1")
    assert "kept and counted, although they lead to something that was not collected: 1" in words(written())
    Path(".integration/summary.json").write_text(json.dumps({"error": "the disk is full"}))
    assert "The last run ended early: the disk is full. This is the graph of the run before it." in words(written())


def test_permissions_are_those_of_the_runs_token() -> None:
    with Simulator(
        demo_tenant(), roles=("User.Read.All", "GroupMember.Read.All", "Organization.Read.All")
    ) as simulator:
        token = simulator.signin.issue()
        ran = CliRunner().invoke(main, ["run", "--graph-url", simulator.url], env={"INTEGRATION_ACCESS_TOKEN": token})
    assert ran.exit_code == 0
    text = words(written())
    assert "as the token of the last run had them" in text
    assert re.search(r"Policy\.Read\.All lacked it", text)
    assert re.search(r"User\.Read\.All had it, or a broader one", text)


def test_changes_are_listed_in_words_and_bounded() -> None:
    save(ROWS)
    assert "This is the first run: everything in the graph is new." in words(written())
    members = [*ROWS["azure_user_group_has_user"], *worn(("key-outer", "key-bob"))]
    users = [row for row in ROWS["azure_user"] if row[0] != "key-zoe"]
    users += named(*(f"new-{number:03}" for number in range(150)))
    users[1] = named("key-bob", displayName="Robert", userPrincipalName="bob@contoso.example", department="Sales")[0]
    save({**ROWS, "azure_user": users, "azure_user_group_has_user": members})
    text = words(written())
    assert "created Robert joined sg-outer" in text
    assert re.search(r'updated ~ Robert: department (&#34;|")Finance(&#34;|") → (&#34;|")Sales', text)
    assert "deleted - Zoë Ärztin" in text
    assert "azure_user: 100 changes of 152" in text
    assert "52 more changes are not listed here: integration diff --type azure_user lists all." in text


def test_neither_raw_data_nor_system_properties_are_in_the_file() -> None:
    save(ROWS)
    path = written()
    rows = embedded(path)["types"]
    assert "Eve" in json.dumps(rows)
    assert "raw-words" not in json.dumps(rows)
    raw = [
        {"name": "default", "rawData": {"onlyRaw": "raw-words"}},
        {"name": "more", "rawData": {"other": "raw-words"}},
    ]
    users = [row for row in ROWS["azure_user"] if row[0] != "key-eve"]
    users += named("key-eve", displayName="Eve", department="Law", _rawData=raw)
    save({**ROWS, "azure_user": users})
    path = written()
    assert "~ Eve: department nothing" in words(path)
    assert "raw-words" not in words(path)
    assert "_rawData" not in words(path)


def test_where_relationships_are_too_many_memberships_come_first_and_the_rest_is_counted() -> None:
    users, groups = ([f"{kind}-{number}" for number in range(70)] for kind in ("user", "group"))
    members = [(group, user) for group in groups for user in users]
    rows = {"azure_user": named(*users), "azure_user_group": named(*groups)}
    assigned = worn(*((user, group) for group, user in members))
    save({**rows, "azure_user_assigned_group": assigned, "azure_user_group_has_user": worn(*members[:4000])})
    path = written()
    held = {each["name"]: len(each["ends"]) // 2 for each in embedded(path)["relationships"]}
    assert held == {"azure_user_assigned_group": 200, "azure_user_group_has_user": 4000}
    assert "with 4,200 of 8,900 relationships. 4,700 were too many for the file." in words(path)


@pytest.mark.parametrize("package", ["plotly", "jinja2"])
def test_without_the_extra_it_says_what_to_install(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save(ROWS)
    monkeypatch.setitem(sys.modules, package, None)
    ended = report()
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "pip install 'integration-microsoft-entra[report]'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 2
    assert not Path(".integration/report.html").exists()


def test_the_file_is_replaced_as_a_whole_and_a_bad_place_is_named() -> None:
    save(ROWS)
    ended = report("--to", "elsewhere.html")
    assert ended.stdout.startswith("elsewhere.html: ")
    assert ended.stdout.endswith(" MB, 14 of 14 objects\n")
    assert [path.name for path in Path().glob("else*")] == ["elsewhere.html"]
    ended = report("--to", "no/such/folder.html")
    assert ended.exit_code == 3
    assert "no/such/folder.html: cannot be written: No such file or directory" in ended.stderr
    ended = report("--out", "nowhere")
    assert (ended.exit_code, "nowhere/graph.db: there is no graph" in ended.stderr) == (2, True)


def test_what_is_no_file_is_not_replaced_by_one() -> None:
    save(ROWS)
    os.mkfifo("pipe")
    ended = report("--to", "pipe")
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "pipe: cannot be written: it is there, and no file; name another file with --to" in ended.stderr
    assert Path("pipe").is_fifo()


def test_what_draws_is_the_file_of_the_package_that_ships_it_and_no_other() -> None:
    save(ROWS)
    library = pkgutil.get_data("plotly", "package_data/plotly.min.js")
    assert unpacked(written(), "library") == library
    found = importlib.util.find_spec("integration.html")
    assert found is not None
    assert found.origin is not None
    files = [path for path in Path(found.origin).parent.rglob("*") if path.suffix in (".js", ".css", ".html")]
    assert {path.suffix for path in files} == {".js", ".css", ".html"}
    assert max(path.stat().st_size for path in files) < 20_000
