"""What a step is handed: the tenant to read, the entities that it needs, its settings and a log."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from integration.config.settings import Config
from integration.engine.odd import Handed, Hands
from integration.engine.verdicts import Verdicts
from integration.errors import IntegrationError, NotFound, PlanError
from integration.sdk.context import Azure, Graph
from integration.sdk.model import Entity
from integration.sdk.row import Row
from integration.sdk.schema import Schema, schema_beside
from integration.sdk.step import Step
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.sources.source import Reading
from integration.store.store import Store
from integration.text.discretion import logger
from integration.text.nearest import nearest
from integration.values import guid_key


@dataclass
class Seen:
    """What a step met while it ran: the runner judges it by that.

    Attributes:
        errors: what Graph refused, whether the step gave up for it or went on.
        requests: what it asked Graph for, and the version of that which it read to its end; empty where it did not.
        types: types of which it read entities, and the revision that last changed these.
        listed: types of which it read all entities.
        looked_up: types of which it read entities otherwise than one after the other, as a stream.
        hands: the rows that it is handed.
        left_out: how many objects of which kind it does not cover by its nature.
    """

    errors: list[IntegrationError] = field(default_factory=list)
    requests: dict[Request, str] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    looked_up: set[str] = field(default_factory=set)
    hands: Hands = field(default_factory=Hands)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangedInput:
    """Makes a step see of one input only what has changed since the last run, as it was then or as it is now.

    Attributes:
        input: what the step asks Graph for, or the type of which it reads the entities.
        before: as it was then.
    """

    input: Request | str
    before: bool


class TooEarly(BaseException):
    """A step that runs ahead asks for entities of a type without verdict; an ``except Exception`` lets it through."""


class StepReading:
    """What a step reads of the sources: over the reader, noting what it met.

    Args:
        step: the declaration.
        schema: its schema.
        reader: the tenant.
        seen: takes the notes.
        changes: what the step sees of one input instead of all that is there.
    """

    def __init__(self, step: Step, schema: Schema, reader: Reader, seen: Seen, changes: ChangedInput | None) -> None:
        self.step = step.name
        self._schema, self._declaration = schema, step
        self._reader = reader
        self._seen = seen
        self._changes = changes

    def taken(self, type: str | None) -> Sequence[str]:
        """Return the properties that the schema of a type takes of an object; of the step's own where ``None``."""
        schema = self._schema if type in (None, self.step) else schema_beside(self._declaration, type)
        return schema.mapping.takes

    def object(self, request: Request) -> Row:
        """Return the object that a request asks for."""
        self._asked(request)
        try:
            row = self._reader.row(request)
            self._read(request)
            self._seen.errors.extend(self._reader.gaps(request))
            return row
        except IntegrationError as error:
            raise self.noted(error) from None

    def objects(self, request: Request) -> Iterator[Row]:
        """Yield the objects of a collection, or of a part of one."""
        return self._seen.hands.hand(request, partial(self._objects, request))

    def _objects(self, request: Request, handed: Handed) -> Generator[Row, None, None]:
        self._asked(request)
        try:
            for _, row in handed.noted(self._rows(request)):
                yield row
            self._read(request)
            self._seen.errors.extend(self._reader.gaps(request))
        except IntegrationError as error:
            raise self.noted(error) from None

    def children(self, request: Request, *, together: bool = False) -> Iterator[tuple[str, Row]]:
        """Yield a parent's id and a child of it, for all parents; those of one parent ``together`` where asked."""
        return self._seen.hands.hand(request, partial(self._children, request, together))

    def _children(self, request: Request, together: bool, handed: Handed) -> Generator[tuple[str, Row], None, None]:
        self._asked(request)
        try:
            settled = settled_version(request, self._reader)
            yield from handed.noted(self._rows(request, together=together))
            self._read(request, settled)
            self._seen.errors.extend(self._reader.gaps(request))
        except IntegrationError as error:
            raise self.noted(error) from None

    def _rows(self, request: Request, *, together: bool = False) -> Iterator[tuple[str, Row]]:
        if self._changes and self._changes.input == request:
            return self._reader.changes(request, before=self._changes.before)
        return self._seen.hands.but_odd(request, self._reader.rows(request, together=together))

    def _asked(self, request: Request) -> None:
        self._seen.requests.setdefault(request, "")

    def _read(self, request: Request, version: str = "") -> None:
        """Note which version the step has read to its end."""
        self._seen.requests[request] = version or self._reader.version(request)

    def noted(self, error: IntegrationError) -> IntegrationError:
        """Return an error that the step is given, having noted that it was; what is not there cannot be missing."""
        if not isinstance(error, NotFound):
            self._seen.errors.append(error)
        return error


class StepContext:
    """What a step is handed: ``sdk.context.Context`` over the reader and the store, and a face of each source."""

    graph: Graph
    azure: Azure

    def __init__(
        self,
        step: Step,
        schema: Schema,
        reader: Reader,
        store: Store,
        verdicts: Verdicts,
        config: Config,
        seen: Seen,
        changes: ChangedInput | None = None,
    ) -> None:
        reading = self._reading(step, schema, reader, seen, changes)
        for source in reader.sources.values():
            setattr(self, source.name, source.face(reading))
        self.config = config
        self.log = logger(f"integration.steps.{step.name}")
        self._step = step
        self._store = store
        self._verdicts = verdicts
        self._seen = seen
        self._changes = changes

    def _reading(self, step: Step, schema: Schema, reader: Reader, seen: Seen, changes: ChangedInput | None) -> Reading:
        return StepReading(step, schema, reader, seen, changes)

    def entities(self, type: str) -> Iterator[Entity]:
        """Yield all entities of a type that the step needs."""
        return self._seen.hands.hand(type, partial(self._entities, type))

    def _entities(self, type: str, handed: Handed) -> Generator[Entity, None, None]:
        self._check(type)
        self._seen.listed.add(type)
        if self._changes and self._changes.input == type:
            found = self._store.changed_entities(type, before=self._changes.before)
        else:
            found = self._seen.hands.but_odd(type, self._store.entities(type))
        for key, row in handed.noted(found):
            yield Entity.from_json(key, row)

    def one(self, type: str) -> Entity:
        """Return the only entity of a type that the step needs."""
        self._check(type)
        self._seen.looked_up.add(type)
        found = [Entity.from_json(key, properties) for key, properties in self._store.entities(type)]
        if len(found) != 1:
            (result,) = self._verdicts.of([type])
            why = f": it is {result.verdict}: {result.reason}" if result.reason else ""
            raise PlanError(f"{self._step.name} expects one {type}, but {len(found)} were collected{why}")
        return found[0]

    def known(self, type: str, keys: Iterable[str]) -> frozenset[str]:
        """Return those of some keys that are keys of entities of a type that the step needs."""
        self._check(type)
        self._seen.listed.add(type)
        self._seen.looked_up.add(type)
        given = {key: guid_key(key) for key in keys}
        known = self._store.known(type, {*given.values()})
        return frozenset(key for key, other in given.items() if other in known)

    def left_out(self, count: int, what: str) -> None:
        """Say what the type does not cover by its nature."""
        if count:
            self._seen.left_out[what] = count

    def _check(self, type: str) -> None:
        if type not in (*self._step.needs, *self._step.wants):
            if type in self._verdicts.types:
                raise PlanError(f"{self._step.name} reads {type}, but does not need it: add it to its needs")
            near = nearest(type, self._verdicts.types)
            raise PlanError(f"{self._step.name} reads {type}, which no step declares{near}")
        if not self._verdicts.known(type):
            raise TooEarly(type)
        self._seen.types[type] = self._store.content(type)


def ensure(request: Request, reader: Reader) -> None:
    """Have the mirror hold what a step asks for.

    Raises:
        GraphError: Graph did not give all of it.
    """
    settled_version(request, reader)
    reader.ensure(request)


def settled_version(request: Request, reader: Reader) -> str:
    """Return the version of a relation after what was deleted or restored has been taken into account.

    Graph tells of a deleted child in the child's own collection, not in the relation. These collections are up to date
    by now, since the step needs their types. The version is empty for what is no relation, and in a new mirror.

    Raises:
        GraphError: Graph did not give all of it.
    """
    if request.kind != "relation" or reader.new:
        return ""
    reader.ensure(request)
    return reader.settle(request)
