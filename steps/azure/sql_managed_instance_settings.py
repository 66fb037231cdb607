"""What is set for managed instances of SQL Server: their key, who watches them, and who looks for weaknesses."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children, setting
from steps.azure._sql_settings import alert_policy, vulnerability_assessment

_INSTANCE, _VERSION = "microsoft.sql/managedinstances", "2021-11-01"
_PROTECTORS = Children(_INSTANCE, "/encryptionProtector/current", _VERSION)
_ALERTS = Children(_INSTANCE, "/securityAlertPolicies/default", _VERSION)
_ASSESSMENTS = Children(_INSTANCE, "/vulnerabilityAssessments/default", _VERSION)
_READ_PROTECTORS = ["Microsoft.Sql/managedInstances/encryptionProtector/read"]
_READ_ALERTS = ["Microsoft.Sql/managedInstances/securityAlertPolicies/read"]
_READ_ASSESSMENTS = ["Microsoft.Sql/managedInstances/vulnerabilityAssessments/read"]


@entity_step("Configuration", permissions=_READ_PROTECTORS, per_row=True, on_demand=True)
def azure_sql_managed_instance_encryption_protector(ctx: Context) -> Iterator[Entity]:
    """The key that protects the keys by which the databases of a managed instance are encrypted."""
    for row in _PROTECTORS.rows(ctx):
        yield setting(row)


@entity_step("Configuration", permissions=_READ_ALERTS, per_row=True, on_demand=True)
def azure_sql_managed_instance_security_alert_policy(ctx: Context) -> Iterator[Entity]:
    """Whether Microsoft Defender watches a managed instance, and who is told."""
    for row in _ALERTS.rows(ctx):
        yield alert_policy(row)


@entity_step("Configuration", permissions=_READ_ASSESSMENTS, per_row=True, on_demand=True)
def azure_sql_managed_instance_vulnerability_assessment(ctx: Context) -> Iterator[Entity]:
    """Whether the databases of a managed instance are looked through for weaknesses, and who is told."""
    for row in _ASSESSMENTS.rows(ctx):
        yield vulnerability_assessment(row)


@relationship_step(
    "azure_sql_managed_instance",
    "HAS",
    "azure_sql_managed_instance_encryption_protector",
    permissions=_READ_PROTECTORS,
    per_row=True,
)
def azure_sql_managed_instance_has_encryption_protector(ctx: Context) -> Iterator[Relationship]:
    """A key protects the databases of a managed instance."""
    yield from _PROTECTORS.in_parents(ctx)


@relationship_step(
    "azure_sql_managed_instance",
    "HAS",
    "azure_sql_managed_instance_security_alert_policy",
    permissions=_READ_ALERTS,
    per_row=True,
)
def azure_sql_managed_instance_has_security_alert_policy(ctx: Context) -> Iterator[Relationship]:
    """A managed instance is watched."""
    yield from _ALERTS.in_parents(ctx)


@relationship_step(
    "azure_sql_managed_instance",
    "HAS",
    "azure_sql_managed_instance_vulnerability_assessment",
    permissions=_READ_ASSESSMENTS,
    per_row=True,
)
def azure_sql_managed_instance_has_vulnerability_assessment(ctx: Context) -> Iterator[Relationship]:
    """A managed instance is looked through for weaknesses."""
    yield from _ASSESSMENTS.in_parents(ctx)
