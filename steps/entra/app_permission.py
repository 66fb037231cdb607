"""What service principals offer, application roles and delegated permissions, and the applications that ask for it."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import guid_key
from steps._forms import required_text, text_in, values_in
from steps._words import says
from steps.entra._apps import READ, applications, part_key, service_principals

_MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
"""appId of Microsoft Graph in every tenant."""

_PRIVILEGED = {
    "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "direct",  # RoleManagement.ReadWrite.Directory
    "dd199f4a-f148-40a4-a2ec-f0069cc799ec": "direct",  # RoleAssignmentSchedule.ReadWrite.Directory
    "fee28b28-e1f3-4841-818e-2704dc62245f": "indirect",  # RoleEligibilitySchedule.ReadWrite.Directory
    "31e08e0a-d3f7-4ca2-ac39-7343fb83e8ad": "indirect",  # RoleManagementPolicy.ReadWrite.Directory
    "b38dcc4d-a239-4ed6-aa84-6c65b284f97c": "indirect",  # RoleManagementPolicy.ReadWrite.AzureADGroup
    "41202f2c-f7ab-45be-b001-85c9728b9d69": "direct",  # PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup
    "618b6020-bca8-4de6-99f6-ef445fa4d857": "indirect",  # PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup
    "2f6817f8-7b12-4f0f-bc18-eeaf60705a9e": "direct",  # PrivilegedAccess.ReadWrite.AzureADGroup
    "06b708a9-e830-4db3-a914-8e69da51d44f": "indirect",  # AppRoleAssignment.ReadWrite.All
    "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "indirect",  # Application.ReadWrite.All
    "18a4783c-866b-4cc7-a460-3d5e5662c884": "indirect",  # Application.ReadWrite.OwnedBy
    "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "indirect",  # Directory.ReadWrite.All
    "62a82d76-70ea-41e2-9197-370581804d09": "indirect",  # Group.ReadWrite.All
    "dbaae8cf-10b5-4b86-a4a1-f871c94c6695": "indirect",  # GroupMember.ReadWrite.All
    "89c8469c-83ad-45f7-8ff2-6e3d4285709e": "indirect",  # ServicePrincipalEndpoint.ReadWrite.All
    "50483e42-d915-4231-9639-7fdb7fd190e5": "direct",  # UserAuthenticationMethod.ReadWrite.All
    "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7": "indirect",  # User-PasswordProfile.ReadWrite.All
    "741f803b-c850-494e-b5df-cde7c675a1ca": "indirect",  # User.ReadWrite.All
    "3011c876-62b7-4ada-afa2-506cbbecc68c": "direct",  # User.EnableDisableAccount.All
    "eccc023d-eccf-4e7b-9683-8813ab36cecc": "direct",  # User.DeleteRestore.All
    "5eb59dd3-1da2-4329-8733-9dabdc435916": "indirect",  # AdministrativeUnit.ReadWrite.All
    "9acd699f-1e81-4958-b001-93b1d2506e19": "indirect",  # EntitlementManagement.ReadWrite.All
    "29c18626-4985-4dcd-85c0-193eef327366": "indirect",  # Policy.ReadWrite.AuthenticationMethod
    "a402ca1c-2696-4531-972d-6e5ee4aa11ea": "indirect",  # Policy.ReadWrite.PermissionGrant
    "01c0a623-fc9b-48e9-b794-0756f8e8f067": "direct",  # Policy.ReadWrite.ConditionalAccess
    "7e05723c-0bb0-42da-be95-ae9f08a6e53c": "indirect",  # Domain.ReadWrite.All
    "292d869f-3427-49a8-9dab-8c70152b74e9": "indirect",  # Organization.ReadWrite.All
    "9241abd9-d0e6-425a-bd4f-47ba86e767a4": "indirect",  # DeviceManagementConfiguration.ReadWrite.All
    "e330c4f0-4170-414e-a55a-2f022ec2b57b": "indirect",  # DeviceManagementRBAC.ReadWrite.All
}
"""Roles of Microsoft Graph by which an application can make itself, or others, Global Administrator, as of August 2026.

Direct: the role itself gives that. Indirect: it does by way of another object, such as an application that has more, or
a user whose credentials it changes. Sources: the list of Maester, and the attack paths of BloodHound.
"""
_KINDS = {"azure_app_role": "Role", "azure_oauth2_permission_scope": "Scope"}
"""How an application's requiredResourceAccess calls what each type is."""


@entity_step("AccessRole", permissions=READ, per_row=True)
def azure_app_role(ctx: Context) -> Iterator[Entity]:
    """A role that a service principal offers: an application permission, or a role of its users and groups."""
    for principal in service_principals(ctx):
        is_graph = principal["appId"] == _MICROSOFT_GRAPH
        for role in values_in(principal, "appRoles"):
            name = role.get("displayName") or role.get("value") or role["id"]
            path = _PRIVILEGED.get(guid_key(role["id"])) if is_graph else None
            yield Entity(
                part_key("azure_app_role", principal["id"], role["id"]),
                role,
                displayName=name,
                name=name,
                resourceId=principal["id"],
                resourceAppId=principal["appId"],
                isPrivileged=path is not None if is_graph else None,
                privilegePath=path,
            )


@entity_step("AccessPolicy", permissions=READ, per_row=True)
def azure_oauth2_permission_scope(ctx: Context) -> Iterator[Entity]:
    """A delegated permission that a service principal offers: what applications may do on behalf of users."""
    for principal in service_principals(ctx):
        for scope in values_in(principal, "oauth2PermissionScopes"):
            name = scope.get("value") or scope["id"]
            yield Entity(
                part_key("azure_oauth2_permission_scope", principal["id"], scope["id"]),
                scope,
                displayName=scope.get("adminConsentDisplayName") or name,
                name=name,
                resourceId=principal["id"],
                resourceAppId=principal["appId"],
            )


@relationship_step("azure_service_principal", "HAS", "azure_app_role", permissions=READ, per_row=True)
def azure_service_principal_has_app_role(ctx: Context) -> Iterator[Relationship]:
    """A service principal offers a role."""
    for principal in service_principals(ctx):
        for role in values_in(principal, "appRoles"):
            yield Relationship(principal["id"], part_key("azure_app_role", principal["id"], role["id"]))


@relationship_step("azure_service_principal", "HAS", "azure_oauth2_permission_scope", permissions=READ, per_row=True)
def azure_service_principal_has_oauth2_permission_scope(ctx: Context) -> Iterator[Relationship]:
    """A service principal offers a delegated permission."""
    for principal in service_principals(ctx):
        for scope in values_in(principal, "oauth2PermissionScopes"):
            key = part_key("azure_oauth2_permission_scope", principal["id"], scope["id"])
            yield Relationship(principal["id"], key)


@relationship_family("azure_application", "USES", list(_KINDS), permissions=READ)
def azure_application_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An application asks for a permission, which need not have been granted."""
    resources = {text_in(principal, "appId"): principal["id"] for principal in service_principals(ctx)}
    for application in applications(ctx):
        asked = {
            (resources[app], guid_key(access["id"]))
            for resource in values_in(application, "requiredResourceAccess")
            if (app := guid_key(resource["resourceAppId"])) in resources
            for access in values_in(resource, "resourceAccess")
            if says(required_text(access, "type"), _KINDS[to_type])
        }
        for resource_id, permission in sorted(asked):
            yield Relationship(application["appId"], part_key(to_type, resource_id, permission))
