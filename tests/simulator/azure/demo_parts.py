"""What is told of the demo's clusters and scale sets in tables of their own."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID
from tests.simulator.azure.place import Place, to
from tests.simulator.azure.tenant import row_of


def add_parts(web: Place, lab: Place) -> None:
    """Put what Azure has put into a cluster there, and a machine of a scale set."""
    _in_clusters(lab)
    _instance(web)


def _in_clusters(lab: Place) -> None:
    """What Azure puts into a cluster that is elsewhere."""
    cluster = lab.of("Microsoft.Kubernetes/connectedClusters", "arc-edge")
    provider, table = "Microsoft.KubernetesConfiguration", "kubernetesconfigurationresources"
    extension = {
        "extensionType": "microsoft.flux",
        "version": "1.16",
        "currentVersion": "1.16.2",
        "releaseTrain": "Stable",
        "autoUpgradeMinorVersion": True,
        "isSystemExtension": False,
        "configurationProtectedSettings": {"token": "left out"},
        "provisioningState": "Succeeded",
    }
    more = {"tenantId": lab.tenant.id, "identity": {"type": "SystemAssigned", "principalId": GUID.format("7501")}}
    row = row_of(
        f"{cluster}/providers/{provider}/extensions/flux", f"{provider}/extensions", properties=extension, **more
    )
    lab.tenant.add(row, table)
    flux = {
        "sourceKind": "GitRepository",
        "gitRepository": {"url": "https://github.example/shop/cluster", "repositoryRef": {"branch": "main"}},
        "bucket": {"url": "https://bucket.example"},
        "azureBlob": {"url": "https://stdata.blob.example"},
        "ociRepository": {"url": "oci://crweb.registry.example/cluster"},
        "scope": "cluster",
        "namespace": "flux-system",
        "suspend": False,
        "complianceState": "Compliant",
        "provisioningState": "Succeeded",
    }
    id = f"{cluster}/providers/{provider}/fluxConfigurations/apps"
    lab.tenant.add(row_of(id, f"{provider}/fluxconfigurations", tenantId=lab.tenant.id, properties=flux), table)


def _instance(web: Place) -> None:
    """One of the machines of a scale set; those of uniform ones are in a table of their own."""
    disk = to(web.of("Microsoft.Compute/disks", "vmss-web_0").upper())
    firmware = {"secureBootEnabled": True, "vTpmEnabled": True}
    machine: dict[str, Any] = {
        "instanceId": "0",
        "vmId": GUID.format("7502"),
        "osProfile": {"computerName": "web000000"},
        "latestModelApplied": True,
        "securityProfile": {"encryptionAtHost": True, "securityType": "TrustedLaunch", "uefiSettings": firmware},
        "modelDefinitionApplied": "VirtualMachineScaleSet",
        "storageProfile": {"osDisk": {"osType": "Linux", "managedDisk": disk}},
        "networkProfile": {"networkInterfaces": [{"id": f"{web.id}/nic-of-0"}]},
        "extended": {"instanceView": {"powerState": {"code": "PowerState/running"}}},
    }
    kind = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"
    more: dict[str, Any] = {"sku": {"name": "Standard_D2s_v5"}, "zones": ["1"], "tags": {"owner": "team-web"}}
    web.put(kind, "vmss-web/0", machine, table="computeresources", **more)
