"""An interrupt at any moment of the program's life ends it with one sentence, and never with a traceback."""

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.support import ROOT

PROGRAM = """
import os, signal, sys
import integration_command

moment, imported = int(sys.argv.pop(1)), 0

class Strikes:
    \"\"\"Interrupts the process at the import of the module of that number.\"\"\"

    def find_spec(self, name, path=None, target=None):
        global imported
        imported += 1
        if imported == moment:
            os.write(1, f"{name}\\n".encode())
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Strikes())
integration_command.main()
"""


def struck(moment: int, *arguments: str) -> tuple[int, str, str]:
    """Run the program, have it interrupted at the import of a module, and return exit code, that module and errors."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(moment), *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.partition("\n")[0], done.stderr


@pytest.mark.parametrize("arguments", [("types",), ("run", "--demo")], ids=" ".join)
def test_an_interrupt_at_any_import_ends_the_program_with_one_sentence(arguments: tuple[str, ...]) -> None:
    moments = []
    for moment in count(1, 60):
        code, module, errors = struck(moment, *arguments)
        assert "Traceback" not in errors, module
        if code == 0:
            break
        moments.append(module)
        assert (code, errors.splitlines()[-1].startswith("error: stopped")) == (3, True), (module, errors)
    assert moments[0] == "integration"
    assert len(moments) > 3


def test_a_program_whose_starter_wants_no_interrupts_is_not_ended() -> None:
    script = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);" + PROGRAM
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", script, "30", "types"], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


TOLD = """
import os, signal, sys
import integration_command
from integration.sdk.report import Report

judged, ended = Report.exit_code, sys.exit

def struck_after_the_run(self, **named):
    os.kill(os.getpid(), number)
    return judged(self, **named)

def struck_at_the_end(code=0):
    os.kill(os.getpid(), number)
    ended(code)

number = signal.Signals[sys.argv.pop(1)]
if sys.argv.pop(1) == "run":
    Report.exit_code = struck_after_the_run
else:
    sys.exit = struck_at_the_end
integration_command.main()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(("moment", "command"), [("run", "run"), ("end", "run"), ("end", "types")])
def test_an_interrupt_once_the_result_is_told_changes_nothing(
    number: str, moment: str, command: str, tmp_path: Path
) -> None:
    arguments = ["--demo", "--only", "azure_account", "--out", str(tmp_path)] if command == "run" else ["azure_account"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-c", TOLD, number, moment, command, *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "stopped" in done.stderr) == (0, False), done.stderr
    assert "azure_account" in done.stdout


@pytest.mark.parametrize("arguments", [("run", "--demo", "--only", "azure_account"), ("types",)], ids=" ".join)
def test_who_calls_a_command_inside_a_process_has_its_handlers_back(arguments: tuple[str, ...]) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert signal.getsignal(signal.SIGINT) is before is signal.default_int_handler
