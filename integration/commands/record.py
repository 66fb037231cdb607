"""``integration record``."""

from pathlib import Path
from typing import Any, BinaryIO

import click

from integration.commands.group import config_from, errors_as_messages, main, settings_options
from integration.config import variables
from integration.recording import KEEP
from integration.terminal import logs
from integration.terminal.parameters import GivenPath, Whole
from integration.terminal.streams import complain, say, tell
from integration.text.visible import visible

_SHOWN = 8


@main.command("record")
@click.argument("types", nargs=-1, required=True, metavar="TYPE...")
@click.option("--to", type=GivenPath(file_okay=False), default="tests/cassettes", show_default=True,
              help="Folder of the cassettes.")  # fmt: skip
@click.option("--keep", type=Whole(1), default=KEEP, show_default=True, metavar="N",
              help="Objects to keep of the first page and of the last, and entries of a list inside one.")  # fmt: skip
@click.option("--plain", multiple=True, metavar="PROPERTY",
              help="Keep the values of this property, because the step decides by them; repeatable.")  # fmt: skip
@settings_options
@errors_as_messages
def record_types(
    types: tuple[str, ...],
    to: Path,
    keep: int,
    plain: tuple[str, ...],
    event: BinaryIO | None,
    log_format: str | None,
    log_level: str | None,
    **flags: Any,
) -> int:
    """Record what types, and what they need, ask of a live tenant: a file for each module, to test its steps with.

    Nothing of the tenant's own is written. Names, addresses, telephone numbers, ids, domains, keys and texts become
    pseudonyms, the same ones each time; times move by the same span. What steps decide by stays: booleans, numbers,
    Microsoft's enumerations, and what the step's own code names. A few objects of each kind are kept. Read the files
    before you commit them.

    Record types that belong together in one go: their cassettes then hold the same objects. Those of Azure mostly do,
    since they are read from the same tables.

    Settings are those of integration run. Exits with 1 where a type could not be read.
    """
    from integration.recording.recorder import record
    from integration.recording.salt import NAME, project_of, salt_of
    from integration.sdk.plugins import load, plan
    from integration.terminal.progress_display import Display
    from integration.text.phrases import counted

    environment = variables.environment()
    logs.set_up(log_format, log_level, environment)
    manager = load()
    chosen = plan(manager, only=types)  # a misspelt name is told before settings are asked for
    config = config_from(event, environment, flags, offline=False)
    project = project_of(to)
    if not (project / NAME).exists():
        tell(f"{project / NAME} is made: the key of the pseudonyms. Keep it, and never commit it.")
    salt = salt_of(project)
    with Display(chosen) as display:
        recording = record(manager, types, config, to=to, salt=salt, keep=keep, plain=plain, watch=display)
    for type, path in recording.cassettes.items():
        result = recording.results[type]
        reason = f" ({result.reason})" if result.reason else ""
        say(f"{path}: {result.verdict}, {counted(result.count, 'record')}{reason}")
    for type, result in recording.results.items():
        if type not in recording.cassettes:
            held = f"{counted(result.count, 'record')}, all of which the cassettes of others hold"
            say(f"{type}: {result.verdict}, {held}")
    if recording.cassettes:
        itself = (
            "Of the tenant itself the files hold:" if recording.plain else "The files hold no text of the tenant's own."
        )
        are = "is" if recording.kept == 1 else "are"
        say(f"{recording.kept} of {counted(recording.seen, 'object')} {are} left. {itself}")
    for name, texts in recording.plain.items():
        say(f"  {name}: {', '.join(map(visible, sorted(texts)[:_SHOWN]))}{', …' if len(texts) > _SHOWN else ''}")
    if recording.beside:
        files = ", ".join(f"{path} ({count})" for path, count in list(recording.beside.items())[:_SHOWN])
        more = f" and {len(recording.beside) - _SHOWN} more" if len(recording.beside) > _SHOWN else ""
        tell(
            f"note: of the same requests some are answered by {files}{more} too, with other objects. Only one answer is"
            " played: record the types of all these files together, or into a folder of their own (--to)."
        )
    for type, reason in recording.failed.items():
        complain(f"{type} was not recorded: {reason}")
    return 1 if recording.failed else 0
