"""Conditional access policies, whom and what they apply to, and whom they exempt.

Policies stay in force and can be viewed where the licence for them has ended (Conditional Access overview, license
requirements), and so does what they refer to.
"""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import guid_key
from steps._forms import object_at
from steps._words import any_says, says, words_of
from steps.entra._apps import principal_key
from steps.entra.external_tenant import external_tenant_key

POLICY = "azure_conditional_access_policy"
PERMISSIONS = ["Policy.Read.All"]
_LISTS = {
    "azure_user": "Users",
    "azure_user_group": "Groups",
    "azure_ad_role_definition": "Roles",
    "azure_service_principal": "ServicePrincipals",
}
_NOBODY_IN_PARTICULAR = frozenset(
    {"All", "None", "AllAgentIdUsers", "GuestsOrExternalUsers", "ServicePrincipalsInMyTenant"}
)
_NO_APPLICATION_IN_PARTICULAR = frozenset({"All", "None", "AllAgentIdResources", "MicrosoftAdminPortals", "Office365"})
_TRUSTED_BY_OLDER_SETTINGS = "00000000-0000-0000-0000-000000000000"
"""The addresses that the older settings of multi-factor authentication trust, which are no location."""
_COMPLIANT_NETWORKS = "3d46dbda-8382-466a-856d-eb00cbc6b910"
"""All networks of Global Secure Access, in every tenant; only the beta of Graph lists them among the locations."""
_NO_LOCATION_IN_PARTICULAR = frozenset({"All", "AllTrusted", _TRUSTED_BY_OLDER_SETTINGS, _COMPLIANT_NETWORKS})


@entity_step(
    "AccessPolicy",
    permissions=PERMISSIONS,
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
)
def azure_conditional_access_policy(ctx: Context) -> Iterator[Entity]:
    """A conditional access policy: which sign-ins it applies to, and what it demands of them."""
    # Whole: the strength that a policy demands is a related object within, which no select is documented to keep.
    for policy in ctx.graph.list("/identity/conditionalAccess/policies", select=None, top=None):
        conditions = object_at(policy, "conditions")
        users, applications = object_at(conditions, "users"), object_at(conditions, "applications")
        yield Entity(
            f"{POLICY}:{policy['id']}",
            policy,
            name=policy.get("displayName") or policy["id"],
            active=says(policy.get("state"), "enabled"),
            appliesToAllUsers=any_says(users.get("includeUsers"), "All"),
            appliesToAllApplications=any_says(applications.get("includeApplications"), "All"),
            includeGuestTypes=_guest_types(users.get("includeGuestsOrExternalUsers")),
            excludeGuestTypes=_guest_types(users.get("excludeGuestsOrExternalUsers")),
            authenticationFlows=words_of(object_at(conditions, "authenticationFlows").get("transferMethods")),
        )


@relationship_family(POLICY, "ASSIGNED", list(_LISTS), per_row=True)
def azure_conditional_access_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A conditional access policy names whom it applies to."""
    for policy in ctx.entities(from_type):
        for id in _named(policy, f"include{_LISTS[to_type]}", _NOBODY_IN_PARTICULAR):
            yield Relationship(policy.key, id)


@relationship_family(POLICY, "ALLOWS", list(_LISTS), per_row=True)
def azure_conditional_access_policy_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A conditional access policy names whom it exempts."""
    for policy in ctx.entities(from_type):
        for id in _named(policy, f"exclude{_LISTS[to_type]}", _NOBODY_IN_PARTICULAR):
            yield Relationship(policy.key, id)


@relationship_step(POLICY, "ASSIGNED", "azure_external_tenant", per_row=True)
def azure_conditional_access_policy_assigned_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy applies to guests from some tenants alone."""
    for policy in ctx.entities(POLICY):
        for tenant in _named(policy, "includeExternalTenantIds"):
            yield Relationship(policy.key, external_tenant_key(tenant))


@relationship_step(POLICY, "ALLOWS", "azure_external_tenant", per_row=True)
def azure_conditional_access_policy_allows_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy exempts guests from some tenants."""
    for policy in ctx.entities(POLICY):
        for tenant in _named(policy, "excludeExternalTenantIds"):
            yield Relationship(policy.key, external_tenant_key(tenant))


@relationship_step(POLICY, "USES", "azure_conditional_access_template", per_row=True)
def azure_conditional_access_policy_uses_template(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy was made from a template of Microsoft's."""
    for policy in ctx.entities(POLICY):
        if template := policy.properties.get("templateId"):
            yield Relationship(policy.key, f"azure_conditional_access_template:{template}")


@relationship_step(POLICY, "PROTECTS", "azure_service_principal")
def azure_conditional_access_policy_protects_service_principal(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy names an application that it applies to; one that the tenant lacks leads nowhere."""
    named = {
        policy.key: _named(policy, "includeApplications", _NO_APPLICATION_IN_PARTICULAR)
        for policy in ctx.entities(POLICY)
    }
    wanted = {id for ids in named.values() for id in ids}
    principals = (each for each in ctx.entities("azure_service_principal") if each.properties["appId"] in wanted)
    keys = {each.properties["appId"]: each.key for each in principals}
    for policy, ids in named.items():
        for id in ids:
            yield Relationship(policy, principal_key(id, keys))


@relationship_step(POLICY, "CONTAINS", "azure_conditional_access_named_location", per_row=True)
def azure_conditional_access_policy_contains_named_location(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy applies to a named location, or leaves it out."""
    for policy in ctx.entities(POLICY):
        included = _named(policy, "includeLocations", _NO_LOCATION_IN_PARTICULAR)
        excluded = _named(policy, "excludeLocations", _NO_LOCATION_IN_PARTICULAR)
        for id in sorted({*included, *excluded}):
            mode = "exclude" if id not in included else "both" if id in excluded else "include"
            yield Relationship(policy.key, f"azure_conditional_access_named_location:{id}", mode=mode)


@relationship_step(POLICY, "USES", "azure_conditional_access_authorization_context", per_row=True)
def azure_conditional_access_policy_uses_authorization_context(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy applies where an application asks for an authentication context."""
    for policy in ctx.entities(POLICY):
        for id in _named(policy, "includeAuthenticationContexts"):
            yield Relationship(policy.key, f"azure_conditional_access_authorization_context:{id}")


@relationship_step(POLICY, "USES", "azure_authentication_strength_policy", per_row=True)
def azure_conditional_access_policy_uses_authentication_strength_policy(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy demands an authentication strength."""
    for policy in ctx.entities(POLICY):
        if strength := policy.properties.get("authenticationStrengthId"):
            yield Relationship(policy.key, f"azure_authentication_strength_policy:{strength}")


def _guest_types(guests: Any) -> list[str] | None:
    """Return the kinds of guests that a condition names; ``None`` where there is no such condition."""
    return words_of(guests.get("guestOrExternalUserTypes")) if guests else None


def _named(policy: Entity, property: str, words: frozenset[str] = frozenset()) -> list[str]:
    """Return the ids in a property of a policy, each once, without the words that stand for many."""
    ids = map(guid_key, policy.properties.get(property) or ())
    return [id for id in dict.fromkeys(ids) if not says(id, *words)]
