"""Key vaults."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    environment_of,
    in_groups,
    keys_of,
    named_in,
    object_at,
    objects_in,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
    texts_in,
)

VAULT = "microsoft.keyvault/vaults"
_KINDS = ("keys", "secrets", "certificates", "storage")


@entity_step("Service", permissions=["Microsoft.KeyVault/vaults/read"], per_row=True, resources=[VAULT])
def azure_keyvault_service(ctx: Context) -> Iterator[Entity]:
    """A key vault, which keeps keys, secrets and certificates."""
    for row in ctx.azure.resources(VAULT):
        rules = object_at(properties_of(row), "networkAcls")
        network: dict[str, Any] = {
            "networkAcls.allowedIpAddresses": named_in(rules, "ipRules", "value"),
            "networkAcls.virtualNetworkSubnetIds": keys_of(objects_in(rules, "virtualNetworkRules")),
        }
        policies = [policy for policy in parts_of(row, "accessPolicies") if policy.get("objectId")]
        yield resource(
            row,
            environment=environment_of(row),
            category=["infrastructure"],
            function=["key-vault"],
            endpoints=[properties_of(row)["vaultUri"]] if properties_of(row).get("vaultUri") else None,
            accessPolicyObjectIds=list(dict.fromkeys(policy["objectId"].lower() for policy in policies)),
            privateEndpointIds=private_endpoints_of(row),
            **(network if rules else {}),
        )


@relationship_step("azure_resource_group", "HAS", "azure_keyvault_service", per_row=True)
def azure_resource_group_has_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """A key vault is in a resource group."""
    yield from in_groups(ctx.entities("azure_keyvault_service"))


@relationship_step(
    "azure_keyvault_service", "ALLOWS", any_of("entra"), type="azure_keyvault_service_allows_principal", per_row=True
)
def azure_keyvault_service_allows_principal(ctx: Context) -> Iterator[Relationship]:
    """An access policy lets a user, a group or a service principal use a vault, unless that goes by roles."""
    for row in ctx.azure.resources(VAULT):
        by_principal: dict[str, list[dict[str, Any]]] = {}
        for policy in parts_of(row, "accessPolicies"):
            if policy.get("objectId"):
                by_principal.setdefault(policy["objectId"].lower(), []).append(policy)
        for principal, policies in by_principal.items():
            facts = {f"permissions.{kind}": _permissions(policies, kind) for kind in _KINDS}
            applications = sorted({policy["applicationId"] for policy in policies if policy.get("applicationId")})
            yield Relationship(arm_key(row["id"]), principal, **facts, applicationId=", ".join(applications) or None)


def _permissions(policies: Sequence[Mapping[str, Any]], kind: str) -> str | None:
    """Return what some policies permit for keys, secrets or the like, sorted; ``None`` where they permit nothing."""
    told = [each for policy in policies for each in texts_in(object_at(policy, "permissions"), kind)]
    found = {each.lower() for each in told if each}
    return ", ".join(sorted(found)) or None


@relationship_step("azure_account", "HAS", "azure_keyvault_service", per_row=True)
def azure_account_has_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """The tenant has a key vault; one of another tenant, that is managed here by Azure Lighthouse, is not its own."""
    account = ctx.one("azure_account")
    for row in ctx.azure.resources(VAULT):
        if (row["tenantId"] or "").lower() == str(account.properties["id"]).lower():
            yield Relationship(account.key, arm_key(row["id"]))
