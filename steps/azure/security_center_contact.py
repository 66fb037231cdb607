"""Whom Microsoft Defender for Cloud tells, what it shares with others, and when it opens ports of machines."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import below_scopes
from steps.azure._ids import portal_link
from steps.azure._resource import in_subscriptions, key_at, objects_in, parts_of, properties_of, values_of

_SECURITY = "/providers/Microsoft.Security"
_BELOW = {
    "azure_security_center_contact": (f"{_SECURITY}/securityContacts", "2023-12-01-preview"),
    "azure_security_center_setting": (f"{_SECURITY}/settings", "2022-05-01"),
    "azure_security_center_auto_provisioning_setting": (
        f"{_SECURITY}/autoProvisioningSettings",
        "2017-08-01-preview",
    ),
    "azure_jit_network_access_policy": (f"{_SECURITY}/jitNetworkAccessPolicies", "2020-01-01"),
}


@entity_step("Resource", permissions=["Microsoft.Security/securityContacts/read"])
def azure_security_center_contact(ctx: Context) -> Iterator[Entity]:
    """Whom Microsoft Defender for Cloud writes to about a subscription: addresses, and who has some role.

    What is written about is told by which threshold it has, since examples of Azure's REST API write AttackPath in two
    ways.
    """
    for row in _rows(ctx, "azure_security_center_contact"):
        properties = properties_of(row)
        sources = objects_in(properties, "notificationsSources")
        addresses = (properties.get("emails") or properties.get("email") or "").replace(",", ";").split(";")
        yield _entity(
            row,
            emails=sorted({address.strip() for address in addresses} - {""}),
            alertMinimalSeverity=next(iter(values_of(sources, "minimalSeverity")), None),
            attackPathMinimalRiskLevel=next(iter(values_of(sources, "minimalRiskLevel")), None),
        )


@entity_step("Configuration", permissions=["Microsoft.Security/settings/read"])
def azure_security_center_setting(ctx: Context) -> Iterator[Entity]:
    """Whether Microsoft Defender for Cloud shares what it knows of a subscription with another service of Microsoft."""
    for row in _rows(ctx, "azure_security_center_setting"):
        yield _entity(row)


@entity_step("Configuration", permissions=["Microsoft.Security/autoProvisioningSettings/read"], on_demand=True)
def azure_security_center_auto_provisioning_setting(ctx: Context) -> Iterator[Entity]:
    """Whether Microsoft Defender for Cloud puts the old agent for logs on machines by itself."""
    for row in _rows(ctx, "azure_security_center_auto_provisioning_setting"):
        yield _entity(row)


@entity_step("AccessPolicy", permissions=["Microsoft.Security/locations/jitNetworkAccessPolicies/read"])
def azure_jit_network_access_policy(ctx: Context) -> Iterator[Entity]:
    """Ports of machines that are shut until somebody asks for them, and then are open for some hours."""
    for row in _rows(ctx, "azure_jit_network_access_policy"):
        machines = parts_of(row, "virtualMachines")
        ports = {str(port["number"]) for each in machines for port in objects_in(each, "ports") if "number" in port}
        yield _entity(row, ports=sorted(ports, key=int), virtualMachineIds=_machines(row))


@relationship_family("azure_subscription", "HAS", list(_BELOW))
def azure_subscription_has_security_setting(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A contact or a setting of Microsoft Defender for Cloud is of a subscription."""
    yield from in_subscriptions(_rows(ctx, to_type))


@relationship_step("azure_jit_network_access_policy", "PROTECTS", "azure_vm")
def azure_jit_network_access_policy_protects_vm(ctx: Context) -> Iterator[Relationship]:
    """Ports of a virtual machine are shut until somebody asks for them."""
    for row in _rows(ctx, "azure_jit_network_access_policy"):
        for machine in _machines(row):
            yield Relationship(arm_key(row["id"]), machine)


def _rows(ctx: Context, type: str) -> Iterator[Any]:
    yield from below_scopes(ctx, *_BELOW[type])


def _entity(row: Any, /, **computed: Any) -> Entity:
    known = {"name": row["name"], "displayName": row["name"], "webLink": portal_link(row)}
    return Entity(arm_key(row["id"]), row, **known | computed)


def _machines(row: Any) -> list[str]:
    """Return the keys of the machines whose ports a policy shuts."""
    return sorted({key for each in parts_of(row, "virtualMachines") if (key := key_at(each, "id"))})
