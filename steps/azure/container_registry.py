"""Registries of container images, whom they tell of changes, and what they build and run."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    active,
    below_parents,
    identities_of,
    in_groups,
    named_in,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_REGISTRY = "microsoft.containerregistry/registries"
_WEBHOOK = "microsoft.containerregistry/registries/webhooks"
_TASK = "microsoft.containerregistry/registries/tasks"


@entity_step(
    "DataStore", permissions=["Microsoft.ContainerRegistry/registries/read"], per_row=True, resources=[_REGISTRY]
)
def azure_container_registry(ctx: Context) -> Iterator[Entity]:
    """A registry, which keeps images of containers."""
    for row in ctx.azure.resources(_REGISTRY):
        rules = object_at(properties_of(row), "networkRuleSet")
        network: dict[str, Any] = {"networkRuleSet.allowedIpAddresses": named_in(rules, "ipRules", "value")}
        yield resource(
            row,
            classification=None,
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
            **(network if rules else {}),
        )


@entity_step(
    "ApplicationEndpoint",
    permissions=["Microsoft.ContainerRegistry/registries/webhooks/read"],
    per_row=True,
    resources=[_WEBHOOK],
)
def azure_container_registry_webhook(ctx: Context) -> Iterator[Entity]:
    """What a registry tells of changes; the address that it tells is a secret, and not read."""
    for row in ctx.azure.resources(_WEBHOOK):
        # An empty text says that it tells of all.
        yield resource(row, active=active(row), scope=properties_of(row).get("scope"))


@entity_step(
    "Process", permissions=["Microsoft.ContainerRegistry/registries/tasks/read"], per_row=True, resources=[_TASK]
)
def azure_container_registry_task(ctx: Context) -> Iterator[Entity]:
    """What a registry builds and runs, as which identity and when; what it is told to run is not read."""
    for row in ctx.azure.resources(_TASK):
        yield resource(row, active=active(row), userAssignedIdentityIds=identities_of(row))


@relationship_step("azure_resource_group", "HAS", "azure_container_registry", per_row=True)
def azure_resource_group_has_container_registry(ctx: Context) -> Iterator[Relationship]:
    """A registry of containers is in a resource group."""
    yield from in_groups(ctx.entities("azure_container_registry"))


@relationship_step("azure_container_registry", "HAS", "azure_container_registry_webhook", per_row=True)
def azure_container_registry_has_webhook(ctx: Context) -> Iterator[Relationship]:
    """A registry has a webhook."""
    yield from below_parents(ctx.entities("azure_container_registry_webhook"))


@relationship_step("azure_container_registry", "HAS", "azure_container_registry_task", per_row=True)
def azure_container_registry_has_task(ctx: Context) -> Iterator[Relationship]:
    """A registry has a task."""
    yield from below_parents(ctx.entities("azure_container_registry_task"))
