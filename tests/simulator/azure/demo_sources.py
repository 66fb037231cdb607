"""Where what resources of the demo's tenant hold, run and are sent comes from, and where it goes."""

from typing import Any

from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part, to

_COMPUTE, _NET = "Microsoft.Compute", "Microsoft.Network"
_TOKENS = ["api://AzureADTokenExchange"]
SHOP_ISSUER, EDGE_ISSUER = "https://oidc.example/0", "https://oidc.example/1"
"""Who issues tokens to the workloads of the cluster of the shop, and of that at the edge."""


def add_sources(web: Place, lab: Place) -> None:
    """Have resources that are there tell what they are copies of, who vouches for them and where they send."""
    _copies(web, lab)
    _images(web)
    _network(web)
    _hub(web)
    _workloads(web, lab)


def _copies(web: Place, lab: Place) -> None:
    disk, snapshot = web.of(f"{_COMPUTE}/disks", "vm-web-01"), web.of(f"{_COMPUTE}/snapshots", "snap")
    tell(lab, f"{_COMPUTE}/disks", "disk-left", {"creationData": {"createOption": "Copy", "sourceResourceId": disk}})
    copied = {"creationData": {"createOption": "CopyStart", "sourceResourceId": snapshot.upper()}}
    lab.put(f"{_COMPUTE}/snapshots", "snap-far", copied, sku={"name": "Standard_LRS"}, tags={"owner": "team-web"})


def _images(web: Place) -> None:
    for name in ("shop", "orders"):
        ran = {"siteConfig": {"linuxFxVersion": f"DOCKER|crweb.registry.example/{name}:1"}}
        tell(web, "Microsoft.Web/sites", name, ran)


def _network(web: Place) -> None:
    """A scale set behind an application gateway, by whose group rules name it."""
    gateway = web.of(f"{_NET}/applicationGateways", "agw")
    address = {
        "applicationGatewayBackendAddressPools": [to(f"{gateway}/backendAddressPools/apps")],
        "applicationSecurityGroups": [to(web.of(f"{_NET}/applicationSecurityGroups", "asg-web"))],
    }
    interfaces = [part("/nic", {"ipConfigurations": [part("/nic/ip", address)]})]
    profile = {"networkProfile": {"networkInterfaceConfigurations": interfaces}}
    tell(web, f"{_COMPUTE}/virtualMachineScaleSets", "vmss-plain", {"virtualMachineProfile": profile})


def _hub(web: Place) -> None:
    bus, by_identity = "sb://sb-web.servicebus.example", {"authenticationType": "identityBased"}
    raw = {"databaseName": "shop", "containerName": "orders", "endpointUri": "https://cosmos-web.documents.example/"}
    key = "Endpoint=sb://sb-web.servicebus.example:5671/;SharedAccessKeyName=iot;SharedAccessKey=****"
    endpoints: dict[str, list[dict[str, Any]]] = {
        "eventHubs": [
            {"name": "visits", "endpointUri": "sb://eh-web.servicebus.example", "entityPath": "visits", **by_identity}
        ],
        "serviceBusQueues": [
            {"name": "orders", "endpointUri": bus, "entityPath": "orders", **by_identity},
            {"name": "archive", "connectionString": key, "authenticationType": "keyBased", "entityPath": "archive"},
        ],
        "serviceBusTopics": [{"name": "prices", "endpointUri": bus, "entityPath": "prices", **by_identity}],
        "storageContainers": [
            {"name": "raw", "endpointUri": "https://stdata.blob.example/", "containerName": "invoices", **by_identity}
        ],
        "cosmosDBSqlContainers": [{"name": "shop", **raw, **by_identity}],
    }
    tell(web, "Microsoft.Devices/IotHubs", "iot-web", {"routing": {"endpoints": endpoints, "routes": []}})


def _workloads(web: Place, lab: Place) -> None:
    """Clusters of which workloads act as an identity, and as an application of Microsoft Entra."""
    of_cluster: dict[str, Any] = {"oidcIssuerProfile": {"enabled": True, "issuerURL": SHOP_ISSUER}}
    tell(web, "Microsoft.ContainerService/managedClusters", "aks", of_cluster)
    elsewhere = {"oidcIssuerProfile": {"enabled": True, "issuerUrl": EDGE_ISSUER}}
    tell(lab, "Microsoft.Kubernetes/connectedClusters", "arc-edge", elsewhere)
    identity = web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web")
    for name, issuer in (("shop", SHOP_ISSUER), ("edge", EDGE_ISSUER)):
        trusted = {"issuer": issuer, "subject": f"system:serviceaccount:{name}:worker", "audiences": _TOKENS}
        web.tenant.add_child(identity, "/federatedIdentityCredentials", name, trusted)
