"""Policies of web application firewalls."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_application_gateway_waf_policy": "microsoft.network/applicationgatewaywebapplicationfirewallpolicies",
    "azure_frontdoor_waf_policy": "microsoft.network/frontdoorwebapplicationfirewallpolicies",
}


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
    yield from in_groups(ctx.azure.resources(_TYPES[to_type]))


@relationship_step("azure_application_gateway", "USES", "azure_application_gateway_waf_policy", per_row=True)
def azure_application_gateway_uses_waf_policy(ctx: Context) -> Iterator[Relationship]:
    """The web application firewall of an application gateway does what a policy says."""
    for row in ctx.azure.resources("microsoft.network/applicationgateways"):
        if policy := key_of(properties_of(row).get("firewallPolicy")):
            yield Relationship(arm_key(row["id"]), policy)
