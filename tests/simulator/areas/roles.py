"""Roles of the directory: who has them, who may activate them, and what PIM asks for.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.demo_ids import user_id
from tests.simulator.licences import PIM
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_DIRECTORY = "/roleManagement/directory"
_GROUPS = "/identityGovernance/privilegedAccess/group"
_WIDER = ("RoleManagement.Read.Directory", "RoleManagement.Read.All")
_QUERIED = frozenset({"$select", "$filter"})

SHELVES = (
    Shelf(f"{_DIRECTORY}/roleDefinitions", (*_WIDER, "Directory.Read.All"), options=_QUERIED, page=500),
    Shelf(f"{_DIRECTORY}/roleAssignments", (*_WIDER, "Directory.Read.All"), options=_QUERIED | {"$top"}),
    Shelf(
        f"{_DIRECTORY}/roleEligibilityScheduleInstances",
        ("RoleEligibilitySchedule.Read.Directory", *_WIDER),
        PIM,
        options=_QUERIED,
    ),
    Shelf(
        f"{_DIRECTORY}/roleAssignmentScheduleInstances",
        ("RoleAssignmentSchedule.Read.Directory", *_WIDER),
        PIM,
        options=_QUERIED,
        navigations=("activatedUsing",),
    ),
    Shelf(
        "/policies/roleManagementPolicyAssignments",
        (_WIDER[0], "RoleManagementPolicy.Read.Directory", _WIDER[1]),
        PIM,
        navigations=("policy", "policy/rules", "policy/effectiveRules"),
        filters=(("scopeId",), ("scopeType",)),
    ),
    Shelf(
        f"{_GROUPS}/eligibilityScheduleInstances",
        ("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
        PIM,
        filters=(("groupId", "principalId"),),
    ),
    Shelf(
        f"{_GROUPS}/assignmentScheduleInstances",
        ("PrivilegedAssignmentSchedule.Read.AzureADGroup",),
        PIM,
        filters=(("groupId", "principalId"),),
    ),
)
"""The endpoints of this area."""

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(
        f"{_DIRECTORY}/roleDefinitions",
        {
            "id": GLOBAL_ADMINISTRATOR,
            "description": "Can manage all aspects of the directory.",
            "displayName": "Global Administrator",
            "isBuiltIn": True,
            "isEnabled": True,
            "resourceScopes": ["/"],
            "templateId": GLOBAL_ADMINISTRATOR,
            "version": "1",
            "rolePermissions": [
                {"allowedResourceActions": ["microsoft.directory/users/allProperties/allTasks"], "condition": None}
            ],
            "inheritsPermissionsFrom": [],
        },
    )
    tenant.contents.put(
        f"{_DIRECTORY}/roleAssignments",
        {
            "id": "RoleAssignmentOfAdaAsGlobalAdministrator-0001",
            "principalId": user_id(1),
            "directoryScopeId": "/",
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        },
    )
