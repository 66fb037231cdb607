"""Microsoft Entra tenants into a graph: declare steps, load them, plan, run.

A step reads Microsoft Graph through its context and yields entities or relationships; a host loads the installed steps
with ``load``, orders them with ``plan`` and runs them with ``run``, or hands an event to ``handle``.
"""

from integration.engine.runner import handle, run
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
    Forbidden,
    GraphError,
    IntegrationError,
    Interrupted,
    NotFound,
    NotLicensed,
    OutputError,
    PageTokenExpired,
    PagingError,
    PlanError,
    QueryError,
    RecordError,
    SchemaMismatch,
    ServiceUnavailable,
    Throttled,
    UnknownType,
    Unreachable,
)
from integration.recording.tape import Record
from integration.sdk.context import Context, Graph
from integration.sdk.hooks import hookimpl
from integration.sdk.model import Entity, Relationship
from integration.sdk.plugins import declared_steps, load, plan
from integration.sdk.report import Report
from integration.sdk.sink import Sink
from integration.sdk.step import Step, entity_step, relationship_step
from integration.tapes.tapes import Live, Replay

__all__ = [
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
    "Forbidden",
    "Graph",
    "GraphError",
    "IntegrationError",
    "Interrupted",
    "Live",
    "NotFound",
    "NotLicensed",
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
    "Step",
    "Throttled",
    "UnknownType",
    "Unreachable",
    "declared_steps",
    "entity_step",
    "handle",
    "hookimpl",
    "load",
    "plan",
    "relationship_step",
    "run",
]
