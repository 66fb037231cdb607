"""What else runs in the demo's tenant: more of App Service, desktops, hubs and clusters."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place, part, to

_OWNER = {"owner": "team-platform"}


def add_further(web: Place, lab: Place) -> None:
    """Put them there."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    closed: dict[str, Any] = {"publicNetworkAccess": "Disabled", "privateEndpointConnections": endpoints_of(web)}
    more: dict[str, Any] = {"identity": identity, "tags": _OWNER}
    _apps(web, lab, closed, more)
    _desktops(lab, closed)
    _session_host(lab)
    _clusters(web, lab, closed, more)


def _apps(web: Place, lab: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    web_app_slot: dict[str, Any] = {
        "state": "Running",
        "enabled": True,
        "defaultHostName": "shop-staging.azurewebsites.example",
        "hostNames": ["shop-staging.azurewebsites.example"],
        "httpsOnly": True,
        "endToEndEncryptionEnabled": False,
        "clientCertEnabled": False,
        "clientCertMode": "Required",
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": endpoints_of(web),
        "serverFarmId": web.of("Microsoft.Web/serverfarms", "plan-web"),
        "virtualNetworkSubnetId": f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps",
    }
    web.put("Microsoft.Web/sites/slots", "shop/staging", web_app_slot, kind="app,linux", **more)
    of_function = {"state": "Stopped", "enabled": False}
    web.put("Microsoft.Web/sites/slots", "orders/staging", of_function, kind="functionapp,linux")
    static_web_app: dict[str, Any] = {
        "defaultHostname": "nice-sand-1.azurestaticapps.example",
        "customDomains": ["www.shop.example"],
        "repositoryUrl": "https://github.example/shop/www",
        "branch": "main",
        "provider": "GitHub",
        "stagingEnvironmentPolicy": "Disabled",
        "allowConfigFileUpdates": True,
        "enterpriseGradeCdnStatus": "Disabled",
        **closed,
        "privateEndpointConnections": [part("/connections/www", {"properties": endpoints_of(web)[0]["properties"]})],
    }
    web.put("Microsoft.Web/staticSites", "www", static_web_app, sku={"name": "Standard"}, **more)
    app_service_environment: dict[str, Any] = {
        "status": "Ready",
        "internalLoadBalancingMode": "None",
        "dnsSuffix": "ase-web.appserviceenvironment.example",
        "zoneRedundant": True,
        "clusterSettings": [{"name": "DisableTls1.0", "value": "1"}],
        "virtualNetwork": to(f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"),
    }
    web.put("Microsoft.Web/hostingEnvironments", "ase-web", app_service_environment, kind="ASEV3", **more)
    container_app_job: dict[str, Any] = {
        "configuration": {
            "triggerType": "Schedule",
            "scheduleTriggerConfig": {"cronExpression": "0 3 * * *"},
            "replicaTimeout": 1800,
        },
        "template": {"containers": [{"image": "crweb.registry.example/clean:1.0"}]},
        "environmentId": lab.of("Microsoft.App/managedEnvironments", "cae-lab").upper(),
    }
    lab.put("Microsoft.App/jobs", "caj-clean", container_app_job, **more)
    app_configuration_store: dict[str, Any] = {
        "endpoint": "https://appcs-web.azconfig.example",
        "disableLocalAuth": True,
        "softDeleteRetentionInDays": 7,
        "enablePurgeProtection": True,
        "encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv-web.vault.azure.example/keys/settings"}},
        "creationDate": MADE,
        **closed,
    }
    web.put(
        "Microsoft.AppConfiguration/configurationStores",
        "appcs-web",
        app_configuration_store,
        sku={"name": "standard"},
        **more,
    )
    signalr_service: dict[str, Any] = {
        "hostName": "signal-web.service.signalr.example",
        "disableLocalAuth": True,
        "disableAadAuth": False,
        "tls": {"clientCertEnabled": False},
        "networkACLs": {"defaultAction": "Deny"},
        **closed,
    }
    web.put(
        "Microsoft.SignalRService/signalR",
        "signal-web",
        signalr_service,
        sku={"name": "Standard_S1"},
        kind="SignalR",
        **more,
    )
    web_pubsub_service: dict[str, Any] = {
        "hostName": "pubsub-web.webpubsub.example",
        "disableLocalAuth": True,
        "disableAadAuth": False,
        "tls": {"clientCertEnabled": False},
        "networkACLs": {"defaultAction": "Deny"},
        **closed,
    }
    web.put("Microsoft.SignalRService/webPubSub", "pubsub-web", web_pubsub_service, sku={"name": "Standard_S1"}, **more)
    api_connection: dict[str, Any] = {
        "api": {
            "name": "office365",
            "id": "/subscriptions/s/providers/Microsoft.Web/locations/westeurope/managedApis/office365",
        },
        "connectionState": "Enabled",
        "overallStatus": "Connected",
        "authenticatedUser": {"name": "duty@example.example"},
        "statuses": [{"status": "Connected"}],
        "parameterValueType": "Alternative",
        "parameterValueSet": {"name": "managedIdentityAuth", "values": {}},
        "createdTime": MADE,
        "changedTime": MADE,
    }
    web.put("Microsoft.Web/connections", "mail", api_connection, tags=_OWNER)


def _desktops(lab: Place, closed: dict[str, Any]) -> None:
    virtual_desktop_host_pool: dict[str, Any] = {
        "hostPoolType": "Pooled",
        "loadBalancerType": "BreadthFirst",
        "maxSessionLimit": 10,
        "validationEnvironment": False,
        "startVMOnConnect": True,
        "customRdpProperty": "drivestoredirect:s:;redirectclipboard:i:0",
        **closed,
    }
    lab.put("Microsoft.DesktopVirtualization/hostPools", "hp-lab", virtual_desktop_host_pool, tags=_OWNER)
    virtual_desktop_application_group: dict[str, Any] = {
        "applicationGroupType": "Desktop",
        "friendlyName": "Lab",
        "hostPoolArmPath": lab.of("Microsoft.DesktopVirtualization/hostPools", "hp-lab").upper(),
        "workspaceArmPath": lab.of("Microsoft.DesktopVirtualization/workspaces", "dw-lab"),
    }
    lab.put(
        "Microsoft.DesktopVirtualization/applicationGroups", "dag-lab", virtual_desktop_application_group, tags=_OWNER
    )
    virtual_desktop_workspace: dict[str, Any] = {
        "friendlyName": "Lab",
        "applicationGroupReferences": [lab.of("Microsoft.DesktopVirtualization/applicationGroups", "dag-lab").upper()],
        **closed,
    }
    lab.put("Microsoft.DesktopVirtualization/workspaces", "dw-lab", virtual_desktop_workspace, tags=_OWNER)


def _clusters(web: Place, lab: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    stack_hci_cluster: dict[str, Any] = {
        "status": "ConnectedRecently",
        "connectivityStatus": "Connected",
        "cloudId": GUID.format("7401"),
        "aadServicePrincipalObjectId": GUID.format("7402"),
        "reportedProperties": {
            "clusterVersion": "10.0.26100",
            "imdsAttestation": "Enabled",
            "diagnosticLevel": "Basic",
        },
    }
    lab.put("Microsoft.AzureStackHCI/clusters", "hci-lab", stack_hci_cluster, **more)
    iot_hub: dict[str, Any] = {
        "hostName": "iot-web.azure-devices.example",
        "state": "Active",
        "minTlsVersion": "1.2",
        "disableLocalAuth": True,
        "disableDeviceSAS": False,
        "networkRuleSets": {"ipRules": [{"ipMask": "203.0.113.0/24"}], "defaultAction": "Deny"},
        "ipFilterRules": [{"filterName": "known-bad", "action": "Reject", "ipMask": "203.0.113.66"}],
        **closed,
    }
    web.put("Microsoft.Devices/IotHubs", "iot-web", iot_hub, sku={"name": "S1"}, **more)
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    account = web.of("Microsoft.Storage/storageAccounts", "stdata")
    hdinsight_cluster: dict[str, Any] = {
        "clusterState": "Running",
        "clusterVersion": "5.1",
        "clusterDefinition": {"kind": "Spark"},
        "osType": "Linux",
        "minSupportedTlsVersion": "1.2",
        "encryptionInTransitProperties": {"isEncryptionInTransitEnabled": True},
        "networkProperties": {"privateLink": "Disabled", "resourceProviderConnection": "Outbound"},
        "diskEncryptionProperties": {"vaultUri": "https://kv-web.vault.azure.example/", "encryptionAtHost": True},
        "computeProfile": {"roles": [{"name": "workernode", "virtualNetworkProfile": {"subnet": subnet}}]},
        "storageProfile": {"storageaccounts": [{"name": "stdata.blob.example", "resourceId": account.upper()}]},
        "privateEndpointConnections": closed["privateEndpointConnections"],
        "createdDate": MADE,
    }
    web.put("Microsoft.HDInsight/clusters", "hdi-web", hdinsight_cluster, **more)
    purview_account: dict[str, Any] = {
        "managedResourceGroupName": "managed-rg-purview",
        "managedResourcesPublicNetworkAccess": "Disabled",
        "friendlyName": "Catalogue",
        "createdBy": "duty",
        "createdAt": MADE,
        "managedResources": {"storageAccount": account},
        **closed,
    }
    web.put("Microsoft.Purview/accounts", "purview", purview_account, **more)
    service_fabric_cluster: dict[str, Any] = {
        "clusterState": "Ready",
        "managementEndpoint": "https://sf-web.example:19080",
        "clusterCodeVersion": "10.1",
        "upgradeMode": "Automatic",
        "reliabilityLevel": "Silver",
        "azureActiveDirectory": {"tenantId": GUID.format("000a")},
        "certificate": {"thumbprint": "00"},
    }
    web.put("Microsoft.ServiceFabric/clusters", "sf-web", service_fabric_cluster, tags=_OWNER)
    elastic_san: dict[str, Any] = {
        "sku": {"name": "Premium_LRS", "tier": "Premium"},
        "baseSizeTiB": 1,
        "extendedCapacitySizeTiB": 0,
        "volumeGroupCount": 1,
        "publicNetworkAccess": "Disabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    web.put("Microsoft.ElasticSan/elasticSans", "esan", elastic_san, tags=_OWNER)


def _session_host(lab: Place) -> None:
    host: dict[str, Any] = {
        "resourceId": lab.of("Microsoft.Compute/virtualMachines", "vm-lab-win").upper(),
        "status": "Available",
        "allowNewSession": True,
        "assignedUser": "rovejorex@vokucopex.example",
        "agentVersion": "1.0",
        "osVersion": "10.0.26100",
    }
    kind = "Microsoft.DesktopVirtualization/hostPools/sessionHosts"
    more: dict[str, Any] = {"table": "desktopvirtualizationresources", "location": ""}
    lab.put(kind, "hp-lab/vm-lab-win", host, **more)
