"""Every error this package raises, grouped by consequence.

::

    IntegrationError
    ├── DeclarationError          a step, schema or plugin is wrong: mend the named file           (exit 2)
    ├── PlanError                 the chosen types cannot be ordered                               (exit 2)
    │   ├── UnknownType           a name that no step declares; says the nearest one
    │   │   └── NotReported       a type that a report has no result of
    │   └── DependencyCycle       types that need each other; says the path
    ├── QueryError                a question cannot be answered as it was asked; says what would do (exit 2)
    ├── ConfigurationError        settings are missing, mistyped or unknown; says all of them      (exit 2)
    ├── CredentialsError          Microsoft refused to sign the application in, or its token       (exit 2)
    ├── FatalError                nothing more can be read or written                              (exit 3)
    │   ├── Unreachable           the host never answered
    │   ├── OutputError           the output folder or a sink cannot be used
    │   │   └── FolderInUse       another run is using the folder
    │   └── Interrupted           somebody stopped the run
    ├── GraphError                Microsoft Graph did not give the data: the step fails
    │   ├── Forbidden             403: a permission is missing
    │   │   └── NotLicensed       the tenant lacks the licence for it: the step is skipped
    │   ├── NotFound              404: the object or the feature is not there: the step is skipped
    │   ├── FeatureAbsent         the tenant, or its cloud, does not have the feature: the step is skipped
    │   ├── Throttled             429 until the deadline
    │   ├── ServiceUnavailable    5xx or lost connections until the deadline
    │   ├── BadRequest            400 and other refusals: a programming error
    │   ├── BadAnswer             an answer that is not what Graph documents, or not whole
    │   ├── SourceUnavailable     an API that this run cannot read at all: the step is skipped
    │   └── PagingError           a next link that cannot be followed
    │       ├── PageTokenExpired  the page token died: the collection starts again
    │       └── DeltaTokenExpired Graph does not know any more what changed: everything is read
    ├── RecordError               a step yielded something that cannot be published: the step fails
    │   ├── SchemaMismatch        a property is not as the type's schema says
    │   ├── DuplicateKey          two records of one run with the same ``_key``
    │   └── DanglingEnd           a relationship to an entity that was not collected
    └── CassetteError             a recording is missing, broken or lacks the request

Graph errors carry ``status``, Graph's ``code``, ``request_id`` and ``path``; no error ever carries a body or a token.
"""

from integration.text.visible import line, lines


class IntegrationError(Exception):
    """Anything this package raises on purpose; its text holds no secret, and nothing that moves a terminal's cursor."""

    def __init__(self, message: object = "") -> None:
        super().__init__(lines(message))


class DeclarationError(IntegrationError):
    """A step, schema or plugin is declared wrongly; the message names the file and the remedy."""


class PlanError(IntegrationError):
    """The chosen types cannot be put in an order."""


class UnknownType(PlanError):
    """A name that no step declares."""


class NotReported(UnknownType, KeyError):
    """A type that a report has no result of; a ``KeyError`` too, as looking something up raises."""

    __str__ = Exception.__str__


class DependencyCycle(PlanError):
    """Types that need each other; ``path`` is the cycle, first name repeated at its end."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path
        super().__init__(f"these types need each other: {' → '.join(path)}; remove one of the needs")


class QueryError(IntegrationError):
    """A question cannot be answered as it was asked; the message says what would do."""


class ConfigurationError(IntegrationError):
    """Settings are missing, mistyped or unknown; ``faults`` holds one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("the settings cannot be used:\n" + "\n".join(f"  - {fault}" for fault in faults))


class CredentialsError(IntegrationError):
    """Microsoft refused to sign the application in, or Graph refused its token.

    Attributes:
        codes: the numbers that follow AADSTS, where the sign-in service gave any.
    """

    def __init__(self, message: object = "", codes: tuple[int, ...] = ()) -> None:
        self.codes = codes
        super().__init__(message)


class FatalError(IntegrationError):
    """The run cannot go on; what was collected before stays on disk."""


class Unreachable(FatalError):
    """A host never answered.

    Attributes:
        again: seconds after which it may be of use to ask again, as far as it says; ``None`` where it is of none.
    """

    def __init__(self, message: object = "", *, again: float | None = None) -> None:
        self.again = again
        super().__init__(message)


class OutputError(FatalError):
    """The output folder or a sink cannot be used."""


class FolderInUse(OutputError):
    """Another run is using the folder."""


class Interrupted(FatalError):
    """Somebody stopped the run."""


class GraphError(IntegrationError):
    """Microsoft Graph did not give the data that was asked for.

    Attributes:
        path: the request's path, without host and query.
        status: HTTP status; 0 where no answer came.
        code: Graph's error code, possibly empty.
        request_id: Graph's ``request-id``, for a support case; possibly empty.
        too_much: it may be given in smaller pages: the service or the connection did not bear the size of this one.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        too_much: bool = False,
    ) -> None:
        self.too_much = too_much
        self.problem, self.path, self.status = line(problem), line(path), status
        self.code, self.request_id = line(code), line(request_id)
        named = f"request-id {self.request_id}" if request_id else ""
        known = ", ".join(filter(None, [f"HTTP {status}" if status else "", self.code, named]))
        super().__init__(f"{self.path}: {self.problem}" + (f" ({known})" if known else ""))


class Forbidden(GraphError):
    """403, or 401 for one path alone: the application lacks a permission.

    ``permission`` is its name where that is known without the step.
    """

    permission = ""


class NotLicensed(Forbidden):
    """The tenant lacks the licence that this data needs; 403, or 400 from identity governance."""


class NotFound(GraphError):
    """404: the object or the feature is not there."""


class FeatureAbsent(GraphError):
    """The tenant, or the cloud that it is in, does not have the feature.

    Attributes:
        versions: those of the API in which it is there, where it was asked for in another one and Azure names them.
    """

    versions: tuple[str, ...] = ()


class Throttled(GraphError):
    """429 until the deadline had passed."""


class ServiceUnavailable(GraphError):
    """Server errors, lost connections, or a token refused for a part of a batch, until the deadline had passed."""


class BadRequest(GraphError):
    """Graph refused the request itself.

    Attributes:
        unknown: the property that Graph does not know, where it was refused for one.
    """

    unknown = ""


class BadAnswer(GraphError):
    """The answer is not what Graph documents: not JSON, without its ``value``, or not whole."""


class SourceUnavailable(GraphError):
    """An API is not open to this run: there is no token for it, or no access at all. Types that read it are skipped."""


class PagingError(GraphError):
    """A next link that must not or cannot be followed."""


class PageTokenExpired(PagingError):
    """The page token died; only reading the collection from its start helps."""


class DeltaTokenExpired(PagingError):
    """Graph does not know any more what changed; only reading everything helps."""


class RecordError(IntegrationError):
    """A step yielded something that cannot be published."""


class SchemaMismatch(RecordError):
    """A property is not as the type's schema says."""


class DuplicateKey(RecordError):
    """Two records of one run have the same ``_key``."""


class DanglingEnd(RecordError):
    """A relationship names an entity that was not collected."""


class CassetteError(IntegrationError):
    """A recording is missing, broken, or lacks a request that the step made."""
