"""Cutting a table into parts that each fit into one page, so that nothing is read by an offset.

The pages of a query are offsets into what changes meanwhile: rows that move over the edge are lost or come twice. A
part by the hash of the id is one answer, and what exists throughout is in it. Source: Azure Resource Graph, paging.
"""

import re
from dataclasses import dataclass, replace
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
        filter: KQL that is true of the rows that are wanted; all where it is empty.
    """

    table: str
    number: int = 0
    of: int = 1
    type: str = ""
    filter: str = ""

    def plan(self, rows: int) -> list[Self]:
        """Return the parts of the table if it has so many rows."""
        return self.cut(max(1, -(-rows // FILL)))

    def cut(self, of: int) -> list[Self]:
        """Return the parts of the table if it is cut into so many."""
        return [replace(self, number=number, of=of) for number in range(of)]

    @property
    def name(self) -> str:
        """What the mirror calls it."""
        return f"{self.number}/{self.of}"

    @property
    def query(self) -> str:
        """The KQL that gives its rows."""
        steps = [self._rows]
        if self.of > 1:
            steps.append(f"where hash(tolower(id)) % {self.of} == {self.number}")
        return " | ".join([*steps, f"project {', '.join(COLUMNS)}", "order by id asc"])

    @property
    def counts(self) -> str:
        """The KQL that counts the rows of each type of the whole table."""
        return f"{self._rows} | {_COUNTS}"

    @property
    def _rows(self) -> str:
        steps = [self.table]
        if self.type:
            escaped = self.type.replace("\\", "\\\\").replace("'", "\\'")
            steps.append(f"where type =~ '{escaped}'")
        if self.filter:
            steps.append(f"where {self.filter}")
        return " | ".join(steps)

    def halves(self) -> list[Self]:
        """Return two parts that hold the same rows; none where it cannot be cut any finer."""
        if self.of * 2 > _FINEST:
            return []
        return [replace(self, number=number, of=self.of * 2) for number in (self.number, self.number + self.of)]


def asked_by(query: str) -> tuple[Partition, bool]:
    """Return the part of a table that a KQL asks for, and whether only for how many rows each type has."""
    type, part = _TYPE.search(query), _PART.search(query)
    named = re.sub(r"\\(.)", r"\1", type[1]) if type else ""
    of, number = map(int, part.groups()) if part else (1, 0)
    return Partition(query.partition(" ")[0], number, of, named), query.endswith(_COUNTS)
