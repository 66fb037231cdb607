"""How the demo's subscriptions are ordered and governed: management groups, roles and classic administrators."""

from typing import Any

from tests.simulator.azure.tenant import AzureTenant, row_of

MADE = "2024-03-20T10:40:57.0460787Z"
_ID = "00000000-0000-4000-8000-{:012}"
_WHO = _ID.format(6001)
_GROUPS = "/providers/Microsoft.Management/managementGroups"
_AUTHORIZATION = "/providers/Microsoft.Authorization"
_USER, _GUEST = "rovejorex@vokucopex.example", "lufujosex@zunogadex.example"
"""Addresses that the cassettes of Entra name."""


def add_governance(tenant: AzureTenant, production: str, tests: str) -> None:
    """Tell more of the management groups, and put roles of the organization's own and classic administrators there."""
    _groups(tenant)
    _roles(tenant, production, tests)
    _classic(tenant, production, tests)
    _lighthouse(tenant, production)


def _groups(tenant: AzureTenant) -> None:
    """The root is below none, and has another name for people than in its id."""
    for name, parent in tenant.groups.items():
        properties = tenant.tables["resourcecontainers"][f"{_GROUPS}/{name}".lower()]["properties"]
        above = [] if name == parent else [{"name": parent, "displayName": "Tenant Root Group"}]
        properties["displayName"] = "Platform" if above else "Tenant Root Group"
        properties["details"] |= {"version": 1, "updatedTime": MADE, "updatedBy": _WHO}
        properties["details"] |= {"managementGroupAncestorsChain": above}
        if not above:
            properties["details"]["parent"] = None


def _roles(tenant: AzureTenant, production: str, tests: str) -> None:
    """A role that can be assigned in two subscriptions, in a part of one, and in a management group."""
    permission = {
        "actions": ["Microsoft.KeyVault/*", "Microsoft.Resources/subscriptions/resourceGroups/read"],
        "notActions": ["Microsoft.KeyVault/vaults/delete"],
        "dataActions": ["Microsoft.KeyVault/vaults/keys/*"],
        "notDataActions": ["Microsoft.KeyVault/vaults/keys/purge/action"],
        "condition": "((@Resource[Microsoft.KeyVault/vaults:name] StringEquals 'kv-web'))",
        "conditionVersion": "2.0",
    }
    scopes = (production, tests.upper(), f"{tests}/resourceGroups/rg-lab", f"{_GROUPS}/mg-platform")
    properties = {
        "roleName": "Keeper of keys",
        "type": "CustomRole",
        "description": "Keeps keys, and cannot delete their vault.",
        "permissions": [permission],
        "assignableScopes": [*scopes],
        "isServiceRole": False,
        "createdBy": _WHO,
        "createdOn": MADE,
        "updatedBy": _WHO,
        "updatedOn": MADE,
    }
    id = f"{production}{_AUTHORIZATION}/roleDefinitions/{_ID.format(6002)}"
    _put(tenant, "authorizationresources", id, "microsoft.authorization/roledefinitions", properties)


def _classic(tenant: AzureTenant, production: str, tests: str) -> None:
    """A user with two roles in one subscription and one in another, a guest known by mail, and somebody unknown."""
    for number, (subscription, address, role) in enumerate(
        (
            (production, _USER.capitalize(), "ServiceAdministrator;AccountAdministrator"),
            (tests, _USER, "CoAdministrator"),
            (tests, _GUEST, "CoAdministrator"),
            (tests, "somebody@elsewhere.example", "CoAdministrator"),
        ),
        1,
    ):
        id = f"{subscription}{_AUTHORIZATION}/classicAdministrators/{number}"
        properties = {"emailAddress": address, "role": role}
        _put(tenant, "authorizationresources", id, "microsoft.authorization/classicadministrators", properties)


def _lighthouse(tenant: AzureTenant, subscription: str) -> None:
    """Another tenant manages a subscription: its people have a role and can activate another."""
    services = f"{subscription}/providers/Microsoft.ManagedServices"
    role = {"principalId": _ID.format(6021), "principalIdDisplayName": "Support", "roleDefinitionId": _ID.format(5001)}
    offer = {
        "registrationDefinitionName": "Support by Fabrikam",
        "description": "Looks after web servers.",
        "managedByTenantId": _ID.format(6022),
        "managedByTenantName": "Fabrikam",
        "authorizations": [{**role, "delegatedRoleDefinitionIds": [_ID.format(5003)]}],
        "eligibleAuthorizations": [{**role, "principalId": _ID.format(6023), "roleDefinitionId": _ID.format(5003)}],
        "provisioningState": "Succeeded",
    }
    definition = f"{services}/registrationDefinitions/{_ID.format(6024)}"
    _put(tenant, "managedserviceresources", definition, "microsoft.managedservices/registrationdefinitions", offer)
    assignment = f"{services}/registrationAssignments/{_ID.format(6025)}"
    told = {"registrationDefinitionId": definition.upper(), "provisioningState": "Succeeded"}
    _put(tenant, "managedserviceresources", assignment, "microsoft.managedservices/registrationassignments", told)


def _put(tenant: AzureTenant, table: str, id: str, type: str, properties: dict[str, Any], **given: Any) -> None:
    tenant.add(row_of(id, type, tenantId=tenant.id, properties=properties, **given), table)
