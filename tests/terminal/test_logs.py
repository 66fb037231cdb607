"""The command line's log: lines or JSON on standard error."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from integration import ConfigurationError
from integration.cli import main
from integration.fleet.board import Board
from integration.fleet.outcomes import TenantOutcome
from integration.terminal import logs, streams
from tests.support import ROOT

CASSETTES = ROOT / "tests" / "cassettes"
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


def remarks(*arguments: str, code: int) -> list[dict[str, Any]]:
    """Run the recorded tenant with a log of JSON, and return what standard error gets."""
    done = CliRunner().invoke(main, ["run", "--replay", str(CASSETTES), "--log-format", "json", *arguments])
    assert done.exit_code == code, done.output
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_all_that_a_command_says_beside_its_result_has_the_form_of_log_lines() -> None:
    told = remarks("--only", "azure_user", code=0)
    (user,) = (each for each in told if each.get("type") == "azure_user")
    assert user["message"].startswith(f"azure_user: complete, {user['count']} records, ")
    assert (user["level"], user["verdict"]) == ("INFO", "complete")


def test_an_error_that_ends_a_command_is_a_line_of_the_log() -> None:
    (error,) = remarks("--only", "azure_usr", code=2)
    assert (error["level"], error["logger"]) == ("ERROR", "integration.remarks")
    assert error["message"] == "no step declares the type azure_usr (did you mean azure_user?)"


def test_what_became_of_a_tenant_is_a_line_of_the_log_with_what_is_known_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams.REMARKS, "formatter", logs.JsonLines())
    with Board(1) as board:
        board.ended(
            TenantOutcome(
                tenant="contoso",
                word="denied",
                reason="AADSTS7000222",
                codes=(7000222,),
                seconds=0.5,
                types={"failed": ("azure_user",), "skipped": ("azure_vm", "azure_nic"), "complete": 3},
            )
        )
    told = json.loads(capsys.readouterr().err)
    assert (told["tenant"], told["word"], told["codes"], told["seconds"]) == ("contoso", "denied", [7000222], 0.5)
    assert told["types"] == {"failed": ["azure_user"], "skipped": 2, "complete": 3}
    assert told["message"] == "contoso: denied, 0.5 s, AADSTS7000222"


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        logs.set_up(None, None, {"INTEGRATION_LOG_FORMAT": "xml", "INTEGRATION_LOG_LEVEL": "all"})
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "INTEGRATION_LOG_FORMAT", "INTEGRATION_LOG_LEVEL"
    ]  # fmt: skip
