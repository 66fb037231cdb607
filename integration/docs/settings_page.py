"""The page of settings."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib.resources import files
from typing import Any

import click

from integration.commands.run import run
from integration.config.settings import Config
from integration.config.variables import INSTANCE_NAMES, NAMES
from integration.docs.markdown import code, page, table
from integration.terminal import logs

_DEFAULT = re.compile(r"\s*\[default: (.+)\]")
_INTRODUCTION = """
A setting has up to three names: one in the [event](#the-event) that a host hands over, one or more environment
variables, and a flag. A flag wins over the event, and over the variables where there is no event; with `--event`, the
variables of this page count for nothing, those of the log excepted. A file `.env` in the working directory stands in
for variables that the environment lacks. Where a setting has several variables, the first that is set wins. Switches
take `true`, `yes`, `on` or `1` in a variable, and their opposites.

White space, line breaks and byte order marks at the ends of a value are dropped; a password keeps its blanks. `.env`
and events are UTF-8, or what their byte order mark says.

`skip` wins over `only`. Other settings that contradict each other are refused: two destinations in one folder, and
services of different national clouds, of which each that a URL names wins over `cloud`. A line of
`.env` that names one of these variables and sets none is refused too, and so is a folder of that name, unless it is a
virtual environment.

All that is wrong is said at once, without values, and ends the program with [exit code 2](exit-codes.md).
"""
_SIGN_IN = """
The first of these that is set signs in: `accessToken`, `clientSecret`, `clientCertificatePath`, `federatedTokenFile`,
`managedIdentity`. All but the first and the last need `clientId` and `directoryId`, too.

Proxies and certificate authorities come from the variables that [requests](https://requests.readthedocs.io) knows:
`HTTPS_PROXY`, `NO_PROXY`, `REQUESTS_CA_BUNDLE`. One that cannot be used is told by its name before anything is sent.

A variable that is one of `INTEGRATION_…` here but for a slip has no effect; a warning tells the name that is meant.
"""


def settings_page() -> str:
    """Return the page."""
    event = json.loads(files("integration.config").joinpath("event.json").read_text(encoding="utf-8"))
    instance = event["properties"]["instance"]["properties"]
    flags = {option.name or "": option for option in run.params if isinstance(option, click.Option)}
    of_the_program = {name: option for name, option in flags.items() if name not in instance["config"]["properties"]}
    columns = ["In an event", "Variables", "Flag", "Default", "Meaning"]
    return page(
        "Settings",
        _INTRODUCTION,
        "## Of the tenant and the run",
        "In an event these stand in `instance.config`.",
        table(
            columns,
            (
                (
                    code(name),
                    _codes(NAMES.get(name, ())),
                    _flag(flags.get(name)),
                    _default(name, flags),
                    _text(definition),
                )
                for name, definition in instance["config"]["properties"].items()
            ),
        ),
        _SIGN_IN,
        "## Of the instance",
        "In an event these stand in `instance`.",
        table(
            columns,
            (
                (code(name), _codes(variables), "", "", _text(instance[name]))
                for name, variables in INSTANCE_NAMES.items()
            ),
        ),
        "## Of the program",
        "These are not part of an event.",
        table(["Flag", "Variable", "Default", "Meaning"], _program(of_the_program)),
        "## The event",
        "Any other property is refused. Its JSON Schema is `integration/config/event.json`; the smallest event is:",
        '```json\n{"instance": {"config": {"clientId": "…", "directoryId": "…", "clientSecret": "…"}}}\n```',
    )


def _program(options: dict[str, click.Option]) -> Iterator[Sequence[str]]:
    for name, option in options.items():
        variable = logs.NAMES.get(name.removeprefix("log_"), "")
        yield _flag(option), code(variable), _default(name, options), _DEFAULT.sub("", option.help or "")


def _text(definition: dict[str, Any]) -> str:
    return str(definition["description"])


def _codes(names: Sequence[str]) -> str:
    return "<br>".join(code(name) for name in names)


def _flag(option: click.Option | None) -> str:
    return "" if option is None else code(option.opts[-1] if option.opts[-1].startswith("--") else option.opts[0])


def _default(setting: str, flags: dict[str, click.Option]) -> str:
    """Return what counts where nobody sets anything; nothing where the description says it."""
    option = flags.get(setting)
    if option is not None:
        if named := _DEFAULT.search(option.help or ""):
            return code(named[1])
        if option.show_default:
            return code(str(option.default))
    own = re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f"_{capital[0].lower()}", setting)
    known = {field.name: field.default for field in fields(Config)}
    default = known.get(own)
    return code(json.dumps(default)) if isinstance(default, bool | int | float) else ""
