"""What profiles of Azure Front Door of today are made of: names, certificates, routes and origins."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import key_at, keys_in, object_at, properties_of, resource, text_in

_PROFILE, _VERSION = "microsoft.cdn/profiles", "2025-06-01"
_DOMAINS = Children(_PROFILE, "/customDomains", _VERSION)
_SECRETS = Children(_PROFILE, "/secrets", _VERSION)
_ORIGINS = Children(_PROFILE, "/originGroups/*/origins", _VERSION)
_ROUTES = Children(f"{_PROFILE}/afdendpoints", "/routes", _VERSION)
_READ_DOMAINS = ["Microsoft.Cdn/profiles/customDomains/read"]
_READ_SECRETS = ["Microsoft.Cdn/profiles/secrets/read"]
_READ_ORIGINS = ["Microsoft.Cdn/profiles/originGroups/origins/read"]
_READ_ROUTES = ["Microsoft.Cdn/profiles/afdEndpoints/routes/read"]
_USED: dict[str, tuple[str, ...]] = {
    "azure_dns_zone": ("azureDnsZone",),
    "azure_frontdoor_secret": ("tlsSettings", "secret"),
}


@entity_step("Gateway", permissions=_READ_DOMAINS, per_row=True, on_demand=True)
def azure_frontdoor_custom_domain(ctx: Context) -> Iterator[Entity]:
    """A name of the organization's own that Azure Front Door answers to, and how it proves that it is this one."""
    for row in _DOMAINS.rows(ctx):
        yield resource(
            row,
            category=["network"],
            function=["content-distribution"],
            public=True,
            dnsZoneId=_reference(row, *_USED["azure_dns_zone"]),
            secretId=_reference(row, *_USED["azure_frontdoor_secret"]),
        )


@entity_step("Secret", permissions=_READ_SECRETS, per_row=True, on_demand=True)
def azure_frontdoor_secret(ctx: Context) -> Iterator[Entity]:
    """A certificate that Azure Front Door shows, or a key that it signs with: where it is kept, never what it is."""
    for row in _SECRETS.rows(ctx):
        yield resource(row, keyVaultSecretId=_source(row))


@entity_step("ApplicationEndpoint", permissions=_READ_ORIGINS, per_row=True, on_demand=True)
def azure_frontdoor_origin(ctx: Context) -> Iterator[Entity]:
    """An address that Azure Front Door hands requests on to."""
    for row in _ORIGINS.rows(ctx):
        yield resource(
            row,
            address=text_in(properties_of(row), "hostName"),
            originGroupId=arm_key(row["id"]).rsplit("/", 2)[0],
            azureOriginId=_reference(row, "azureOrigin"),
            privateLinkResourceId=_reference(row, "sharedPrivateLinkResource", "privateLink"),
        )


@entity_step("Rule", permissions=_READ_ROUTES, per_row=True, on_demand=True)
def azure_frontdoor_route(ctx: Context) -> Iterator[Entity]:
    """Which requests to an address of Azure Front Door are handed on, where to, and how."""
    for row in _ROUTES.rows(ctx):
        yield resource(
            row,
            originGroupId=_reference(row, "originGroup"),
            customDomainIds=keys_in(row, "customDomains"),
            ruleSetIds=keys_in(row, "ruleSets"),
        )


@relationship_step("azure_cdn_profile", "HAS", "azure_frontdoor_custom_domain", permissions=_READ_DOMAINS, per_row=True)
def azure_cdn_profile_has_frontdoor_custom_domain(ctx: Context) -> Iterator[Relationship]:
    """A profile has a name of the organization's own."""
    yield from _DOMAINS.in_parents(ctx)


@relationship_step("azure_cdn_profile", "HAS", "azure_frontdoor_secret", permissions=_READ_SECRETS, per_row=True)
def azure_cdn_profile_has_frontdoor_secret(ctx: Context) -> Iterator[Relationship]:
    """A profile has a certificate or a key."""
    yield from _SECRETS.in_parents(ctx)


@relationship_step("azure_cdn_profile", "HAS", "azure_frontdoor_origin", permissions=_READ_ORIGINS, per_row=True)
def azure_cdn_profile_has_frontdoor_origin(ctx: Context) -> Iterator[Relationship]:
    """A profile has an origin, in one of its groups."""
    for group, row in ctx.azure.children(_ORIGINS.type, _ORIGINS.below, api_version=_VERSION):
        yield Relationship(group.rsplit("/", 2)[0], arm_key(row["id"]))


@relationship_step(
    "azure_frontdoor_origin",
    "CONNECTS",
    any_of("azure"),
    type="azure_frontdoor_origin_connects_resource",
    permissions=_READ_ORIGINS,
    per_row=True,
)
def azure_frontdoor_origin_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """An origin is a resource of Azure, which it reaches over the internet or by a private link."""
    for origin in ctx.entities("azure_frontdoor_origin"):
        named = [origin.properties.get(name) for name in ("azureOriginId", "privateLinkResourceId")]
        for key in dict.fromkeys(filter(None, named)):
            yield Relationship(origin.key, key)


@relationship_step("azure_frontdoor_endpoint", "HAS", "azure_frontdoor_route", permissions=_READ_ROUTES, per_row=True)
def azure_frontdoor_endpoint_has_route(ctx: Context) -> Iterator[Relationship]:
    """An address hands requests on by a route."""
    yield from _ROUTES.in_parents(ctx)


@relationship_family("azure_frontdoor_custom_domain", "USES", list(_USED), permissions=_READ_DOMAINS, per_row=True)
def azure_frontdoor_custom_domain_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A name is in a zone of Azure DNS, or shows a certificate of the organization's own."""
    for row in _DOMAINS.rows(ctx):
        if used := _reference(row, *_USED[to_type]):
            yield Relationship(arm_key(row["id"]), used)


@relationship_step("azure_frontdoor_secret", "USES", "azure_keyvault_service", permissions=_READ_SECRETS, per_row=True)
def azure_frontdoor_secret_uses_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """A certificate or a key is kept in a key vault."""
    for row in _SECRETS.rows(ctx):
        if source := _source(row):
            yield Relationship(arm_key(row["id"]), source.partition("/secrets/")[0])


@relationship_step(
    "azure_frontdoor_route", "USES", "azure_frontdoor_custom_domain", permissions=_READ_ROUTES, per_row=True
)
def azure_frontdoor_route_uses_custom_domain(ctx: Context) -> Iterator[Relationship]:
    """A route takes requests to a name of the organization's own."""
    for row in _ROUTES.rows(ctx):
        for domain in keys_in(row, "customDomains"):
            yield Relationship(arm_key(row["id"]), domain)


@relationship_step(
    "azure_frontdoor_route",
    "CONNECTS",
    "azure_frontdoor_origin",
    permissions=[*_READ_ROUTES, *_READ_ORIGINS],
)
def azure_frontdoor_route_connects_origin(ctx: Context) -> Iterator[Relationship]:
    """A route hands requests on to an origin of its group."""
    origins: dict[str, list[str]] = {}
    for row in _ORIGINS.rows(ctx):
        key = arm_key(row["id"])
        origins.setdefault(key.rsplit("/", 2)[0], []).append(key)
    for row in _ROUTES.rows(ctx):
        for origin in origins.get(_reference(row, "originGroup") or "", ()):
            yield Relationship(arm_key(row["id"]), origin)


def _reference(row: Any, *names: str) -> str | None:
    """Return the key of what the properties of a part name under some names; ``None`` where they do not."""
    *way, name = names
    return key_at(object_at(properties_of(row), *way), name)


def _source(row: Any) -> str | None:
    """Return the key of what a vault has of a certificate or a key; ``None`` where Microsoft keeps it."""
    return _reference(row, "parameters", "secretSource")
