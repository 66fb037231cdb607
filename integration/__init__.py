"""Microsoft Entra tenants into a graph: declare steps, load them, plan, run.

A step reads Microsoft Graph through its context and yields entities or relationships; a host loads the installed steps
with ``load``, orders them with ``plan`` and runs them with ``run``, or hands an event to ``handle``.
"""

from integration.context import Context, Graph
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
from integration.hookspecs import hookimpl
from integration.model import Entity, Relationship
from integration.plugins import load, plan
from integration.report import Report
from integration.runner import handle, run
from integration.sinks import Sink
from integration.step import Step, entity_step, relationship_step
from integration.tapes import Live, Record, Replay

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
    "entity_step",
    "handle",
    "hookimpl",
    "load",
    "plan",
    "relationship_step",
    "run",
]
