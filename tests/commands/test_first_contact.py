"""What somebody meets who is new here: narrow terminals, Ctrl-C, a full disk, closed pipes, tab completion."""

import fcntl
import json
import os
import pty
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from integration import DeclarationError, load
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from tests.simulator import Simulator, synthetic_tenant
from tests.support import DEMO, entity

MODULES = {step.name: step.module for step in declared_steps(load())}
TYPES = {*MODULES}
USUAL = {step.name for step in order(declared_steps(load())).steps}
PROGRAM = (sys.executable, "-m", "integration")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def slow() -> Iterator[Simulator]:
    """A tenant each of whose answers takes two seconds."""
    with Simulator(synthetic_tenant(users=300, groups=30, memberships=900, seed=3), latency=2, page_size=20) as slow:
        yield slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(synthetic_tenant(users=200, groups=20, memberships=900, seed=3)) as simulator:
        yield simulator


def settings(simulator: Simulator) -> dict[str, str]:
    return {**os.environ, "INTEGRATION_ACCESS_TOKEN": simulator.token, "INTEGRATION_GRAPH_URL": simulator.url}


def process(*arguments: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *arguments], env=env or {**os.environ}, capture_output=True, text=True, check=False
    )


def terminal(columns: int, *arguments: str, **variables: str) -> str:
    """Return what a terminal of so many columns shows of a command that succeeds."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    environment |= {"TERM": "xterm", **variables}
    shown = b""
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdin=its, stdout=its, stderr=subprocess.DEVNULL, env=environment
    ) as run:
        os.close(its)
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how Linux says that nobody has the terminal open any more
            pass
        finally:
            os.close(ours)
    assert run.returncode == 0, shown
    return shown.decode()


def size(out: str) -> int:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        count: int = database.execute(
            "SELECT (SELECT count(*) FROM entities) + (SELECT count(*) FROM relationships)"
        ).fetchone()[0]
        return count


@pytest.mark.parametrize(("columns", "command"), [(40, "types"), (40, "plan"), (40, "diff --all"), (80, "run --demo")])
def test_a_narrow_terminal_breaks_no_name(columns: int, command: str) -> None:
    if command == "diff --all":
        assert process("run", "--demo").returncode == 0
    lines = STYLE.sub("", terminal(columns, *command.split())).splitlines()
    words = {word.rstrip(",:…") for line in lines for word in line.split()}
    wanted = {"types": set(MODULES.values()), "plan": {MODULES[name] for name in USUAL}, "diff --all": USUAL}
    assert words >= {name for name in wanted.get(command, ()) if len(name) <= columns}
    names = {word for word in words if re.fullmatch(r"(azure|intune|entra)[_.]\w+", word)}
    assert names
    assert names <= TYPES | {*MODULES.values()}
    fitting = [
        line.rstrip() for line in lines if "graph.db" not in line and max(map(len, line.split()), default=0) <= 26
    ]
    assert command == "diff --all" or max(map(len, fitting)) <= 3 * columns


def test_colours_are_for_terminals_and_can_be_refused() -> None:
    assert "\x1b[32m" in terminal(80, *DEMO)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal(80, *DEMO, NO_COLOR="1"))


def test_without_arguments_it_says_how_to_begin() -> None:
    shown = process()
    help = shown.stdout + shown.stderr
    for hint in ("integration run --demo", "integration doctor", "Exit codes", "_INTEGRATION_COMPLETE=bash_source"):
        assert hint in help
    assert max(len(line) for line in help.splitlines()) <= 80


@pytest.mark.parametrize(("command", "option"), [("run", "--only"), ("check", "--skip"), ("diff", "--type")])
def test_shells_complete_the_names_of_types(command: str, option: str) -> None:
    words = {"COMP_WORDS": f"integration {command} {option} azure_user_g", "COMP_CWORD": "3"}
    script = str(Path(sys.executable).with_name("integration"))
    done = subprocess.run(
        [script], env={**os.environ, **words, "_INTEGRATION_COMPLETE": "bash_complete"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found = {line.partition(",")[2] for line in done.stdout.splitlines()}
    assert found == {name for name in TYPES if name.startswith("azure_user_g")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_at_once_and_says_how_to_go_on(
    number: signal.Signals, slow: Simulator, tmp_path: Path
) -> None:
    slow.reset()
    run = subprocess.Popen(
        [*PROGRAM, "run", "--only", "azure_user"], env=settings(slow), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while len([request for request in slow.requests if request.path.startswith("/v1.0/users")]) < 2:
        assert run.poll() is None
        time.sleep(0.02)
    asked = len(slow.requests)
    run.send_signal(number)
    output, errors = run.communicate(timeout=120)
    assert len(slow.requests) <= asked + 1  # of 16: only what was under way may still have been answered
    assert run.returncode == 3
    assert errors.splitlines()[-1] == "error: stopped; the next run in this folder goes on from here"
    assert "Traceback" not in output + errors
    summary = json.loads((tmp_path / ".integration/summary.json").read_text())
    assert "stopped" in json.dumps(summary)


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv = ["integration", *sys.argv[2:]]
runpy.run_module("integration", run_name="__main__")
"""


@pytest.mark.parametrize("kibibytes", [150, 420])
def test_a_full_disk_ends_the_run_with_one_message_and_the_next_goes_on(kibibytes: int, simulator: Simulator) -> None:
    environment = settings(simulator)
    assert process("run", env=environment).returncode == 0
    before = size(".integration")
    for out, more in ((".integration", ["--fresh"]), ("new", [])):
        command = [sys.executable, "-c", LIMITED, str(kibibytes * 1024), "run", "--out", out, *more]
        full = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert full.returncode == 3, full.stderr
        told = [line for line in full.stderr.splitlines() if not re.search(r"\d records?, ", line)]
        (message,) = [line for line in told if "summary.json" not in line]  # which has no room either, and is warned of
        assert re.fullmatch(rf"error: {re.escape(out)}/\w+\.db: cannot be written: .+: .+ goes on from here", message)
        assert out == "new" or size(out) == before
        assert process("run", "--out", out, env=environment).returncode == 0
        assert size(out) == before


def test_a_folder_that_cannot_be_written_is_named(simulator: Simulator) -> None:
    Path("file").touch()
    for out in ("/proc/integration", "file/below"):
        done = process("run", "--demo", "--out", out)
        assert done.returncode == 3
        assert re.fullmatch(rf"error: {out}: cannot be made: .*; choose another folder\n", done.stderr)


def test_a_read_only_home_and_folder(tmp_path: Path) -> None:
    """Nothing is written but the folder of the run: neither the home folder nor the present one."""
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    environment = {**os.environ, "HOME": str(home)}
    assert process(*DEMO, "--out", str(tmp_path / "elsewhere"), env=environment).returncode == 0
    assert list(home.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"home", "elsewhere"}


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9"])
def test_a_type_is_not_named_what_windows_reserves(name: str) -> None:
    with pytest.raises(DeclarationError, match="Windows"):
        entity(name)
    assert entity(f"{name}_x").name == f"{name}_x"


@pytest.mark.parametrize(
    ("command", "redirect"),
    [("types", "| true"), ("types", "> /dev/full"), ("plan --graph", "> /dev/full"), ("types", ">&-"),
     (" ".join(DEMO), "2>&1 | true"), (" ".join(DEMO), "2>&-")],
)  # fmt: skip
def test_output_that_nobody_takes_leaves_no_traceback(command: str, redirect: str) -> None:
    shell = f"{sys.executable} -m integration {command} {redirect}"
    done = subprocess.run(["sh", "-c", shell], env={**os.environ}, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if redirect == "> /dev/full":
        assert "No space left on device" in done.stderr
