"""What the demo's load balancer and application gateway are made of."""

from typing import Any

from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_DONE = {"provisioningState": "Succeeded"}


def balancer_parts(balancer: str, web: Place, ends: list[dict[str, str]], address: str) -> dict[str, Any]:
    """Return what a load balancer has: a public and a private address, pools, and rules of each kind."""
    kinds = f"{_NET}/loadBalancers"
    network = web.of(f"{_NET}/virtualNetworks", "v")
    front, pool = f"{balancer}/frontendIPConfigurations/out", f"{balancer}/backendAddressPools/all"
    inner: dict[str, Any] = {
        "privateIPAddress": "198.18.1.4",
        "privateIPAddressVersion": "IPv4",
        "privateIPAllocationMethod": "Static",
        "subnet": to(f"{network}/subnets/apps"),
        "gatewayLoadBalancer": to(f"{balancer}/frontendIPConfigurations/looks"),
    }
    prefix = {"publicIPPrefix": to(web.of(f"{_NET}/publicIPPrefixes", "prefix"))}
    by_address = {
        "virtualNetwork": to(network.upper()),
        "loadBalancerBackendAddresses": [part("/a", {"ipAddress": "198.18.1.9"}), part("/b", {})],
        "syncMode": "Manual",
        "drainPeriodInSeconds": 30,
    }
    probe = f"{balancer}/probes/health"
    shared = {"protocol": "Tcp", "idleTimeoutInMinutes": 4, "enableFloatingIP": False, "enableTcpReset": True}
    https = {"frontendPort": 443, "backendPort": 8443, "loadDistribution": "Default", "disableOutboundSnat": True}
    https |= {"frontendIPConfiguration": to(front), "backendAddressPool": to(pool), "backendAddressPools": [to(pool)]}
    ssh = {"frontendIPConfiguration": to(front), "frontendPort": 50022, "backendPort": 22}
    each: dict[str, Any] = {"frontendPortRangeStart": 50100, "frontendPortRangeEnd": 50199, "backendPort": 22}
    each |= {"frontendIPConfiguration": to(front), "backendAddressPool": to(pool)}
    out = {"frontendIPConfigurations": [to(front.upper())], "backendAddressPool": to(pool)}
    asks = {"intervalInSeconds": 15, "numberOfProbes": 2, "probeThreshold": 1}

    def listed(kind: str, parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
        type = f"{kinds}/{kind}"
        return {kind: [part(f"{balancer}/{kind}/{name}", of | _DONE, type=type) for name, of in parts.items()]}

    return {
        "frontendIPConfigurations": [
            part(front, {"publicIPAddress": to(address)} | _DONE, type=f"{kinds}/frontendIPConfigurations"),
            part(f"{front}-in", inner | _DONE, type=f"{kinds}/frontendIPConfigurations", zones=["1", "2"]),
            part(f"{front}-more", prefix | _DONE, type=f"{kinds}/frontendIPConfigurations"),
        ],
        **listed("backendAddressPools", {"all": {"backendIPConfigurations": ends}, "named": by_address}),
        **listed("loadBalancingRules", {"https": {**shared, **https, "probe": to(probe)}}),
        **listed("outboundRules", {"out": {**shared, "protocol": "All", "allocatedOutboundPorts": 1024, **out}}),
        **listed("probes", {
            "health": {"protocol": "Https", "port": 443, "requestPath": "/health", **asks},
            "ssh": {"protocol": "Tcp", "port": 22},
        }),
        **listed("inboundNatRules", {"ssh": {**shared, **ssh, "backendIPConfiguration": ends[0]}, "each": each}),
    }  # fmt: skip


def gateway_parts(web: Place) -> dict[str, Any]:
    """Return what an application gateway has: two listeners, one with a policy of its own, and a rule by path."""
    kinds, agw = f"{_NET}/applicationGateways", web.of(f"{_NET}/applicationGateways", "agw")
    interface = web.of(f"{_NET}/networkInterfaces", "nic-web-02")

    def at(kind: str, name: str) -> dict[str, str]:
        return to(f"{agw}/{kind}/{name}")

    def listed(kind: str, parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return {kind: [part(at(kind, name)["id"], of | _DONE, type=f"{kinds}/{kind}") for name, of in parts.items()]}

    inner = {
        "privateIPAddress": "198.18.1.20",
        "privateIPAllocationMethod": "Static",
        "subnet": to(f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/apps"),
        "privateLinkConfiguration": at("privateLinkConfigurations", "offered"),
    }
    https = {
        "protocol": "Https",
        "frontendIPConfiguration": at("frontendIPConfigurations", "front"),
        "frontendPort": at("frontendPorts", "443"),
        "hostName": "shop.contoso.example",
        "requireServerNameIndication": True,
        "sslCertificate": at("sslCertificates", "own"),
        "sslProfile": at("sslProfiles", "partners"),
        "firewallPolicy": to(web.of(f"{_NET}/ApplicationGatewayWebApplicationFirewallPolicies", "waf").upper()),
    }
    http = {"protocol": "Http", "frontendIPConfiguration": at("frontendIPConfigurations", "front")}
    http |= {"frontendPort": at("frontendPorts", "80"), "hostNames": ["*.contoso.example", "contoso.example"]}
    machines, apps, plain = (
        at("backendAddressPools", "machines"),
        at("backendAddressPools", "apps"),
        at("backendHttpSettingsCollection", "plain"),
    )
    orders: dict[str, Any] = {"paths": ["/orders/*"], "backendAddressPool": machines, "backendHttpSettings": plain}
    orders["firewallPolicy"] = https["firewallPolicy"]
    by_path = {
        "defaultBackendAddressPool": apps,
        "defaultBackendHttpSettings": at("backendHttpSettingsCollection", "apps"),
        "pathRules": [part(f"{agw}/urlPathMaps/shop/pathRules/orders", orders)],
    }
    settings = {
        "plain": {"port": 80, "protocol": "Http", "path": "/app", "hostName": "shop.contoso.example"},
        "apps": {
            "port": 443,
            "protocol": "Https",
            "cookieBasedAffinity": "Disabled",
            "requestTimeout": 20,
            "pickHostNameFromBackendAddress": True,
            "connectionDraining": {"enabled": True, "drainTimeoutInSec": 60},
            "probe": at("probes", "alive"),
            "trustedRootCertificates": [at("trustedRootCertificates", "ca")],
        },
    }
    basic = {"ruleType": "Basic", "priority": 20, "httpListener": at("httpListeners", "http")}
    basic |= {
        "redirectConfiguration": at("redirectConfigurations", "to-https"),
        "rewriteRuleSet": at("rewriteRuleSets", "headers"),
    }
    paths = {"ruleType": "PathBasedRouting", "priority": 10, "httpListener": at("httpListeners", "https")}
    return {
        **listed("frontendIPConfigurations", {
            "front": {"publicIPAddress": to(web.of(f"{_NET}/publicIPAddresses", "pip-gw"))}, "inner": inner,
        }),
        **listed("frontendPorts", {"443": {"port": 443}, "80": {"port": 80}}),
        **listed("httpListeners", {"https": https, "http": http}),
        **listed("sslProfiles", {
            "partners": {
                "sslPolicy": {"policyType": "Custom", "minProtocolVersion": "TLSv1_3"},
                "trustedClientCertificates": [at("trustedClientCertificates", "partners")],
            },
        }),
        **listed("sslCertificates", {"own": {"keyVaultSecretId": "https://kv-web.vault.azure.example/secrets/shop"}}),
        **listed("backendAddressPools", {
            "machines": {"backendIPConfigurations": [to(f"{interface}/ipConfigurations/ipconfig1")]},
            "apps": {"backendAddresses": [{"fqdn": "shop.azurewebsites.example"}, {"ipAddress": "198.18.0.9"}]},
        }),
        **listed("backendHttpSettingsCollection", settings),
        **listed("urlPathMaps", {"shop": by_path}),
        **listed("requestRoutingRules", {"shop": {**paths, "urlPathMap": at("urlPathMaps", "shop")}, "plain": basic}),
    }  # fmt: skip
