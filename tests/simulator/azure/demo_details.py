"""What machines, clusters and services of the demo tell that other tools have columns of, beside what they told."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place

_PLAN = {"publisher": "example", "product": "linux-server", "name": "2024"}
"""Of a machine whose image was bought in the marketplace."""


def add_details(web: Place, lab: Place) -> None:
    """Have machines, clusters and services that are there tell more."""
    _compute(web, lab)
    _services(web, lab)
    for place, type, name, more in (
        (web, "Microsoft.Compute/disks", "vm-web-01", {"tier": "Premium"}),
        (web, "Microsoft.Compute/snapshots", "snap", {"tier": "Standard"}),
        (web, "Microsoft.Compute/virtualMachineScaleSets", "vmss-web", {"tier": "Standard"}),
        (web, "Microsoft.ContainerRegistry/registries", "crweb", {"tier": "Premium"}),
        (web, "Microsoft.ServiceBus/namespaces", "sb-web", {"tier": "Premium", "capacity": 1}),
    ):
        row = place.tenant.tables["resources"][place.of(type, name).lower()]
        row["sku"] = {**(row["sku"] or {}), **more}


def _compute(web: Place, lab: Place) -> None:
    vm: dict[str, Any] = {
        "billingProfile": {"maxPrice": 0.5},
        "storageProfile": {
            "imageReference": {"id": web.of("Microsoft.Compute/images", "img-web")},
            "osDisk": {
                "name": "vm-web-01-os",
                "caching": "ReadWrite",
                "createOption": "FromImage",
                "deleteOption": "Detach",
                "diskSizeGB": 128,
                "managedDisk": {"storageAccountType": "Premium_LRS"},
                "encryptionSettings": {"enabled": True},
            },
        },
        "osProfile": {"requireGuestProvisionSignal": True},
        "extensionsTimeBudget": "PT1H30M",
        "platformFaultDomain": 1,
        "scheduledEventsProfile": {"terminateNotificationProfile": {"enable": True}},
    }
    tell(web, "Microsoft.Compute/virtualMachines", "vm-web-01", vm, plan=_PLAN)
    managed_disk: dict[str, Any] = {
        "diskSizeBytes": 34359738368,
        "diskIOPSReadWrite": 500,
        "diskMBpsReadWrite": 60,
        "diskIOPSReadOnly": 500,
        "diskMBpsReadOnly": 60,
        "encryptionSettingsCollection": {"encryptionSettingsVersion": "1.1"},
        "shareInfo": [{"vmUri": web.of("Microsoft.Compute/virtualMachines", "vm-web-01")}],
        "creationData": {
            "storageAccountId": web.of("Microsoft.Storage/storageAccounts", "stdata"),
            "imageReference": {"id": web.of("Microsoft.Compute/images", "img-web")},
            "galleryImageReference": {"id": web.of("Microsoft.Compute/galleries/images/versions", "gallery/web/1.0.0")},
            "sourceUniqueId": GUID.format("8101"),
            "uploadSizeBytes": 20972032,
        },
        "supportsHibernation": True,
        "supportedCapabilities": {"architecture": "x64"},
        "optimizedForFrequentAttach": False,
        "LastOwnershipUpdateTime": MADE,
        "completionPercent": 100.0,
    }
    tell(web, "Microsoft.Compute/disks", "vm-web-01", managed_disk)
    snapshot: dict[str, Any] = {
        "uniqueId": GUID.format("8102"),
        "diskSizeBytes": 34359738368,
        "hyperVGeneration": "V2",
        "supportedCapabilities": {"architecture": "x64"},
        "creationData": {
            "storageAccountId": web.of("Microsoft.Storage/storageAccounts", "stdata"),
            "sourceUniqueId": GUID.format("8101"),
        },
        "incrementalSnapshotFamilyId": GUID.format("8103"),
        "completionPercent": 100.0,
    }
    tell(web, "Microsoft.Compute/snapshots", "snap", snapshot)
    image: dict[str, Any] = {
        "storageProfile": {"osDisk": {"caching": "ReadWrite", "diskSizeGB": 30, "storageAccountType": "Standard_LRS"}}
    }
    tell(web, "Microsoft.Compute/images", "img-web", image)
    vm_scale_set: dict[str, Any] = {"virtualMachineProfile": {"osProfile": {"allowExtensionOperations": True}}}
    tell(web, "Microsoft.Compute/virtualMachineScaleSets", "vmss-web", vm_scale_set, plan=_PLAN)
    kubernetes_cluster: dict[str, Any] = {
        "azurePortalFQDN": "aks.portal.azmk8s.example",
        "fqdnSubdomain": "aks-web",
        "apiServerAccessProfile": {"privateDNSZone": "system"},
        "servicePrincipalProfile": {"clientId": "msi"},
        "resourceUID": "000000000000000000000081",
        "networkProfile": {"dnsServiceIP": "198.18.96.10"},
        "linuxProfile": {"adminUsername": "operator"},
        "windowsProfile": {"adminUsername": "operator", "licenseType": "None", "enableCSIProxy": True},
        "storageProfile": {"blobCSIDriver": {"enabled": True}},
        "workloadAutoScalerProfile": {"keda": {"enabled": True}},
        "autoScalerProfile": {"expander": "random"},
    }
    tell(web, "Microsoft.ContainerService/managedClusters", "aks", kubernetes_cluster)
    container_registry: dict[str, Any] = {
        "status": {"displayStatus": "Ready", "message": "The registry is ready", "timestamp": MADE},
        "encryption": {"keyVaultProperties": {"identity": GUID.format("8104")}},
    }
    tell(web, "Microsoft.ContainerRegistry/registries", "crweb", container_registry)
    arc_machine: dict[str, Any] = {
        "osProfile": {"computerName": "FACTORY-01"},
        "dnsFqdn": "factory-01.contoso.example",
        "osEdition": "Datacenter",
        "vmUuid": GUID.format("810c"),
    }
    tell(lab, "Microsoft.HybridCompute/machines", "factory-01", arc_machine)
    arc_kubernetes_cluster: dict[str, Any] = {
        "totalCoreCount": 8,
        "offering": "k3s",
        "distributionVersion": "1.29",
        "azureHybridBenefit": "NotApplicable",
        "managedIdentityCertificateExpirationTime": MADE,
    }
    tell(lab, "Microsoft.Kubernetes/connectedClusters", "arc-edge", arc_kubernetes_cluster)
    service_fabric_cluster: dict[str, Any] = {
        "clusterId": GUID.format("810a"),
        "clusterEndpoint": "https://westeurope.servicefabric.example/runtime/clusters",
        "eventStoreServiceEnabled": True,
        "infrastructureServiceManager": False,
        "upgradeWave": "Wave1",
        "sfZonalUpgradeMode": "Parallel",
    }
    tell(web, "Microsoft.ServiceFabric/clusters", "sf-web", service_fabric_cluster)


def _services(web: Place, lab: Place) -> None:
    machine_learning_workspace: dict[str, Any] = {
        "friendlyName": "Recommendations",
        "description": "Learns what sells together",
        "discoveryUrl": "https://westeurope.api.azureml.example/discovery",
        "mlFlowTrackingUri": "azureml://westeurope.api.azureml.example/mlflow/v1.0",
        "imageBuildCompute": "builds",
        "serviceProvisionedResourceGroup": "azureml-rg-mlw",
    }
    tell(web, "Microsoft.MachineLearningServices/workspaces", "mlw-web", machine_learning_workspace)
    app_service_plan: dict[str, Any] = {
        "reserved": False,
        "hyperV": False,
        "isXenon": False,
        "isSpot": False,
        "spotExpirationTime": MADE,
        "freeOfferExpirationTime": MADE,
        "perSiteScaling": False,
        "elasticScaleEnabled": False,
        "maximumElasticWorkerCount": 1,
        "maximumNumberOfWorkers": 30,
        "numberOfWorkers": 1,
        "targetWorkerCount": 0,
        "targetWorkerSizeId": 0,
        "workerTierName": "Standard",
        "geoRegion": "West Europe",
    }
    tell(web, "Microsoft.Web/serverfarms", "plan-web", app_service_plan)
    app_service_environment: dict[str, Any] = {
        "suspended": False,
        "hasLinuxWorkers": True,
        "multiSize": "Standard_D1_V2",
        "multiRoleCount": 2,
        "maximumNumberOfMachines": 100,
        "dedicatedHostCount": 0,
        "frontEndScaleFactor": 15,
        "ipsslAddressCount": 0,
        "userWhitelistedIpRanges": ["203.0.113.0/24"],
        "upgradeAvailability": "None",
    }
    tell(web, "Microsoft.Web/hostingEnvironments", "ase-web", app_service_environment)
    application_insights: dict[str, Any] = {
        "SamplingPercentage": 50.0,
        "Flow_Type": "Bluefield",
        "Request_Source": "rest",
        "ImmediatePurgeDataOn30Days": False,
        "ForceCustomerStorageForProfiler": True,
        "TenantId": GUID.format("8109"),
    }
    tell(web, "Microsoft.Insights/components", "ai-shop", application_insights)
    batch_account: dict[str, Any] = {
        "nodeManagementEndpoint": "id.westeurope.service.batch.example",
        "autoStorage": {"lastKeySync": MADE},
        "encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv-lab.vault.example/keys/batch/1"}},
        "keyVaultReference": {"url": "https://kv-lab.vault.example/"},
    }
    tell(lab, "Microsoft.Batch/batchAccounts", "batchlab", batch_account)
    cognitive_services_account: dict[str, Any] = {
        "capabilities": [{"name": "VirtualNetworks"}],
        "isMigrated": False,
        "dynamicThrottlingEnabled": False,
        "allowProjectManagement": True,
        "internalId": "000000000000000000000000000000a1",
        "encryption": {"keyVaultProperties": {"keyName": "ai"}},
    }
    tell(web, "Microsoft.CognitiveServices/accounts", "ai-web", cognitive_services_account)
    search_service: dict[str, Any] = {
        "hostingMode": "default",
        "partitionCount": 1,
        "statusDetails": "Under load",
        "semanticSearch": "free",
        "endpoint": "https://srch-web.search.example",
    }
    tell(web, "Microsoft.Search/searchServices", "srch-web", search_service)
    signalr_service: dict[str, Any] = {
        "hostNamePrefix": "signal-web",
        "publicPort": 443,
        "serverPort": 443,
        "version": "1.0",
    }
    tell(web, "Microsoft.SignalRService/signalR", "signal-web", signalr_service)
    service_bus_namespace: dict[str, Any] = {"premiumMessagingPartitions": 1, "alternateName": "sb-web-2"}
    tell(web, "Microsoft.ServiceBus/namespaces", "sb-web", service_bus_namespace)
    tell(web, "Microsoft.OperationalInsights/workspaces", "logs", {"modifiedDate": MADE})
