"""Logging to standard error, for the command line: hosts have handlers of their own."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from integration.errors import ConfigurationError
from integration.terminal.streams import REMARKS, Bare
from integration.text.discretion import STANDARD, message_of, traceback_of
from integration.text.secret import redacted
from integration.text.visible import escaped, line, lines

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
NAMES: Mapping[str, str] = {"format": "INTEGRATION_LOG_FORMAT", "level": "INTEGRATION_LOG_LEVEL"}
"""The environment variable of each setting."""


def set_up(format: str | None, level: str | None, environment: Mapping[str, str]) -> None:
    """Send what this package logs to standard error, and errors of other packages; remarks get the same form.

    Args:
        format: ``text``, or ``json`` for one object a line; INTEGRATION_LOG_FORMAT or ``text`` where ``None``.
        level: lowest level of this package's records; INTEGRATION_LOG_LEVEL or ``warning`` where ``None``.
        environment: variables.

    Raises:
        ConfigurationError: a variable holds something else.
    """
    chosen = {
        NAMES["format"]: (format or environment.get(NAMES["format"]) or "text", FORMATS),
        NAMES["level"]: (level or environment.get(NAMES["level"]) or "warning", LEVELS),
    }
    faults = [f"{name}: expected one of {', '.join(known)}" for name, (value, known) in chosen.items()
              if value.lower() not in known]  # fmt: skip
    if faults:
        raise ConfigurationError(faults)
    handler = StandardError()
    as_json = chosen[NAMES["format"]][0].lower() == "json"
    handler.setFormatter(JsonLines() if as_json else TextLines())
    REMARKS.setFormatter(JsonLines() if as_json else Bare())
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # the driver logs errors that it raises as well
    logging.getLogger("integration").setLevel(chosen[NAMES["level"]][0].upper())


class StandardError(logging.Handler):
    """Writes each record to what ``sys.stderr`` is then, so that a progress display can keep itself below."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        sys.stderr.write(f"{self.format(record)}\n")


class JsonLines(logging.Formatter):
    """One JSON object for each record: time (ISO 8601, UTC), level, logger, message, its extra fields, exception.

    It holds no secret, and what would move a terminal's cursor is escaped.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            **{name: _cleaned(value) for name, value in vars(record).items() if name not in STANDARD},
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(message_of(record)),
        }
        if told := traceback_of(record):
            fields["exception"] = redacted(told)
        return escaped(json.dumps(fields, ensure_ascii=False))


class TextLines(logging.Formatter):
    """One line for each record, and below it its traceback, further in, so that nothing else begins a line.

    It holds no secret, and nothing that moves a terminal's cursor.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and those of the traceback."""
        tenant = f"{line(record.tenant)}: " if hasattr(record, "tenant") else ""
        text = f"{self.formatTime(record)} {record.levelname} {record.name}: {tenant}{line(message_of(record))}"
        return "\n  ".join([text, *lines(traceback_of(record)).splitlines()])


def _cleaned(value: object) -> object:
    """Return an extra field as JSON holds it, its texts without secrets."""
    if isinstance(value, Mapping):
        return {redacted(str(name)): _cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else redacted(str(value))
