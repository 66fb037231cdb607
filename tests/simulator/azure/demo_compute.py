"""What the machines of the demo's tenant are made from, and the disks that they use."""

from typing import Any

from tests.simulator.azure.place import Place, part, to

_COMPUTE = "Microsoft.Compute"
_NET = "Microsoft.Network"
_OWNER = {"owner": "team-web"}
GUID = "00000000-0000-4000-8000-00000000{}"
MADE = "2024-03-20T10:40:57.0460787+00:00"


def add_compute(web: Place, aks: Place, lab: Place) -> None:
    """Put disks there, with copies and keys, images, a scale set and a machine made from it, and extensions."""
    _disks(web, lab)
    _images(web)
    _scale_set(web, aks)


def identity_of(*places: str) -> dict[str, Any]:
    """An identity of a resource's own, with identities that were assigned to it."""
    principal = {"principalId": GUID.format("3901"), "tenantId": GUID.format("000a")}
    assigned = {place: {"clientId": GUID.format("3902"), "principalId": GUID.format("3903")} for place in places}
    return {**principal, "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": assigned}


def _disks(web: Place, lab: Place) -> None:
    managed = "Microsoft.ManagedIdentity/userAssignedIdentities"
    vault = web.of("Microsoft.KeyVault/vaults", "kv-web")
    keys = {
        "encryptionType": "EncryptionAtRestWithCustomerKey",
        "activeKey": {"sourceVault": to(vault), "keyUrl": "https://kv-web.vault.azure.example/keys/disks/1"},
        "rotationToLatestKeyVersionEnabled": True,
    }
    identity = identity_of(web.of(managed, "id-web"))
    key_set = web.put(f"{_COMPUTE}/diskEncryptionSets", "des-web", keys, identity=identity, tags=_OWNER)
    endpoint = part("/connection", {"privateEndpoint": to(web.of(f"{_NET}/privateEndpoints", "pe"))})
    access = {"timeCreated": MADE, "privateEndpointConnections": [endpoint]}
    exported = web.put(f"{_COMPUTE}/diskAccesses", "da-web", access, tags=_OWNER)
    closed = {
        "timeCreated": MADE,
        "diskSizeGB": 64,
        "osType": "Linux",
        "encryption": {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": key_set.upper()},
        "encryptionSettingsCollection": {"enabled": False},
        "publicNetworkAccess": "Disabled",
        "networkAccessPolicy": "AllowPrivate",
        "dataAccessAuthMode": "AzureActiveDirectory",
        "diskAccessId": exported,
    }
    machine = web.of(f"{_COMPUTE}/virtualMachines", "vm-web-01")
    source = {"creationData": {"createOption": "Copy", "sourceResourceId": web.of(f"{_COMPUTE}/snapshots", "snap")}}
    sku = {"name": "Premium_LRS", "tier": "Premium"}
    more: dict[str, Any] = {"managedBy": machine.upper(), "sku": sku, "tags": _OWNER}
    known = {"diskState": "Attached", "hyperVGeneration": "V2", "maxShares": 2, "uniqueId": GUID.format("3002")}
    disk = web.put(f"{_COMPUTE}/disks", "vm-web-01", {**known, **closed, **source}, zones=["1"], **more)
    copy = {"incremental": True, **closed, "creationData": {"createOption": "Copy", "sourceResourceId": disk}}
    web.put(f"{_COMPUTE}/snapshots", "snap", copy, sku={"name": "Standard_ZRS"}, tags=_OWNER)
    lab.put(f"{_COMPUTE}/disks", "disk-left", {"diskState": "Unattached", "diskSizeGB": 1024, "timeCreated": MADE})


def _images(web: Place) -> None:
    machine = web.of(f"{_COMPUTE}/virtualMachines", "vm-web-02")
    key_set = to(web.of(f"{_COMPUTE}/diskEncryptionSets", "des-web"))
    disk = {"osType": "Linux", "osState": "Generalized", "diskEncryptionSet": key_set}
    image = {"sourceVirtualMachine": to(machine), "hyperVGeneration": "V2", "storageProfile": {"osDisk": disk}}
    web.put(f"{_COMPUTE}/images", "img-web", image, tags=_OWNER)
    gallery = {
        "description": "Images of the web team.",
        "identifier": {"uniqueName": "prod-gallery"},
        "sharingProfile": {"permissions": "Groups"},
    }
    web.put(f"{_COMPUTE}/galleries", "gallery", gallery, tags=_OWNER)
    everybody = {"permissions": "Community", "communityGalleryInfo": {"publicNames": ["contoso-0001"]}}
    web.put(f"{_COMPUTE}/galleries", "open", {"sharingProfile": everybody})
    shared = {
        "description": "What web servers are made from.",
        "osType": "Linux",
        "osState": "Generalized",
        "hyperVGeneration": "V2",
        "eula": "none",
        "endOfLifeDate": "2030-01-01T00:00:00Z",
        "identifier": {"publisher": "example", "offer": "web", "sku": "2024"},
    }
    web.put(f"{_COMPUTE}/galleries/images", "gallery/web", shared, tags=_OWNER)
    sealed = {"osDiskImage": {"diskEncryptionSetId": key_set["id"]}}
    published = {
        "publishedDate": MADE,
        "endOfLifeDate": "2030-01-01T00:00:00Z",
        "excludeFromLatest": False,
        "targetRegions": [{"name": "West Europe", "encryption": sealed}],
    }
    version = {"publishingProfile": published, "storageProfile": {"source": to(machine.upper())}}
    web.put(f"{_COMPUTE}/galleries/images/versions", "gallery/web/1.0.0", version, tags=_OWNER)


def _scale_set(web: Place, aks: Place) -> None:
    network = web.of(f"{_NET}/virtualNetworks", "v")
    balancer = aks.of(f"{_NET}/loadBalancers", "kubernetes")
    configuration = {
        "subnet": to(f"{network}/subnets/apps"),
        "publicIPAddressConfiguration": {"name": "each"},
        "loadBalancerBackendAddressPools": [to(f"{balancer}/backendAddressPools/all")],
    }
    group = to(web.of(f"{_NET}/networkSecurityGroups", "nsg-web"))
    interface = {"networkSecurityGroup": group, "ipConfigurations": [part("/one", configuration)]}
    profile = {
        "osProfile": {
            "computerNamePrefix": "web",
            "adminUsername": "operator",
            "linuxConfiguration": {
                "disablePasswordAuthentication": True,
                "provisionVMAgent": True,
                "ssh": {"publicKeys": [{"path": "/home/operator/.ssh/authorized_keys"}]},
            },
        },
        "storageProfile": {
            "dataDisks": [{"lun": 0, "name": "data"}],
            "osDisk": {
                "managedDisk": {
                    "storageAccountType": "Premium_LRS",
                    "diskEncryptionSet": to(web.of(f"{_COMPUTE}/diskEncryptionSets", "des-web")),
                }
            },
            "imageReference": to(web.of(f"{_COMPUTE}/galleries/images", "gallery/web")),
        },
        "securityProfile": {
            "encryptionAtHost": True,
            "securityType": "TrustedLaunch",
            "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
        },
        "networkProfile": {
            "healthProbe": to(f"{balancer}/probes/alive"),
            "networkInterfaceConfigurations": [part("/nic", interface)],
        },
        "priority": "Spot",
        "evictionPolicy": "Delete",
        "billingProfile": {"maxPrice": -1},
        "licenseType": "UBUNTU_PRO",
        "diagnosticsProfile": {
            "bootDiagnostics": {"enabled": True, "storageUri": "https://stdata.blob.example/"},
        },
        "scheduledEventsProfile": {
            "terminateNotificationProfile": {"enable": True, "notBeforeTimeout": "PT5M"},
        },
        "extensionProfile": {"extensions": [{"name": "monitor", "properties": {"type": "AzureMonitorLinuxAgent"}}]},
    }
    properties = {
        "uniqueId": GUID.format("3001"),
        "timeCreated": MADE,
        "orchestrationMode": "Flexible",
        "singlePlacementGroup": False,
        "upgradePolicy": {
            "mode": "Rolling",
            "automaticOSUpgradePolicy": {"enableAutomaticOSUpgrade": True, "disableAutomaticRollback": False},
            "rollingUpgradePolicy": {
                "maxBatchInstancePercent": 20,
                "maxUnhealthyInstancePercent": 20,
                "maxUnhealthyUpgradedInstancePercent": 20,
                "pauseTimeBetweenBatches": "PT1M",
            },
        },
        "overprovision": False,
        "doNotRunExtensionsOnOverprovisionedVMs": False,
        "automaticRepairsPolicy": {"enabled": True},
        "additionalCapabilities": {"ultraSSDEnabled": False},
        "platformFaultDomainCount": 1,
        "proximityPlacementGroup": to(web.of(f"{_COMPUTE}/proximityPlacementGroups", "near").upper()),
        "scaleInPolicy": {"rules": ["OldestVM"]},
        "zoneBalance": False,
        "virtualMachineProfile": profile,
    }
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    sku = {"name": "Standard_D2s_v5", "tier": "Standard", "capacity": 2}
    more: dict[str, Any] = {"sku": sku, "identity": identity, "zones": ["1", "2"], "tags": _OWNER}
    scale_set = web.put(f"{_COMPUTE}/virtualMachineScaleSets", "vmss-web", properties, **more)
    bought = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}
    bought["exactVersion"] = "24.04.202404230"
    from_market = {
        "storageProfile": {"imageReference": bought, "osDisk": {"osType": "Linux"}},
        "osProfile": {"windowsConfiguration": {"provisionVMAgent": True, "enableAutomaticUpdates": False}},
    }
    web.put(f"{_COMPUTE}/virtualMachineScaleSets", "vmss-batch", {"virtualMachineProfile": from_market})
    system = {"osType": "Linux", "managedDisk": to(web.of(f"{_COMPUTE}/disks", "vm-web-03"))}
    data = {"lun": 0, "managedDisk": to(web.of(f"{_COMPUTE}/disks", "vm-web-01").lower())}
    version = web.of(f"{_COMPUTE}/galleries/images/versions", "gallery/web/1.0.0")
    for name, made_from in (("vmss-pinned", version.upper()), ("vmss-plain", web.of(f"{_COMPUTE}/images", "img-web"))):
        own = {"virtualMachineProfile": {"storageProfile": {"imageReference": to(made_from)}}}
        web.put(f"{_COMPUTE}/virtualMachineScaleSets", name, own)
    for name, image in (("vm-web-03", version), ("vm-web-04", web.of(f"{_COMPUTE}/images", "img-web"))):
        made = {"imageReference": to(image), "osDisk": system, "dataDisks": [data] if image == version else []}
        of = {"virtualMachineScaleSet": to(scale_set.upper()), "storageProfile": made}
        web.put(f"{_COMPUTE}/virtualMachines", name, of, identity=identity)
    old = {"osDisk": {"osType": "Linux", "vhd": {"uri": "https://stdata.blob.example/vhds/old.vhd"}}}
    web.put(f"{_COMPUTE}/virtualMachines", "vm-old", {"storageProfile": old})
    extension = {
        "publisher": "Microsoft.Azure.Monitor",
        "type": "AzureMonitorLinuxAgent",
        "typeHandlerVersion": "1.0",
        "autoUpgradeMinorVersion": True,
        "enableAutomaticUpgrade": True,
        "suppressFailures": True,
        "forceUpdateTag": "2",
        "provisionAfterExtensions": ["policy"],
        "settings": {"commandToExecute": "left out"},
    }
    web.put(f"{_COMPUTE}/virtualMachines/extensions", "vm-web-01/monitor", extension, tags=_OWNER)
