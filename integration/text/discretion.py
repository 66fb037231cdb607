"""What this package and the libraries below it log holds no secret, whoever set the logging up.

A host has handlers of its own, often for every library at every level. So records are cleaned where they are made, by
filters on the loggers, and libraries that log whole answers are silent while they serve this package.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from integration.text.visible import lines
from integration.text.whose import tenant_at_work

STANDARD = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
"""Attributes that every record has; the others are its extra fields."""
_signing_in: ContextVar[bool] = ContextVar("_signing_in", default=False)


class Clean(logging.Filter):
    """Takes secrets out of a record's message, its extra fields and its traceback, and adds whose run it is.

    It passes every record; the field is ``tenant``, and is there where a host reads several.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean one record."""
        if tenant := tenant_at_work():
            record.tenant = tenant
        said = message_of(record)
        if (cleaned := lines(said)) != said:
            record.msg, record.args = cleaned, ()
        for name, value in list(vars(record).items()):
            if name not in STANDARD and (shown := lines(value)) != str(value):
                setattr(record, name, shown)
        told = traceback_of(record)
        if (cleaned := lines(told)) != told:
            record.exc_info, record.exc_text = None, cleaned
        return True


class Silent(logging.Filter):
    """Lets no record pass while this package signs in: its own errors say what matters, without bodies."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether somebody else uses the library."""
        return not _signing_in.get()


_CLEAN, _SILENT = Clean(), Silent()


def logger(name: str) -> logging.Logger:
    """Return a logger of this package, whose records hold no secret."""
    found = logging.getLogger(name)
    found.addFilter(_CLEAN)
    return found


def cover_http() -> None:
    """Clean what the HTTP libraries log: URLs, and headers that they could not read."""
    cover_libraries("requests", "urllib3")


@cache
def cover_libraries(*packages: str) -> None:
    """Clean what imported packages log, such as words of a server."""
    for name in _loggers_of(*packages):
        logger(name)


@contextmanager
def signing_in() -> Iterator[None]:
    """Keep MSAL silent, which logs an answer of the sign-in service as a whole where it is no JSON."""
    for name in _loggers_of("msal"):
        logging.getLogger(name).addFilter(_SILENT)
    token = _signing_in.set(True)
    try:
        yield
    finally:
        _signing_in.reset(token)


def message_of(record: logging.LogRecord) -> str:
    """Return a record's message, also where its arguments do not fit."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


def traceback_of(record: logging.LogRecord) -> str:
    """Return a record's traceback as text; empty where it has none."""
    if record.exc_info and record.exc_info[0]:
        return "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return record.exc_text or ""


def _loggers_of(*packages: str) -> list[str]:
    """Return the loggers of imported packages, those that modules may make too: a filter does not reach those below."""
    known = (*sys.modules, *logging.root.manager.loggerDict)
    like = [name for name in known if name.startswith(packages)]
    return sorted({name for name in like if name.partition(".")[0] in packages})
