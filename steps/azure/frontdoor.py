"""Front doors, and what they are made of."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps.azure._resource import (
    below_parents,
    each_part,
    in_groups,
    key_at,
    keys_of,
    named_by,
    object_at,
    part_of,
    parts_of,
    properties_of,
    references_in,
    resource,
    says,
    type_of,
)

_FRONTDOOR = "microsoft.network/frontdoors"
_READ = ["Microsoft.Network/frontDoors/read"]
_PARTS = {
    "azure_frontdoor_backend_pool": "backendPools",
    "azure_frontdoor_frontend_endpoint": "frontendEndpoints",
    "azure_frontdoor_routing_rule": "routingRules",
    "azure_frontdoor_rules_engine": "rulesEngines",
}
_OF_RULE = {
    "azure_frontdoor_frontend_endpoint": "frontendEndpointIds",
    "azure_frontdoor_rules_engine": "rulesEngineId",
    "azure_frontdoor_waf_policy": "webApplicationFirewallPolicyLinkId",
}
"""Types of what a routing rule names, and the property that tells it."""


@entity_step("Service", permissions=["Microsoft.Network/frontDoors/read"], per_row=True, resources=[_FRONTDOOR])
def azure_frontdoor(ctx: Context) -> Iterator[Entity]:
    """A front door of the first kind, which takes web requests all over the world and hands them on."""
    for row in ctx.azure.resources(_FRONTDOOR):
        ends = [properties_of(end) for end in parts_of(row, "frontendEndpoints")]
        yield resource(
            row,
            category=["infrastructure"],
            function=["content-distribution"],
            cname=properties_of(row).get("cName") or properties_of(row).get("cname"),
            endpoints=[end["hostName"] for end in ends if end.get("hostName")],
        )


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_frontdoor_backend_pool(ctx: Context) -> Iterator[Entity]:
    """Those that a front door hands requests on to."""
    for row, pool in _parts(ctx, "backendPools"):
        backends = [each for each in parts_of(pool, "backends") if each.get("address")]
        properties = properties_of(pool)
        yield part_of(
            row,
            pool,
            type=type_of(pool),
            backends=[each["address"] for each in backends],
            enabledBackends=[each["address"] for each in backends if not says(each.get("enabledState"), "disabled")],
            loadBalancingSettingsId=key_at(properties, "loadBalancingSettings"),
            healthProbeSettingsId=key_at(properties, "healthProbeSettings"),
        )


@entity_step("Gateway", permissions=_READ, per_row=True)
def azure_frontdoor_frontend_endpoint(ctx: Context) -> Iterator[Entity]:
    """A name that a front door answers to."""
    for row, end in _parts(ctx, "frontendEndpoints"):
        properties = properties_of(end)
        own = object_at(properties, "customHttpsConfiguration", "keyVaultCertificateSourceParameters")
        yield part_of(
            row,
            end,
            type=type_of(end),
            category=["data"],
            function=["content-distribution"],
            public=True,
            webApplicationFirewallPolicyLinkId=key_at(properties, "webApplicationFirewallPolicyLink"),
            **{"customHttpsConfiguration.vaultId": key_at(own, "vault")},
        )


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_frontdoor_routing_rule(ctx: Context) -> Iterator[Entity]:
    """Which requests a front door hands on, where to, and how."""
    for row, rule in _parts(ctx, "routingRules"):
        properties = properties_of(rule)
        ends, route = (
            keys_of(references_in(properties, "frontendEndpoints")),
            object_at(properties, "routeConfiguration"),
        )
        pool = key_at(route, "backendPool")
        yield part_of(
            row,
            rule,
            type=type_of(rule),
            frontendEndpointIds=ends,
            frontendEndpoints=ends,
            backendPoolId=pool,
            rulesEngineId=key_at(properties, "rulesEngine"),
            webApplicationFirewallPolicyLinkId=key_at(properties, "webApplicationFirewallPolicyLink"),
            **{
                "routeConfiguration.odatatype": route.get("@odata.type"),
                "routeConfiguration.cacheConfiguration.backendPoolId": pool,
            },
        )


@entity_step("Ruleset", permissions=_READ, per_row=True)
def azure_frontdoor_rules_engine(ctx: Context) -> Iterator[Entity]:
    """Rules by which a front door changes requests and answers."""
    for row, engine in _parts(ctx, "rulesEngines"):
        yield part_of(row, engine, type=type_of(engine), ruleCount=len(parts_of(engine, "rules")))


@relationship_family("azure_frontdoor", "HAS", list(_PARTS), permissions=_READ, per_row=True)
def azure_frontdoor_has_part(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A front door is made of names, pools and rules."""
    yield from below_parents(ctx.entities(to_type))


@relationship_step(
    "azure_frontdoor_frontend_endpoint", "USES", "azure_keyvault_service", permissions=_READ, per_row=True
)
def azure_frontdoor_frontend_endpoint_uses_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """The certificate that a front door answers with is in a vault."""
    yield from named_by(ctx.entities("azure_frontdoor_frontend_endpoint"), "customHttpsConfiguration.vaultId")


@relationship_family("azure_frontdoor_routing_rule", "USES", list(_OF_RULE), permissions=_READ, per_row=True)
def azure_frontdoor_routing_rule_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A rule is for names that a front door answers to, and may change what it hands on, or have it inspected."""
    yield from named_by(ctx.entities(from_type), _OF_RULE[to_type])


@relationship_step(
    "azure_frontdoor_routing_rule", "CONNECTS", "azure_frontdoor_backend_pool", permissions=_READ, per_row=True
)
def azure_frontdoor_routing_rule_connects_backend_pool(ctx: Context) -> Iterator[Relationship]:
    """A rule leads to those of a pool."""
    yield from named_by(ctx.entities("azure_frontdoor_routing_rule"), "backendPoolId")


def _parts(ctx: Context, name: str) -> Iterator[tuple[Any, Any]]:
    """Yield each front door with each of its parts of a kind."""
    return each_part(ctx.azure.resources(_FRONTDOOR), name)


@relationship_step("azure_resource_group", "HAS", "azure_frontdoor", per_row=True)
def azure_resource_group_has_frontdoor(ctx: Context) -> Iterator[Relationship]:
    """A front door is in a resource group."""
    yield from in_groups(ctx.entities("azure_frontdoor"))
