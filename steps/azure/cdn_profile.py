"""Profiles of Azure Front Door of today and of Azure CDN, and their addresses."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import (
    below_parents,
    identities_of,
    in_groups,
    resource,
)

_TYPES = {
    "azure_cdn_profile": "microsoft.cdn/profiles",
    "azure_cdn_endpoint": "microsoft.cdn/profiles/endpoints",
    "azure_frontdoor_endpoint": "microsoft.cdn/profiles/afdendpoints",
}


@entity_step(
    "Service", permissions=["Microsoft.Cdn/profiles/read"], per_row=True, resources=[_TYPES["azure_cdn_profile"]]
)
def azure_cdn_profile(ctx: Context) -> Iterator[Entity]:
    """A profile of Azure Front Door of today, or of Azure CDN, which has addresses that web requests come to."""
    for row in ctx.azure.resources(_TYPES["azure_cdn_profile"]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["content-distribution"],
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Gateway",
    permissions=["Microsoft.Cdn/profiles/endpoints/read"],
    per_row=True,
    resources=[_TYPES["azure_cdn_endpoint"]],
)
def azure_cdn_endpoint(ctx: Context) -> Iterator[Entity]:
    """An address of Azure CDN that web requests come to."""
    for row in ctx.azure.resources(_TYPES["azure_cdn_endpoint"]):
        yield resource(
            row,
            category=["data"],
            function=["content-distribution"],
            public=True,
        )


@entity_step(
    "Gateway",
    permissions=["Microsoft.Cdn/profiles/afdEndpoints/read"],
    per_row=True,
    resources=[_TYPES["azure_frontdoor_endpoint"]],
)
def azure_frontdoor_endpoint(ctx: Context) -> Iterator[Entity]:
    """An address of Azure Front Door of today that web requests come to."""
    for row in ctx.azure.resources(_TYPES["azure_frontdoor_endpoint"]):
        yield resource(
            row,
            category=["network"],
            function=["content-distribution"],
            public=True,
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_cdn_profile(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A profile or an address of Azure Front Door or Azure CDN is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family("azure_cdn_profile", "HAS", ["azure_cdn_endpoint", "azure_frontdoor_endpoint"], per_row=True)
def azure_cdn_profile_has_endpoint(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A profile has an address."""
    yield from below_parents(ctx.entities(to_type))
