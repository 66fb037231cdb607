"""What an API is to this package: anything more than this stays within the source."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Protocol

from integration.errors import GraphError, IntegrationError
from integration.sdk.plan import Plan
from integration.sdk.row import Row
from integration.sources.collection import Collection
from integration.sources.request import Request

if TYPE_CHECKING:
    from integration.sources.reader import Reader


class Reading(Protocol):
    """What a step reads, as a face hands it on; errors and versions are noted on the way."""

    @property
    def step(self) -> str:
        """Name of the step, for messages."""

    def taken(self, type: str | None) -> Sequence[str]:
        """Return the properties that the schema of a type takes of an object; of the step's own where ``None``."""

    def noted(self, error: IntegrationError) -> IntegrationError:
        """Return an error that the step is given, having noted that it was."""

    def object(self, request: Request) -> Row:
        """Return the object that a request asks for."""

    def objects(self, request: Request) -> Iterator[Row]:
        """Yield the objects of a collection, or of a part of one."""

    def children(self, request: Request, *, together: bool = False) -> Iterator[tuple[str, Row]]:
        """Yield a parent's id and a child of it, for all parents; those of one parent ``together`` where asked."""


class Review(Protocol):
    """What the token does not allow, in the source's own terms."""

    @property
    def falls_away(self) -> Mapping[str, str]:
        """Each type that cannot be read, and why."""

    @property
    def lacking(self) -> Mapping[str, Sequence[str]]:
        """The permissions that each type cannot do without and that the token is known to lack."""

    @property
    def granted(self) -> Iterable[str]:
        """The permissions, of those that types name, that the token is known to have."""

    @property
    def presumed(self) -> AbstractSet[str]:
        """The types that may be refused for a permission that the token has as part of a broader one alone."""


class Source(Protocol):
    """One API that a tenant is read from; one object for all threads of a run.

    Attributes:
        name: what the API is called in a step's context, such as ``graph``; also ``Request.source``.
        tenant: names the tenant that it reads, and where.
    """

    name: str
    tenant: str

    def face(self, reading: Reading) -> Any:
        """Return what a step sees of the API: ``ctx.graph``, say."""

    def fetch(self, request: Request, into: Collection) -> None:
        """Have the mirror hold a collection as it is now: by what changed where the API tells that, else page by page.

        Raises:
            GraphError: the API did not give all of it.
        """

    def tracks(self, request: Request) -> bool:
        """Tell whether later runs are told what changed of a collection; only such a one tells which objects exist."""

    def parents(self, request: Request) -> Request:
        """Return the request for the parents of a relation, where no step asks for these."""

    def choose(self, request: Request, objects: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return those of a collection's objects that a request asks for."""

    def left_out(self, request: Request) -> Sequence[str]:
        """Return the parts of a collection that a request leaves out, since it is for those that nobody else takes."""

    def inputs(self, request: Request, reader: "Reader") -> Sequence[Request]:
        """Return the other collections that decide on what a request gives."""

    def further(self, request: Request, reader: "Reader") -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield parent's id and object of what a request gives only by what other collections tell."""

    def gaps(self, request: Request, reader: "Reader") -> Iterator[GraphError]:
        """Yield what a whole answer does not hold, such as members that are hidden."""

    def review(self, plan: Plan) -> Review | None:
        """Return what the token does not allow of a plan; ``None`` where that is not known."""

    def unlicensed(self, licences: Sequence[str], reader: "Reader") -> bool:
        """Tell whether the tenant is known to have none of some service plans."""

    def is_slow(self, request: Request) -> bool:
        """Tell whether the API gives a collection slowly, by a limit of its own, so that it is to be begun first."""

    def untaken(self, reader: "Reader", holds_any: Callable[[Sequence[str]], bool]) -> Mapping[str, Mapping[str, int]]:
        """Return what was read and no step takes: how many objects of each kind, by collection.

        Args:
            reader: the run's.
            holds_any: tells whether the graph has an entity of one of some ids.
        """

    def cost(self) -> Mapping[str, Any]:
        """Return what reading cost, for ``summary.json``."""

    def stop(self) -> None:
        """Make everybody who waits for the API raise ``Interrupted``; safe for many threads."""
