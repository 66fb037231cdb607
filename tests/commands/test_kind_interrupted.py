"""An interrupt at any moment of the program's life ends it with one sentence, and never with a traceback."""

import os
import subprocess
import sys
from itertools import count

import pytest

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
