"""An answer as people and programs read it: a table, JSON or CSV, written as its rows come."""

import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import TextIO, TypeAlias

from integration.ask.answer import QueryAnswer
from integration.errors import QueryError
from integration.terminal.streams import encodable, is_exact
from integration.terminal.tabular import write_rows
from integration.text.visible import exact, visible

_FORMULA = re.compile(r"[=+\-@\x00-\x1f\x7f-\x9f\uff0b\uff0d\uff1d\uff20]")
"""What a cell begins with that a spreadsheet may take for a formula (OWASP, CSV Injection)."""
_QUOTED = re.compile('[",;]')
_EMPTY = '""'
"""A row whose only cell is empty, which without quotes would be no row."""
Writer: TypeAlias = Callable[[QueryAnswer, TextIO], None]


def write_table(answer: QueryAnswer, stream: TextIO) -> None:
    """Write aligned columns; see ``write_rows``."""
    write_rows(
        answer.columns, (["" if value is None else _text(value) for value in row] for row in answer.rows), stream
    )


def write_json_rows(answer: QueryAnswer, stream: TextIO) -> None:
    """Write a list of objects, one a line; on a stream that is not UTF-8, in ASCII alone.

    Raises:
        QueryError: two columns have one name.
    """
    twice = {name for name in answer.columns if answer.columns.count(name) > 1}
    if twice:
        raise QueryError(f"two columns are called {', '.join(sorted(twice))}: name them with AS")
    between, ascii_only = "[", not is_exact(stream)
    for row in answer.rows:
        stream.write(f"{between}{exact(dict(zip(answer.columns, row, strict=True)), ascii_only=ascii_only)}")
        between = ",\n"
    stream.write("[]\n" if between == "[" else "]\n")


def write_csv(answer: QueryAnswer, stream: TextIO) -> None:
    """Write comma-separated values (RFC 4180, lines end as in Unix); what is not there is empty.

    They are for spreadsheets: a text that one may take for a formula has an apostrophe before it, one with a semicolon,
    at which some take a cell for two, is quoted, and what cannot be seen is U+FFFD as in tables. Numbers stay numbers.
    """
    for row in chain([answer.columns], answer.rows):
        line = ",".join(_cell(value, stream) for value in row)
        stream.write(f"{line or _EMPTY}\n")


FORMS: Mapping[str, Writer] = {"table": write_table, "json": write_json_rows, "csv": write_csv}


def _cell(value: object, stream: TextIO) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = encodable(visible(_text(value)), stream)
    if _FORMULA.match(_text(value)):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
