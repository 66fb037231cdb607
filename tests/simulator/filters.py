"""``$filter`` as far as it is served: comparisons that ``and`` and ``or`` connect, without parentheses around them."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.simulator.odata import Call, GraphError

Value = Callable[[str], Any]
_CLAUSE = re.compile(r"\s*([\w$/@.]+)\s+(eq|ne|in)\s+(\(.*\)|'(?:[^']|'')*'|[^\s']+)\s*$")
_WORDS = {"true": True, "false": False, "null": None}


class Clause(NamedTuple):
    """One comparison of a property, such as ``scopeId eq '/'``."""

    name: str
    negated: bool
    values: tuple[Any, ...]

    def holds(self, value: Value) -> bool:
        """Whether it holds for an object, whose properties ``value`` gives."""
        return (value(self.name) in self.values) is not self.negated


class Filter(NamedTuple):
    """Alternatives, each a list of clauses that must all hold."""

    alternatives: list[list[Clause]]

    def holds(self, value: Value) -> bool:
        """Whether an object passes."""
        return any(all(clause.holds(value) for clause in clauses) for clauses in self.alternatives)

    @property
    def clauses(self) -> list[Clause]:
        """All clauses."""
        return [clause for clauses in self.alternatives for clause in clauses]


def filter_of(call: Call) -> Filter | None:
    """The request's filter, or None. Raises GraphError 400 for what is not understood here."""
    text = call.options.get("$filter")
    if text is None:
        return None
    return Filter([[_clause(each) for each in _split(part, "and")] for part in _split(text, "or")])


def _split(text: str, word: str) -> list[str]:
    """Split at a word outside of quotes."""
    parts, start = [], 0
    for found in re.finditer(rf"'(?:[^']|'')*'|\s{word}\s", text):
        if not found.group().startswith("'"):
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _clause(text: str) -> Clause:
    found = _CLAUSE.match(text)
    if not found:
        raise GraphError(400, "Request_UnsupportedQuery", f"The filter '{text.strip()}' is not supported.")
    name, operator, value = found.groups()
    listed = re.findall(r"'(?:[^']|'')*'|[^\s,()]+", value) if operator == "in" else [value]
    return Clause(name, operator == "ne", tuple(map(_value, listed)))


def _value(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    return int(text) if text.lstrip("-").isdecimal() else _WORDS.get(text, text)
