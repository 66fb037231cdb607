"""Logging to standard error, for the command line: hosts have handlers of their own."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from integration.errors import ConfigurationError

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
NAMES: Mapping[str, str] = {"format": "INTEGRATION_LOG_FORMAT", "level": "INTEGRATION_LOG_LEVEL"}
"""The environment variable of each setting."""
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime"}


def set_up(format: str | None, level: str | None, environment: Mapping[str, str]) -> None:
    """Send what this package logs to standard error, and errors of other packages.

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
    handler.setFormatter(JsonLines() if chosen[NAMES["format"]][0].lower() == "json" else _TEXT)
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # the driver logs errors that it raises as well
    logging.getLogger("integration").setLevel(chosen[NAMES["level"]][0].upper())


class StandardError(logging.Handler):
    """Writes each record to what ``sys.stderr`` is then, so that a progress display can keep itself below."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        sys.stderr.write(f"{self.format(record)}\n")


class JsonLines(logging.Formatter):
    """One JSON object for each record: time (ISO 8601, UTC), level, logger, message, its extra fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({**extra, **line}, default=str, ensure_ascii=False)


_TEXT = logging.Formatter("{asctime} {levelname} {name}: {message}", style="{")
