"""What resources of the demo's tenant tell that other scanners know of: of networks, machines, databases and vaults."""

from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"


def add_known(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _networks(web)


def _networks(web: Place) -> None:
    prefix = {"publicIpPrefixes": [to(web.of(f"{_NET}/publicIPPrefixes", "prefix"))]}
    tell(web, f"{_NET}/natGateways", "ng-web", prefix, zones=["1"])
    interface = {"dnsSettings": {"appliedDnsServers": ["198.18.0.53"]}, "primary": True}
    tell(web, f"{_NET}/networkInterfaces", "nic-web-02", interface)
    endpoint = {
        "customDnsConfigs": [{"fqdn": "kv-web.vault.contoso.example", "ipAddresses": ["198.18.0.7"]}],
        "applicationSecurityGroups": [to(web.of(f"{_NET}/applicationSecurityGroups", "asg-web"))],
    }
    tell(web, f"{_NET}/privateEndpoints", "pe", endpoint)
    clients = {
        "vpnClientAddressPool": {"addressPrefixes": ["198.18.9.0/24"]},
        "aadTenant": "https://login.microsoftonline.example/contoso/",
        "vpnClientRootCertificates": [part("/contoso-root", {})],
        "vpnClientRevokedCertificates": [part("/lost-laptop", {})],
        "radiusServers": [{"radiusServerAddress": "198.18.0.6", "radiusServerScore": 30}],
    }
    gateway = {
        "gatewayDefaultSite": to(web.of(f"{_NET}/localNetworkGateways", "office")),
        "customRoutes": {"addressPrefixes": ["198.18.8.0/24"]},
        "vpnClientConfiguration": clients,
    }
    tell(web, f"{_NET}/virtualNetworkGateways", "vpn-web", gateway)
    tell(web, f"{_NET}/networkWatchers/flowLogs", "nw-westeurope/fl-web", {"format": {"type": "JSON", "version": 2}})
    circuit = {
        "expressRoutePort": to(web.of(f"{_NET}/expressRoutePorts", "port-web")),
        "authorizations": [part("/partner", {"authorizationUseStatus": "Available"})],
    }
    tell(web, f"{_NET}/expressRouteCircuits", "er-web", circuit)
