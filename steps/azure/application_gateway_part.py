"""What application gateways are made of: addresses, listeners, pools, settings and rules."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    each_part,
    key_at,
    key_of,
    keys_at,
    keys_in,
    keys_of,
    named_by,
    object_at,
    part_of,
    parts_of,
    properties_of,
    references_in,
    text_in,
    texts_in,
    type_of,
)
from steps.azure.application_gateway import APPLICATION_GATEWAY
from steps.azure.lb import interfaces_of

_READ = ["Microsoft.Network/applicationGateways/read"]
_PARTS = {
    "azure_application_gateway_frontend_ip": ("frontendIPConfigurations",),
    "azure_application_gateway_listener": ("httpListeners", "listeners"),
    "azure_application_gateway_backend_pool": ("backendAddressPools",),
    "azure_application_gateway_backend_setting": ("backendHttpSettingsCollection", "backendSettingsCollection"),
    "azure_application_gateway_rule": ("requestRoutingRules", "routingRules"),
}
_POOLS = "backendAddressPool", "defaultBackendAddressPool"
_SETTINGS = "backendHttpSettings", "backendSettings", "defaultBackendHttpSettings"


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_application_gateway_frontend_ip(ctx: Context) -> Iterator[Entity]:
    """An address that an application gateway answers to."""
    for row, front in _parts(ctx, "azure_application_gateway_frontend_ip"):
        properties = properties_of(front)
        address = key_at(properties, "publicIPAddress")
        yield part_of(
            row,
            front,
            type=type_of(front),
            public=bool(address),
            publicIpAddressId=address,
            subnetId=key_at(properties, "subnet"),
            privateLinkConfigurationId=key_at(properties, "privateLinkConfiguration"),
        )


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_application_gateway_listener(ctx: Context) -> Iterator[Entity]:
    """A port and names that an application gateway answers to, and how it encrypts that."""
    for row, listener in _parts(ctx, "azure_application_gateway_listener"):
        properties = properties_of(listener)
        port, certificate, profile = (
            _referred(row, listener, *names)
            for names in (("frontendPort", "frontendPorts"), ("sslCertificate", "sslCertificates"),
                          ("sslProfile", "sslProfiles"))
        )  # fmt: skip
        yield part_of(
            row,
            listener,
            type=type_of(listener),
            port=port.get("port"),
            hostNames=[*filter(None, (text_in(properties, "hostName"), *texts_in(properties, "hostNames")))] or None,
            frontendIpId=key_at(properties, "frontendIPConfiguration"),
            sslCertificateId=key_at(properties, "sslCertificate"),
            keyVaultSecretId=certificate.get("keyVaultSecretId"),
            sslProfileId=key_at(properties, "sslProfile"),
            minProtocolVersion=object_at(profile, "sslPolicy").get("minProtocolVersion"),
            verifiesClients=bool(references_in(profile, "trustedClientCertificates")),
            firewallPolicyId=key_at(properties, "firewallPolicy"),
        )


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_application_gateway_backend_pool(ctx: Context) -> Iterator[Entity]:
    """Those that an application gateway hands requests on to."""
    for row, pool in _parts(ctx, "azure_application_gateway_backend_pool"):
        ends = parts_of(pool, "backendAddresses")
        yield part_of(
            row,
            pool,
            type=type_of(pool),
            addresses=[named for end in ends if (named := end.get("fqdn") or end.get("ipAddress"))],
            networkInterfaceIds=_interfaces(pool),
        )


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_application_gateway_backend_setting(ctx: Context) -> Iterator[Entity]:
    """How an application gateway speaks to those that it hands requests on to."""
    for row, setting in _parts(ctx, "azure_application_gateway_backend_setting"):
        yield part_of(
            row,
            setting,
            type=type_of(setting),
            probeId=key_at(properties_of(setting), "probe"),
            trustedRootCertificateIds=keys_in(setting, "trustedRootCertificates") or None,
        )


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_application_gateway_rule(ctx: Context) -> Iterator[Entity]:
    """Which requests an application gateway hands on, and where to."""
    for row, rule in _parts(ctx, "azure_application_gateway_rule"):
        properties, told = properties_of(rule), _told(row, rule)
        yield part_of(
            row,
            rule,
            type=type_of(rule),
            listenerId=_listener(rule),
            backendPoolIds=_keys(told, *_POOLS),
            backendSettingIds=_keys(told, *_SETTINGS),
            paths=sorted({path for each in told for path in texts_in(each, "paths")}) or None,
            firewallPolicyIds=keys_at(told, "firewallPolicy") or None,
            redirectConfigurationId=key_at(properties, "redirectConfiguration"),
            rewriteRuleSetId=key_at(properties, "rewriteRuleSet"),
        )


@relationship_family("azure_application_gateway", "HAS", list(_PARTS), permissions=_READ, per_row=True)
def azure_application_gateway_has_part(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An application gateway is made of addresses, listeners, pools, settings and rules."""
    yield from below_parents(ctx.entities(to_type))


@relationship_step("azure_application_gateway_frontend_ip", "USES", "azure_public_ip", permissions=_READ, per_row=True)
def azure_application_gateway_frontend_ip_uses_public_ip(ctx: Context) -> Iterator[Relationship]:
    """What an application gateway answers to is a public address."""
    for _, front in _parts(ctx, "azure_application_gateway_frontend_ip"):
        if address := key_at(properties_of(front), "publicIPAddress"):
            yield Relationship(arm_key(front["id"]), address)


_OF_LISTENER = {
    "azure_application_gateway_frontend_ip": "frontendIPConfiguration",
    "azure_application_gateway_waf_policy": "firewallPolicy",
}


@relationship_family("azure_application_gateway_listener", "USES", list(_OF_LISTENER), permissions=_READ, per_row=True)
def azure_application_gateway_listener_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A listener answers to an address, and may have a web application firewall policy of its own."""
    for _, listener in _parts(ctx, from_type):
        if used := key_at(properties_of(listener), _OF_LISTENER[to_type]):
            yield Relationship(arm_key(listener["id"]), used)


@relationship_step(
    "azure_application_gateway_rule", "USES", "azure_application_gateway_listener", permissions=_READ, per_row=True
)
def azure_application_gateway_rule_uses_listener(ctx: Context) -> Iterator[Relationship]:
    """A rule is for what a listener hears."""
    for _, rule in _parts(ctx, "azure_application_gateway_rule"):
        if listener := _listener(rule):
            yield Relationship(arm_key(rule["id"]), listener)


@relationship_step(
    "azure_application_gateway_rule", "USES", "azure_application_gateway_waf_policy", permissions=_READ, per_row=True
)
def azure_application_gateway_rule_uses_waf_policy(ctx: Context) -> Iterator[Relationship]:
    """A rule has what comes by one of its paths inspected as a web application firewall policy says."""
    yield from named_by(ctx.entities("azure_application_gateway_rule"), "firewallPolicyIds")


@relationship_step(
    "azure_application_gateway_rule",
    "USES",
    "azure_application_gateway_backend_setting",
    permissions=_READ,
    per_row=True,
)
def azure_application_gateway_rule_uses_backend_setting(ctx: Context) -> Iterator[Relationship]:
    """A setting says how those are spoken to that a rule leads to."""
    for row, rule in _parts(ctx, "azure_application_gateway_rule"):
        for setting in _keys(_told(row, rule), *_SETTINGS):
            yield Relationship(arm_key(rule["id"]), setting)


@relationship_step(
    "azure_application_gateway_rule",
    "CONNECTS",
    "azure_application_gateway_backend_pool",
    permissions=_READ,
    per_row=True,
)
def azure_application_gateway_rule_connects_backend_pool(ctx: Context) -> Iterator[Relationship]:
    """A rule leads to a pool, by itself or by the paths that it tells apart."""
    for row, rule in _parts(ctx, "azure_application_gateway_rule"):
        for pool in _keys(_told(row, rule), *_POOLS):
            yield Relationship(arm_key(rule["id"]), pool)


@relationship_step("azure_application_gateway_backend_pool", "CONNECTS", "azure_nic", permissions=_READ, per_row=True)
def azure_application_gateway_backend_pool_connects_nic(ctx: Context) -> Iterator[Relationship]:
    """A pool has the network interface of a machine; those of scale sets are left out."""
    for _, pool in _parts(ctx, "azure_application_gateway_backend_pool"):
        for interface in _interfaces(pool):
            yield Relationship(arm_key(pool["id"]), interface)


def _parts(ctx: Context, type: str) -> Iterator[tuple[Any, Any]]:
    """Yield each application gateway with each of its parts of a type."""
    return each_part(ctx.azure.resources(APPLICATION_GATEWAY), *_PARTS[type])


def _referred(row: Any, part: Any, name: str, listed: str) -> dict[str, Any]:
    """Return the properties of the part of a gateway that another part refers to; none where there is none."""
    key = key_at(properties_of(part), name)
    return next((properties_of(each) for each in parts_of(row, listed) if key and key_of(each) == key), {})


def _told(row: Any, rule: Any) -> list[dict[str, Any]]:
    """Return what tells where a rule leads: its own properties, those of its map of paths and those of each path."""
    by_path = _referred(row, rule, "urlPathMap", "urlPathMaps")
    return [properties_of(rule), by_path, *map(properties_of, parts_of({"properties": by_path}, "pathRules"))]


def _keys(told: list[dict[str, Any]], *names: str) -> list[str]:
    """Return the keys that some properties have under some names, each once."""
    return list(dict.fromkeys(key for each in told for name in names if (key := key_at(each, name))))


def _listener(rule: Any) -> str | None:
    """Return the key of the listener that a rule is for, of web requests or of connections."""
    properties = properties_of(rule)
    return key_at(properties, "httpListener") or key_at(properties, "listener")


def _interfaces(pool: Any) -> list[str]:
    return interfaces_of(keys_of(parts_of(pool, "backendIPConfigurations")))
