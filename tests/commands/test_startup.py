"""What helps at the prompt comes at once: help and completion import nothing that only a run needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import DEMO, ROOT

HEAVY = {"jsonschema", "jsonschema_rs", "msal", "orjson", "pluggy", "requests", "rich", "urllib3", "vcr", "yaml"}
LOADED = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("loaded " + " ".join(sys.modules)))
from integration_command import main
main()
"""
COMPLETING = {"_INTEGRATION_COMPLETE": "bash_complete", "COMP_WORDS": "integration run --", "COMP_CWORD": "2"}


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        (["--version"], {}, "version"),
        (["--help"], {}, "Commands:"),
        (["run", "--help"], {}, "--fresh"),
        ([], COMPLETING, "--fresh"),
    ],
)
def test_help_imports_nothing_that_a_run_needs(arguments: list[str], variables: dict[str, str], expected: str) -> None:
    command = [sys.executable, "-c", LOADED, *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=True, timeout=60
    )
    assert expected in ended.stdout
    _, _, loaded = ended.stderr.rpartition("loaded ")
    assert HEAVY & set(loaded.split()) == set()


def test_a_run_on_recorded_answers_imports_neither_what_records_them_nor_what_draws_on_a_terminal(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", LOADED, *DEMO, "--out", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert "All that was asked for was read" in ended.stdout
    _, _, loaded = ended.stderr.rpartition("loaded ")
    assert {"rich", "vcr"}.isdisjoint(loaded.split())
