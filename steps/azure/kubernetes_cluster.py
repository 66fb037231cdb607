"""Clusters of Azure Kubernetes Service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    keys_of,
    object_at,
    parts_of,
    properties_of,
    resource,
    texts_at,
)

_CLUSTER = "microsoft.containerservice/managedclusters"
_ADDONS = {
    "azurePolicyEnabled": "azurepolicy",
    "monitoringEnabled": "omsagent",
    "secretsProviderEnabled": "azurekeyvaultsecretsprovider",
}
"""What Azure calls add-ons of a cluster, in small letters. Source: Azure CLI, which takes their names in any case."""


@entity_step(
    "Cluster", permissions=["Microsoft.ContainerService/managedClusters/read"], per_row=True, resources=[_CLUSTER]
)
def azure_kubernetes_cluster(ctx: Context) -> Iterator[Entity]:
    """A cluster of Azure Kubernetes Service."""
    for row in ctx.azure.resources(_CLUSTER):
        properties = properties_of(row)
        pools = parts_of(row, "agentPoolProfiles")
        kubelet = object_at(properties, "identityProfile", "kubeletidentity")
        public = [pool["enableNodePublicIP"] for pool in pools if pool.get("enableNodePublicIP") is not None]
        hosts = [pool["enableEncryptionAtHost"] for pool in pools if pool.get("enableEncryptionAtHost") is not None]
        yield resource(
            row,
            enableNodePublicIP=any(public) if public else None,
            encryptionAtHost=all(hosts) and len(hosts) == len(pools) if hosts else None,
            subnetIds=_subnets(properties, pools),
            diskEncryptionSetId=key_at(properties, "diskEncryptionSetID"),
            kubeletIdentityId=key_at(kubelet, "resourceId"),
            userAssignedIdentityIds=identities_of(row),
            **_addons(properties),
        )


@relationship_step("azure_resource_group", "HAS", "azure_kubernetes_cluster", per_row=True)
def azure_resource_group_has_kubernetes_cluster(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Kubernetes is in a resource group."""
    yield from in_groups(ctx.entities("azure_kubernetes_cluster"))


@relationship_step("azure_user_group", "MANAGES", "azure_kubernetes_cluster", per_row=True)
def azure_user_group_manages_kubernetes_cluster(ctx: Context) -> Iterator[Relationship]:
    """The members of a group of Microsoft Entra administer a cluster."""
    for row in ctx.azure.resources(_CLUSTER):
        for group in texts_at(properties_of(row), "aadProfile", "adminGroupObjectIDs[]"):
            yield Relationship(group.lower(), arm_key(row["id"]))


@relationship_step("azure_kubernetes_cluster", "USES", "azure_service_principal")
def azure_kubernetes_cluster_uses_service_principal(ctx: Context) -> Iterator[Relationship]:
    """A cluster or its nodes act as a service principal."""
    of_applications: dict[str, str] = {}
    for principal in ctx.entities("azure_service_principal"):
        of_applications[str(principal.properties.get("appId")).lower()] = principal.key
    for row in ctx.azure.resources(_CLUSTER):
        properties = properties_of(row)
        client = (object_at(properties, "servicePrincipalProfile").get("clientId") or "msi").lower()
        kubelet = object_at(properties, "identityProfile", "kubeletidentity")
        own = object_at(row, "identity").get("principalId")
        found = [None if client == "msi" else of_applications.get(client, client), own, kubelet.get("objectId")]
        for key in dict.fromkeys(each.lower() for each in found if each):
            yield Relationship(arm_key(row["id"]), key)


@relationship_step("azure_kubernetes_cluster", "USES", "azure_disk_encryption_set", per_row=True)
def azure_kubernetes_cluster_uses_disk_encryption_set(ctx: Context) -> Iterator[Relationship]:
    """The disks of a cluster's nodes are encrypted with a key of the customer's own."""
    for row in ctx.azure.resources(_CLUSTER):
        if key := key_at(properties_of(row), "diskEncryptionSetID"):
            yield Relationship(arm_key(row["id"]), key)


@relationship_step("azure_kubernetes_cluster", "USES", "azure_log_analytics_workspace", per_row=True)
def azure_kubernetes_cluster_uses_log_analytics_workspace(ctx: Context) -> Iterator[Relationship]:
    """A cluster sends logs to a workspace, or what Microsoft Defender finds in it."""
    for row in ctx.azure.resources(_CLUSTER):
        properties = properties_of(row)
        defender = object_at(properties, "securityProfile", "defender")
        told = [*_lowered(object_at(_addon(properties, "omsagent"), "config")).items(), *_lowered(defender).items()]
        for workspace in keys_of(value for name, value in told if name == "loganalyticsworkspaceresourceid"):
            yield Relationship(arm_key(row["id"]), workspace)


@relationship_step("azure_kubernetes_cluster", "USES", "azure_application_gateway", per_row=True)
def azure_kubernetes_cluster_uses_application_gateway(ctx: Context) -> Iterator[Relationship]:
    """Requests come into a cluster by an application gateway, which the cluster sets up."""
    for row in ctx.azure.resources(_CLUSTER):
        addon = _addon(properties_of(row), "ingressapplicationgateway")
        told = _lowered(object_at(addon, "config"))
        gateway = key_at(told, "effectiveapplicationgatewayid") or key_at(told, "applicationgatewayid")
        if gateway and addon.get("enabled") is not False:
            yield Relationship(arm_key(row["id"]), gateway)


def _subnets(properties: Mapping[str, Any], pools: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the keys of the subnets of the nodes and pods of a cluster, and of its API server."""
    server = object_at(properties, "apiServerAccessProfile").get("subnetId")
    return keys_of([*(key_at(pool, name) for pool in pools for name in ("vnetSubnetID", "podSubnetID")), server])


def _addons(properties: Mapping[str, Any]) -> dict[str, bool | None]:
    """Return which add-ons are on: as a cluster names them, which may be as they were asked for."""
    return {name: _addon(properties, addon).get("enabled") for name, addon in _ADDONS.items()}


def _addon(properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what a cluster tells of an add-on, whose name is given in small letters; nothing where it has none."""
    profile: dict[str, Any] = object_at(_lowered(object_at(properties, "addonProfiles")), name)
    return profile


def _lowered(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in told.items()}
