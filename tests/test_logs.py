"""The command line's log: lines or JSON on standard error."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from integration import ConfigurationError
from integration.terminal import logs

SCRIPT = """
import logging, sys
from integration.terminal import logs
from integration.text.secret import Secret
logs.set_up(*[argument or None for argument in sys.argv[1:3]], dict([pair.split("=") for pair in sys.argv[3:]]))
log = logging.getLogger("integration.steps.azure_user")
log.debug("small")
log.info("read %s", "Zoë", extra={"requestId": "r-1", "token": Secret("s3cret"), "level": "mine"})
logging.getLogger("urllib3").warning("of others")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("two\\nlines")
"""


def lines(*arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "s3cret" not in done.stderr
    return done.stderr.splitlines()


def test_json_lines_hold_every_field() -> None:
    info, error = map(json.loads, lines("json", "info"))
    assert datetime.now(UTC) - datetime.fromisoformat(info.pop("time")) < timedelta(minutes=1)
    assert info == {
        "level": "INFO", "logger": "integration.steps.azure_user", "message": "read Zoë", "requestId": "r-1",
        "token": "***",
    }  # fmt: skip
    assert (error["level"], error["message"]) == ("ERROR", "two\nlines")
    assert "ZeroDivisionError" in error["exception"]


def test_text_holds_time_level_and_logger() -> None:
    first = lines("text", "debug")[0]
    assert first.endswith(" DEBUG integration.steps.azure_user: small")


def test_only_warnings_unless_asked_otherwise() -> None:
    assert "two" in lines("", "")[0]
    assert (
        json.loads(lines("", "", "INTEGRATION_LOG_FORMAT=json", "INTEGRATION_LOG_LEVEL=DEBUG")[0])["level"] == "DEBUG"
    )
    assert "two" in lines("", "error", "INTEGRATION_LOG_LEVEL=debug")[0]


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        logs.set_up(None, None, {"INTEGRATION_LOG_FORMAT": "xml", "INTEGRATION_LOG_LEVEL": "all"})
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "INTEGRATION_LOG_FORMAT", "INTEGRATION_LOG_LEVEL"
    ]  # fmt: skip
