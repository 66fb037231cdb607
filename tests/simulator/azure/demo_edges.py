"""What stands between the networks of the demo's tenant and others, and by which names it is found."""

from typing import Any

from tests.simulator.azure.demo_balancers import gateway_parts
from tests.simulator.azure.demo_compute import GUID, identity_of
from tests.simulator.azure.demo_rules import add_rule_collections, own_collections
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_OWNER = {"owner": "team-network"}


def add_edges(web: Place, lab: Place) -> None:
    """Put firewalls, private endpoints, gateways, logs and zones there."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    _firewall(web, identity)
    _endpoint(web)
    _logs(web)
    _gateways(web, lab, identity)
    _zones(web)


def _firewall(web: Place, identity: dict[str, Any]) -> None:
    policies = f"{_NET}/firewallPolicies"
    tier = {"sku": {"tier": "Premium"}, "threatIntelMode": "Deny"}
    base = web.put(policies, "fp-base", tier)
    own = {
        **tier,
        "basePolicy": to(base.upper()),
        "intrusionDetection": {"mode": "Alert"},
        "dnsSettings": {"enableProxy": True, "servers": ["198.18.0.53"]},
        "ruleCollectionGroups": [to(f"{web.of(policies, 'fp-web')}/ruleCollectionGroups/web")],
    }
    policy = web.put(policies, "fp-web", own, identity=identity, tags=_OWNER)
    add_rule_collections(web, "fp-web")
    subnet = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/AzureFirewallSubnet"
    front = {"privateIPAddress": "198.18.2.4", "subnet": to(subnet)}
    front["publicIPAddress"] = to(web.of(f"{_NET}/publicIPAddresses", "pip-fw"))
    firewall = {
        "sku": {"name": "AZFW_VNet", "tier": "Premium"},
        "threatIntelMode": "Alert",
        "ipConfigurations": [part("/front", front)],
        "firewallPolicy": to(policy),
        "virtualHub": to(web.of(f"{_NET}/virtualHubs", "hub")),
        "hubIPAddresses": {"publicIPs": {"addresses": [{"address": "203.0.113.31"}], "count": 1}},
        **own_collections(),
    }
    web.put(f"{_NET}/azureFirewalls", "fw", firewall, zones=["1", "2"], tags=_OWNER)


def _endpoint(web: Place) -> None:
    state = {"status": "Approved", "description": "Auto-Approved"}
    account = web.of("Microsoft.Storage/storageAccounts", "stdata")
    link = {"privateLinkServiceId": account, "groupIds": ["blob"], "privateLinkServiceConnectionState": state}
    vault = {"privateLinkServiceId": web.of("Microsoft.KeyVault/vaults", "kv-web"), "groupIds": ["vault"]}
    endpoint = {
        "subnet": to(f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/s"),
        "networkInterfaces": [to(web.of(f"{_NET}/networkInterfaces", "pe.nic"))],
        "privateLinkServiceConnections": [part("/one", link)],
        "manualPrivateLinkServiceConnections": [part("/two", vault)],
    }
    web.put(f"{_NET}/privateEndpoints", "pe", endpoint, tags=_OWNER)


def _logs(web: Place) -> None:
    web.put(f"{_NET}/networkWatchers", "nw-westeurope", {}, tags=_OWNER)
    workspace = web.of("Microsoft.OperationalInsights/workspaces", "logs")
    analytics = {"enabled": True, "workspaceResourceId": workspace, "trafficAnalyticsInterval": 10}
    log = {
        "enabled": True,
        "targetResourceId": web.of(f"{_NET}/networkSecurityGroups", "nsg-web"),
        "storageId": web.of("Microsoft.Storage/storageAccounts", "stdata"),
        "retentionPolicy": {"enabled": True, "days": 90},
        "flowAnalyticsConfiguration": {"networkWatcherFlowAnalyticsConfiguration": analytics},
    }
    web.put(f"{_NET}/networkWatchers/flowLogs", "nw-westeurope/fl-web", log, tags=_OWNER)
    network, interface = web.of(f"{_NET}/virtualNetworks", "v"), web.of(f"{_NET}/networkInterfaces", "nic-web-01")
    for name, about in (("fl-v", network), ("fl-s", f"{network}/subnets/apps"), ("fl-n", interface)):
        web.put(f"{_NET}/networkWatchers/flowLogs", f"nw-westeurope/{name}", {**log, "targetResourceId": about})


def _gateways(web: Place, lab: Place, identity: dict[str, Any]) -> None:
    subnet = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/apps"
    gateway = {
        "resourceGuid": GUID.format("6001"),
        "operationalState": "Running",
        "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
        "enableHttp2": True,
        "gatewayIPConfigurations": [part("/own", {"subnet": to(subnet)})],
        **gateway_parts(web),
        "defaultPredefinedSslPolicy": "AppGwSslPolicy20150501",
        "webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Prevention"},
        "firewallPolicy": to(web.of(f"{_NET}/ApplicationGatewayWebApplicationFirewallPolicies", "waf")),
        "sslPolicy": {"policyName": "AppGwSslPolicy20220101", "minProtocolVersion": "TLSv1_2"},
    }
    web.put(f"{_NET}/applicationGateways", "agw", gateway, identity=identity, tags=_OWNER)
    door = {
        "frontdoorId": GUID.format("6002"),
        "cName": "shop.frontdoor.example",
        "friendlyName": "Shop",
        "enabledState": "Enabled",
        "resourceState": "Enabled",
        "backendPoolsSettings": {"enforceCertificateNameCheck": "Enabled", "sendRecvTimeoutSeconds": 30},
        **_parts_of_door(lab.of(f"{_NET}/frontDoors", "fd-shop")),
    }
    fd = lab.put(f"{_NET}/frontDoors", "fd-shop", door, location="global", tags=_OWNER)
    waf = {
        "policySettings": {"mode": "Detection"},
        "frontendEndpointLinks": [to(f"{fd.lower()}/frontendendpoints/shop")],
    }
    lab.put(f"{_NET}/frontDoorWebApplicationFirewallPolicies", "waf", waf, sku={"name": "Classic_AzureFrontDoor"})


def _parts_of_door(door: str) -> dict[str, list[dict[str, Any]]]:
    pool, end, engine = f"{door}/backendPools/web", f"{door}/frontendEndpoints/shop", f"{door}/rulesEngines/headers"
    backends = [
        {"address": "one.example", "enabledState": "Enabled"},
        {"address": "old.example", "enabledState": "Disabled"},
    ]
    settings = {"loadBalancingSettings": to(f"{door}/loadBalancingSettings/l"), "resourceState": "Enabled"}
    settings["healthProbeSettings"] = to(f"{door}/healthProbeSettings/h")
    named = {
        "hostName": "shop.example",
        "resourceState": "Enabled",
        "sessionAffinityEnabledState": "Disabled",
        "sessionAffinityTtlSeconds": 0,
        "customHttpsProvisioningState": "Enabled",
        "customHttpsProvisioningSubstate": "CertificateDeployed",
        "customHttpsConfiguration": {
            "minimumTlsVersion": "1.2",
            "certificateSource": "FrontDoor",
            "frontDoorCertificateSourceParameters": {"certificateType": "Dedicated"},
        },
        "webApplicationFirewallPolicyLink": to(
            f"{door.partition('/frontDoors/')[0]}/frontDoorWebApplicationFirewallPolicies/waf"
        ),
    }
    vault = to(f"{door.partition('/Microsoft.Network/')[0]}/Microsoft.KeyVault/vaults/kv-lab")
    own = {"certificateSource": "AzureKeyVault", "keyVaultCertificateSourceParameters": {"vault": vault}}
    brought = {"hostName": "own.shop.example", "customHttpsConfiguration": own}
    model = "#Microsoft.Azure.FrontDoor.Models.Frontdoor{}Configuration"
    kept = {"dynamicCompression": "Enabled", "queryParameterStripDirective": "StripAll", "cacheDuration": "P1D"}
    route = {"@odata.type": model.format("Forwarding"), "forwardingProtocol": "HttpsOnly", "cacheConfiguration": kept}
    route |= {"backendPool": to(pool.upper()), "customForwardingPath": "/shop"}
    sent = {"@odata.type": model.format("Redirect"), "redirectProtocol": "HttpsOnly", "redirectType": "Moved"}
    sent |= {"customHost": "shop.example", "customPath": "/", "customFragment": "top"}
    rule = {
        "enabledState": "Enabled",
        "resourceState": "Enabled",
        "acceptedProtocols": ["Https"],
        "patternsToMatch": ["/*"],
        "frontendEndpoints": [to(end)],
        "routeConfiguration": route,
        "rulesEngine": to(engine),
        "webApplicationFirewallPolicyLink": named["webApplicationFirewallPolicyLink"],
    }
    parts = {
        "backendPools": [part(pool, {**settings, "backends": backends})],
        "frontendEndpoints": [part(end, named), part(f"{door}/frontendEndpoints/own", brought)],
        "routingRules": [
            part(f"{door}/routingRules/all", rule),
            part(f"{door}/routingRules/plain", {"acceptedProtocols": ["Http"], "routeConfiguration": sent}),
        ],
        "rulesEngines": [part(engine, {"resourceState": "Enabled", "rules": [{"name": "hsts"}]})],
    }
    kind = f"{_NET}/Frontdoors/"
    return {
        name: [{**each, "type": f"{kind}{name[0].upper()}{name[1:]}"} for each in told] for name, told in parts.items()
    }


def _zones(web: Place) -> None:
    public = {"zoneType": "Public", "numberOfRecordSets": 9, "nameServers": ["ns1.azure-dns.example."]}
    public["maxNumberOfRecordSets"] = 10000
    zone = f"{_NET}/dnsZones"
    web.put(zone, "shop.example", public, location="global", tags=_OWNER)
    gone = to(web.of(f"{_NET}/publicIPAddresses", "pip-that-is-gone"))
    shared: list[tuple[str, str, dict[str, Any]]] = [
        ("AAAA", "www", {"AAAARecords": [{"ipv6Address": "2001:db8::10"}]}),
        ("CNAME", "old", {"CNAMERecord": {"cname": "old.cloudapp.example"}}),
        ("MX", "@", {"MXRecords": [{"preference": 10, "exchange": "mail.example"}]}),
        ("PTR", "4", {"PTRRecords": [{"ptrdname": "www.example"}]}),
        ("SOA", "@", {"SOARecord": {"host": "ns1.azure-dns.example.", "email": "dns.shop.example"}}),
        ("SRV", "_sip", {"SRVRecords": [{"target": "sip.example", "port": 5060}]}),
        ("TXT", "@", {"TXTRecords": [{"value": ["v=spf1 ", "-all"]}]}),
    ]
    for kind, name, told in [*shared, ("A", "www", {"ARecords": [{"ipv4Address": "203.0.113.10"}]})]:
        known = {"TTL": 3600, "provisioningState": "Succeeded", "fqdn": f"{name}.shop.example.", **told}
        web.put(f"{zone}/{kind}", f"shop.example/{name}", known, table="dnsresources", location="")
    alias = {"TTL": 60, "fqdn": "shop.example.", "targetResource": gone}
    web.put(f"{zone}/A", "shop.example/@", alias, table="dnsresources", location="")
    inner = {
        "numberOfRecordSets": 8,
        "maxNumberOfRecordSets": 25000,
        "numberOfVirtualNetworkLinks": 1,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "numberOfVirtualNetworkLinksWithRegistration": 1,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
    }
    zone = f"{_NET}/privateDnsZones"
    web.put(zone, "inner.example", inner, location="global", tags=_OWNER)
    link = {"virtualNetwork": to(web.of(f"{_NET}/virtualNetworks", "v")), "registrationEnabled": True}
    web.put(f"{zone}/virtualNetworkLinks", "inner.example/v", link, location="global")
    for kind, name, told in [*shared, ("A", "db", {"ARecords": [{"ipv4Address": "198.18.0.9"}]})]:
        lowered = {f"{of.removesuffix('Records').removesuffix('Record').lower()}": value for of, value in told.items()}
        records = {f"{of}{'Record' if of in ('cname', 'soa') else 'Records'}": value for of, value in lowered.items()}
        known = {"ttl": 300, "fqdn": f"{name}.inner.example.", "isAutoRegistered": kind == "A", **records}
        web.put(f"{zone}/{kind}", f"inner.example/{name}", known, table="dnsresources", location="")
