"""Microsoft Entra tenants into a graph: declare steps, load them, plan, run.

A step reads Microsoft Graph through its context and yields entities or relationships; a host loads the installed steps
with ``load``, orders them with ``plan`` and runs them with ``run``, or hands an event to ``handle``.

All but the errors is imported when it is first used: a program that prints its version needs no HTTP client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from integration.errors import (
    BadAnswer,
    BadRequest,
    CassetteError,
    ConfigurationError,
    CredentialsError,
    DanglingEnd,
    DeclarationError,
    DeltaTokenExpired,
    DependencyCycle,
    DuplicateKey,
    FatalError,
    FeatureAbsent,
    FolderInUse,
    Forbidden,
    GraphError,
    IntegrationError,
    Interrupted,
    NotFound,
    NotLicensed,
    NotReported,
    OutputError,
    PageTokenExpired,
    PagingError,
    PlanError,
    QueryError,
    RecordError,
    SchemaMismatch,
    ServiceUnavailable,
    SourceUnavailable,
    Throttled,
    UnknownType,
    Unreachable,
)

if TYPE_CHECKING:
    from integration.engine.runner import handle, run
    from integration.recording.tape import Record
    from integration.sdk.context import Azure, Context, Graph
    from integration.sdk.declare import entity_step, relationship_family, relationship_step
    from integration.sdk.ends import any_of
    from integration.sdk.hooks import hookimpl
    from integration.sdk.model import Entity, Relationship
    from integration.sdk.plugins import declared_steps, load, plan
    from integration.sdk.report import Report
    from integration.sdk.sink import Sink
    from integration.sdk.step import Step
    from integration.tapes.tapes import Live, Replay

_NAMES = {
    "integration.engine.runner": "handle run",
    "integration.recording.tape": "Record",
    "integration.sdk.context": "Azure Context Graph",
    "integration.sdk.declare": "entity_step relationship_family relationship_step",
    "integration.sdk.ends": "any_of",
    "integration.sdk.hooks": "hookimpl",
    "integration.sdk.model": "Entity Relationship",
    "integration.sdk.plugins": "declared_steps load plan",
    "integration.sdk.report": "Report",
    "integration.sdk.sink": "Sink",
    "integration.sdk.step": "Step",
    "integration.tapes.tapes": "Live Replay",
}
"""The public names that are no errors, by the module that they are from."""
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__version__ = "0.1.0"
"""Of the product, also of its package: see ``tool.hatch.version`` in pyproject.toml."""

__all__ = [
    "Azure",
    "BadAnswer",
    "BadRequest",
    "CassetteError",
    "ConfigurationError",
    "Context",
    "CredentialsError",
    "DanglingEnd",
    "DeclarationError",
    "DeltaTokenExpired",
    "DependencyCycle",
    "DuplicateKey",
    "Entity",
    "FatalError",
    "FeatureAbsent",
    "FolderInUse",
    "Forbidden",
    "Graph",
    "GraphError",
    "IntegrationError",
    "Interrupted",
    "Live",
    "NotFound",
    "NotLicensed",
    "NotReported",
    "OutputError",
    "PageTokenExpired",
    "PagingError",
    "PlanError",
    "QueryError",
    "Record",
    "RecordError",
    "Relationship",
    "Replay",
    "Report",
    "SchemaMismatch",
    "ServiceUnavailable",
    "Sink",
    "SourceUnavailable",
    "Step",
    "Throttled",
    "UnknownType",
    "Unreachable",
    "any_of",
    "declared_steps",
    "entity_step",
    "handle",
    "hookimpl",
    "load",
    "plan",
    "relationship_family",
    "relationship_step",
    "run",
]


def __getattr__(name: str) -> Any:
    """Import a public name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
