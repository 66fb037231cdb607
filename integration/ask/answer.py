"""The rows that answer a question."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

ResultRow = tuple[Any, ...]


@dataclass(frozen=True)
class QueryAnswer:
    """The rows that answer a question.

    Attributes:
        columns: their names.
        rows: read as they are asked for; values are text, numbers, ``None`` or bytes.
        read: names of the tables and views that they are made from.
    """

    columns: tuple[str, ...]
    rows: Iterator[ResultRow]
    read: frozenset[str] = frozenset()

    def first(self, most: int | None) -> "QueryAnswer":
        """Return the first rows alone; all of them where ``most`` is ``None``."""
        return QueryAnswer(self.columns, islice(self.rows, most), self.read)
