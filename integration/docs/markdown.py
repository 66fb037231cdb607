"""Pieces of Markdown."""

import re
import unicodedata
from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells may hold Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def code(text: str) -> str:
    """Return text as code; nothing stays nothing."""
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, separated by commas."""
    return ", ".join(code(text) for text in texts)


def block(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.strip()}\n```"


def link(text: str, target: str, *, page: str = "") -> str:
    """Return a link to a heading, of the same page where none is named; its text is a type's name."""
    return f"[{code(text)}]({page}#{slug(target)})"


def slug(heading: str) -> str:
    """Return the anchor of a heading, as Python-Markdown and GitHub both make it of plain headings."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def page(title: str, *parts: str) -> str:
    """Return a page that is made from declarations."""
    note = "<!-- Written by `make docs` from the declarations: edit these, not this page. -->"
    return "\n\n".join([f"# {title}", note, *(part.strip() for part in parts if part.strip())]) + "\n"


def plain(text: str) -> str:
    """Return text in which a ``<`` that is not code stands for itself, and ``<br>`` breaks the line."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(each if each.startswith("`") else re.sub(r"<(?!br>)", "&lt;", each) for each in pieces)


def _cell(text: str) -> str:
    return plain(re.sub(r"\s*\n\s*", " ", text.strip())).replace("|", "\\|")
