"""Services that learn, understand and find: Cognitive Services, Machine Learning, AI Search and Databricks."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    keys_at,
    keys_of,
    object_at,
    objects_in,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_cognitive_services_account": "microsoft.cognitiveservices/accounts",
    "azure_databricks_workspace": "microsoft.databricks/workspaces",
    "azure_machine_learning_workspace": "microsoft.machinelearningservices/workspaces",
    "azure_search_service": "microsoft.search/searchservices",
}

_USED = {
    "azure_application_insights": "applicationInsights",
    "azure_container_registry": "containerRegistry",
    "azure_keyvault_service": "keyVault",
    "azure_storage_account": "storageAccount",
}
"""What a workspace of Azure Machine Learning keeps things in, and the property that has the id of it."""


@entity_step(
    "Service",
    permissions=["Microsoft.CognitiveServices/accounts/read"],
    per_row=True,
    resources=[_TYPES["azure_cognitive_services_account"]],
)
def azure_cognitive_services_account(ctx: Context) -> Iterator[Entity]:
    """An account of Azure AI services, such as Azure OpenAI."""
    for row in ctx.azure.resources(_TYPES["azure_cognitive_services_account"]):
        rules = object_at(properties_of(row), "networkAcls")
        networks = keys_of(objects_in(rules, "virtualNetworkRules"))
        yield _service(
            row,
            "artificial-intelligence",
            virtualNetworkSubnetIds=None if rules.get("virtualNetworkRules") is None else networks,
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.Databricks/workspaces/read"],
    per_row=True,
    resources=[_TYPES["azure_databricks_workspace"]],
)
def azure_databricks_workspace(ctx: Context) -> Iterator[Entity]:
    """A workspace of Azure Databricks, in which data is analysed."""
    for row in ctx.azure.resources(_TYPES["azure_databricks_workspace"]):
        yield _service(
            row,
            "data-analytics",
            virtualNetworkId=_network(row),
            managedResourceGroupId=key_at(properties_of(row), "managedResourceGroupId"),
            accessConnectorId=key_at(properties_of(row), "accessConnector"),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.MachineLearningServices/workspaces/read"],
    per_row=True,
    resources=[_TYPES["azure_machine_learning_workspace"]],
)
def azure_machine_learning_workspace(ctx: Context) -> Iterator[Entity]:
    """A workspace of Azure Machine Learning, in which models are made."""
    yield from _services(ctx, "azure_machine_learning_workspace", "artificial-intelligence")


@entity_step(
    "Service",
    permissions=["Microsoft.Search/searchServices/read"],
    per_row=True,
    resources=[_TYPES["azure_search_service"]],
)
def azure_search_service(ctx: Context) -> Iterator[Entity]:
    """A service of Azure AI Search, which finds things in texts."""
    for row in ctx.azure.resources(_TYPES["azure_search_service"]):
        options = object_at(properties_of(row), "authOptions")
        chosen = next((name for name, option in options.items() if option is not None), None)
        yield _service(
            row,
            "search",
            authOptions=chosen,
            sharedPrivateLinkResourceIds=_linked(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_machine_learning(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service that learns, understands or finds is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step(
    "azure_search_service", "CONNECTS", any_of("azure"), type="azure_search_service_connects_resource", per_row=True
)
def azure_search_service_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """A service of Azure AI Search reaches a resource by a private link, also before its owner has approved that."""
    for row in ctx.azure.resources(_TYPES["azure_search_service"]):
        for linked in _linked(row):
            yield Relationship(arm_key(row["id"]), linked)


@relationship_step("azure_vnet", "HAS", "azure_databricks_workspace", per_row=True)
def azure_vnet_has_databricks_workspace(ctx: Context) -> Iterator[Relationship]:
    """The machines of a workspace of Azure Databricks are in a virtual network of the customer's own."""
    for row in ctx.azure.resources(_TYPES["azure_databricks_workspace"]):
        if network := _network(row):
            yield Relationship(network, arm_key(row["id"]))


@relationship_family("azure_machine_learning_workspace", "USES", list(_USED), per_row=True)
def azure_machine_learning_workspace_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A workspace keeps its data, its images, its secrets or its logs in a resource."""
    for row in ctx.azure.resources(_TYPES[from_type]):
        if used := key_at(properties_of(row), _USED[to_type]):
            yield Relationship(arm_key(row["id"]), used)


def _linked(row: Any) -> list[str]:
    """Return the keys of what a service of Azure AI Search reaches by private links of its own.

    Source: Azure AI Search, REST, SharedPrivateLinkResource, ``properties.privateLinkResourceId``.
    """
    return keys_at(map(properties_of, parts_of(row, "sharedPrivateLinkResources")), "privateLinkResourceId")


def _network(row: Any) -> str | None:
    """Return the key of the virtual network that a workspace of Azure Databricks was put into."""
    network = object_at(properties_of(row), "parameters", "customVirtualNetworkId")
    return key_at(network, "value")


def _services(ctx: Context, type: str, function: str) -> Iterator[Entity]:
    for row in ctx.azure.resources(_TYPES[type]):
        yield _service(row, function, userAssignedIdentityIds=identities_of(row))


def _service(row: Any, function: str, **computed: Any) -> Entity:
    """Return the entity of a service with what all of these have, and what else was computed."""
    known = {"category": ["infrastructure"], "function": [function], "privateEndpointIds": private_endpoints_of(row)}
    return resource(row, **known, **computed)
