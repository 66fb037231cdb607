"""Rows of text as aligned columns, on a terminal and elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.terminal.streams import encodable
from integration.text.visible import visible

_BLOCK = 500
_WORD = 40
"""Cells of a word, such as a key, that is not broken; a longer one may be."""
_LEAST = 8
_FAR = 2
"""How many times longer than nine in ten of its column a text may be for the column to be as wide as it."""


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> None:
    """Write a table, 500 rows at a time; each character that cannot be seen is U+FFFD.

    A terminal gets a table that fits its width, or a paragraph for each row where even that is too wide; in both, keys
    and other words stay whole. Elsewhere each row is one line with all that it holds, aligned as the first rows ask;
    a text that is far longer than the others of its column moves what follows it in its own line alone.

    Args:
        columns: their names.
        rows: as many texts in each.
        stream: a terminal or not.
    """
    blocks = _blocks([encodable(visible(cell), stream) for cell in row] for row in rows)
    if stream.isatty():
        console = Console(file=stream)
        for block in blocks:
            _show(console, columns, block)
        return
    widths: list[int] = []
    for block in blocks:
        lines = block if widths else [[encodable(visible(name), stream) for name in columns], *block]
        widths = widths or [_width(column) for column in zip(*lines, strict=True)]
        stream.writelines(f"{_line(line, widths)}\n" for line in lines)


def _blocks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Yield the rows in lists of at most 500; one that is empty where there are none."""
    block = list(islice(rows, _BLOCK))
    yield block
    while len(block) == _BLOCK and (block := list(islice(rows, _BLOCK))):
        yield block


def _show(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    whole = [all(" " not in cell and cell_len(cell) <= _WORD for cell in cells) for cells in by_column]
    widest = [max([cell_len(name), *map(cell_len, cells)]) for name, cells in zip(columns, by_column, strict=True)]
    least = [width if keep else min(width, _LEAST) for width, keep in zip(widest, whole, strict=True)]
    if rows and sum(least) + 2 * (len(columns) - 1) > console.width:
        for row in rows:
            for name, cell in zip(columns, row, strict=True):
                if cell:
                    console.print(Text(f"{visible(name)}: {cell}"), soft_wrap=True)
            console.print()
        return
    table = Table(box=None, pad_edge=False)
    for name, keep in zip(columns, whole, strict=True):
        table.add_column(Text(visible(name)), overflow="fold", no_wrap=keep)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _width(column: Sequence[str]) -> int:
    lengths = sorted(map(cell_len, column))
    usual = lengths[int(0.9 * (len(lengths) - 1))]
    return max(length for length in lengths if length <= max(_WORD, _FAR * usual))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()
