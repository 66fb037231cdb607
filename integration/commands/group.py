"""The command ``integration`` and what its subcommands share: options, settings, errors as messages."""

import json
import pkgutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec, TypeVar

import click

from integration import __version__
from integration.ask.completion import TypeName
from integration.config import settings
from integration.config.clouds import CLOUDS
from integration.config.variables import variables_set
from integration.errors import ConfigurationError, FatalError, IntegrationError
from integration.sdk.stopping import let_result_stand
from integration.terminal import logs, streams
from integration.terminal.parameters import Finite, GivenPath
from integration.text.files import NotText, decoded
from integration.text.nearest import nearest

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY = 0xFF
_REMEDY = "where the disk is sound, remove graph.db, and the next run makes it anew"
_NONE_YET = (
    "an app registration has these: README.md says how to make one; integration run --demo shows a run that needs none"
)
_SMALLEST = '{"instance": {"config": {…}}}'
P = ParamSpec("P")
R = TypeVar("R")


ONLY = click.option(
    "--only",
    type=TypeName(),
    multiple=True,
    metavar="TYPE",
    help="Collect this type, module or area, and what it needs; repeatable.",
)
SKIP = click.option(
    "--skip",
    type=TypeName(),
    multiple=True,
    metavar="TYPE",
    help="Leave this type, module or area out, and what needs it; repeatable.",
)
_SETTINGS = (
    click.option("--event", type=click.File("rb"), metavar="FILE",
                 help="Take the settings from an event (JSON); - is standard input."),
    click.option("--cloud", type=click.Choice(list(CLOUDS)), help="National cloud of the tenant.  [default: global]"),
    click.option("--graph-url", "graphUrl", metavar="URL", help="Root of Microsoft Graph, without version."),
    click.option("--azure-url", "azureUrl", metavar="URL", help="Root of Azure Resource Manager."),
    click.option("--authority", metavar="URL", help="Root of the sign-in service."),
    click.option("--log-format", type=click.Choice(logs.FORMATS), help="Form of standard error.  [default: text]"),
    click.option("--log-level", type=click.Choice(logs.LEVELS), help="Lowest level logged.  [default: warning]"),
)  # fmt: skip


ALLOW_MASS_DELETE = click.option(
    "--allow-mass-delete",
    "allowMassDelete",
    is_flag=True,
    help="Let destinations delete what the graph has no more, however much it is.",
)
MASS_DELETE = click.option(
    "--mass-delete",
    "massDelete",
    type=Finite(0, 100),
    metavar="PERCENT",
    help="What a type may lose before that counts as a mass deletion.  [default: 20]",
)
OUT = click.option("--out", type=GivenPath(file_okay=False), default=".integration", show_default=True,
                   help="Folder for graph.db and summary.json.")  # fmt: skip


def settings_options(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command the options that say which tenant it reads, and what it logs."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def errors_as_messages(command: Callable[P, int | None]) -> Callable[P, None]:
    """Print an error of this package, or of this machine's files, as one message, and exit with its code."""

    @wraps(command)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> None:
        code: int | None = 0
        try:
            code = command(*arguments, **named)
            sys.stdout.flush()
            let_result_stand()
        except IntegrationError as error:
            streams.complain(error)
            code = 3 if isinstance(error, FatalError) else 2
        except KeyboardInterrupt:
            streams.complain("stopped")
            code = 3
        except sqlite3.Error as error:
            is_damaged = getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGED or "malformed" in str(error)
            remedy = f"; {_REMEDY}" if is_damaged else ""
            streams.complain(f"SQLite cannot go on with a file of the run's folder: {error}{remedy}")
            code = 3
        except streams.OutputClosed:
            pass  # what was written is whole, and more was not wanted
        except OSError as error:
            streams.complain(streams.explained(error))
            code = 3
        sys.exit(code or 0)

    return wrapped


class _Commands(click.Group):
    """A command with subcommands, which tells the nearest of these to who mistypes one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the subcommand that is meant, and what is left of the arguments."""
        typed = args[0]
        if not ctx.resilient_parsing and self.get_command(ctx, typed) is None and not typed.startswith("-"):
            names = self.list_commands(ctx)
            ctx.fail(f"No such command {typed!r}{nearest(typed, names) or ': choose one of ' + ', '.join(names)}.")
        return super().resolve_command(ctx, args)


class _Program(_Commands):
    """The program, whose subcommands are the other modules of this package, each imported when it is wanted."""

    group_class = _Commands

    def main(self, *arguments: Any, **named: Any) -> Any:
        """Run the program on standard streams that may end before it does."""
        streams.prepare()
        try:
            return super().main(*arguments, **named)
        except streams.OutputClosed:
            sys.exit(0)
        except OSError as error:
            streams.complain(streams.explained(error))
            sys.exit(3)
        finally:
            streams.dismiss()

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; an interrupt while it is imported ends it as one while it runs."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            streams.complain("stopped")
            sys.exit(3)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        modules = pkgutil.iter_modules([str(Path(__file__).parent)])
        return [module.name for module in modules if module.name != Path(__file__).stem]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand."""
        if cmd_name in self.list_commands(ctx):
            import_module(f"integration.commands.{cmd_name}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Read a Microsoft Entra tenant through Microsoft Graph into a graph of entities and relationships.

    \b
    Try it without a tenant:
      integration run --demo
    Read your own: set AZURE_CLIENT_ID, AZURE_TENANT_ID
    and AZURE_CLIENT_SECRET, or put them into a file .env:
      integration doctor   what is missing, what to do
      integration plan     what would be read
      integration run

    \b
    Exit codes:
      0  nothing failed
      1  a type or a destination failed
         (check: a permission is missing;
         doctor: something is a problem;
         diff, query: as --exit-code says)
      2  wrong settings, declarations, credentials
      3  it could not go on, or was stopped;
         the next run goes on from there

    \b
    Tab completion, for bash (or zsh), in ~/.bashrc:
      eval "$(_INTEGRATION_COMPLETE=bash_source \\
        integration)"
    for fish, in ~/.config/fish/config.fish:
      _INTEGRATION_COMPLETE=fish_source \\
        integration | source
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what stops a service stops as Ctrl-C does


def config_from(
    event: BinaryIO | None, environment: Mapping[str, str], flags: Mapping[str, Any], *, offline: bool
) -> settings.Config:
    """Return the settings of an event, or of variables, with flags in place of its own.

    Raises:
        ConfigurationError: names all that is wrong.
    """
    given = typed_flags(flags)
    if event is None:
        try:
            return settings.from_environment(environment, given, offline=offline)
        except ConfigurationError as error:
            none = not variables_set(environment) and all(": set " in fault for fault in error.faults)
            raise ConfigurationError([*error.faults, _NONE_YET] if none else error.faults) from None
    return settings.from_event(settings.with_flags(document_of(event.read()), given), offline=offline)


def typed_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flags that somebody typed; 0 is a value, and an empty text is none, as in a variable."""
    return {name: value for name, value in flags.items() if value or (value == 0 and value is not False)}


def document_of(event: bytes) -> Any:
    """Return what an event's JSON holds.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        text = decoded(event)
        if not text.strip():
            raise ConfigurationError([f"the event is empty: {_SMALLEST} is the least"])
        return json.loads(text)
    except NotText as error:
        raise ConfigurationError([f"the event {error}"]) from None
    except RecursionError:
        raise ConfigurationError(["the event is nested too deep"]) from None
    except ValueError as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigurationError([f"the event is not JSON{place}"]) from None
