"""The networks of the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_balancers import balancer_parts
from tests.simulator.azure.demo_rules import add_security_groups
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_OWNER = {"environment": "production", "owner": "team-network"}
GUID = "00000000-0000-4000-8000-00000000{}"


def add_network(web: Place, aks: Place, lab: Place) -> None:
    """Put networks there: joined ones, open and closed ones, and what is left of one."""
    _networks(web, aks, lab)
    add_security_groups(web, lab, GUID.format("2001"))
    _addresses(web, aks)


def _networks(web: Place, aks: Place, lab: Place) -> None:
    hub, spoke = web.of(f"{_NET}/virtualNetworks", "v"), lab.of(f"{_NET}/virtualNetworks", "vnet-lab")
    subnets = [
        part(
            f"{hub}/subnets/s",
            {
                "addressPrefix": "198.18.0.0/24",
                "provisioningState": "Succeeded",
                "networkSecurityGroup": to(web.of(f"{_NET}/networkSecurityGroups", "nsg-web").upper()),
                "routeTable": to(web.of(f"{_NET}/routeTables", "rt-web")),
                "natGateway": to(web.of(f"{_NET}/natGateways", "ng-web")),
                "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["westeurope"]}],
                "privateEndpointNetworkPolicies": "Disabled",
                "defaultOutboundAccess": False,
            },
        ),
        part(
            f"{hub}/subnets/apps",
            {
                "addressPrefixes": ["198.18.1.0/24", "2001:db8:1::/64"],
                "delegations": [{"name": "web", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
            },
        ),
    ]
    peering = part(
        f"{hub}/virtualNetworkPeerings/lab",
        {
            "remoteVirtualNetwork": to(spoke),
            "peeringState": "Connected",
            "allowVirtualNetworkAccess": True,
            "allowForwardedTraffic": False,
            "allowGatewayTransit": True,
            "useRemoteGateways": False,
        },
    )
    properties: dict[str, Any] = {
        "addressSpace": {"addressPrefixes": ["198.18.0.0/16", "2001:db8:1::/48"]},
        "dhcpOptions": {"dnsServers": ["198.18.0.53"]},
        "subnets": subnets,
        "virtualNetworkPeerings": [peering],
        "enableDdosProtection": True,
        "ddosProtectionPlan": to(web.of(f"{_NET}/ddosProtectionPlans", "ddos")),
        "encryption": {"enabled": True, "enforcement": "AllowUnencrypted"},
    }
    web.put(f"{_NET}/virtualNetworks", "v", properties, tags=_OWNER)
    small = [part(f"{spoke}/subnets/default", {"addressPrefix": "198.18.64.0/20"})]
    lab.put(
        f"{_NET}/virtualNetworks",
        "vnet-lab",
        {"addressSpace": {"addressPrefixes": ["198.18.64.0/20"]}, "subnets": small},
    )
    aks.put(f"{_NET}/virtualNetworks", "vnet-aks", {"addressSpace": {"addressPrefixes": []}})


def _addresses(web: Place, aks: Place) -> None:
    nic = web.of(f"{_NET}/networkInterfaces", "nic-web-01")
    properties: dict[str, Any] = {
        "resourceGuid": GUID.format("2101"),
        "ipAddress": "203.0.113.10",
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": "Static",
        "ipConfiguration": to(f"{nic}/ipConfigurations/ipconfig1"),
        "dnsSettings": {"domainNameLabel": "web", "fqdn": "web.westeurope.cloudapp.example"},
        "ddosSettings": {"protectionMode": "VirtualNetworkInherited"},
    }
    sku = {"name": "Standard", "tier": "Regional"}
    web.put(f"{_NET}/publicIPAddresses", "pip-0", properties, sku=sku, tags=_OWNER)
    balancer = aks.of(f"{_NET}/loadBalancers", "kubernetes")
    front = f"{balancer}/frontendIPConfigurations/out"
    out = {"ipAddress": "203.0.113.20", "publicIPAllocationMethod": "Static", "ipConfiguration": to(front.lower())}
    address = aks.put(f"{_NET}/publicIPAddresses", "pip-out", out, sku=sku)
    scale_set = f"{aks.id}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool/virtualMachines/0"
    ends = [
        to(f"{nic}/ipConfigurations/ipconfig1"),
        to(f"{nic}/ipConfigurations/ipconfig2"),
        to(f"{scale_set}/networkInterfaces/aks-pool/ipConfigurations/one"),
    ]
    properties = {"resourceGuid": GUID.format("2201"), **balancer_parts(balancer, web, ends, address)}
    aks.put(f"{_NET}/loadBalancers", "kubernetes", properties, sku=sku, tags=_OWNER)
