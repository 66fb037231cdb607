"""Alerts of Microsoft Defender for Cloud."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key, epoch_ms
from steps.azure._defender import SECURITY, first_told, listed, told
from steps.azure._ids import portal_link
from steps.azure._resource import in_subscriptions, is_active, keys_of, properties_of, says

_TYPE = "microsoft.security/locations/alerts"
_READ = ["Microsoft.Security/alerts/read"]
_CLOSED = {"resolved", "dismissed"}
_STATUS = ("status", "state")
_COPIED = {
    "alertType": ("alertType", "alertName"),
    "category": ("intent",),
    "compromisedEntity": ("compromisedEntity",),
    "description": ("description",),
    "isIncident": ("isIncident",),
    "productName": ("productName",),
    "severity": ("severity", "reportedSeverity"),
    "status": _STATUS,
    "vendorName": ("vendorName",),
}
_TIMES = {
    "createdOn": ("timeGeneratedUtc", "reportedTimeUtc"),
    "startedOn": ("startTimeUtc", "detectedTimeUtc"),
    "endedOn": ("endTimeUtc",),
    "updatedOn": ("processingEndTimeUtc",),
}
"""Names of the interface of 2022, and those of 2019, where it had others."""


@entity_step("Vulnerability", permissions=_READ, per_row=True)
def azure_defender_alert(ctx: Context) -> Iterator[Entity]:
    """An alert of Microsoft Defender for Cloud: signs of an attack on resources."""
    for row in ctx.azure.table(SECURITY, type=_TYPE):
        properties = properties_of(row)
        name = told(properties, "alertDisplayName") or row["name"]
        status = first_told(properties, _STATUS)
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            active=is_active(status),
            open=status.lower() not in _CLOSED if status else None,
            resourceIds=keys_of(_resources(properties)),
            remediationSteps=listed(properties, "remediationSteps"),
            techniques=listed(properties, "techniques"),
            webLink=told(properties, "alertUri") or portal_link(row),
            **{each: first_told(properties, names) for each, names in _COPIED.items()},
            **{each: epoch_ms(first_told(properties, names)) for each, names in _TIMES.items()},
        )


@relationship_step("azure_subscription", "HAS", "azure_defender_alert", permissions=_READ, per_row=True)
def azure_subscription_has_defender_alert(ctx: Context) -> Iterator[Relationship]:
    """An alert is about something in a subscription."""
    yield from in_subscriptions(row for row in ctx.azure.table(SECURITY, type=_TYPE) if row["subscriptionId"])


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_defender_alert",
    type="azure_resource_has_defender_alert",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_defender_alert(ctx: Context) -> Iterator[Relationship]:
    """An alert is about a resource; that it is in a subscription is told of all alerts."""
    for row in ctx.azure.table(SECURITY, type=_TYPE):
        subscription = arm_key(f"/subscriptions/{row['subscriptionId']}")
        for resource in keys_of(_resources(properties_of(row))):
            if resource != subscription:
                yield Relationship(resource, arm_key(row["id"]))


def _resources(properties: dict[str, Any]) -> Iterator[Any]:
    """Yield the ids of the resources that an alert is about."""
    for identifier in listed(properties, "resourceIdentifiers"):
        if says(told(identifier, "type"), "azureresource"):
            yield told(identifier, "azureResourceId")
    if resource := told(properties, "associatedResource"):
        yield resource
