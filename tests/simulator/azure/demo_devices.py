"""Devices and orders of them, a range of public addresses and a profile of networks in the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_OWNER = {"owner": "team-edge"}
_IDENTITY = {"type": "SystemAssigned", "principalId": GUID.format("3901"), "tenantId": GUID.format("000a")}


def add_devices(web: Place) -> None:
    """Put them there."""
    range_of: dict[str, Any] = {
        "ipPrefix": "203.0.113.96/28",
        "prefixLength": 28,
        "publicIPAddressVersion": "IPv4",
        "resourceGuid": GUID.format("8201"),
        "publicIPAddresses": [to(web.of(f"{_NET}/publicIPAddresses", "pip-0"))],
        "natGateway": to(web.of(f"{_NET}/natGateways", "ng-web")),
    }
    sku = {"name": "Standard", "tier": "Regional"}
    web.put(f"{_NET}/publicIPPrefixes", "prefix", range_of, sku=sku, zones=["1"], tags=_OWNER)
    subnet = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/s"
    address = part("/eth0/ip", {"subnet": to(subnet)})
    profile = {
        "resourceGuid": GUID.format("8202"),
        "containerNetworkInterfaceConfigurations": [part("/eth0", {"ipConfigurations": [address]})],
    }
    web.put(f"{_NET}/networkProfiles", "containers", profile, tags=_OWNER)
    device = {
        "friendlyName": "Factory floor",
        "description": "Counts what the machines make",
        "dataBoxEdgeDeviceStatus": "Online",
        "deviceType": "DataBoxEdgeDevice",
        "deviceModel": "DBE_PowerEdge",
        "modelDescription": "A device with one processor",
        "serialNumber": "SN-0000001",
        "deviceSoftwareVersion": "Azure Stack Edge 2309",
        "deviceHcsVersion": "2.3.2380",
        "deviceLocalCapacity": 4000000,
        "nodeCount": 1,
        "timeZone": "W. Europe Standard Time",
        "culture": "en-us",
        "configuredRoleTypes": ["Kubernetes"],
    }
    kind = {"name": "Edge", "tier": "Standard"}
    web.put("Microsoft.DataBoxEdge/dataBoxEdgeDevices", "edge", device, sku=kind, identity=_IDENTITY, tags=_OWNER)
    order = {
        "status": "DataCopy",
        "transferType": "ImportToAzure",
        "startTime": MADE,
        "deliveryType": "NonScheduled",
        "cancellationReason": "Ordered twice",
        "isCancellable": False,
        "isCancellableWithoutFee": False,
        "isDeletable": False,
        "isShippingAddressEditable": False,
        "isPrepareToShipEnabled": True,
    }
    family = {"name": "DataBox", "family": "Databox"}
    web.put("Microsoft.DataBox/jobs", "archive", order, sku=family, identity=_IDENTITY, tags=_OWNER)
