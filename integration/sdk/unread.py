"""What a step leaves unread of an object that it makes a record of all the same, such as a list that is none.

A helper that takes an object apart knows nothing of the run, and what it finds odd is no reason to give up the whole
record. So it tells here, and whoever runs the step on this thread hears of it: the type is then no more than partial.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from integration.errors import RecordError


def _nobody_listens(problem: str) -> None:
    raise RecordError(f"{problem}: told while no step runs on this thread; call it from a step's function")


_note: ContextVar[Callable[[str], None]] = ContextVar("_note", default=_nobody_listens)


@contextmanager
def told_to(note: Callable[[str], None]) -> Iterator[None]:
    """Have whatever is left unread meanwhile, on this thread, told to somebody."""
    token = _note.set(note)
    try:
        yield
    finally:
        _note.reset(token)


def leave_unread(problem: str) -> None:
    """Tell that a part of an object is not as it is read, and is left out of the record: the type is then partial.

    Args:
        problem: which property it is, and what is wrong with it; never its value, which may be a secret.

    Raises:
        RecordError: no step runs on this thread.
        SchemaMismatch: in strict mode.
    """
    _note.get()(problem)
