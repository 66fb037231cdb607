"""Docstrings in the google style, taken apart."""

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integration.docs.markdown import block, code, plain, table

_SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises):")
_ITEM = re.compile(r"(\w[\w.]*): (.*)")
_WIDE = 100


@dataclass(frozen=True)
class Docstring:
    """What a docstring says.

    Attributes:
        text: all before the sections, as Markdown.
        items: of the sections ``Args``, ``Attributes`` and ``Raises``: name and description of each.
        prose: of the sections ``Returns`` and ``Yields``: the text.
    """

    text: str
    items: Mapping[str, Sequence[tuple[str, str]]]
    prose: Mapping[str, str]

    def markdown(self) -> str:
        """Return all of it."""
        parts = [self.text]
        for section, items in self.items.items():
            heading = {"Args": "Argument", "Attributes": "Attribute", "Raises": "Raises"}[section]
            parts.append(table([heading, "Meaning"], [(code(name), text) for name, text in items]))
        parts += [f"{section}: {text}" for section, text in self.prose.items()]
        return "\n\n".join(parts)


def docstring(of: object) -> Docstring:
    """Take the docstring of a class or function apart."""
    parts = {"": ""}
    section = ""
    for line in (inspect.getdoc(of) or "").splitlines():
        if match := _SECTION.fullmatch(line):
            section = match[1]
            parts[section] = ""
        else:
            parts[section] += f"{_plain(line)}\n"
    items = {name: _items(text) for name, text in parts.items() if name in ("Args", "Attributes", "Raises")}
    prose = {name: " ".join(text.split()) for name, text in parts.items() if name in ("Returns", "Yields")}
    return Docstring(plain(parts[""].strip()), items, prose)


def signature(name: str, function: Callable[..., object]) -> str:
    """Return a block with a function's signature, without the modules of its types."""
    shown = inspect.signature(function)
    keep = [each for each in shown.parameters.values() if each.name != "self"]
    text = str(shown.replace(parameters=keep))
    text = re.sub(r"(?:\b[a-z_]\w*\.)+(?=[A-Z])", "", text).replace("<factory>", "…")
    text = re.sub(r"(: |-> |\[)'([A-Z][^']*)'", r"\1\2", text)
    if len(name) + len(text) > _WIDE:
        inner, _, returned = text[1:].rpartition(")")
        text = "(\n" + "".join(f"    {each},\n" for each in _split(inner)) + ")" + returned
    return block(f"{name}{text}", "python")


def _items(text: str) -> list[tuple[str, str]]:
    items: list[tuple[str, str]] = []
    for line in textwrap.dedent(text).splitlines():
        if match := _ITEM.match(line):
            items.append((match[1], match[2]))
        elif items and line.strip():
            items[-1] = (items[-1][0], f"{items[-1][1]} {line.strip()}")
    return items


def _plain(line: str) -> str:
    return line.replace("``", "`")


def _split(parameters: str) -> list[str]:
    """Split at the commas that stand between parameters, not inside brackets."""
    found, depth = [""], 0
    for character in parameters:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return [each.strip() for each in found]
