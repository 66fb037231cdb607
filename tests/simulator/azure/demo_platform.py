"""What runs, learns and finds in the demo's tenant, and what is elsewhere."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place

_OWNER = {"owner": "team-platform"}
_VAULT = "https://kv-web.vault.azure.example/"


def add_platform(web: Place, lab: Place) -> None:
    """Put services there whose keys open nothing, and machines and clusters of another cloud."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    closed: dict[str, Any] = {"publicNetworkAccess": "Disabled", "privateEndpointConnections": endpoints_of(web)}
    more: dict[str, Any] = {"identity": identity, "tags": _OWNER}
    _automation(web, closed, more)
    _learning(web, closed, more)
    _apps(lab, web, more)
    _elsewhere(lab, more)


def _automation(web: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    encryption = {"keySource": "Microsoft.Keyvault"}
    account = {"state": "Ok", "creationTime": MADE, "disableLocalAuth": True, "encryption": encryption}
    told = {**account, **closed, "publicNetworkAccess": False}
    web.put("Microsoft.Automation/automationAccounts", "aa-web", told, **more)
    factory = {
        "createTime": MADE,
        "encryption": {"vaultBaseUrl": _VAULT, "keyName": "factory"},
        "repoConfiguration": {"accountName": "example", "repositoryName": "factory"},
        **closed,
    }
    web.put("Microsoft.DataFactory/factories", "adf-web", factory, **more)
    workflow = {
        "state": "Enabled",
        "createdTime": MADE,
        "changedTime": MADE,
        "accessEndpoint": "https://logic.example/workflows/1",
        "accessControl": {
            "triggers": {
                "allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/24"}],
                "sasAuthenticationPolicy": {"state": "Enabled"},
            }
        },
        "definition": {"actions": {"call": {"inputs": {"uri": "https://left.out.example"}}}},
    }
    web.put("Microsoft.Logic/workflows", "logic-web", workflow, **more)


def _learning(web: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    account = {
        "dateCreated": MADE,
        "endpoint": "https://ai-web.cognitive.example/",
        "disableLocalAuth": True,
        "restrictOutboundNetworkAccess": True,
        "storedCompletionsDisabled": True,
        "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24"}], "virtualNetworkRules": []},
        "encryption": {"keySource": "Microsoft.KeyVault", "keyVaultProperties": {"keyVaultUri": _VAULT}},
        "userOwnedStorage": [{"resourceId": web.of("Microsoft.Storage/storageAccounts", "stdata")}],
        **closed,
    }
    web.put("Microsoft.CognitiveServices/accounts", "ai-web", account, kind="OpenAI", sku={"name": "S0"}, **more)
    bricks = {
        "createdDateTime": MADE,
        "workspaceUrl": "adb-1.azuredatabricks.example",
        "workspaceId": "1",
        "parameters": {
            "enableNoPublicIp": {"type": "Bool", "value": True},
            "requireInfrastructureEncryption": {"type": "Bool", "value": True},
            "encryption": {"type": "Object", "value": {"keySource": "Microsoft.Keyvault", "KeyName": "databricks"}},
            "customVirtualNetworkId": {"type": "String", "value": web.of("Microsoft.Network/virtualNetworks", "v")},
        },
        "encryption": {
            "entities": {
                name: {"keySource": "Microsoft.Keyvault", "keyVaultProperties": {"keyName": "databricks"}}
                for name in ("managedServices", "managedDisk")
            }
        },
        "requiredNsgRules": "NoAzureDatabricksRules",
        "defaultStorageFirewall": "Enabled",
        **closed,
    }
    web.put("Microsoft.Databricks/workspaces", "dbw-web", bricks, sku={"name": "premium"}, tags=_OWNER)
    learning = {"creationTime": MADE, "workspaceId": GUID.format("9001"), "hbiWorkspace": True}
    used = {
        "applicationInsights": web.of("Microsoft.Insights/components", "ai-shop"),
        "containerRegistry": web.of("Microsoft.ContainerRegistry/registries", "crweb"),
        "keyVault": web.of("Microsoft.KeyVault/vaults", "kv-web"),
        "storageAccount": web.of("Microsoft.Storage/storageAccounts", "stdata"),
    }
    learning = {**learning, **used, "encryption": {"status": "Enabled"}, **closed}
    learning["managedNetwork"] = {"isolationMode": "AllowOnlyApprovedOutbound"}
    web.put("Microsoft.MachineLearningServices/workspaces", "mlw-web", learning, kind="Default", **more)
    search = {
        "status": "running",
        "disableLocalAuth": True,
        "encryptionWithCmk": {"enforcement": "Enabled"},
        "dataExfiltrationProtections": ["BlockAll"],
        "networkRuleSet": {"ipRules": [{"value": "203.0.113.0/24"}]},
        **closed,
    }
    web.put("Microsoft.Search/searchServices", "srch-web", search, sku={"name": "standard"}, **more)


def _apps(lab: Place, web: Place, more: dict[str, Any]) -> None:
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    environment = {
        "defaultDomain": "lab.apps.example",
        "staticIp": "203.0.113.60",
        "vnetConfiguration": {"internal": False, "infrastructureSubnetId": subnet},
        "zoneRedundant": False,
        "publicNetworkAccess": "Enabled",
        "peerAuthentication": {"mtls": {"enabled": True}},
        "peerTrafficConfiguration": {"encryption": {"enabled": True}},
        "appLogsConfiguration": {
            "destination": "log-analytics",
            "logAnalyticsConfiguration": {"customerId": GUID.format("8101")},
        },
    }
    place = lab.put("Microsoft.App/managedEnvironments", "cae-lab", environment, **more)
    ingress = {
        "fqdn": "shop.lab.apps.example",
        "external": True,
        "allowInsecure": False,
        "targetPort": 8080,
        "clientCertificateMode": "ignore",
        "ipSecurityRestrictions": [{"name": "office", "action": "Allow", "ipAddressRange": "203.0.113.0/24"}],
    }
    container = {
        "name": "shop",
        "image": "crweb.registry.example/shop:1.0",
        "env": [{"name": "A", "value": "left out"}],
    }
    app = {
        "runningStatus": "Running",
        "environmentId": place.upper(),
        "configuration": {"ingress": ingress},
        "template": {"containers": [container]},
    }
    lab.put("Microsoft.App/containerApps", "ca-shop", app, **more)
    lab.put("Microsoft.App/containerApps", "ca-worker", {"managedEnvironmentId": place, "configuration": {}})


def _elsewhere(lab: Place, more: dict[str, Any]) -> None:
    cluster = {
        "kubernetesVersion": "1.28.5",
        "distribution": "k3s",
        "infrastructure": "generic",
        "connectivityStatus": "Connected",
        "agentVersion": "1.18.3",
        "totalNodeCount": 3,
    }
    lab.put("Microsoft.Kubernetes/connectedClusters", "arc-edge", cluster, **more)
    machine = {
        "vmId": GUID.format("9101"),
        "status": "Connected",
        "machineFqdn": "factory-01.example",
        "osType": "linux",
        "osName": "ubuntu",
        "osVersion": "22.04",
        "agentVersion": "1.40",
        "cloudMetadata": {"provider": "N/A"},
        "parentClusterResourceId": lab.of("Microsoft.AzureStackHCI/clusters", "hci-lab").upper(),
    }
    lab.put("Microsoft.HybridCompute/machines", "factory-01", machine, **more)
