"""How Microsoft Intune's devices stand to its policies and configurations, and where they do not keep to one.

Graph tells that policy by policy, with a row for each device, so that none of it is read unless it is asked for.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._words import says
from steps.entra._intune import INTUNE
from steps.entra.device_policy import COMPLIANCE, CONFIGURATION
from steps.entra.host_agent import AGENT, agent_key
from steps.entra.managed_device import DEVICE

FINDING = "intune_noncompliance_finding"
_READ = ["DeviceManagementConfiguration.Read.All"]
_LISTED = {
    COMPLIANCE: "/deviceManagement/deviceCompliancePolicies",
    CONFIGURATION: "/deviceManagement/deviceConfigurations",
}
_STATUS = ("id", "status", "deviceDisplayName", "userPrincipalName", "lastReportedDateTime")
_NOT_MEANT = ("notApplicable", "notAssigned")
"""A device of which this is told is none of those that a policy is for."""
_SEVERITIES = {"nonCompliant": ("high", 6), "error": ("high", 6), "conflict": ("high", 6), "unknown": ("medium", 4)}
"""What is found, by the status (complianceStatus enum type); how bad it is, as JupiterOne's users know it."""


@entity_step("Finding", permissions=_READ, licences=INTUNE, needs=[COMPLIANCE, CONFIGURATION], on_demand=True)
def intune_noncompliance_finding(ctx: Context) -> Iterator[Entity]:
    """A device does not keep to a policy or a configuration of Intune's, or it is not known whether it does."""
    for type in _LISTED:
        names = {policy.key: str(policy.properties["name"]) for policy in ctx.entities(type)}
        for policy, row in _findings(ctx, type):
            status = str(row["status"])
            severity, number = next(told for word, told in _SEVERITIES.items() if says(status, word))
            name = names.get(policy, policy)
            yield Entity(
                row["id"],
                row,
                name=name,
                displayName=f"{name}: {row['deviceDisplayName'] or _device(row)}",
                category="endpoint-compliance" if type == COMPLIANCE else "endpoint-configuration",
                severity=severity,
                numericSeverity=number,
                open=True,
                policyId=policy,
                deviceId=_device(row),
            )


@relationship_step(COMPLIANCE, "IDENTIFIED", FINDING, permissions=_READ, licences=INTUNE)
def intune_compliance_policy_identified_noncompliance_finding(ctx: Context) -> Iterator[Relationship]:
    """A compliance policy is not kept to by a device."""
    for policy, row in _findings(ctx, COMPLIANCE):
        yield Relationship(policy, row["id"])


@relationship_step(CONFIGURATION, "IDENTIFIED", FINDING, permissions=_READ, licences=INTUNE)
def intune_device_configuration_identified_noncompliance_finding(ctx: Context) -> Iterator[Relationship]:
    """A configuration is not what a device is set to."""
    for policy, row in _findings(ctx, CONFIGURATION):
        yield Relationship(policy, row["id"])


@relationship_step(DEVICE, "HAS", FINDING, permissions=_READ, licences=INTUNE)
def intune_managed_device_has_noncompliance_finding(ctx: Context) -> Iterator[Relationship]:
    """A device does not keep to something."""
    for type in _LISTED:
        for _, row in _findings(ctx, type):
            yield Relationship(_device(row), row["id"])


@relationship_step(AGENT, "ASSIGNED", COMPLIANCE, permissions=_READ, licences=INTUNE, needs=[FINDING])
def intune_host_agent_assigned_compliance_policy(ctx: Context) -> Iterator[Relationship]:
    """Intune asks the device of an agent to keep to a compliance policy: how that stands is at the edge."""
    yield from _assigned(ctx, COMPLIANCE)


@relationship_step(AGENT, "ASSIGNED", CONFIGURATION, permissions=_READ, licences=INTUNE, needs=[FINDING])
def intune_host_agent_assigned_device_configuration(ctx: Context) -> Iterator[Relationship]:
    """Intune sets up the device of an agent by a configuration: how that stands is at the edge."""
    yield from _assigned(ctx, CONFIGURATION)


def _assigned(ctx: Context, type: str) -> Iterator[Relationship]:
    """Yield one edge for a device and a policy: Intune tells of each user of a device by itself."""
    for policy, rows in groupby(_statuses(ctx, type, together=True), key=lambda told: told[0]):
        statuses: dict[str, set[str]] = {}
        for _, row in rows:
            statuses.setdefault(_device(row), set()).add(str(row["status"]))
        for device, told in sorted(statuses.items()):
            judged = not any(says(each, "unknown") for each in told)
            compliant = all(says(each, "compliant", "remediated") for each in told) if judged else None
            yield Relationship(agent_key(device), policy, complianceStatus=", ".join(sorted(told)), compliant=compliant)


def _findings(ctx: Context, type: str) -> Iterator[tuple[str, Any]]:
    """Yield the id of a policy and each status that is a finding."""
    return ((policy, row) for policy, row in _statuses(ctx, type) if says(row["status"], *_SEVERITIES))


def _statuses(ctx: Context, type: str, *, together: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the id of a policy and how each device that it is for stands to it: one read serves all types."""
    for policy, row in ctx.graph.related(_LISTED[type], "deviceStatuses", select=_STATUS, together=together):
        if row["status"] and not says(row["status"], *_NOT_MEANT):
            yield policy, row


def _device(row: Any) -> str:
    """Return the id of the device that a status is about, which Graph has at the end of the status's own alone."""
    return str(row["id"]).rpartition("_")[2]
