"""Service principals, and the groups that they are members of."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps._forms import values_in
from steps._words import any_says, says
from steps.entra._apps import READ, SERVICE_PRINCIPALS, own_properties, service_principals

_MICROSOFT = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
"""The tenants in which Microsoft registers its own applications (Maester, August 2026)."""
_CUSTOM_TEMPLATE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
"""What an enterprise application is made from that is in no gallery."""
_AGENTS = ("agentIdentity", "agentIdentityBlueprintPrincipal")


@entity_step("Service", permissions=READ, needs=["azure_account"], per_row=True)
def azure_service_principal(ctx: Context) -> Iterator[Entity]:
    """An application, managed identity or agent as the tenant knows it: what signs in and is given access."""
    tenant = ctx.one("azure_account").properties["id"]
    for principal in service_principals(ctx):
        name = principal["displayName"] or principal["appDisplayName"] or principal["id"]
        owner, tags = principal["appOwnerOrganizationId"], values_in(principal, "tags")
        template = principal["applicationTemplateId"]
        app = f"/appId/{principal['appId']}" if principal["appId"] else ""
        resource, is_explicit = _managed([name for name in values_in(principal, "alternativeNames") if name])
        yield Entity(
            principal["id"],
            own_properties(principal),
            displayName=name,
            name=name,
            category=["infrastructure"],
            function=["service-account"],
            userType="service",
            notes=[principal["notes"]] if principal["notes"] else None,
            isManagedIdentity=says(principal["servicePrincipalType"], "ManagedIdentity"),
            isUserAssignedIdentity=is_explicit,
            managedResourceId=resource,
            isAgent=_is_agent(principal),
            isFirstParty=is_microsoft(owner),
            isExternal=owner.lower() != tenant.lower() if owner else None,
            isGalleryApp=template is not None and template.lower() != _CUSTOM_TEMPLATE,
            isEnterpriseApp=any_says(tags, "WindowsAzureActiveDirectoryIntegratedApp"),
            isHiddenFromUsers=any_says(tags, "HideApp"),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview"
            f"/objectId/{principal['id']}{app}",
        )


@relationship_step("azure_user_group", "HAS", "azure_service_principal", permissions=READ, per_row=True)
def azure_user_group_has_service_principal(ctx: Context) -> Iterator[Relationship]:
    """A service principal is a direct member of a group."""
    for principal, group in ctx.graph.related(SERVICE_PRINCIPALS, "memberOf", kind="group"):
        yield Relationship(group["id"], principal)


def is_microsoft(tenant: str | None) -> bool:
    """Tell whether a tenant is one of Microsoft's own."""
    return (tenant or "").lower() in _MICROSOFT


def _managed(names: list[str]) -> tuple[str | None, bool | None]:
    """Return the Azure resource of a managed identity, and whether it is one that users assign to resources."""
    resource = next((arm_key(name) for name in names if name.lower().startswith("/subscriptions/")), None)
    explicit = next((name for name in names if name.lower().startswith("isexplicit=")), None)
    return resource, None if explicit is None else explicit.lower() == "isexplicit=true"


def _is_agent(principal: Any) -> bool:
    kind = (principal.get("@odata.type") or "").rpartition(".")[2]
    return says(principal["servicePrincipalType"], "ServiceIdentity") or says(kind, *_AGENTS)
