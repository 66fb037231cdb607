"""Devices that stand with the organization, ranges of public addresses, and profiles of networks."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, GROUP = "Microsoft.Network", f"/subscriptions/{S}/resourcegroups/rg/providers"
EDGE = "Microsoft.DataBoxEdge/dataBoxEdgeDevices"


@pytest.mark.parametrize(("status", "active"), [("ONLINE", True), ("Offline", False), (None, None)])
def test_a_device_is_active_where_it_is_online(place: Place, azure: Azure, status: Any, active: bool | None) -> None:
    place.put(
        EDGE, "edge", {"friendlyName": None, "dataBoxEdgeDeviceStatus": status, "configuredRoleTypes": ["IOT", None]}
    )
    expected = {"hostname": "edge", "active": active, "configuredRoleTypes": ["IOT"], "friendlyName": None}
    check_told(azure, "azure_databox_edge_device", expected)


def test_an_order_tells_how_far_it_is(place: Place, azure: Azure) -> None:
    order = {"status": "Delivered", "startTime": "2026-01-01T00:00:00Z", "isCancellable": False, "error": None}
    place.put("Microsoft.DataBox/jobs", "order", order)
    place.put("Microsoft.DataBox/jobs", "new", {"startTime": None})
    names = ["azure_databox_job", "azure_resource_group_has_databox_job"]
    assert verdicts(azure.run(*names), names) == {"complete"}
    found = entities("azure_databox_job")
    assert (found["order"]["status"], found["order"]["startedOn"]) == ("Delivered", 1767225600000)
    assert "startedOn" not in found["new"]


def test_a_range_of_addresses_leads_to_single_ones_and_is_led_to_by_what_uses_it(place: Place, azure: Azure) -> None:
    prefix = place.put(f"{NET}/publicIPPrefixes", "Range", {"ipPrefix": "203.0.113.96/28", "publicIPAddresses": None})
    place.put(f"{NET}/publicIPPrefixes", "new", {"ipPrefix": None})
    address = place.put(f"{NET}/publicIPAddresses", "one", {"publicIPPrefix": to(prefix.upper())})
    place.put(f"{NET}/publicIPAddresses", "alone", {"publicIPPrefix": None})
    gateway = place.put(f"{NET}/natGateways", "ng", {"publicIpPrefixes": [to(prefix), None]})
    balancer = place.of(f"{NET}/loadBalancers", "lb")
    front = part(f"{balancer}/frontendIPConfigurations/f", {"publicIPPrefix": to(prefix)})
    place.put(f"{NET}/loadBalancers", "lb", {"frontendIPConfigurations": [front]})
    names = [
        "azure_public_ip_prefix_contains_ip",
        "azure_nat_gateway_uses_public_ip_prefix",
        "azure_lb_frontend_ip_uses_public_ip_prefix",
    ]
    assert verdicts(azure.run(*names), names) == {"complete"}
    of = prefix.lower()
    assert edges() == {(of, address.lower()), (gateway.lower(), of), (front["id"].lower(), of)}
    found = entities("azure_public_ip_prefix")
    assert [found[name]["CIDR"] for name in ("Range", "new")] == ["203.0.113.96/28", None]


def test_a_profile_is_in_the_subnets_that_it_puts_containers_into(place: Place, azure: Azure) -> None:
    subnet = f"{GROUP}/microsoft.network/virtualnetworks/v/subnets/s"
    addresses = [part("/ip", {"subnet": to(subnet.upper())}), part("/bare", {"subnet": None})]
    told = [part("/eth0", {"ipConfigurations": addresses}), part("/eth1", {"ipConfigurations": None}), None]
    profile = place.put(f"{NET}/networkProfiles", "p", {"containerNetworkInterfaceConfigurations": told})
    name = "azure_subnet_has_network_profile"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(subnet, profile.lower())}
    (found,) = entities("azure_network_profile").values()
    assert found["interfaceNames"] == ["eth0", "eth1"]
