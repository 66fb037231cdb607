"""What Steampipe's tables read of resources is read here, too, down to where the published types have it."""

from typing import Any

import pytest

from tests.azure.reading import Azure, verdicts
from tests.azure.test_network_types import azure, entities, place
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
GATEWAY, ENDPOINT = f"{NET}/virtualNetworkGateways", f"{NET}/privateEndpoints"


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_nat_gateway",
            f"{NET}/natGateways",
            {"publicIpPrefixes": [to("/Prefixes/P")], "publicIpPrefixesV6": [to("/Prefixes/Six"), to("/prefixes/p")]},
            {"publicIpPrefixIds": ["/prefixes/p", "/prefixes/six"]},
        ),
        (
            "azure_nic",
            f"{NET}/networkInterfaces",
            {"dnsSettings": {"appliedDnsServers": ["198.18.0.53"]}, "primary": True},
            {"appliedDnsServers": ["198.18.0.53"], "primary": True},
        ),
        (
            "azure_private_endpoint",
            ENDPOINT,
            {
                "customDnsConfigs": [{"fqdn": "kv.example", "ipAddresses": ["198.18.0.7", "198.18.0.8"]}, {}],
                "ipConfigurations": [part("/one", {"privateIPAddress": "198.18.0.7"}), part("/two", {})],
                "applicationSecurityGroups": [to("/Groups/G")],
            },
            {
                "fqdns": ["kv.example"],
                "privateIpAddresses": ["198.18.0.7", "198.18.0.8"],
                "applicationSecurityGroupIds": ["/groups/g"],
            },
        ),
        (
            "azure_private_endpoint",
            ENDPOINT,
            {"customDnsConfigs": None, "ipConfigurations": [part("/one", {"privateIPAddress": "198.18.0.9"})]},
            {"fqdns": [], "privateIpAddresses": ["198.18.0.9"]},
        ),
        (
            "azure_virtual_network_gateway",
            GATEWAY,
            {
                "gatewayDefaultSite": to("/Sites/Office"),
                "customRoutes": {"addressPrefixes": ["198.18.8.0/24"]},
                "vpnClientConfiguration": {
                    "vpnClientAddressPool": {"addressPrefixes": ["198.18.9.0/24"]},
                    "aadTenant": "https://login.example/t/",
                    "vpnClientRootCertificates": [part("/root", {"publicCertData": "MII"})],
                    "vpnClientRevokedCertificates": [part("/lost", {"thumbprint": "00"})],
                    "radiusServerAddress": "198.18.0.5",
                    "radiusServers": [
                        {"radiusServerAddress": "198.18.0.5"},
                        {"radiusServerAddress": "198.18.0.6", "radiusServerSecret": "secret"},
                    ],
                },
            },
            {
                "defaultSiteId": "/sites/office",
                "customRoutes": ["198.18.8.0/24"],
                "vpnClientAddressPrefixes": ["198.18.9.0/24"],
                "vpnClientTenant": "https://login.example/t/",
                "vpnClientRootCertificates": ["root"],
                "vpnClientRevokedCertificates": ["lost"],
                "radiusServerAddresses": ["198.18.0.5", "198.18.0.6"],
            },
        ),
        (
            "azure_virtual_network_gateway",
            GATEWAY,
            {"gatewayDefaultSite": None, "vpnClientConfiguration": None, "customRoutes": None},
            {"defaultSiteId": None, "customRoutes": None, "vpnClientTenant": None, "radiusServerAddresses": []},
        ),
        (
            "azure_security_group_flow_logs",
            f"{NET}/networkWatchers/flowLogs",
            {"format": {"type": "JSON", "version": 2}},
            {"formatVersion": 2},
        ),
        (
            "azure_expressroute_circuit",
            f"{NET}/expressRouteCircuits",
            {
                "expressRoutePort": to("/Ports/P"),
                "authorizations": [part("/partner", {"authorizationKey": "secret", "authorizationUseStatus": "InUse"})],
            },
            {"expressRoutePortId": "/ports/p", "authorizations": ["partner"]},
        ),
    ],
)
def test_what_tables_have_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties)
    assert verdicts(azure.run(type)) == {"complete"}
    (found,) = entities(type).values()
    assert {name: found.get(name) for name in expected} == expected
