"""What a step is handed: the tenant to read, the entities that it needs, its settings and a log."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integration.config import Config
from integration.errors import IntegrationError, NotFound, PlanError
from integration.model import Entity
from integration.reader import Reader, Row
from integration.step import Step
from integration.store import Store


@dataclass
class Seen:
    """What a step met while it ran: the runner judges it by that.

    Attributes:
        errors: what Graph refused, whether the step gave up for it or went on.
        types: types of which the step read the entities.
    """

    errors: list[IntegrationError] = field(default_factory=list)
    types: set[str] = field(default_factory=set)


class Graph:
    """Microsoft Graph v1.0 as a step sees it: whole collections, without paging, throttling or batches.

    What several steps ask for with the same arguments is fetched once. An error that a step catches still counts: the
    runner makes its verdict ``partial``, so that no step can pass off less than everything as complete. ``NotFound``
    alone does not count: what is not there cannot be missing.
    """

    def __init__(self, reader: Reader, seen: Seen) -> None:
        self._reader = reader
        self._seen = seen

    def get(self, path: str, *, select: Sequence[str] | None = None) -> Row:
        """Return one object.

        Args:
            path: below the version, such as ``/policies/identitySecurityDefaultsEnforcementPolicy``.
            select: properties to ask for (``$select``); Graph's default set where ``None``.

        Raises:
            GraphError: Graph did not give it.
        """
        try:
            return self._reader.get(path, select)
        except IntegrationError as error:
            raise self._noted(error) from None

    def list(self, path: str, *, select: Sequence[str] | None = None, top: int | None = 999) -> Iterator[Row]:
        """Yield the objects of a collection, each once, in order of their ids.

        Args:
            path: below the version, such as ``/users``.
            select: properties to ask for (``$select``); ``id`` is always among them. Graph's default set by default.
            top: page size (``$top``); ``None`` for collections that are not paged.

        Raises:
            GraphError: Graph did not give all of it.
        """
        try:
            yield from self._reader.list(path, select, top)
        except IntegrationError as error:
            raise self._noted(error) from None

    def related(self, parents: str, relation: str, *, select: Sequence[str] = ("id",)) -> Iterator[tuple[str, Row]]:
        """Yield the id of a parent and one of its children, for all children of all parents, in order of both ids.

        Args:
            parents: path of the parents' collection, such as ``/groups``.
            relation: name of the navigation property, such as ``members``.
            select: properties of the children to ask for; ``id`` and ``@odata.type`` are always there.

        Raises:
            GraphError: Graph did not give all of it; a parent that is gone meanwhile has no children.
        """
        try:
            yield from self._reader.related(parents, relation, select)
        except IntegrationError as error:
            raise self._noted(error) from None

    def _noted(self, error: IntegrationError) -> IntegrationError:
        if not isinstance(error, NotFound):
            self._seen.errors.append(error)
        return error


class Context:
    """What a step is handed.

    Attributes:
        graph: the tenant, through Microsoft Graph.
        config: the run's settings.
        log: a logger named after the type.
    """

    def __init__(self, step: Step, reader: Reader, store: Store, config: Config, seen: Seen) -> None:
        self.graph = Graph(reader, seen)
        self.config = config
        self.log = logging.getLogger(f"integration.steps.{step.name}")
        self._step = step
        self._store = store
        self._seen = seen

    def entities(self, type: str) -> Iterator[Entity]:
        """Yield all entities of a type that the step needs.

        Raises:
            PlanError: the step's declaration does not name the type among its needs.
        """
        self._check(type)
        self._seen.types.add(type)
        for key, properties in self._store.entities(type):
            yield Entity(key, **properties)

    def one(self, type: str) -> Entity:
        """Return the only entity of a type that the step needs.

        Raises:
            PlanError: the step's declaration does not name the type, or there is not exactly one entity of it.
        """
        self._check(type)
        found = [Entity(key, **properties) for key, properties in self._store.entities(type)]
        if len(found) != 1:
            raise PlanError(f"{self._step.name} expects one {type}, but {len(found)} were collected")
        return found[0]

    def _check(self, type: str) -> None:
        if type not in self._step.needs:
            raise PlanError(f"{self._step.name} reads {type}, but does not need it: add it to its needs")
