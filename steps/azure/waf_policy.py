"""Policies of web application firewalls."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, keys_at, keys_in, parts_of, properties_of, resource

_TYPES = {
    "azure_application_gateway_waf_policy": "microsoft.network/applicationgatewaywebapplicationfirewallpolicies",
    "azure_frontdoor_waf_policy": "microsoft.network/frontdoorwebapplicationfirewallpolicies",
}
_LINKS = {
    "azure_frontdoor_frontend_endpoint": ("frontendEndpointLinks", "/frontdoors/"),
    "azure_cdn_profile": ("securityPolicyLinks", "/profiles/"),
}
"""What a policy of Front Door says that it holds for: where, and what an id of that has in it."""


@entity_step(
    "Firewall",
    permissions=["Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/read"],
    per_row=True,
    resources=[_TYPES["azure_application_gateway_waf_policy"]],
)
def azure_application_gateway_waf_policy(ctx: Context) -> Iterator[Entity]:
    """What the web application firewall of application gateways does with requests."""
    for row in ctx.azure.resources(_TYPES["azure_application_gateway_waf_policy"]):
        yield resource(row, category=["network"])


@entity_step(
    "Firewall",
    permissions=["Microsoft.Network/frontDoorWebApplicationFirewallPolicies/read"],
    per_row=True,
    resources=[_TYPES["azure_frontdoor_waf_policy"]],
)
def azure_frontdoor_waf_policy(ctx: Context) -> Iterator[Entity]:
    """What the web application firewall of Azure Front Door does with requests."""
    for row in ctx.azure.resources(_TYPES["azure_frontdoor_waf_policy"]):
        yield resource(row, category=["network"])


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_waf_policy(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy of a web application firewall is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_application_gateway", "USES", "azure_application_gateway_waf_policy", per_row=True)
def azure_application_gateway_uses_waf_policy(ctx: Context) -> Iterator[Relationship]:
    """The web application firewall of an application gateway, a listener or a path of it does what a policy says."""
    for row in ctx.azure.resources("microsoft.network/applicationgateways"):
        paths = (path for each in parts_of(row, "urlPathMaps") for path in parts_of(each, "pathRules"))
        holders: tuple[Any, ...] = (row, *parts_of(row, "httpListeners"), *paths)
        for policy in keys_at(map(properties_of, holders), "firewallPolicy"):
            yield Relationship(arm_key(row["id"]), policy)


@relationship_family(list(_LINKS), "USES", "azure_frontdoor_waf_policy", per_row=True)
def azure_frontdoor_uses_waf_policy(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """The web application firewall of Azure Front Door does for a name or a profile what a policy says."""
    listed, among = _LINKS[from_type]
    for row in ctx.azure.resources(_TYPES[to_type]):
        links = (link.partition("/securitypolicies/")[0] for link in keys_in(row, listed) if among in link)
        for holder in dict.fromkeys(links):
            yield Relationship(holder, arm_key(row["id"]))
