"""What every page is checked for: links that lead nowhere, commands and flags that do not exist."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click

from integration.docs.commands_page import every_command
from integration.docs.markdown import slug

INDEX = "index.md"
_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_SHELLS = ("console", "cron", "sh", "bash")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_REDIRECTION = re.compile(r"\d?>+(&\d|\s*\S+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")


def faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with the pages of a folder, each with the page's name."""
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}
    anchors = {name: {slug(heading) for heading in _HEADING.findall(_prose(text))} for name, text in texts.items()}
    reached = _reached(texts)
    is_there = cache(lambda target: (folder / target).resolve().exists())
    for name, text in sorted(texts.items()):
        if name not in reached:
            yield f"{name}: no way of links leads from {INDEX} to it"
        for target, anchor in _links(name, text):
            if not is_there(target):
                yield f"{name}: a link leads to {target}, which is not there"
            elif anchor and anchor not in anchors.get(target, ()):
                yield f"{name}: a link leads to {target}#{anchor}, which has no such heading"
        for command in commands(text):
            if wrong := fault_of(command):
                yield f"{name}: {shlex.join(command)}: {wrong}"
        for command in mentions(text):
            if wrong := fault_of(command, mentioned=True):
                yield f"{name}: {shlex.join(command)}: {wrong}"
        for flag in _CODE.findall(_prose(text)):
            if re.match(r"--\w", flag) and flag.split()[0].partition("=")[0] not in _known_flags():
                yield f"{name}: {flag}: no command has this option"


def commands(text: str) -> Iterator[list[str]]:
    """Yield every ``integration …`` of a page's shell blocks, as a list of words."""
    for _, language, body in _FENCE.findall(text):
        for line in body.replace("\\\n", " ").splitlines() if language in _SHELLS else ():
            yield from _commands(line)


def mentions(text: str) -> Iterator[list[str]]:
    """Yield every ``integration …`` that stands as code in a page's text, as a list of words."""
    for code in _CODE.findall(_prose(text)):
        if code.startswith("integration "):
            yield from _commands(code)


def fault_of(command: Sequence[str], *, mentioned: bool = False) -> str:
    """Say what is wrong with a command line; nothing where it would be accepted. Nothing is run, no file opened.

    Args:
        command: its words, ``integration`` first.
        mentioned: options that it requires may be left out.
    """
    known = _commands_by_name()
    name = command[0]
    rest = list(command[1:])
    while rest and f"{name} {rest[0]}" in known:
        name = f"{name} {rest.pop(0)}"
    found, context = known[name]
    if isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        return f"there is no command {rest[0]}"
    try:
        given, left, _ = found.make_parser(context).parse_args(rest)
    except click.UsageError as error:
        return error.format_message()
    if left:
        return f"unexpected: {' '.join(left)}"
    required = [] if mentioned else [each for each in found.params if each.required]
    absent = [each.opts[0] for each in required if given.get(each.name or "") is None]
    return f"{absent[0]} is missing" if absent else _unfit(found, given, context)


@cache
def _commands_by_name() -> Mapping[str, tuple[click.Command, click.Context]]:
    return {name: (command, context) for name, command, context in every_command()}


def _unfit(command: click.Command, given: Mapping[str, Any], context: click.Context) -> str:
    """Say which value an option does not take; files are not looked at, and names in capitals stand for values."""
    for option in command.params:
        value = given.get(option.name or "", ())
        for each in value if isinstance(value, list | tuple) else [value]:
            if isinstance(each, str) and not isinstance(option.type, click.Path | click.File) and not each.isupper():
                try:
                    option.type.convert(each, option, context)
                except click.UsageError as error:
                    return error.format_message()
    return ""


def _commands(line: str) -> Iterator[list[str]]:
    """Yield the command lines of this program on a line of a shell, behind whatever stands before them."""
    words = shlex.shlex(_REDIRECTION.sub(" ", line), posix=True, punctuation_chars=True)
    words.whitespace_split = True
    command: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set(";&|()"):
            if command:
                yield command
            command = []
        elif command:
            command.append(word)
        elif Path(word).name == "integration":
            command = ["integration"]


def _prose(text: str) -> str:
    return _FENCE.sub("", text)


def _links(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the page and the anchor, possibly empty, that each link inside the folder leads to."""
    for target in _LINK.findall(_prose(text)):
        if not _ELSEWHERE.match(target):
            path, _, anchor = unquote(target).partition("#")
            where = (Path(name).parent / path).as_posix() if path else name
            yield where, anchor


def _reached(texts: Mapping[str, str]) -> set[str]:
    """Return the pages that somebody comes to who begins at the index."""
    reached, ahead = set[str](), [INDEX]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [target for target, _ in _links(name, texts.get(name, ""))]
    return reached


@cache
def _known_flags() -> frozenset[str]:
    options = (option for _, command, context in every_command() for option in command.get_params(context))
    return frozenset(flag for option in options for flag in (*option.opts, *option.secondary_opts))
