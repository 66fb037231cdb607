"""App management policies: what credentials applications and service principals may have."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import epoch_ms
from steps._forms import object_at, objects_in, required_text, text_in
from steps.entra._apps import application_keys

POLICY = "azure_app_management_policy"
PERMISSIONS = ["Policy.Read.All"]
ASSIGNMENTS = [*PERMISSIONS, "Application.Read.All"]
_PATH = "/policies/appManagementPolicies"
_KINDS = frozenset(
    {
        "passwordAddition",
        "passwordLifetime",
        "customPasswordAddition",
        "symmetricKeyAddition",
        "symmetricKeyLifetime",
        "asymmetricKeyLifetime",
        "trustedCertificateAuthority",
    }
)
_URI_KINDS = ("nonDefaultUriAddition", "uriAdditionWithoutUniqueTenantIdentifier")


@entity_step("ControlPolicy", permissions=PERMISSIONS)
def azure_app_management_policy(ctx: Context) -> Iterator[Entity]:
    """What credentials applications and service principals may have: the tenant's default, or a policy for some."""
    default = ctx.graph.get("/policies/defaultAppManagementPolicy", select=None)
    yield Entity(
        f"{POLICY}:{default['id']}",
        default,
        name=default.get("displayName") or default["id"],
        category="config",
        isDefault=True,
        **_restrictions("", object_at(default, "applicationRestrictions")),
        **_identifier_uris(object_at(default, "applicationRestrictions")),
        **_restrictions("servicePrincipal", object_at(default, "servicePrincipalRestrictions")),
    )
    for policy in ctx.graph.list(_PATH, select=None, top=None):
        yield Entity(
            f"{POLICY}:{policy['id']}",
            policy,
            name=policy.get("displayName") or policy["id"],
            category="config",
            isDefault=False,
            **_restrictions("", object_at(policy, "restrictions")),
            **_identifier_uris(object_at(policy, "restrictions", "applicationRestrictions")),
        )


@relationship_step(POLICY, "RESTRICTS", "azure_application", permissions=ASSIGNMENTS)
def azure_app_management_policy_restricts_application(ctx: Context) -> Iterator[Relationship]:
    """A policy on credentials is assigned to an application."""
    keys = application_keys(ctx)
    for policy, application in ctx.graph.related(_PATH, "appliesTo", kind="application"):
        yield Relationship(f"{POLICY}:{policy}", keys.get(application["id"], application["id"]))


@relationship_step(POLICY, "RESTRICTS", "azure_service_principal", permissions=ASSIGNMENTS, per_row=True)
def azure_app_management_policy_restricts_service_principal(ctx: Context) -> Iterator[Relationship]:
    """A policy on credentials is assigned to a service principal."""
    for policy, principal in ctx.graph.related(_PATH, "appliesTo", kind="servicePrincipal"):
        yield Relationship(f"{POLICY}:{policy}", principal["id"])


def _restrictions(prefix: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that say what is restricted; of kinds of restrictions that the schema knows."""
    properties: dict[str, Any] = {}
    listed = [each for name in ("passwordCredentials", "keyCredentials") for each in objects_in(found, name)]
    for restriction in listed:
        kind = required_text(restriction, "restrictionType")
        if kind in _KINDS:
            name = f"{prefix}{kind[0].upper()}{kind[1:]}" if prefix else kind
            properties |= _restriction(name, restriction)
            if kind.endswith("Lifetime"):
                properties[f"{name}Max"] = restriction.get("maxLifetime")
    return properties


def _identifier_uris(found: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that say which identifier URIs are restricted, which applications alone have."""
    properties: dict[str, Any] = {}
    uris = object_at(found, "identifierUris")
    for name in _URI_KINDS:
        if restriction := object_at(uris, name):
            properties |= _restriction(name, restriction)
            properties[f"{name}SparesV2Tokens"] = restriction.get("excludeAppsReceivingV2Tokens")
            properties[f"{name}SparesSaml"] = restriction.get("excludeSaml")
    return properties


def _restriction(name: str, restriction: dict[str, Any]) -> dict[str, Any]:
    """Return what every restriction says: whether and from when on it holds, and whom it spares."""
    spared = objects_in(object_at(restriction, "excludeActors"), "customSecurityAttributes")
    return {
        f"{name}State": restriction.get("state"),
        f"{name}AppliesFrom": epoch_ms(restriction.get("restrictForAppsCreatedAfterDateTime")),
        f"{name}ExemptActors": sorted(f"{text_in(each, 'id')}={text_in(each, 'value')}" for each in spared) or None,
    }
