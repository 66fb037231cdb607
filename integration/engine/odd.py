"""Odd rows: where a step's own code cannot cope with an object, that costs the object's record, not the type.

A step is a generator that goes through the rows that it is handed. What it raises is about the row that it was handed
last: that row is left out, and the step goes on with the rest. A step that takes each object by itself (``per_row``)
and yields while there are more, is started again on what is left; any other one from its beginning, without the row.
"""

import inspect
import logging
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from integration.engine.records import Records
from integration.errors import IntegrationError, RecordError
from integration.sdk.row import NotSelected
from integration.sdk.step import Step
from integration.sources.flow import Restarted
from integration.sources.request import Request
from integration.text.visible import line

if TYPE_CHECKING:
    from integration.engine.context import StepContext

MOST = 20
"""So many rows are odd, and none is not, or so many runs begin anew: then it is the step that is wrong."""
_SHOWN = 3
"""So many odd rows of a step are logged with what led there, which is much alike for all of them."""
_NOT_OF_A_ROW = (IntegrationError, Restarted, NotSelected, sqlite3.Error, MemoryError)

Input: TypeAlias = "Request | str"
Pair: TypeAlias = "tuple[str, Any]"
Rows: TypeAlias = "Generator[Any, None, None]"
T = TypeVar("T")
_log = logging.getLogger("integration")


@dataclass(frozen=True)
class Odd:
    """A row that a step cannot cope with.

    Attributes:
        input: what it is one of.
        pair: its parent or key, and the row.
        problem: which it is, and what the step raised.
    """

    input: Input
    pair: Pair
    problem: str


class FromTheStart(Exception):
    """The step has to be run again from its beginning, without a row that is odd."""


class Handed:
    """An input that a step goes through.

    Attributes:
        input: what the step asks for.
        rows: hands it over, row by row.
        pair: the row that the step was handed last, with its parent or key.
    """

    def __init__(self, input: Input, rows: "Callable[[Handed], Rows]") -> None:
        self.input = input
        self.rows = rows(self)
        self.pair: Pair = ("", None)

    def noted(self, pairs: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
        """Yield rows, each of them noted."""
        for self.pair in pairs:
            yield self.pair


class Hands:
    """What a step is handed while it runs once.

    Args:
        without: rows that it is not handed.
    """

    def __init__(self, without: Iterable[Odd] = ()) -> None:
        self._without = list(without)
        self._open: list[Handed] = []
        self._rest: list[Handed] = []
        self._opened = 0

    def hand(self, input: Input, rows: Callable[[Handed], Generator[T, None, None]]) -> Generator[T, None, None]:
        """Return the rows of an input, or those that are left where the step goes on with them.

        Args:
            input: what the step asks for.
            rows: begins its rows, each of which it has noted.
        """
        for other in self._rest:
            if other.input == input:
                self._rest = []
                return other.rows
        self._open = [each for each in self._open if inspect.getgeneratorstate(each.rows) != inspect.GEN_CLOSED]
        self._open.append(Handed(input, rows))
        self._opened += 1
        return self._open[-1].rows

    def but_odd(self, input: Input, pairs: Iterator[Pair]) -> Iterator[Pair]:
        """Return the rows of an input without those that are left out."""
        without = [odd.pair for odd in self._without if odd.input == input]
        return (pair for pair in pairs if pair not in without) if without else pairs

    def last(self) -> tuple[Input, Pair] | None:
        """Return the row that the step was handed last, and what it is one of; ``None`` where there is none."""
        for each in reversed(self._open):
            if inspect.getgeneratorstate(each.rows) == inspect.GEN_SUSPENDED:
                return each.input, each.pair
        return None

    def go_on(self) -> bool:
        """Have the step handed what is left when it asks again; ``False`` where it reads more than one input."""
        self._rest = list(self._open) if self._opened == 1 else []
        return bool(self._rest)

    def close(self) -> None:
        """Let go of what the step has not read to its end."""
        for each in self._open:
            each.rows.close()
        self._open = []


class Attempts:
    """Runs a step, and leaves out the rows that it cannot cope with.

    Attributes:
        without: rows that the step must not be handed where it is run from its beginning.
    """

    def __init__(self) -> None:
        self.without: list[Odd] = []
        self._odd = 0
        self._first: tuple[Odd, Exception] | None = None

    def items(self, context: "StepContext", records: Records, hands: Hands) -> Iterator[Any]:
        """Yield what the step yields.

        Args:
            context: what the step is handed.
            records: told of each row that is left out.
            hands: what the step is handed of its inputs.

        Raises:
            FromTheStart: all that was yielded counts no more.
            SchemaMismatch: in strict mode, a row is odd.
            RecordError: the step cannot cope with any row, or with so many that it is wrong itself.
            Exception: what the step raised that is not about a row.
        """
        for known in self.without:
            records.reject(known.problem)
        streams = any_made = False
        while True:
            try:
                made = records.step.records(context)
                for first in made:
                    any_made = True
                    yield first
                    yield from made
                break
            except _NOT_OF_A_ROW:
                raise
            except Exception as error:
                odd = self._odd_row(error, records, hands)
                if odd is None:
                    raise
                self._first = self._first or (odd, error)
                if self._odd >= MOST and not any_made:
                    raise self._too_odd(records.step, *self._first) from None
                records.reject(odd.problem)
                streams = streams or (any_made and records.step.per_row)
                if not (streams and hands.go_on()):
                    self._start_over(records.step, odd, *self._first)
        if self._odd > _SHOWN:
            _log.info("%s cannot cope with %d further rows", records.step.name, self._odd - _SHOWN)
        if self._first and not any_made:
            raise self._too_odd(records.step, *self._first)

    def _odd_row(self, error: Exception, records: Records, hands: Hands) -> Odd | None:
        handed = hands.last()
        if handed is None:
            return None
        self._odd += 1
        input, pair = handed
        name, what = row_named(*pair), f"{type(error).__name__}: {error}"
        if self._odd <= _SHOWN:
            _log.info("%s cannot cope with %s", records.step.name, name, exc_info=error)
        return Odd(input, pair, line(f"{records.step.name} {name}: {what}"))

    def _start_over(self, step: Step, odd: Odd, first: Odd, error: Exception) -> None:
        if len(self.without) >= MOST:
            raise self._too_odd(step, first, error) from None
        self.without.append(odd)
        raise FromTheStart(odd.problem) from None

    def _too_odd(self, step: Step, first: Odd, error: Exception) -> RecordError:
        """Return the error where it is the step that is wrong, or all that Graph has of a property."""
        many = f"{self._odd} objects" if self._odd < MOST else f"{self._odd} objects, and more were not tried"
        what = f"{row_named(*first.pair)}: {type(error).__name__}: {error}"
        told = line(f"{step.name} cannot cope with {many}; the first is {what}")
        _log.error("%s", told)
        _log.debug("%s failed", step.name, exc_info=error)
        return RecordError(f"{step.source}: {told}")


def row_named(parent: str, row: Any) -> str:
    """Return what tells a row from others: the parent's id and its own, or the key of an entity."""
    own = row.get("id") if isinstance(row, Mapping) else None
    return " ".join(str(part) for part in (parent, own) if part) or "without id"
