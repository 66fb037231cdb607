"""The program ``integration``, from its first moment on: an interrupt never ends it with a traceback.

It takes Python some tenths of a second to import the package, which listens to interrupts only afterwards. This module
stands beside the package, since whatever is in a package is imported after it.
"""

import os
import signal
from contextlib import suppress
from typing import Any, NoReturn

_STOPPED = 3
"""Exit code of what was stopped, as of every command."""


def main() -> None:
    """Run the program."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # who started it wants no interrupts
        _program()
        return
    signal.signal(signal.SIGINT, _end)
    try:
        import integration.cli  # noqa: F401 - this takes its time

        signal.signal(signal.SIGINT, _interrupt)
        _program()
    except KeyboardInterrupt:
        _end()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process is about to end


def _end(*_: Any) -> NoReturn:
    """End the process at once: nothing has begun yet, or everything has ended."""
    with suppress(OSError):
        os.write(2, b"error: stopped\n")
    os._exit(_STOPPED)


def _interrupt(*_: Any) -> NoReturn:
    """Do as Python does by itself; that it is another function tells commands that nobody goes on after them."""
    raise KeyboardInterrupt


_interrupt.ends_with_the_process = True  # type: ignore[attr-defined]


def _program() -> None:
    from integration.cli import main as program

    program(prog_name="integration")
