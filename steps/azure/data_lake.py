"""Accounts of Azure Data Lake Storage of the first generation, and of Data Lake Analytics: both are retired."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    is_active,
    joined,
    key_at,
    keys_of,
    object_at,
    parts_of,
    properties_of,
    resource,
    texts_at,
    whether,
)

_STORE, _ANALYTICS = "azure_data_lake_store_account", "azure_data_lake_analytics_account"
_TYPES = {_STORE: "microsoft.datalakestore/accounts", _ANALYTICS: "microsoft.datalakeanalytics/accounts"}


@entity_step(
    "DataStore", permissions=["Microsoft.DataLakeStore/accounts/read"], per_row=True, resources=[_TYPES[_STORE]]
)
def azure_data_lake_store_account(ctx: Context) -> Iterator[Entity]:
    """An account of Azure Data Lake Storage of the first generation, which keeps files.

    Source: Azure Resource Manager, Microsoft.DataLakeStore/accounts of 2016; Steampipe,
    ``table_azure_data_lake_store.go``.
    """
    for row in ctx.azure.resources(_TYPES[_STORE]):
        vault = object_at(properties_of(row), "encryptionConfig", "keyVaultMetaInfo")
        yield resource(
            row,
            classification=None,
            active=is_active(properties_of(row).get("state")),
            encrypted=whether(properties_of(row).get("encryptionState"), "enabled"),
            keyVaultId=key_at(vault, "keyVaultResourceId"),
            allowedIpRanges=_ranges(row),
            virtualNetworkSubnetIds=keys_of(texts_at(parts_of(row, "virtualNetworkRules"), "properties", "subnetId")),
            trustedIdProviders=list(texts_at(parts_of(row, "trustedIdProviders"), "properties", "idProvider")),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.DataLakeAnalytics/accounts/read"],
    per_row=True,
    resources=[_TYPES[_ANALYTICS]],
)
def azure_data_lake_analytics_account(ctx: Context) -> Iterator[Entity]:
    """An account of Data Lake Analytics, which works on much data.

    Source: Azure Resource Manager, Microsoft.DataLakeAnalytics/accounts of 2016; Steampipe,
    ``table_azure_data_lake_analytics_account.go``.
    """
    for row in ctx.azure.resources(_TYPES[_ANALYTICS]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["data-analytics"],
            active=is_active(properties_of(row).get("state")),
            allowedIpRanges=_ranges(row),
            dataLakeStoreAccountNames=_stores(row),
            storageAccountNames=list(texts_at(parts_of(row, "storageAccounts"), "name")),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_data_lake(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An account of Azure Data Lake is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step(_ANALYTICS, "USES", _STORE)
def azure_data_lake_analytics_account_uses_store_account(ctx: Context) -> Iterator[Relationship]:
    """Data Lake Analytics works on what an account keeps, whose name no other account of Azure has."""
    stores = {row["name"].lower(): arm_key(row["id"]) for row in ctx.azure.resources(_TYPES[_STORE])}
    for row in ctx.azure.resources(_TYPES[_ANALYTICS]):
        for name in _stores(row):
            if store := stores.get(name.lower()):
                yield Relationship(arm_key(row["id"]), store)


def _stores(row: Any) -> list[str]:
    """Return the names of the accounts that an account of Data Lake Analytics works on, the first its own."""
    told = [*texts_at(properties_of(row), "defaultDataLakeStoreAccount")]
    told += texts_at(parts_of(row, "dataLakeStoreAccounts"), "name")
    return list({name.lower(): name for name in reversed(told)}.values())[::-1]


def _ranges(row: Any) -> list[str]:
    """Return the ranges of addresses that the firewall of an account lets in, such as ``192.0.2.0-192.0.2.9``."""
    rules = (properties_of(rule) for rule in parts_of(row, "firewallRules"))
    return joined(rules, "-", "startIpAddress", "endIpAddress")
