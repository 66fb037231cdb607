"""What Azure Resource Manager alone tells of the demo's subscriptions and management groups, such as locks."""

from typing import Any

from tests.simulator.azure.demo_access import PEOPLE, SERVICE, TEAM
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import AzureTenant

_AUTHORIZATION, _SECURITY = "/providers/Microsoft.Authorization", "/providers/Microsoft.Security"
_GUID = "00000000-0000-4000-8000-{:012}"
_READER, _OWNER = (_GUID.format(number) for number in (5001, 5003))
_MADE, _ENDS = "2024-03-20T10:40:57.0460787Z", "2030-01-01T00:00:00Z"
_NOBODY_ELSE = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'web'"


def add_scopes(tenant: AzureTenant, web: Place) -> None:
    """Put locks, denials, roles to activate and settings there; the second subscription has none."""
    subscription = web.id.partition("/resourceGroups/")[0]
    _locks(tenant, subscription, web)
    _denials(tenant, subscription, web)
    _roles(tenant, subscription)
    _defender(tenant, subscription, web)


def _locks(tenant: AzureTenant, subscription: str, web: Place) -> None:
    locks = f"{_AUTHORIZATION}/locks"
    keep = {
        "level": "CanNotDelete",
        "notes": "Ask the platform team.",
        "owners": [{"applicationId": _GUID.format(6401)}],
    }
    for name, scope in (("keep", subscription), ("keep-web", web.id.upper())):
        tenant.add_child(subscription, locks, name, keep, scope=scope)
    account = web.of("Microsoft.Storage/storageAccounts", "stdata")
    tenant.add_child(subscription, locks, "frozen", {"level": "ReadOnly"}, scope=account)


def _denials(tenant: AzureTenant, subscription: str, web: Place) -> None:
    """One that Azure made for everybody but some, told by two subscriptions, and one for a group."""
    permission = {"actions": ["*/delete"], "notActions": [], "dataActions": ["*/write"], "notDataActions": ["*/read"]}
    everybody = [{"id": _GUID.format(0).replace("4000-8000", "0000-0000"), "type": "SystemDefined"}]
    named = [{"id": TEAM, "type": "Group"}, {"id": PEOPLE, "type": "User"}, {"id": SERVICE, "type": "ServicePrincipal"}]
    properties: dict[str, Any] = {
        "denyAssignmentName": "Kept by a deployment stack",
        "description": "Nobody deletes what the stack made.",
        "scope": web.id,
        "permissions": [permission],
        "principals": everybody,
        "excludePrincipals": named,
        "doNotApplyToChildScopes": False,
        "isSystemProtected": True,
        "denyAssignmentEffect": "enforced",
        "condition": _NOBODY_ELSE,
        "conditionVersion": "2.0",
        "createdBy": SERVICE,
        "createdOn": _MADE,
        "updatedBy": SERVICE,
        "updatedOn": _MADE,
    }
    below = f"{_AUTHORIZATION}/denyAssignments"
    tenant.add_child(subscription, below, _GUID.format(6411), properties, scope=web.id)
    root = f"/providers/Microsoft.Management/managementGroups/{tenant.id}"
    others = {**properties, "scope": root, "principals": named, "excludePrincipals": []}
    for each in tenant.visible():
        tenant.add_child(f"/subscriptions/{each.id}", below, _GUID.format(6412), others, scope=root)


def _roles(tenant: AzureTenant, subscription: str) -> None:
    """What can be activated at the root is told below the subscription too; one of the roles is activated."""
    root = f"/providers/Microsoft.Management/managementGroups/{tenant.id}"
    known: dict[str, Any] = {
        "status": "Provisioned",
        "memberType": "Direct",
        "createdOn": _MADE,
        "startDateTime": _MADE,
        "endDateTime": _ENDS,
        "condition": _NOBODY_ELSE,
        "conditionVersion": "2.0",
    }
    definitions = f"{_AUTHORIZATION}/roleDefinitions"
    for number, (scope, role, principal, kind) in enumerate(
        (
            (root, _OWNER, PEOPLE, "User"),
            (subscription, _OWNER, TEAM, "Group"),
            (subscription, _READER, SERVICE, "ServicePrincipal"),
        ),
        6421,
    ):
        properties = {**known, "scope": scope, "roleDefinitionId": f"{subscription}{definitions}/{role}"}
        properties |= {"principalId": principal, "principalType": kind}
        eligible = f"{_AUTHORIZATION}/roleEligibilityScheduleInstances"
        for asked in dict.fromkeys((scope, subscription)):
            told = {**properties, "memberType": "Direct" if asked == scope else "Inherited"}
            tenant.add_child(asked, eligible, _GUID.format(number), told)
    activated = {
        **known,
        "scope": subscription,
        "roleDefinitionId": f"{subscription}{definitions}/{_OWNER}",
        "principalId": PEOPLE,
        "principalType": "User",
        "assignmentType": "Activated",
        "originRoleAssignmentId": f"{subscription}{_AUTHORIZATION}/roleAssignments/{_GUID.format(5102)}",
        "linkedRoleEligibilityScheduleId": f"{root}{_AUTHORIZATION}/roleEligibilitySchedules/{_GUID.format(6421)}",
    }
    active = f"{_AUTHORIZATION}/roleAssignmentScheduleInstances"
    tenant.add_child(subscription, active, _GUID.format(6431), activated)


def _defender(tenant: AzureTenant, subscription: str, web: Place) -> None:
    contact = {
        "emails": "security@example.example;duty@example.example",
        "phone": "+999 555 0100",
        "isEnabled": True,
        "notificationsByRole": {"state": "On", "roles": ["Owner"]},
        "notificationsSources": [
            {"sourceType": "Alert", "minimalSeverity": "Medium"},
            {"sourceType": "AttackPath", "minimalRiskLevel": "Critical"},
        ],
    }
    tenant.add_child(subscription, f"{_SECURITY}/securityContacts", "default", contact)
    for name, kind, enabled in (("MCAS", "DataExportSettings", True), ("Sentinel", "AlertSyncSettings", False)):
        tenant.add_child(subscription, f"{_SECURITY}/settings", name, {"enabled": enabled}, kind=kind)
    tenant.add_child(subscription, f"{_SECURITY}/autoProvisioningSettings", "default", {"autoProvision": "Off"})
    machine = web.of("Microsoft.Compute/virtualMachines", "vm-web-01")
    ports = [{"number": 22, "protocol": "*", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT3H"}]
    policy = {"virtualMachines": [{"id": machine.upper(), "ports": ports}], "provisioningState": "Succeeded"}
    place = f"{web.id}{_SECURITY}/locations/westeurope"
    listed = f"{_SECURITY}/jitNetworkAccessPolicies"
    id = f"{place}/jitNetworkAccessPolicies/default"
    more = {"id": id, "type": "Microsoft.Security/locations/jitNetworkAccessPolicies", "location": "westeurope"}
    tenant.add_child(subscription, listed, "default", policy, kind="Basic", **more)
