"""Threads that may not begin: a machine lets a process have so many, and only so much memory for them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from integration.errors import FatalError

_REFUSED = "can't start new thread"
"""The words of Python's ``RuntimeError``."""
_LIMIT = "this machine lets no further thread begin: raise the limit on threads (ulimit -u, or pids of a container)"
P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def starting() -> Iterator[None]:
    """Start threads, or have somebody else start some, meanwhile.

    Raises:
        FatalError: this machine does not let one begin.
    """
    refused = False
    try:
        yield
    except RuntimeError as error:
        refused = _REFUSED in str(error)
        if not refused:
            raise
    if refused:
        raise FatalError(_LIMIT)


class Threads(ThreadPoolExecutor):
    """Python's pool, which starts threads as they are needed."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread call something.

        Raises:
            FatalError: this machine does not let one begin.
        """
        with starting():
            return super().submit(fn, *args, **kwargs)
