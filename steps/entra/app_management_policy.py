"""App management policies: what credentials applications and service principals may have."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from integration.values import epoch_ms

POLICY = "azure_app_management_policy"
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


@entity_step("ControlPolicy", permissions=["Policy.Read.All"])
def azure_app_management_policy(ctx: Context) -> Iterator[Entity]:
    """What credentials applications and service principals may have: the tenant's default, or a policy for some."""
    default = ctx.graph.get("/policies/defaultAppManagementPolicy", select=None)
    yield Entity(
        f"{POLICY}:{default['id']}",
        default,
        name=default.get("displayName") or default["id"],
        category="config",
        isDefault=True,
        **_restrictions("", default.get("applicationRestrictions")),
        **_restrictions("servicePrincipal", default.get("servicePrincipalRestrictions")),
    )
    for policy in ctx.graph.list("/policies/appManagementPolicies", select=None, top=None):
        yield Entity(
            f"{POLICY}:{policy['id']}",
            policy,
            name=policy.get("displayName") or policy["id"],
            category="config",
            isDefault=False,
            **_restrictions("", policy.get("restrictions")),
        )


def _restrictions(prefix: str, found: dict[str, Any] | None) -> dict[str, Any]:
    """Return the properties that say what is restricted; of kinds of restrictions that the schema knows."""
    properties: dict[str, Any] = {}
    listed = [*((found or {}).get("passwordCredentials") or ()), *((found or {}).get("keyCredentials") or ())]
    for restriction in listed:
        kind = restriction["restrictionType"]
        if kind in _KINDS:
            name = f"{prefix}{kind[0].upper()}{kind[1:]}" if prefix else kind
            properties[f"{name}State"] = restriction.get("state")
            properties[f"{name}AppliesFrom"] = epoch_ms(restriction.get("restrictForAppsCreatedAfterDateTime"))
            if kind.endswith("Lifetime"):
                properties[f"{name}Max"] = restriction.get("maxLifetime")
    return properties
