"""``integration doctor``."""

import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from integration.commands.group import (
    ONLY,
    OUT,
    SKIP,
    config_from,
    document_of,
    errors_as_messages,
    main,
    settings_options,
    typed_flags,
)
from integration.config import variables
from integration.errors import ConfigurationError, IntegrationError
from integration.terminal import logs
from integration.terminal.streams import OutputClosed, emit
from integration.text.visible import line

if TYPE_CHECKING:
    from integration.doctor.finding import Finding

_WIDTH = 100
_INDENT = " " * 9
_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@main.command()
@OUT
@ONLY
@SKIP
@settings_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@errors_as_messages
def doctor(
    out: Path, event: BinaryIO | None, log_format: str | None, log_level: str | None, as_json: bool, **flags: Any
) -> int:
    """Say what keeps a run from succeeding, and what to do.

    Looks at versions, disk, settings, types, network, clock, sign-in and permissions, and at which subscriptions
    are seen where types of Azure are chosen. Reads no data but the organization's id; shows no secret and no value of
    a setting. Exits with 1 where something is a problem.
    """
    from integration.doctor.doctor import examine, sources_of
    from integration.sdk.plugins import load

    data = event.read() if event else None
    environment: Mapping[str, str] = os.environ
    file: Mapping[str, str] = {}
    try:
        file = variables.variables_of(Path(".env"))
        environment = {**file, **os.environ}
        logs.set_up(log_format, log_level, environment)
        told = variables.misspelt(environment)  # with the settings, and so not by a warning, too
        known = {name: value for name, value in environment.items() if name not in told}
        config: Any = config_from(io.BytesIO(data) if data is not None else None, known, flags, offline=False)
    except ConfigurationError as error:
        config = error
    try:
        manager: Any = load()
    except IntegrationError as error:
        manager = error
    sources = sources_of(os.environ, file, typed_flags(flags)) if data is None else _of_event(data, typed_flags(flags))
    findings = []
    for finding in examine(out, sources, config, manager, environment):
        findings.append(finding)
        if not as_json:
            with suppress(OutputClosed):  # what is found counts for the exit code all the same
                emit(_told(finding))
    bad = any(finding.state == "problem" for finding in findings)
    if as_json:
        emit(json.dumps({"ok": not bad, "checks": [finding.as_json() for finding in findings]}, indent=2))
    return 1 if bad else 0


def _told(finding: "Finding") -> str:
    """Return a finding in lines: what is there, and below it, further in, what to do; a terminal gets such as fit."""
    state, found = f"{finding.state:7}", line(f"{finding.check}: {finding.found}")
    if not sys.stdout.isatty():
        return "\n".join([f"{state}  {found}", *_lines(finding.remedy, _WIDTH)])
    width = min(get_terminal_size().columns, _WIDTH)
    told = [*_lines(found, width, indent=f"{state}  "), *_lines(finding.remedy, width)]
    shown = click.style(state, fg=_COLOURS[finding.state]) if _shows_colours() else state
    return shown + "\n".join(told).removeprefix(state)


def _shows_colours() -> bool:
    """Tell whether a terminal takes colours, and whoever looks at it wants them, as Rich finds out."""
    from rich.console import Console

    console = Console()
    return not (console.no_color or console.is_dumb_terminal)


def _lines(text: str, width: int, indent: str = _INDENT) -> list[str]:
    """Return the lines of a text, broken where they are too long, but never in a word."""
    further = f"{_INDENT}  "
    return [
        part
        for each in text.splitlines()
        for part in wrap(
            line(each),
            width,
            initial_indent=indent,
            subsequent_indent=further,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def _of_event(event: bytes, flags: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings of an event and of flags, with where they come from."""
    try:
        config: Any = document_of(event)["instance"]["config"]
        names = list(config) if isinstance(config, dict) else []
    except (ConfigurationError, KeyError, TypeError):
        names = []
    return {**dict.fromkeys(names, "the event"), **dict.fromkeys(flags, "a flag")}
