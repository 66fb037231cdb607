"""The command line: what it prints, what it writes, what it exits with."""

import json
import logging
import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click import Option
from click.testing import CliRunner, Result

from integration import handle, load
from integration.cli import main
from integration.config.variables import INSTANCE_NAMES, NAMES
from integration.docs.commands_page import every_command
from integration.errors import IntegrationError
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from tests.simulator import Faults, Simulator, demo_tenant
from tests.support import ROOT

COMMANDS = {name.partition(" ")[2]: command for name, command, _ in every_command() if " " in name}
STEPS = declared_steps(load())
TYPES = {step.name for step in STEPS}
USUAL = {step.name for step in order(STEPS).steps}
ENDS = dict.fromkeys(TYPES, "skipped") | dict.fromkeys(USUAL, "complete")
"""The verdicts of a run in which nobody names a type."""
CASSETTES = ROOT / "tests" / "cassettes"
MODULE = (sys.executable, "-m", "integration")
SCRIPT = (str(Path(sys.executable).with_name("integration")),)
SECRET = "secret-that-nobody-may-see"
TOKEN = "token-that-nobody-may-see"
Outcome = tuple[int, dict[str, str], Simulator]
OUTCOMES: dict[str, tuple[int, Faults, dict[str, str]]] = {
    "complete": (0, Faults(), {}),
    "forbidden": (1, Faults(forbidden={"/users": "Authorization_RequestDenied"}), {}),
    "garbled": (1, Faults(malformed=1000), {}),
    "sign-in refused": (2, Faults(), {"clientId": "nobody"}),
    "token refused": (2, Faults(expired_token_401=1000), {}),
    "settings refused": (2, Faults(), {"graphUrl": f"https://app:{SECRET}@contoso.example"}),
}
"""What can become of a run: its exit code, what the tenant does to it, and what is wrong with its settings."""


def integration(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, env=environment, catch_exceptions=False)


def process(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def terminal(*command: str) -> tuple[int, str]:
    """Run a command on a terminal of its own; return its exit code and all that the terminal was sent."""
    ours, its = pty.openpty()
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as screen, os.fdopen(its, "wb", buffering=0):
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
        with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment) as running:
            while running.poll() is None or select.select([screen], [], [], 0)[0]:
                if select.select([screen], [], [], 0.1)[0]:
                    shown += screen.read(65536)
    return running.returncode, shown.decode()


def verdicts(output: str) -> dict[str, str]:
    """Return the verdict of each type in the table of a run."""
    rows = [line.split() for line in output.splitlines()]
    return {row[0]: row[1] for row in rows if row and row[0] in TYPES}


def graph(folder: str = ".integration") -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(Path(folder) / "graph.db")) as database:
        statements = ("SELECT * FROM entities ORDER BY _key", "SELECT * FROM relationships ORDER BY _key")
        return [database.execute(statement).fetchall() for statement in statements]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), token=TOKEN) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def sign_in() -> Iterator[Simulator]:
    with Simulator(demo_tenant(), tls=True, client_secret=SECRET) as simulator:
        yield simulator


def settings_of(sign_in: Simulator) -> dict[str, str]:
    return {
        "clientId": sign_in.signin.client_id,
        "directoryId": sign_in.signin.tenant_id,
        "clientSecret": SECRET,
        "graphUrl": sign_in.url,
        "authority": sign_in.authority,
    }


@pytest.mark.every_type
@pytest.mark.every_area
def test_the_demo_ends_with_a_table_of_complete_types_and_is_the_same_each_time() -> None:
    first = process(*MODULE, "run", "--demo", "--out", "kept", "--to", "files:first", PYTHONHASHSEED="1")
    assert first.returncode == 0
    heading, *rows = first.stdout.splitlines()
    assert heading.split() == ["type", "verdict", "count", "seconds", "changes", "reason"]
    assert [row.split()[0] for row in rows[: len(TYPES)]] == [*verdicts(first.stdout)]
    assert verdicts(first.stdout) == ENDS
    assert "kept/graph.db and kept/summary.json hold the result." in rows
    left = len(TYPES) - len(USUAL)
    assert rows[-1] == f"All that was asked for was read; {left} types are left out."
    summary = json.loads(Path("kept/summary.json").read_text())
    assert {step["id"]: step["verdict"] for step in summary["integrationStepResults"]} == verdicts(first.stdout)
    assert all(graph("kept"))
    assert integration("run", "--demo", "--out", "again", "--to", "files:second").exit_code == 0
    outside = {step.name for step in STEPS if step.target_filter_keys}  # parts of mapped relationships there
    assert {path.stem for path in Path("first").glob("*/*.jsonl")} == USUAL - outside
    difference = process("diff", "-r", "--exclude=summary.json", "first", "second")
    assert (difference.returncode, difference.stdout) == (0, "")


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    ended = process(*SCRIPT, "run", "--demo", TERM="xterm")
    assert verdicts(ended.stdout) == ENDS
    assert "\x1b" not in ended.stdout + ended.stderr
    for name in USUAL:
        assert f"{name}: complete, " in ended.stderr


def test_progress_is_a_display_on_a_terminal() -> None:
    code, shown = terminal(*MODULE, "run", "--demo")
    assert code == 0
    assert "\x1b[" in shown
    assert "━" in shown
    assert f"of {len(USUAL):,} types, 0:00 elapsed" in shown
    assert ": complete, " not in shown
    assert ".integration/graph.db" in shown


@pytest.mark.every_type
@pytest.mark.every_area
def test_types_and_plan_list_everything() -> None:
    listed, ordered = integration("types"), integration("plan")
    assert (listed.exit_code, ordered.exit_code) == (0, 0)
    found = [line.split()[1] for line in ordered.stdout.splitlines() if line.split()[0].isdecimal()]
    assert sorted(found) == sorted(USUAL)
    for step in STEPS:
        assert f"{step.name} " in listed.stdout
        assert step.description in listed.stdout
        if step.name in USUAL:
            assert all(permission in ordered.stdout for permission in step.permissions + step.optional)
            assert all(found.index(need) < found.index(step.name) for need in step.needs)
    assert list(Path.cwd().iterdir()) == []
    left = integration("plan", "--skip", "azure_user").stdout
    assert "falls away: azure_user: as asked" in left
    *_, grant, role = ordered.stdout.splitlines()
    granted = grant.removeprefix("permissions to grant: ").split(", ")
    assert ("/" in grant, "Directory.Read.All" in granted, "User.Read.All" in granted) == (False, True, False)
    assert role == "role to assign in Azure: Reader"
    assert "falls away: azure_account_has_user: needs azure_user, which is skipped" in left
    assert not re.search(r"^ *\d+ .*\bazure_user\b", left, re.MULTILINE)


@pytest.mark.every_area
def test_types_prints_the_whole_schema_of_a_type() -> None:
    for step in STEPS[::25]:  # of each area and kind some: it is one way for all
        printed = integration("types", "--schema", step.name)
        assert (printed.exit_code, json.loads(printed.stdout)) == (0, load_schema(step).document)
    bare = json.loads(integration("types", "--schema", "azure_account_has_user").stdout)
    assert set(bare["required"]) == {"_key", "_type", "_class", "_fromEntityKey", "_toEntityKey", "displayName"}
    unknown = integration("types", "--schema", "azure_usr")
    assert unknown.exit_code == 2
    assert "no step declares the type azure_usr (did you mean azure_user?)" in unknown.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_explains_every_option(command: str) -> None:
    *above, name = command.split()
    shown = " ".join(integration(*above, name, "--help").stdout.split())
    for option in COMMANDS[command].params:
        if not isinstance(option, Option):
            continue
        assert option.opts[0] in shown
        assert " ".join((option.help or "").split()) in shown
    assert (COMMANDS[command].help or "").partition("\n")[0] in shown
    assert name in integration(*above, "--help").stdout
    variables = [name for names in (*NAMES.values(), *INSTANCE_NAMES.values()) for name in names]
    assert command != "run" or [name for name in variables if name not in shown] == []


@pytest.mark.every_area
def test_only_and_skip() -> None:
    only = integration("run", "--demo", "--only", "azure_account_has_user")
    assert verdicts(only.stdout) == dict.fromkeys(("azure_account_has_user", "azure_account", "azure_user"), "complete")
    skip = integration("run", "--demo", "--skip", "azure_user", "--skip", "azure_account")
    assert skip.exit_code == 0
    ran = {name for name, verdict in verdicts(skip.stdout).items() if verdict != "skipped"}
    assert ran >= {"azure_user_group", "azure_user_group_has_group"}
    assert ran.isdisjoint({"azure_user", "azure_account", "azure_account_has_user", "azure_user_assigned_group"})
    assert set(verdicts(skip.stdout)) == TYPES


def test_a_partial_type_fails_the_run_only_where_asked() -> None:
    with Simulator(demo_tenant(), faults=Faults(forbidden={"/policies": "Authorization_RequestDenied"})) as simulator:
        command = ("run", "--graph-url", simulator.url, "--only", "azure_account")
        lenient = integration(*command, INTEGRATION_ACCESS_TOKEN=simulator.token)
        strict = integration(*command, "--fail-on", "partial", INTEGRATION_ACCESS_TOKEN=simulator.token)
    assert verdicts(lenient.stdout) == verdicts(strict.stdout) == {"azure_account": "partial"}
    assert "Policy.Read.All" in lenient.stdout
    assert (lenient.exit_code, strict.exit_code) == (0, 1)


def test_an_event_from_a_file_or_standard_input_is_what_a_host_hands_over(simulator: Simulator) -> None:
    config = {"accessToken": TOKEN, "graphUrl": simulator.url}
    event = {"instance": {"id": "instance-0001", "name": "Fabrikam", "config": config}}
    Path("event.json").write_text(json.dumps(event))
    handle(event, out="handled")
    assert integration("run", "--event", "event.json", "--out", "filed").exit_code == 0
    assert integration("run", "--event", "-", "--out", "piped", stdin=json.dumps(event)).exit_code == 0
    assert graph("handled") == graph("filed") == graph("piped")
    assert "instance-0001" in {key for key, *_ in graph("handled")[0]}


def test_settings_come_from_a_file_unless_the_environment_or_a_flag_has_them(simulator: Simulator) -> None:
    command = ("run", "--only", "azure_account")
    Path(".env").write_text(f"INTEGRATION_GRAPH_URL={simulator.url}\nINTEGRATION_ACCESS_TOKEN={TOKEN}\n")
    assert integration(*command).exit_code == 0
    assert integration(*command, INTEGRATION_ACCESS_TOKEN="wrong").exit_code == 2
    Path(".env").write_text("INTEGRATION_GRAPH_URL=nonsense\nINTEGRATION_ACCESS_TOKEN=wrong\n")
    assert integration(*command, "--graph-url", simulator.url).exit_code == 2
    assert integration(*command, "--graph-url", simulator.url, INTEGRATION_ACCESS_TOKEN=TOKEN).exit_code == 0


@pytest.mark.parametrize("place", range(3))
def test_the_first_name_of_a_setting_wins(place: int, sign_in: Simulator) -> None:
    settings = settings_of(sign_in)
    command = ("run", "--only", "azure_account", "--graph-url", settings.pop("graphUrl"))
    authority = settings.pop("authority")
    right = {NAMES[setting][place]: value for setting, value in settings.items()}
    wrong = {name: "wrong" for setting in settings for name in NAMES[setting][place + 1 :]}
    environment = {**right, **wrong, "REQUESTS_CA_BUNDLE": str(sign_in.ca_file)}
    ended = integration(*command, "--authority", authority, **environment)
    assert ended.exit_code == 0, ended.stderr


def test_a_folder_of_cassettes_is_played_back() -> None:
    integration("run", "--demo")
    assert integration("run", "--replay", str(CASSETTES), "--out", "replayed").exit_code == 0
    assert graph("replayed") == graph()


def test_git_leaves_out_what_a_run_left() -> None:
    Path("kept").mkdir()
    for out in (".integration", "kept"):
        assert integration("run", "--demo", "--out", out).exit_code == 0
    subprocess.run(["git", "init", "--quiet"], check=True)
    listed = subprocess.run(["git", "ls-files", "--others", "--exclude-standard"], check=True, capture_output=True)
    assert {line.partition("/")[0] for line in listed.stdout.decode().splitlines()} == {"kept"}


def test_flags_go_with_an_event(simulator: Simulator) -> None:
    config = {"accessToken": TOKEN, "graphUrl": "https://contoso.example", "only": ["azure_user"]}
    command = ("run", "--event", "-", "--only", "azure_account", "--to", "files:graph", "--graph-url", simulator.url)
    ended = integration(*command, stdin=json.dumps({"instance": {"config": config}}))
    assert ended.exit_code == 0, ended.stderr
    assert verdicts(ended.stdout) == {"azure_account": "complete"}
    assert [path.name for path in Path("graph/entities").iterdir()] == ["azure_account.jsonl"]


@pytest.fixture(params=OUTCOMES)
def outcome(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outcome]:
    """An exit code, the settings that lead to it, and the tenant that they are for."""
    code, faults, wrong = OUTCOMES[request.param]
    with Simulator(demo_tenant(), tls=True, client_secret=SECRET, faults=faults) as simulator:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
        yield code, settings_of(simulator) | wrong, simulator


def leaked(shown: str, simulator: Simulator) -> list[str]:
    """Return the secrets that are in ``shown`` or in a file, those that were issued included."""
    shown += b"".join(path.read_bytes() for path in Path().rglob("*") if path.is_file() and path.name != ".env").decode(
        errors="replace"
    )
    sent = {request.headers.get("authorization", SECRET).removeprefix("Bearer ") for request in simulator.requests}
    return [secret for secret in {SECRET, *sent} if secret in shown]


@pytest.mark.parametrize("source", ["environment", "file", "event"])
def test_a_command_shows_and_keeps_no_secret(source: str, outcome: Outcome) -> None:
    code, config, simulator = outcome
    variables = {NAMES[setting][0]: value for setting, value in config.items()}
    if source == "file":
        Path(".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    command = ("run", "--raw-data", "--log-level", "debug", *(("--event", "-") if source == "event" else ()))
    event = json.dumps({"instance": {"config": config}})
    ended = integration(*command, stdin=event, **(variables if source == "environment" else {}))
    assert ended.exit_code == code, ended.stderr
    assert leaked(ended.output, simulator) == []


def test_a_host_is_shown_no_secret(outcome: Outcome, caplog: pytest.LogCaptureFixture) -> None:
    code, config, simulator = outcome
    for logger in None, "integration", "msal", "urllib3":
        caplog.set_level(logging.DEBUG, logger)
    try:
        report = handle({"instance": {"config": config}})
        ended, shown = report.exit_code(), repr(report)
    except IntegrationError as error:
        ended, shown = 2, "".join(traceback.format_exception(error))
    assert ended == code
    assert "urllib3" in caplog.text or not simulator.requests
    assert leaked(shown + caplog.text, simulator) == []
