"""Cutting a table into parts that each fit into one page, so that nothing is read by an offset.

The pages of a query are offsets into what changes meanwhile: rows that move over the edge are lost or come twice. A
part by the hash of the id is one answer, and what exists throughout is in it. Source: Azure Resource Graph, paging.
"""

import re
from dataclasses import dataclass
from typing import Self

from integration.sources.azure.resource_graph import COLUMNS

FILL = 850
"""Rows that a part should have: they vary by the root of that, and five times the root more still fit into a page."""
_FINEST = 2**20
_COUNTS = "summarize n = count() by type"
_TYPE = re.compile(r"where type =~ '((?:[^'\\]|\\.)*)'")
_PART = re.compile(r"where hash\(tolower\(id\)\) % (\d+) == (\d+)")


@dataclass(frozen=True)
class Partition:
    """A part of a table.

    Attributes:
        table: such as ``resources``.
        number: which of the parts it is.
        of: how many there are.
        type: a resource type in lower case, where only rows of that are wanted.
    """

    table: str
    number: int = 0
    of: int = 1
    type: str = ""

    @classmethod
    def plan(cls, table: str, rows: int, type: str = "") -> list[Self]:
        """Return the parts of a table of so many rows."""
        return cls.all(table, max(1, -(-rows // FILL)), type)

    @classmethod
    def all(cls, table: str, of: int, type: str = "") -> list[Self]:
        """Return the parts of a table that is cut into so many."""
        return [cls(table, number, of, type) for number in range(of)]

    @property
    def name(self) -> str:
        """What the mirror calls it."""
        return f"{self.number}/{self.of}"

    @property
    def query(self) -> str:
        """The KQL that gives its rows."""
        steps = [_of_type(self.table, self.type)]
        if self.of > 1:
            steps.append(f"where hash(tolower(id)) % {self.of} == {self.number}")
        return " | ".join([*steps, f"project {', '.join(COLUMNS)}", "order by id asc"])

    def halves(self) -> list[Self]:
        """Return two parts that hold the same rows; none where it cannot be cut any finer."""
        if self.of * 2 > _FINEST:
            return []
        other = self.number + self.of
        return [type(self)(self.table, number, self.of * 2, self.type) for number in (self.number, other)]


def counts_of(table: str, type: str) -> str:
    """Return the KQL that counts the rows of each type of a table, or of one type."""
    return f"{_of_type(table, type)} | {_COUNTS}"


def asked_by(query: str) -> tuple[Partition, bool]:
    """Return the part of a table that a KQL asks for, and whether only for how many rows each type has."""
    type, part = _TYPE.search(query), _PART.search(query)
    named = re.sub(r"\\(.)", r"\1", type[1]) if type else ""
    of, number = map(int, part.groups()) if part else (1, 0)
    return Partition(query.partition(" ")[0], number, of, named), query.endswith(_COUNTS)


def _of_type(table: str, type: str) -> str:
    if not type:
        return table
    escaped = type.replace("\\", "\\\\").replace("'", "\\'")
    return f"{table} | where type =~ '{escaped}'"
