"""Key vaults."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, keys_of, parts_of, private_endpoints_of, properties_of, resource

VAULT = "microsoft.keyvault/vaults"


@entity_step("Service", permissions=["Microsoft.KeyVault/vaults/read"], per_row=True, resources=[VAULT])
def azure_keyvault_service(ctx: Context) -> Iterator[Entity]:
    """A key vault, which keeps keys, secrets and certificates."""
    for row in ctx.azure.resources(VAULT):
        rules = properties_of(row).get("networkAcls") or {}
        network: dict[str, Any] = {
            "networkAcls.allowedIpAddresses": [rule["value"] for rule in rules.get("ipRules") or ()],
            "networkAcls.virtualNetworkSubnetIds": keys_of(rules.get("virtualNetworkRules")),
        }
        policies = [policy for policy in parts_of(row, "accessPolicies") if policy.get("objectId")]
        yield resource(
            row,
            category=["infrastructure"],
            function=["encryption-key-management"],
            endpoints=[properties_of(row)["vaultUri"]] if properties_of(row).get("vaultUri") else None,
            accessPolicyObjectIds=list(dict.fromkeys(policy["objectId"].lower() for policy in policies)),
            privateEndpointIds=private_endpoints_of(row),
            **(network if rules else {}),
        )


@relationship_step("azure_resource_group", "HAS", "azure_keyvault_service", per_row=True)
def azure_resource_group_has_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """A key vault is in a resource group."""
    yield from in_groups(ctx.azure.resources(VAULT))


def address_of(uri: str | None) -> str | None:
    """Return the address of a vault as two that name the same agree: in lower case, with no slash after."""
    return uri.rstrip("/").lower() if uri else None
