"""Rows of which each has one line of a terminal, however long it is."""

import sys
from collections.abc import Collection, Sequence

from rich.console import Console
from rich.text import Text

from integration.terminal.named_rows import named_rows

_SCREEN = 40
"""Rows that a terminal shows one by one: about a screen."""


def is_more_than_a_screen(rows: Collection[object]) -> bool:
    """Tell whether standard output is a terminal, and the rows are more than a screen of it."""
    return len(rows) > _SCREEN and sys.stdout.isatty()


def print_cut(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the heading and the rows, each on a line that ends with an ellipsis where the terminal does."""
    console = Console()
    for cells in named_rows(heading, rows):
        console.print(Text("  ".join(cells).rstrip()), no_wrap=True, overflow="ellipsis")
