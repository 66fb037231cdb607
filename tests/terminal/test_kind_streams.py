"""What standard output or standard error does not take: no traceback, and no more lost than what was to be printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import DEMO

PROGRAM = f"{sys.executable} -m integration"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shell's redirections are those of Unix")


def shell(command: str) -> tuple[str, str, int]:
    """Return both outputs, and the exit code of the program, whatever its output is piped into."""
    script = f"{command.replace('integration ', f'{PROGRAM} ', 1)}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done.stdout, done.stderr, done.returncode


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    subprocess.run([*PROGRAM.split(), "run", "--demo", "--out", folder], check=True, capture_output=True)
    return folder


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("redirect", ["2>/dev/full", ">/dev/full", ">&- 2>&-"])
def test_a_run_is_worth_the_same_wherever_its_lines_go(redirect: str) -> None:
    _, said, code = shell(f"integration {' '.join(DEMO)} {redirect}")
    assert code == 0
    assert Path(".integration/summary.json").exists()
    assert shell("integration query --sql 'SELECT count(*) > 0 FROM entities' --csv")[0].splitlines()[1] == "1"
    if redirect == ">/dev/full":
        assert "error: standard output: No space left on device" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("redirect", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    "command",
    ["query", "query empty-groups --json", "query empty-groups --csv", "diff --since 0", "diff --json", "plan"],
)
def test_an_answer_that_is_lost_is_said(graph: Path, command: str, redirect: str) -> None:
    out = f" --out {graph}" if command != "plan" else ""
    _, said, code = shell(f"integration {command}{out} {redirect}")
    assert code == 3
    assert said.splitlines()[-1].startswith("error: standard output: ")


@pytest.mark.parametrize(
    "command", ["types", "plan", "--help", "query --sql '" + ENDLESS + "'", "query --json --sql '" + ENDLESS + "'",
                "query --csv --sql '" + ENDLESS + "'", "diff --since 0", "diff --since 0 --json"]
)  # fmt: skip
def test_a_reader_that_has_seen_enough_ends_it_quietly(graph: Path, command: str) -> None:
    out = f" --out {graph}" if command.startswith(("query", "diff")) else ""
    reader = "head -1" if ENDLESS in command else "true"
    assert shell(f"integration {command}{out} | {reader}")[1:] == ("", 0)


def test_a_run_whose_table_nobody_reads_to_the_end_says_what_became_of_it() -> None:
    assert shell(f"integration {' '.join(DEMO)} 2>&1 | head -1")[2] == 0
    assert shell("integration run --demo --only azure_nothing 2>&1 | true")[2] == 2


def test_what_doctor_found_is_its_exit_code_whoever_reads_it() -> None:
    command = "env -u AZURE_CLIENT_ID integration doctor"
    assert shell(f"{command} | true")[2] == shell(command)[2] == 1


def test_an_error_has_its_exit_code_where_nobody_can_be_told() -> None:
    assert shell("integration query 2>/dev/full")[2] == 0
    assert shell("integration query no-such-question 2>&-")[2] == 2
    assert shell("integration diff 2>/dev/full")[2] == 3


def test_a_stream_that_does_not_wait_gets_everything(graph: Path) -> None:
    """A terminal or pipe that another program has set not to wait is full at times: nothing may be cut off."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000) SELECT x FROM n"
    command = [*PROGRAM.split(), "query", "--out", str(graph), "--csv", "--sql", numbers]
    with subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE, text=True) as running:
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as file:
            assert len(file.read().splitlines()) == 100_001
        assert running.stderr
        assert (running.stderr.read(), running.wait()) == ("", 0)
