"""Profiles of Azure Traffic Manager."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    keys_at,
    parts_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_traffic_manager_profile": "microsoft.network/trafficmanagerprofiles",
}


@entity_step(
    "Gateway",
    permissions=["Microsoft.Network/trafficManagerProfiles/read"],
    per_row=True,
    resources=[_TYPES["azure_traffic_manager_profile"]],
)
def azure_traffic_manager_profile(ctx: Context) -> Iterator[Entity]:
    """A name of Azure Traffic Manager that leads to one of several places."""
    for row in ctx.azure.resources(_TYPES["azure_traffic_manager_profile"]):
        yield resource(
            row,
            category=["network"],
            function=["dns"],
            targetResourceIds=_targets(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_traffic_manager_profile", per_row=True)
def azure_resource_group_has_traffic_manager_profile(ctx: Context) -> Iterator[Relationship]:
    """A profile of Azure Traffic Manager is in a resource group."""
    yield from in_groups(ctx.entities("azure_traffic_manager_profile"))


@relationship_step(
    "azure_traffic_manager_profile",
    "CONNECTS",
    any_of("azure"),
    type="azure_traffic_manager_profile_connects_resource",
    per_row=True,
)
def azure_traffic_manager_profile_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """A name leads to a resource, such as a public address or a web app."""
    for row in ctx.azure.resources(_TYPES["azure_traffic_manager_profile"]):
        for target in _targets(row):
            yield Relationship(arm_key(row["id"]), target)


def _targets(row: Any) -> list[str]:
    """Return the keys of the resources that a name leads to."""
    return keys_at(map(properties_of, parts_of(row, "endpoints")), "targetResourceId")
