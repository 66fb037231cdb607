"""Caches of Azure HPC Cache."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    object_at,
    objects_in,
    properties_of,
    resource,
)

_CACHE = "microsoft.storagecache/caches"


@entity_step("DataStore", permissions=["Microsoft.StorageCache/caches/read"], per_row=True, resources=[_CACHE])
def azure_hpc_cache(ctx: Context) -> Iterator[Entity]:
    """A cache of files, that many machines mount so as not to wait for where these are kept.

    Source: Azure Resource Manager, Microsoft.StorageCache/caches; Steampipe, ``table_azure_hpc_cache.go``.
    """
    for row in ctx.azure.resources(_CACHE):
        properties = properties_of(row)
        policies = objects_in(object_at(properties, "securitySettings"), "accessPolicies")
        rules = [(policy.get("name") or "", rule) for policy in policies for rule in objects_in(policy, "accessRules")]
        yield resource(
            row,
            classification=None,
            subnetId=key_at(properties, "subnet"),
            accessRules=[
                " ".join([f"{name}:", *(rule[part] for part in ("scope", "filter", "access") if rule.get(part))])
                for name, rule in rules
            ],
            takesRoot=any(rule.get("rootSquash") is False for _, rule in rules) if rules else None,
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_hpc_cache", per_row=True)
def azure_resource_group_has_hpc_cache(ctx: Context) -> Iterator[Relationship]:
    """A cache is in a resource group."""
    yield from in_groups(ctx.entities("azure_hpc_cache"))
