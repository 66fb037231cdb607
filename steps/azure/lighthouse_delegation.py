"""What people of another tenant manage here: delegations of Azure Lighthouse, and subscriptions."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import key_at, object_at, objects_in, properties_of, says, texts_at, texts_in
from steps.azure.role_definition import role_key, roles
from steps.azure.subscription import CONTAINERS, SUBSCRIPTIONS

_TABLE = "managedserviceresources"
_ASSIGNMENT = "microsoft.managedservices/registrationassignments"
_DEFINITION = "microsoft.managedservices/registrationdefinitions"
_TENANT = "azure_managing_tenant:"
_READ = ["Microsoft.ManagedServices/registrationAssignments/read"]


@entity_step("AccessPolicy", permissions=_READ)
def azure_lighthouse_delegation(ctx: Context) -> Iterator[Entity]:
    """A subscription or a resource group that another tenant manages by Azure Lighthouse, and with which roles."""
    names = {key: properties_of(role).get("roleName") for key, role in roles(ctx).items()}
    for row, offer in _delegations(ctx):
        name = offer.get("registrationDefinitionName") or row["name"]
        eligible = objects_in(offer, "eligibleAuthorizations")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            description=offer.get("description"),
            managedByTenantId=offer.get("managedByTenantId"),
            managedByTenantName=offer.get("managedByTenantName"),
            scope=scope_of(row["id"], "microsoft.managedservices"),
            registrationDefinitionId=key_at(properties_of(row), "registrationDefinitionId"),
            authorizations=_told(objects_in(offer, "authorizations"), names),
            eligibleAuthorizations=_told(eligible, names),
            eligibleWithoutMfa=_told((each for each in eligible if not _demands_mfa(each)), names),
            assignableRoles=_assignable(offer, names),
            principalIds=sorted({each["principalId"].lower() for each in _all(offer) if each.get("principalId")}),
            webLink=portal_link(row),
        )


@entity_step("Organization", permissions=_READ, target_filter_keys=["_class", "tenantId"])
def azure_managing_tenant(ctx: Context) -> Iterator[Entity]:
    """Another tenant that manages something here, by Azure Lighthouse or otherwise."""
    names: dict[str, str | None] = {tenant: None for tenant, _ in _managed(ctx)}
    for _, offer in _delegations(ctx):
        if key := _tenant_key(offer.get("managedByTenantId")):
            names[key] = offer.get("managedByTenantName") or names.get(key)
    for key, name in sorted(names.items()):
        id = key.removeprefix(_TENANT)
        yield Entity(key, id=id, tenantId=id, name=name or id, displayName=name or id)


@relationship_step("azure_lighthouse_delegation", "ALLOWS", "azure_managing_tenant", permissions=_READ)
def azure_lighthouse_delegation_allows_managing_tenant(ctx: Context) -> Iterator[Relationship]:
    """A delegation lets another tenant manage a subscription or a resource group."""
    for row, offer in _delegations(ctx):
        if key := _tenant_key(offer.get("managedByTenantId")):
            yield Relationship(arm_key(row["id"]), key)


@relationship_step("azure_managing_tenant", "MANAGES", "azure_subscription", per_row=True)
def azure_managing_tenant_manages_subscription(ctx: Context) -> Iterator[Relationship]:
    """A subscription names another tenant among those that manage it."""
    for tenant, subscription in _managed(ctx):
        yield Relationship(tenant, subscription)


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_lighthouse_delegation",
    type="azure_resource_has_lighthouse_delegation",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_lighthouse_delegation(ctx: Context) -> Iterator[Relationship]:
    """Another tenant manages a subscription or a resource group."""
    for row in ctx.azure.table(_TABLE, type=_ASSIGNMENT):
        yield Relationship(scope_of(row["id"], "microsoft.managedservices"), arm_key(row["id"]))


@relationship_step("azure_lighthouse_delegation", "USES", "azure_role_definition", permissions=_READ)
def azure_lighthouse_delegation_uses_role_definition(ctx: Context) -> Iterator[Relationship]:
    """People of another tenant have a role here, or can activate it."""
    for row, offer in _delegations(ctx):
        for role in sorted(
            {role_key(each["roleDefinitionId"]) for each in _all(offer) if each.get("roleDefinitionId")}
        ):
            yield Relationship(arm_key(row["id"]), role)


def _delegations(ctx: Context) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield each delegation with what was offered, which is told with it or in a row of its own."""
    offers = {arm_key(row["id"]): properties_of(row) for row in ctx.azure.table(_TABLE, type=_DEFINITION)}
    for row in ctx.azure.table(_TABLE, type=_ASSIGNMENT):
        told = properties_of(object_at(properties_of(row), "registrationDefinition"))
        offer = key_at(properties_of(row), "registrationDefinitionId")
        yield row, {**offers.get(offer or "", {}), **told}


def _managed(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield the keys of each tenant that a subscription names as managing it, and of the subscription.

    Source: Azure Resource Manager, Subscription, ``managedByTenants``.
    """
    for row in ctx.azure.table(CONTAINERS, type=SUBSCRIPTIONS):
        for id in texts_at(properties_of(row), "managedByTenants[]", "tenantId"):
            if key := _tenant_key(id):
                yield key, arm_key(row["id"])


def _tenant_key(id: str | None) -> str | None:
    """Return the key of a tenant by its id; ``None`` where Azure does not tell that."""
    return f"{_TENANT}{id.lower()}" if id else None


def _all(offer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield who has which role by an offer, and who can activate one."""
    for name in ("authorizations", "eligibleAuthorizations"):
        yield from objects_in(offer, name)


def _told(authorizations: Iterable[dict[str, Any]], roles: dict[str, str | None]) -> list[str]:
    """Return who has which role, as ``who=role``, sorted."""
    return sorted(
        f"{each.get('principalIdDisplayName') or each.get('principalId')}="
        f"{roles.get(role_key(each['roleDefinitionId'])) or each['roleDefinitionId'].rpartition('/')[2]}"
        for each in authorizations
        if each.get("roleDefinitionId")
    )


def _assignable(offer: dict[str, Any], roles: dict[str, str | None]) -> list[str]:
    """Return the roles that somebody may give to managed identities by an offer, sorted."""
    given = {id for each in _all(offer) for id in texts_in(each, "delegatedRoleDefinitionIds") if id}
    return sorted({roles.get(role_key(id)) or id.rpartition("/")[2] for id in given})


def _demands_mfa(eligible: dict[str, Any]) -> bool:
    """Tell whether who can activate a role needs multifactor authentication for that; nobody does where none is named.

    Source: Azure Resource Manager, registrationDefinitions, ``justInTimeAccessPolicy.multiFactorAuthProvider``.
    """
    return says(object_at(eligible, "justInTimeAccessPolicy").get("multiFactorAuthProvider"), "azure")
