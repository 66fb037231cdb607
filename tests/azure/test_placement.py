"""Where machines stand to each other, and what load balancers and services tell of themselves besides."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

COMPUTE, BALANCER = "Microsoft.Compute", "Microsoft.Network/loadBalancers"
MACHINE, SCALE_SET = f"{COMPUTE}/virtualMachines", f"{COMPUTE}/virtualMachineScaleSets"
HOST, ROOM = f"{COMPUTE}/hostGroups", f"{COMPUTE}/capacityReservationGroups"
FRONT = part("/FRONT", {"publicIPAddress": to("/IP")})


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_availability_set",
            f"{COMPUTE}/availabilitySets",
            {"virtualMachines": [to("/VM"), None], "proximityPlacementGroup": to("/Near")},
            {"virtualMachineIds": ["/vm"], "proximityPlacementGroupId": "/near", "sku": "Aligned"},
        ),
        (
            "azure_availability_set",
            f"{COMPUTE}/availabilitySets",
            {"virtualMachines": None, "proximityPlacementGroup": None},
            {"virtualMachineIds": [], "proximityPlacementGroupId": None},
        ),
        (
            "azure_proximity_placement_group",
            f"{COMPUTE}/proximityPlacementGroups",
            {"proximityPlacementGroupType": "Standard", "intent": {"vmSizes": ["a", "b"]}},
            {"placementType": "Standard", "intendedVmSizes": ["a", "b"], "zones": ["1"]},
        ),
        (
            "azure_capacity_reservation_group",
            ROOM,
            {"sharingProfile": {"subscriptionIds": [to(f"/Subscriptions/{S.upper()}"), {}]}},
            {"sharedSubscriptionIds": [S]},
        ),
        ("azure_capacity_reservation_group", ROOM, {"sharingProfile": None}, {"sharedSubscriptionIds": []}),
        ("azure_dedicated_host_group", HOST, {"supportAutomaticPlacement": True}, {"supportAutomaticPlacement": True}),
        (
            "azure_vm",
            MACHINE,
            {
                "host": to("/Host"),
                "hostGroup": to("/Hosts"),
                "proximityPlacementGroup": to("/Near"),
                "capacityReservation": {"capacityReservationGroup": to("/Room")},
            },
            {"dedicatedHostId": "/host", "dedicatedHostGroupId": "/hosts", "proximityPlacementGroupId": "/near"}
            | {"capacityReservationGroupId": "/room"},
        ),
        ("azure_vm", MACHINE, {"capacityReservation": None, "host": None}, {"capacityReservationGroupId": None}),
        (
            "azure_lb",
            BALANCER,
            {
                "frontendIPConfigurations": [FRONT, part("/inner", {"publicIPAddress": None})],
                "outboundRules": [
                    part("/out", {"frontendIPConfigurations": [to("/front"), to("/gone"), to("/inner")]}),
                    part("/more", {"frontendIPConfigurations": None}),
                ],
                "probes": [
                    part("/a", {"protocol": "Https", "port": 443, "requestPath": "/health"}),
                    part("/b", {"protocol": "Tcp", "port": 22, "requestPath": None}),
                ],
                "backendAddressPools": [part("/pool", {})],
            },
            {"outboundRuleNames": ["out", "more"], "outboundRulePublicIpAddressIds": ["/ip"]}
            | {"probes": ["Https 443 /health", "Tcp 22"], "backendPoolNames": ["pool"]},
        ),
        ("azure_lb", BALANCER, {"probes": None}, {"probes": [], "outboundRulePublicIpAddressIds": []}),
        (
            "azure_search_service",
            "Microsoft.Search/searchServices",
            {
                "authOptions": {"aadOrApiKey": {"aadAuthFailureMode": "http403"}},
                "sharedPrivateLinkResources": [
                    part("/one", {"privateLinkResourceId": "/Account"}),
                    part("/two", {"privateLinkResourceId": None}),
                ],
            },
            {"authOptions": "aadOrApiKey", "sharedPrivateLinkResourceIds": ["/account"]}
            | {"aadAuthFailureMode": "http403"},
        ),
        (
            "azure_search_service",
            "Microsoft.Search/searchServices",
            {"authOptions": {"apiKeyOnly": {}}},
            {"authOptions": "apiKeyOnly", "aadAuthFailureMode": None, "sharedPrivateLinkResourceIds": []},
        ),
        ("azure_search_service", "Microsoft.Search/searchServices", {"authOptions": None}, {"authOptions": None}),
        (
            "azure_signalr_service",
            "Microsoft.SignalRService/signalR",
            {
                "features": [
                    {"flag": "ServiceMode", "value": "Serverless"},
                    {"flag": "EnableLiveTrace", "value": "False"},
                ]
            },
            {"serviceMode": "Serverless", "features": ["EnableLiveTrace=False", "ServiceMode=Serverless"]},
        ),
        (
            "azure_signalr_service",
            "Microsoft.SignalRService/signalR",
            {"features": [None, {"value": "x"}]},
            {"serviceMode": None, "features": []},
        ),
    ],
)
def test_a_resource_tells_it(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties, zones=["1"], sku={"name": "Aligned"})
    check_told(azure, type, expected)


def test_a_search_service_reaches_resources_by_private_links(place: Place, azure: Azure) -> None:
    account = place.put("Microsoft.Storage/storageAccounts", "data", {})
    links = [part("/a", {"privateLinkResourceId": account.upper()}), part("/b", {"privateLinkResourceId": None}), None]
    search = place.put("Microsoft.Search/searchServices", "find", {"sharedPrivateLinkResources": links})
    place.put("Microsoft.Search/searchServices", "alone", {"sharedPrivateLinkResources": None})
    assert verdicts(azure.run("azure_search_service_connects_resource", "azure_storage_account")) == {"complete"}
    assert edges() == {(search.lower(), account.lower())}


def test_hosts_and_reserved_room_are_in_their_groups(place: Place, azure: Azure) -> None:
    hosts, room = place.put(HOST, "OWN", {}), place.put(ROOM, "ROOM", {})
    host = place.put(f"{HOST}/hosts", "OWN/one", {"virtualMachines": [to("/VM")]}, sku={"name": "DSv3-Type1"})
    sku = {"name": "Standard_D2s_v5", "capacity": 3}
    held = place.put(f"{ROOM}/capacityReservations", "ROOM/d2", {"virtualMachinesAssociated": [to("/VM")]}, sku=sku)
    types = "azure_dedicated_host_group_has_host", "azure_capacity_reservation_group_has_reservation"
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(hosts.lower(), host.lower()), (room.lower(), held.lower())}
    found = entities("azure_dedicated_host")["one"]
    assert (found["sku"], found["virtualMachineIds"]) == ("DSv3-Type1", ["/vm"])
    found = entities("azure_capacity_reservation")["d2"]
    assert (found["vmSize"], found["capacity"], found["virtualMachineIds"]) == ("Standard_D2s_v5", 3, ["/vm"])


@pytest.mark.parametrize(
    ("kind", "of", "told", "holder", "holds"),
    [
        ("vm", MACHINE, "availabilitySet", f"{COMPUTE}/availabilitySets", "azure_availability_set_has_vm"),
        *(
            (kind, of, "proximityPlacementGroup", f"{COMPUTE}/proximityPlacementGroups", f"{NEAR}_has_{kind}")
            for NEAR in ["azure_proximity_placement_group"]
            for kind, of in (
                ("vm", MACHINE),
                ("vm_scale_set", SCALE_SET),
                ("availability_set", f"{COMPUTE}/availabilitySets"),
            )
        ),
    ],
)
def test_what_holds_machines_together_has_them(
    place: Place, azure: Azure, kind: str, of: str, told: str, holder: str, holds: str
) -> None:
    group = place.put(holder, "group", {})
    placed = place.put(of, "one", {told: to(group.upper())})
    place.put(of, "two", {told: None})
    assert verdicts(azure.run(holds)) == {"complete"}
    assert edges() == {(group.lower(), placed.lower())}


def test_machines_use_hosts_and_reserved_room(place: Place, azure: Azure) -> None:
    hosts, room = place.put(HOST, "own", {}), place.put(ROOM, "room", {})
    reserved = {"capacityReservation": {"capacityReservationGroup": to(room.upper())}}
    named, chosen = (place.of(MACHINE, name) for name in ("named", "chosen"))
    host = place.put(f"{HOST}/hosts", "own/one", {"virtualMachines": [to(chosen.upper()), to(named)]})
    place.put(MACHINE, "named", {"host": to(host.upper()), **reserved})
    place.put(MACHINE, "chosen", {"hostGroup": to(hosts.upper())})
    alike = place.put(SCALE_SET, "alike", {"hostGroup": to(hosts), "virtualMachineProfile": reserved})
    place.put(SCALE_SET, "bare", {"virtualMachineProfile": None})
    types = [
        "azure_vm_uses_dedicated_host",
        *(
            f"azure_{kind}_uses_{used}"
            for kind in ("vm", "vm_scale_set")
            for used in ("dedicated_host_group", "capacity_reservation_group")
        ),
    ]
    assert verdicts(azure.run(*types)) == {"complete"}
    hosts, room, host, named, chosen, alike = map(str.lower, (hosts, room, host, named, chosen, alike))
    on_hosts = {(named, host), (chosen, host), (chosen, hosts), (alike, hosts)}
    assert edges() == on_hosts | {(named, room), (alike, room)}


def test_a_subscription_tells_which_providers_are_registered_in_it(place: Place, azure: Azure) -> None:
    """They have no properties, and many types, of which nothing is kept."""
    subscription = f"/subscriptions/{S}"
    listed: list[dict[str, Any]] = [
        {"id": f"{subscription}/providers/Microsoft.Compute", "namespace": "Microsoft.Compute"}
        | {"registrationState": "Registered", "resourceTypes": [{"resourceType": "virtualMachines"}]},
        {"id": f"{subscription}/providers/Microsoft.Quantum", "registrationState": "NotRegistered"},
        {"id": f"{subscription}/providers/Microsoft.New"},
    ]
    azure.simulator.tenant.children[f"{subscription}/providers"] = listed
    assert verdicts(azure.run("azure_subscription_has_resource_provider")) == {"complete"}
    found = entities("azure_resource_provider")
    assert {name: (each.get("registrationState"), each.get("active")) for name, each in found.items()} == {
        "Microsoft.Compute": ("Registered", True),
        "Microsoft.Quantum": ("NotRegistered", False),
        "Microsoft.New": (None, None),
    }
    assert edges() == {(subscription, each["id"].lower()) for each in listed}
