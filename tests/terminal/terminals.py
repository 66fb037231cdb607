"""A terminal of a certain width, and what it is sent by a command of this project."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping
from typing import Literal

PROGRAM = (sys.executable, "-m", "integration")
SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(
    columns: int,
    *arguments: str,
    stream: Literal["stdout", "stderr"] = "stdout",
    seen: Callable[[str], None] = lambda _: None,
    variables: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command, one of whose streams is a terminal; return its exit code and what that was sent.

    Args:
        columns: the terminal's width.
        arguments: of the command.
        stream: the one that is a terminal; the other one is dropped.
        seen: called with all that was sent, whenever there is more.
        variables: for the environment.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    streams: dict[str, int] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: its}
    shown = b""
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=its,
        stdout=streams["stdout"],
        stderr=streams["stderr"],
        env={**environment, "TERM": "xterm", **(variables or {})},
    ) as run:
        os.close(its)
        try:
            while piece := os.read(ours, 65536):
                shown += piece
                seen(shown.decode(errors="replace"))
        except OSError:  # how Linux says that nobody has the terminal open any more
            pass
        finally:
            os.close(ours)
    return run.returncode, shown.decode()


def plain(shown: str) -> list[str]:
    """Return lines without colours."""
    return SEQUENCE.sub("", shown).replace("\r", "").splitlines()


def frames(shown: str) -> list[list[str]]:
    """Return what a display showed one after the other: the lines of each picture that it drew over the one before."""
    return [plain(picture) for picture in re.split(r"\r\x1b\[2K(?:\x1b\[1A\x1b\[2K)*", shown)]
