"""An answer as people and programs read it: a table, JSON or CSV, written as its rows come."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TextIO, TypeAlias

import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.errors import QueryError
from integration.query import Answer

_BLOCK = 500
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
Writer: TypeAlias = Callable[[Answer, TextIO], None]


def write_table(answer: Answer, stream: TextIO) -> None:
    """Write aligned columns.

    A terminal gets a table that fits its width for every 500 rows; elsewhere each row is one line of the length that it
    needs, aligned as the first 500 rows ask.
    """
    cells = ([_shown(value) for value in row] for row in answer.rows)
    blocks = _blocks(cells)
    if stream.isatty():
        console = Console(file=stream)
        for block in blocks:
            console.print(_table(answer.columns, block))
        return
    widths: list[int] = []
    for block in blocks:
        lines = block if widths else [list(answer.columns), *block]
        widths = widths or [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        stream.writelines(f"{_line(line, widths)}\n" for line in lines)


def write_json(answer: Answer, stream: TextIO) -> None:
    """Write a list of objects, one a line.

    Raises:
        QueryError: two columns have one name.
    """
    twice = {name for name in answer.columns if answer.columns.count(name) > 1}
    if twice:
        raise QueryError(f"two columns are called {', '.join(sorted(twice))}: name them with AS")
    between = "["
    for row in answer.rows:
        record = dict(zip(answer.columns, row, strict=True))
        stream.write(f"{between}{orjson.dumps(record, default=bytes.hex).decode()}")
        between = ",\n"
    stream.write("[]\n" if between == "[" else "]\n")


def write_csv(answer: Answer, stream: TextIO) -> None:
    """Write comma-separated values (RFC 4180, lines end as in Unix); what is not there is empty."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([value.hex() if isinstance(value, bytes) else value for value in row] for row in answer.rows)


FORMS: Mapping[str, Writer] = {"table": write_table, "json": write_json, "csv": write_csv}


def _blocks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Yield the rows in lists of at most 500; one that is empty where there are none."""
    block = list(islice(rows, _BLOCK))
    yield block
    while len(block) == _BLOCK and (block := list(islice(rows, _BLOCK))):
        yield block


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _shown(value: object) -> str:
    """Return a value without what would move a terminal's cursor, change its colours or turn its lines around."""
    text = value.hex() if isinstance(value, bytes) else "" if value is None else str(value)
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
