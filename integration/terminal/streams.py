r"""Standard output and standard error of the program: what they cannot write ends in no traceback and costs no run.

Standard error is for remarks: where a full disk or nobody takes them, they are dropped. Standard output is what was
asked for: where it is lost, ``OSError`` says so and names it; where its reader has seen enough, ``OutputClosed`` does.
A character that a stream's encoding lacks is written as the escape that JSON has for it, such as ``\u0141``.
"""

import codecs
import errno
import io
import logging
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from integration.text.discretion import logger, message_of
from integration.text.visible import ascii_of, lines

_OUTPUT, _ERROR = "standard output", "standard error"
_CLOSED = {errno.EPIPE} | ({errno.EINVAL} if os.name == "nt" else set())
"""What writing to a pipe gives that nobody reads any more."""


_LEGIBLE = "legible"
"""How a stream writes what its encoding lacks."""
_SIMPLE = str.maketrans({"→": "->", "›": ">", "…": "...", "–": "-", "\ufffd": "?"})  # noqa: RUF001
"""Signs of this package, as any encoding has them."""


class OutputClosed(OSError):
    """Who read standard output has closed it, as ``head`` does: there is nothing left to do, and nothing wrong."""

    def __init__(self) -> None:
        # not EPIPE: libraries end the whole program for that one, as a failure
        super().__init__(errno.ESHUTDOWN, "its reader has closed it", _OUTPUT)


class _Standard(io.RawIOBase):
    """What a standard stream's bytes go to.

    Args:
        raw: where they go; ``None`` for a stream that the program was started without.
        name: what people call it.
    """

    def __init__(self, raw: io.RawIOBase | None, name: str) -> None:
        self._raw, self.name = raw, name
        self.is_silent = name == _ERROR

    def write(self, data: "memoryview[int] | bytes") -> int:  # type: ignore[override]
        """Write all, or some, of the bytes.

        Raises:
            OutputClosed: nobody reads them any more.
            OSError: they cannot be written; names the stream.
        """
        try:
            if self._raw is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            written = self._raw.write(data)
            while written is None:  # the stream was set not to wait by a program that it is shared with
                select.select([], [self._raw.fileno()], [])
                written = self._raw.write(data)
        except OSError as error:
            if self.is_silent:
                return memoryview(data).nbytes
            if error.errno in _CLOSED:
                raise OutputClosed from None
            raise OSError(error.errno, error.strerror, self.name) from None
        return written

    def writable(self) -> bool:
        """Return ``True``."""
        return True

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        """Return the descriptor."""
        if self._raw is None:
            raise io.UnsupportedOperation("fileno")
        return self._raw.fileno()


def prepare() -> None:
    """Make the standard streams of this process as the module says; those of a host stay as they are."""
    REMARKS.setFormatter(Bare())
    if sys.stdout is sys.__stdout__:
        sys.stdout = _prepared(sys.stdout, _OUTPUT)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _prepared(sys.stderr, _ERROR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_LEGIBLE)


def dismiss() -> None:
    """Write out what standard output still holds, or drop it where that fails: the interpreter would fail over it."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Standard):
        raw.is_silent = True
        sys.stdout.flush()


class Remarks(logging.Handler):
    """Writes remarks to what ``sys.stderr`` is then; where it does not take one, that alone is lost."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):  # a host may have none, or have closed it
            return


class Bare(logging.Formatter):
    """A remark as a person reads it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return its text, that of an error with a word before it."""
        return lines(f"{'error: ' if record.levelno >= logging.ERROR else ''}{message_of(record)}")


REMARKS = Remarks()
"""Writes what ``tell`` and ``complain`` are given; its formatter is the form of log lines."""
REMARKS.setFormatter(Bare())
_remarks = logger("integration.remarks")
_remarks.setLevel(logging.INFO)
_remarks.propagate = False
_remarks.addHandler(REMARKS)


def tell(text: object, **fields: Any) -> None:
    """Print a remark on standard error; where it does not take it, the remark alone is lost.

    Args:
        text: the remark.
        fields: what it says, for programs: written where log lines are JSON.
    """
    _remarks.info("%s", text, extra=fields)


def complain(text: object) -> None:
    """Print an error on standard error, as ``tell`` does."""
    _remarks.error("%s", text)


@contextmanager
def courtesy() -> Iterator[None]:
    """Let what is printed meanwhile be lost, with a remark: the work that it tells of is done."""
    try:
        yield
        sys.stdout.flush()
    except OutputClosed:
        dismiss()
    except OSError as error:
        if error.filename != _OUTPUT:
            raise
        dismiss()
        complain(explained(error))


def say(text: object) -> None:
    """Print a message on standard output, a line break after it; words of strangers in it do no harm."""
    emit(lines(text))


def emit(text: str) -> None:
    """Print on standard output what is ready for it, a line break after it."""
    sys.stdout.write(f"{text}\n")


def explained(error: OSError) -> str:
    """Return what went wrong with which file."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or type(error).__name__}"


def is_exact(stream: TextIO) -> bool:
    """Tell whether a stream takes every character as it is."""
    return (stream.encoding or "utf-8").lower().replace("_", "-").startswith(("utf-", "utf8"))


def encodable(text: str, stream: TextIO) -> str:
    """Return text with an escape for each character that the stream's encoding lacks."""
    if is_exact(stream):
        return text
    return text.encode(stream.encoding, errors=_LEGIBLE).decode(stream.encoding)


def _legible(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    simple = error.object[error.start : error.end].translate(_SIMPLE)
    return ascii_of(simple), error.end


codecs.register_error(_LEGIBLE, _legible)


def _prepared(stream: TextIO | None, name: str) -> TextIO:
    """Return a stream like one that the interpreter made, or made none of."""
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if stream is not None and not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Standard(raw, name)),  # type: ignore[type-var]
        encoding=getattr(stream, "encoding", "utf-8"),
        line_buffering=name == _ERROR or raw is buffer or getattr(stream, "line_buffering", False),
        write_through=getattr(stream, "write_through", False),
    )
