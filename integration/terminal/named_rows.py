"""Rows that begin with a name which stays whole, however long it is."""

from collections.abc import Iterator, Sequence


def named_rows(heading: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> Iterator[list[str]]:
    """Yield the heading and the rows as cells that are as wide as their columns.

    A name for which there is no room has a line of its own, and what belongs to it stands on the next one.

    Args:
        heading: names of the columns; those that begin with ``>`` are numbers.
        rows: as many texts in each, the name first.
        width: of a terminal; ``None`` for as much as it takes.
    """
    widths = widths_of(heading, rows)
    if width is not None:
        widths[0] = min(widths[0], max(width - sum(2 + each for each in widths[1:]), len(heading[0])))
    for row in ([title.strip(">") for title in heading], *rows):
        name, *cells = [
            cell.rjust(size) if title.startswith(">") else cell.ljust(size)
            for cell, title, size in zip(row, heading, widths, strict=True)
        ]
        if len(name) > widths[0]:
            yield [name]
            yield [" " * widths[0], *cells]
        else:
            yield [name, *cells]


def widths_of(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is where there is room for everything."""
    titles = [title.strip(">") for title in heading]
    return [max(map(len, column)) for column in zip(titles, *rows, strict=True)]


def filled(names: Sequence[str], width: int) -> Iterator[str]:
    """Yield indented lines that hold as many names as fit, each of them whole."""
    line = ""
    for name in names:
        if line and len(line) + 2 + len(name) > width:
            yield line
            line = ""
        line = f"{line}  {name}"
    yield line
