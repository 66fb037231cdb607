"""Rows of which each has one line of a terminal, however long it is."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from integration.terminal.named_rows import named_rows


def print_cut(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the heading and the rows, each on a line that ends with an ellipsis where the terminal does."""
    console = Console()
    for cells in named_rows(heading, rows):
        console.print(Text("  ".join(cells).rstrip()), no_wrap=True, overflow="ellipsis")
