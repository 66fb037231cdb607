"""Expressions of the Kusto query language over rows that are dicts.

Source: Kusto's reference. ``==`` regards case and ``=~`` does not; ``%`` is never negative; names of columns regard
case, as do names of properties; a property that is not there is null.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any

Row = dict[str, Any]
Expression = Callable[[Row], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*~?)"""
    r"""|(?P<sign>==|=~|!=|!~|<=|>=|[|(),=%<>.\[\]]))"""
)


class InvalidQuery(Exception):
    """The query is not accepted; the text says why."""


@dataclass(slots=True)
class Tokens:
    """The words of one query."""

    query: str
    words: list[tuple[str, str]] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        place = 0
        while self.query[place:].strip():
            if not (found := _TOKEN.match(self.query, place)):
                raise InvalidQuery(f"ParserFailure at {self.query[place : place + 20]!r}")
            self.words.append((str(found.lastgroup), found.group(str(found.lastgroup))))
            place = found.end()

    def peek(self) -> str:
        return self.words[self.at][1] if self.at < len(self.words) else ""

    def take(self) -> tuple[str, str]:
        if self.at == len(self.words):
            raise InvalidQuery("ParserFailure: the query ends too early")
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, *words: str) -> str:
        """Take the next word if it is one of these."""
        return self.take()[1] if self.peek() in words and self.peek() else ""

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise InvalidQuery(f"ParserFailure: {word!r} is missing before {self.peek()!r}")


@lru_cache(maxsize=1 << 18)
def hash_of(text: str) -> int:
    """A hash of 64 bits with a sign, as Kusto's is."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def column(name: str) -> Expression:
    return lambda row: row[name]


def condition(tokens: Tokens, columns: list[str]) -> Expression:
    tests = [_both(tokens, columns)]
    while tokens.accept("or"):
        tests.append(_both(tokens, columns))
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def _both(tokens: Tokens, columns: list[str]) -> Expression:
    tests = [_test(tokens, columns)]
    while tokens.accept("and"):
        tests.append(_test(tokens, columns))
    return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)


def _test(tokens: Tokens, columns: list[str]) -> Expression:
    if tokens.accept("not"):
        inner = _test(tokens, columns)
        return lambda row: not inner(row)
    left = value_of(tokens, columns)
    sign = tokens.accept("==", "=~", "!=", "!~", "<", ">", "<=", ">=", "in", "in~")
    if not sign:
        return left
    if sign.startswith("in"):
        right = _list(tokens, columns)
        return _compare(left, right, "~" in sign, lambda value, values: value in values)
    other = value_of(tokens, columns)
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "==": lambda a, b: a == b,
        "=~": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "!~": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
    }
    return _compare(left, other, "~" in sign, compare[sign])


def _compare(left: Expression, right: Expression, fold: bool, compare: Callable[[Any, Any], bool]) -> Expression:
    if fold:
        return lambda row: compare(_lower(left(row)), _lower(right(row)))
    return lambda row: compare(left(row), right(row))


def _lower(value: Any) -> Any:
    return [_lower(each) for each in value] if isinstance(value, list) else str(value).lower()


def _list(tokens: Tokens, columns: list[str]) -> Expression:
    tokens.expect("(")
    values = [value_of(tokens, columns)({})]
    while tokens.accept(","):
        values.append(value_of(tokens, columns)({}))
    tokens.expect(")")
    return lambda _: values


def value_of(tokens: Tokens, columns: list[str]) -> Expression:
    value = _primary(tokens, columns)
    if tokens.accept("%"):
        divisor = int(tokens.take()[1])
        return lambda row: value(row) % divisor
    return value


def _primary(tokens: Tokens, columns: list[str]) -> Expression:
    if tokens.accept("("):
        inner = condition(tokens, columns)
        tokens.expect(")")
        return inner
    kind, word = tokens.take()
    if kind == "text":
        text = re.sub(r"\\(.)", r"\1", word[1:-1])
        return lambda _: text
    if kind == "number":
        number = int(word)
        return lambda _: number
    if kind != "name":
        raise InvalidQuery(f"ParserFailure at {word!r}")
    if tokens.accept("("):
        inner = value_of(tokens, columns)
        tokens.expect(")")
        return _function(word, inner)
    if word not in columns:
        raise InvalidQuery(f"SemanticError: Failed to resolve scalar expression named '{word}'")
    return _path(tokens, column(word))


def _path(tokens: Tokens, value: Expression) -> Expression:
    while sign := tokens.accept(".", "["):
        name = tokens.take()[1].strip("'\"")
        if sign == "[":
            tokens.expect("]")
        value = _property(value, name)
    return value


def _property(value: Expression, name: str) -> Expression:
    def read(row: Row) -> Any:
        holder = value(row)
        return holder.get(name) if isinstance(holder, dict) else None

    return read


def _function(name: str, inner: Expression) -> Expression:
    functions: dict[str, Callable[[Any], Any]] = {
        "tolower": lambda value: str(value).lower(),
        "tostring": lambda value: "" if value is None else str(value),
        "hash": hash_of,
        "isempty": lambda value: value in (None, ""),
        "isnotempty": lambda value: value not in (None, ""),
    }
    if name not in functions:
        raise InvalidQuery(f"UnknownFunction: {name}")
    function = functions[name]
    return lambda row: function(inner(row))
