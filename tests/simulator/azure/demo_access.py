"""Who may do what in the demo's tenant, whose people and services are those that the cassettes of Entra name."""

from typing import Any

from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import AzureTenant, row_of

PEOPLE, TEAM = "00000000-0000-4000-8000-e2b0b97b958e", "00000000-0000-4000-8000-f613353270ff"
SERVICE = "00000000-0000-4000-8000-d93176d6c7ce"
_GONE = "00000000-0000-4000-8000-000000005009"
_AUTHORIZATION = "/providers/Microsoft.Authorization"
_READER, _CONTRIBUTOR, _OWNER, _OWN = (f"00000000-0000-4000-8000-00000000500{number}" for number in range(1, 5))
_MADE = "2024-03-20T10:40:57.0460787Z"


def add_access(tenant: AzureTenant, web: Place, machine: str) -> None:
    """Put roles and assignments there: at the root, in a subscription, a group and a machine, one for somebody gone."""
    subscription = web.id.partition("/resourceGroups/")[0]
    root = f"/providers/Microsoft.Management/managementGroups/{tenant.id}"
    for guid, name, actions in (
        (_READER, "Reader", ["*/read"]),
        (_OWNER, "Owner", ["*"]),
        (_OWN, "Machine operator", ["Microsoft.Compute/virtualMachines/*"]),
    ):
        own = guid == _OWN
        id = f"{_AUTHORIZATION}/roleDefinitions/{guid}"
        given = [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}]
        properties: dict[str, Any] = {
            "roleName": name,
            "type": "CustomRole" if own else "BuiltInRole",
            "description": f"What {name} may do.",
            "permissions": given,
            "assignableScopes": [subscription] if own else ["/"],
        }
        row = row_of(id, "microsoft.authorization/roledefinitions", tenantId=tenant.id, properties=properties)
        tenant.add(row, "authorizationresources")
    for number, (scope, role, principal, kind) in enumerate(
        (
            (root, _READER, SERVICE, "ServicePrincipal"),
            (subscription, _OWNER, PEOPLE, "User"),
            (subscription, _CONTRIBUTOR, TEAM, "Group"),
            (web.id.upper(), _OWN, TEAM, "Group"),
            (machine, _READER, _GONE, "User"),
        ),
        1,
    ):
        id = f"{scope}{_AUTHORIZATION}/roleAssignments/00000000-0000-4000-8000-00000000510{number}"
        role_id = f"{subscription}{_AUTHORIZATION}/roleDefinitions/{role}"
        properties = {"scope": scope, "roleDefinitionId": role_id, "principalId": principal, "principalType": kind,
                      "createdOn": _MADE, "updatedOn": _MADE, "createdBy": PEOPLE, "updatedBy": PEOPLE}  # fmt: skip
        if kind == "ServicePrincipal":
            properties |= {
                "condition": "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'web'",
                "conditionVersion": "2.0",
                "canDelegate": False,
                "description": "reads what the web site needs",
                "delegatedManagedIdentityResourceId": web.of(
                    "Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"
                ),
            }
        row = row_of(id, "microsoft.authorization/roleassignments", tenantId=tenant.id, properties=properties)
        tenant.add(row, "authorizationresources")
