"""Running a program and measuring what it took. Unix only: it needs ``wait4``."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.errors import BenchmarkError

ROOT = Path(__file__).parent.parent
"""Folder of the repository."""

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
_TOLD_OF_A_FAILURE = 2000


@dataclass(frozen=True)
class Usage:
    """What one process took from its start to its end.

    Attributes:
        wall_seconds: by the clock.
        cpu_seconds: of the processor, user and system.
        peak_bytes: the most memory that was resident at once; at least that of the process that started it.
        output: what it printed.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def measure(command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end; it is killed where this is interrupted.

    The environment is what is given, PATH, and a PYTHONPATH that leads to this repository: no proxy, no credentials.

    Args:
        command: program and arguments.
        folder: the working folder.
        environment: variables.

    Raises:
        BenchmarkError: it exited with a code other than 0; the message has the end of what it printed.
    """
    variables = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT), **(environment or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        started = perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed, said = out.read(), err.read()
    if process.returncode:
        told = (printed + said)[-_TOLD_OF_A_FAILURE:].strip()
        raise BenchmarkError(f"{' '.join(command[:3])} … exited with {process.returncode}:\n{told}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * _MAXRSS_UNIT, printed)
