"""Where machines of the demo's tenant stand: apart, near each other, on hosts of one's own, in reserved room."""

from typing import Any

from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part, to

_COMPUTE = "Microsoft.Compute"
_TAGS = {"owner": "team-web"}
_MADE = "2024-03-20T10:40:57.0460787+00:00"
_GUID = "00000000-0000-4000-8000-00000000{}"


def add_placement(web: Place, lab: Place) -> None:
    """Put it there, and have machines tell of it."""
    first, second = (web.of(f"{_COMPUTE}/virtualMachines", name) for name in ("vm-web-01", "vm-web-02"))
    scale_set = web.of(f"{_COMPUTE}/virtualMachineScaleSets", "vmss-web")
    near = web.put(
        f"{_COMPUTE}/proximityPlacementGroups",
        "near",
        {
            "proximityPlacementGroupType": "Standard",
            "intent": {"vmSizes": ["Standard_D2s_v5"]},
            "virtualMachines": [to(second)],
            "virtualMachineScaleSets": [to(scale_set)],
        },
        zones=["1"],
        tags=_TAGS,
    )
    apart = {
        "platformFaultDomainCount": 2,
        "platformUpdateDomainCount": 5,
        "virtualMachines": [to(first.upper())],
        "proximityPlacementGroup": to(near.upper()),
    }
    web.put(f"{_COMPUTE}/availabilitySets", "web", apart, sku={"name": "Aligned"}, tags=_TAGS)
    _hosts(web, second)
    _reserved(web, lab, second)
    own: dict[str, Any] = {"proximityPlacementGroup": to(near)}
    own["host"] = to(web.of(f"{_COMPUTE}/hostGroups/hosts", "own/host-1").upper())
    own["hostGroup"] = to(web.of(f"{_COMPUTE}/hostGroups", "own"))
    room = {"capacityReservation": {"capacityReservationGroup": to(web.of(_GROUPS, "room").upper())}}
    tell(web, f"{_COMPUTE}/virtualMachines", "vm-web-02", own | room)
    of_set = {"hostGroup": own["hostGroup"], "virtualMachineProfile": room}
    tell(web, f"{_COMPUTE}/virtualMachineScaleSets", "vmss-web", of_set)


def _hosts(web: Place, machine: str) -> None:
    group = {
        "platformFaultDomainCount": 1,
        "supportAutomaticPlacement": True,
        "additionalCapabilities": {"ultraSSDEnabled": False},
    }
    web.put(f"{_COMPUTE}/hostGroups", "own", group, zones=["1"], tags=_TAGS)
    host = {
        "hostId": _GUID.format("7101"),
        "platformFaultDomain": 0,
        "autoReplaceOnFailure": True,
        "licenseType": "None",
        "virtualMachines": [to(machine.upper())],
        "timeCreated": _MADE,
    }
    web.put(f"{_COMPUTE}/hostGroups/hosts", "own/host-1", host, sku={"name": "DSv3-Type1"}, tags=_TAGS)


_GROUPS = f"{_COMPUTE}/capacityReservationGroups"


def _reserved(web: Place, lab: Place, machine: str) -> None:
    shared = {"subscriptionIds": [to("/".join(lab.id.split("/")[:3]))]}
    group = {"reservationType": "Targeted", "sharingProfile": shared}
    web.put(_GROUPS, "room", group, zones=["1"], tags=_TAGS)
    reserved = {
        "reservationId": _GUID.format("7102"),
        "platformFaultDomainCount": 1,
        "virtualMachinesAssociated": [to(machine.upper())],
        "timeCreated": _MADE,
    }
    more: dict[str, Any] = {"sku": {"name": "Standard_D2s_v5", "capacity": 3}, "zones": ["1"], "tags": _TAGS}
    web.put(f"{_GROUPS}/capacityReservations", "room/d2", reserved, **more)


def add_providers(web: Place) -> None:
    """Have a subscription tell which providers are registered in it: in objects that have no properties."""
    subscription = "/".join(web.id.split("/")[:3])
    states = {"Microsoft.Compute": "Registered", "Microsoft.Quantum": "NotRegistered"}
    web.tenant.children[f"{subscription}/providers".lower()] = [
        {
            "id": f"{subscription}/providers/{name}",
            "namespace": name,
            "registrationState": state,
            "registrationPolicy": "RegistrationRequired",
            "resourceTypes": [{"resourceType": "operations", "apiVersions": ["2024-03-01"]}],
        }
        for name, state in states.items()
    ]


def add_links(web: Place) -> None:
    """Have services tell what they reach by private links, and what is switched on in them."""
    account = web.of("Microsoft.Storage/storageAccounts", "stdata")
    link = part("/links/one", {"privateLinkResourceId": account.upper(), "groupId": "blob", "status": "Approved"})
    sign_in = {"aadOrApiKey": {"aadAuthFailureMode": "http403"}}
    tell(
        web,
        "Microsoft.Search/searchServices",
        "srch-web",
        {"sharedPrivateLinkResources": [link], "authOptions": sign_in},
    )
    flags = [{"flag": "ServiceMode", "value": "Default"}, {"flag": "EnableConnectivityLogs", "value": "True"}]
    tell(web, "Microsoft.SignalRService/signalR", "signal-web", {"features": flags})
