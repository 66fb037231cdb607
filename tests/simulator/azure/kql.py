"""The part of the Kusto query language that a reader of Azure Resource Graph sends, over rows that are dicts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.simulator.azure.expressions import Expression, InvalidQuery, Row, Tokens, column, condition, value_of

_NO_PAGING = ("limit", "take", "sample")


@dataclass(slots=True)
class Result:
    """All rows that a query gives, ``columns`` by name, and whether a page of them can have a next one."""

    rows: list[Row]
    columns: list[str]
    pages: bool = True
    grouped: bool = False


def table_of(query: str) -> str:
    """The table that a query reads, in lower case."""
    kind, word = Tokens(query).take()
    if kind != "name":
        raise InvalidQuery(f"ParserFailure: {word!r} is no table")
    return word.lower()


def run(query: str, rows: list[Row], columns: list[str], random: Random) -> Result:
    """Evaluate a query over the rows of its table.

    Rows that no ``order by`` has sorted come in another order each time.

    Raises:
        InvalidQuery: it is not accepted, or it is beyond the part that is simulated.
    """
    tokens = Tokens(query)
    tokens.take()
    result, ordered = Result(rows, columns), False
    while tokens.accept("|"):
        _, verb = tokens.take()
        if verb == "where":
            test = condition(tokens, result.columns)
            result.rows = [row for row in result.rows if test(row)]
        elif verb in ("project", "extend"):
            named = dict(_named(tokens, result.columns))
            if verb == "extend":
                named = {name: column(name) for name in result.columns} | named
            result.rows = [{name: value(row) for name, value in named.items()} for row in result.rows]
            result.columns = list(named)
        elif verb in ("order", "sort"):
            tokens.expect("by")
            result.rows, ordered = _ordered(tokens, result), True
        elif verb in ("summarize", "distinct", "count"):
            _group(tokens, verb, result)
            result.pages, result.grouped = False, True
        elif verb in _NO_PAGING:
            result.rows, result.pages = result.rows[: int(tokens.take()[1])], False
        else:
            raise InvalidQuery(f"UnknownOperator: {verb}")
    if tokens.peek():
        raise InvalidQuery(f"ParserFailure at {tokens.peek()!r}")
    if not ordered and result.pages:
        result.rows = random.sample(result.rows, len(result.rows))
    result.pages = result.pages and "id" in result.columns
    return result


def _named(tokens: Tokens, columns: list[str]) -> Iterator[tuple[str, Expression]]:
    while True:
        name = tokens.peek()
        if tokens.at + 1 < len(tokens.words) and tokens.words[tokens.at + 1][1] == "=":
            tokens.at += 2
        yield name, value_of(tokens, columns)
        if not tokens.accept(","):
            return


def _ordered(tokens: Tokens, result: Result) -> list[Row]:
    keys = []
    while True:
        value = value_of(tokens, result.columns)
        keys.append((value, tokens.accept("asc", "desc") != "asc"))
        if not tokens.accept(","):
            break
    rows = result.rows
    for value, down in reversed(keys):
        rows = sorted(rows, key=value, reverse=down)
    return rows


def _group(tokens: Tokens, verb: str, result: Result) -> None:
    alias = {"summarize": "count_", "count": "Count"}.get(verb, "")
    if verb == "summarize":
        if tokens.words[tokens.at + 1][1] == "=":
            alias = tokens.take()[1]
            tokens.take()
        for word in ("count", "(", ")"):
            tokens.expect(word)
    keys: list[tuple[str, Expression]] = []
    if verb == "distinct" or tokens.accept("by"):
        keys = list(_named(tokens, result.columns))
    found = Counter(tuple(value(row) for _, value in keys) for row in result.rows)
    if not keys:
        found = Counter({(): len(result.rows)})
    result.rows = [
        {name: part for (name, _), part in zip(keys, values, strict=True)} | ({alias: n} if alias else {})
        for values, n in found.items()
    ]
    result.columns = [name for name, _ in keys] + ([alias] if alias else [])
