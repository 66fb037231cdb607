"""The apps and containers of the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place, to

_OWNER = {"owner": "team-apps"}
_VAULT = "https://kv-web.vault.azure.example/"


def add_apps(web: Place, aks: Place, lab: Place) -> None:
    """Put apps, functions, a cluster, a registry and containers there."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    _sites(web, lab, subnet, identity)
    _cluster(web, aks, subnet, identity)
    _registry(web, identity)
    _containers(lab, subnet, identity)


def _sites(web: Place, lab: Place, subnet: str, identity: dict[str, Any]) -> None:
    sku = {"name": "P1v3", "tier": "PremiumV3", "size": "P1v3", "family": "Pv3", "capacity": 2}
    of_plan: dict[str, Any] = {"status": "Ready", "numberOfSites": 2, "zoneRedundant": False}
    of_plan |= {"hostingEnvironmentProfile": {"id": web.of("Microsoft.Web/hostingEnvironments", "ase-web").upper()}}
    plan = web.put("Microsoft.Web/serverfarms", "plan-web", of_plan, kind="linux", sku=sku, tags=_OWNER)
    for name, kind in (("shop", "app,linux"), ("orders", "functionapp,linux")):
        site = {
            "state": "Running",
            "enabled": True,
            "defaultHostName": f"{name}.apps.example",
            "hostNames": [f"{name}.apps.example", f"www.{name}.example"],
            "httpsOnly": True,
            "endToEndEncryptionEnabled": True,
            "clientCertEnabled": False,
            "clientCertMode": "Required",
            "serverFarmId": plan.upper(),
            "virtualNetworkSubnetId": subnet,
            "publicNetworkAccess": "Enabled",
            "privateEndpointConnections": endpoints_of(web),
            "siteConfig": {
                "minTlsVersion": "1.2",
                "ftpsState": "Disabled",
                "http20Enabled": True,
                "linuxFxVersion": "NODE|20-lts",
            },
        }
        web.put("Microsoft.Web/sites", name, site, kind=kind, identity=identity, tags=_OWNER)
    _configuration(web, subnet)
    unknown = {"minTlsVersion": None, "ftpsState": None}
    lab.put("Microsoft.Web/sites", "trial", {"state": "Stopped", "httpsOnly": False, "siteConfig": unknown}, kind="app")


def _configuration(web: Place, subnet: str) -> None:
    """Names begin large here, unlike those of the list of apps; other configurations hold secrets."""
    rules = [
        {"IPAddress": "Any", "Action": "Deny", "Priority": 2147483647, "Name": "Deny all"},
        {"IPAddress": "203.0.113.0/24", "Action": "Allow", "Priority": 100, "Name": "office"},
        {"VnetSubnetResourceId": subnet, "Action": "Allow", "Priority": 200, "Name": "apps"},
    ]
    told: dict[str, Any] = {
        "AlwaysOn": True,
        "FtpsState": "FtpsOnly",
        "Http20Enabled": True,
        "HttpLoggingEnabled": True,
        "JavaVersion": "17",
        "LinuxFxVersion": "NODE|20-lts",
        "MinTlsVersion": "1.2",
        "NetFrameworkVersion": "v8.0",
        "NodeVersion": "~20",
        "PhpVersion": "8.2",
        "PublicNetworkAccess": "Enabled",
        "PythonVersion": "3.12",
        "RemoteDebuggingEnabled": False,
        "ScmMinTlsVersion": "1.2",
        "VnetRouteAllEnabled": True,
        "Cors": {"AllowedOrigins": ["https://shop.example"], "SupportCredentials": False},
        "IPSecurityRestrictions": rules,
        "ScmIPSecurityRestrictions": rules[:1],
        "IPSecurityRestrictionsDefaultAction": "Deny",
        "ScmIPSecurityRestrictionsDefaultAction": "Allow",
        "ScmIPSecurityRestrictionsUseMain": False,
    }
    for type, name in (("sites", "shop"), ("sites/slots", "shop/staging")):
        web.put(f"Microsoft.Web/{type}/config", f"{name}/web", told, table="appserviceresources", location="")
    web.put("Microsoft.Web/sites/config", "shop/logs", {"HttpLogs": {}}, table="appserviceresources", location="")


def _cluster(web: Place, aks: Place, subnet: str, identity: dict[str, Any]) -> None:
    pool = {
        "name": "agentpool",
        "type": "VirtualMachineScaleSets",
        "mode": "System",
        "count": 2,
        "minCount": 1,
        "maxCount": 5,
        "enableAutoScaling": True,
        "scaleSetPriority": "Regular",
        "maxPods": 110,
        "vmSize": "Standard_D4ds_v5",
        "vnetSubnetID": subnet,
        "availabilityZones": ["1", "2"],
        "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"],
        "enableNodePublicIP": False,
        "enableEncryptionAtHost": True,
        "enableFIPS": False,
        "securityProfile": {"enableSecureBoot": True, "enableVTPM": True},
        "nodeImageVersion": "AKSUbuntu-2204gen2containerd",
        "orchestratorVersion": "1.28",
        "currentOrchestratorVersion": "1.28.5",
        "osType": "Linux",
        "osSKU": "Ubuntu",
        "osDiskType": "Ephemeral",
        "osDiskSizeGB": 128,
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
    }
    nodes = {"aks-managed-poolName": "agentpool"}
    aks.put("Microsoft.Compute/virtualMachineScaleSets", "aks-pool", {"orchestrationMode": "Uniform"}, tags=nodes)
    workspace = web.of("Microsoft.OperationalInsights/workspaces", "logs")
    gateway = web.of("Microsoft.Network/applicationGateways", "agw")
    kubelet = {"resourceId": aks.of("Microsoft.ManagedIdentity/userAssignedIdentities", "aks-agentpool")}
    properties = {
        "powerState": {"code": "Running"},
        "kubernetesVersion": "1.28.5",
        "currentKubernetesVersion": "1.28.5",
        "dnsPrefix": "aks",
        "fqdn": "aks.westeurope.azmk8s.example",
        "privateFQDN": "aks.privatelink.westeurope.azmk8s.example",
        "nodeResourceGroup": aks.id.rpartition("/")[2],
        "maxAgentPools": 100,
        "enableRBAC": True,
        "enablePodSecurityPolicy": False,
        "disableLocalAccounts": True,
        "apiServerAccessProfile": {
            "enablePrivateCluster": False,
            "enablePrivateClusterPublicFQDN": False,
            "authorizedIPRanges": ["203.0.113.0/24"],
            "disableRunCommand": True,
        },
        "aadProfile": {"managed": True, "enableAzureRBAC": True, "adminGroupObjectIDs": [GUID.format("5001")]},
        "networkProfile": {"networkPlugin": "azure", "networkPolicy": "cilium", "outboundType": "loadBalancer"},
        "securityProfile": {
            "defender": {"securityMonitoring": {"enabled": True}},
            "workloadIdentity": {"enabled": True},
            "azureKeyVaultKms": {"enabled": True, "keyId": f"{_VAULT}keys/etcd/1"},
        },
        "addonProfiles": {
            "azurepolicy": {"enabled": True},
            "azureKeyvaultSecretsProvider": {"enabled": True},
            "ingressApplicationGateway": {"enabled": True, "config": {"effectiveApplicationGatewayId": gateway}},
            "omsagent": {"enabled": True, "config": {"logAnalyticsWorkspaceResourceID": workspace.upper()}},
        },
        "azureMonitorProfile": {"metrics": {"enabled": True}},
        "autoUpgradeProfile": {"upgradeChannel": "stable", "nodeOSUpgradeChannel": "NodeImage"},
        "oidcIssuerProfile": {"enabled": True},
        "agentPoolProfiles": [pool],
        "diskEncryptionSetID": web.of("Microsoft.Compute/diskEncryptionSets", "des-web"),
        "identityProfile": {"kubeletidentity": {**kubelet, "objectId": GUID.format("5002")}},
        "publicNetworkAccess": "Enabled",
    }
    sku = {"name": "Base", "tier": "Standard"}
    web.put("Microsoft.ContainerService/managedClusters", "aks", properties, sku=sku, identity=identity, tags=_OWNER)


def _registry(web: Place, identity: dict[str, Any]) -> None:
    policies = {"trustPolicy": "disabled", "quarantinePolicy": "disabled", "retentionPolicy": "enabled"}
    policies |= {"exportPolicy": "disabled", "azureADAuthenticationAsArmPolicy": "enabled"}
    properties: dict[str, Any] = {
        "creationDate": MADE,
        "loginServer": "crweb.registry.example",
        "adminUserEnabled": False,
        "anonymousPullEnabled": False,
        "dataEndpointEnabled": True,
        "dataEndpointHostNames": ["crweb.westeurope.data.registry.example"],
        "zoneRedundancy": "Disabled",
        "encryption": {"status": "enabled", "keyVaultProperties": {"keyIdentifier": f"{_VAULT}keys/images"}},
        "networkRuleBypassOptions": "AzureServices",
        "networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "203.0.113.0/24"}]},
        "policies": {name: {"status": status} for name, status in policies.items()},
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    sku = {"name": "Premium", "tier": "Premium"}
    kind = "Microsoft.ContainerRegistry/registries"
    web.put(kind, "crweb", properties, sku=sku, identity=identity, tags=_OWNER)
    webhook = {"status": "enabled", "scope": "shop:*", "actions": ["push"]}
    web.put(f"{kind}/webhooks", "crweb/deploy", webhook, tags=_OWNER)
    task = {
        "status": "Enabled",
        "creationDate": MADE,
        "step": {
            "type": "Docker",
            "dockerFilePath": "Dockerfile",
            "arguments": [{"name": "MODE", "value": "left out"}],
        },
        "platform": {"os": "Linux", "architecture": "amd64"},
        "agentPoolName": "builders",
        "isSystemTask": False,
        "timeout": 3600,
        "trigger": {
            "timerTriggers": [{"name": "nightly", "schedule": "0 3 * * *", "status": "Enabled"}],
            "sourceTriggers": [{"sourceRepository": {"repositoryUrl": "https://git.example/shop/web.git"}}],
            "baseImageTrigger": {"baseImageTriggerType": "Runtime"},
        },
        "credentials": {"sourceRegistry": {"loginMode": "Default"}},
    }
    web.put(f"{kind}/tasks", "crweb/build", task, identity=identity, tags=_OWNER)


def _containers(lab: Place, subnet: str, identity: dict[str, Any]) -> None:
    container = {
        "name": "Worker",
        "properties": {
            "image": "crweb.registry.example/shop/worker:1.0",
            "ports": [{"port": 8080, "protocol": "TCP"}],
            "environmentVariables": [{"name": "MODE", "value": "left out"}],
            "resources": {
                "requests": {"cpu": 1.0, "memoryInGB": 1.5},
                "limits": {"cpu": 2.0, "memoryInGB": 3.0},
            },
            "securityContext": {
                "privileged": False,
                "allowPrivilegeEscalation": True,
                "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
            },
            "volumeMounts": [{"name": "files", "mountPath": "/files"}],
        },
    }
    properties = {
        "osType": "Linux",
        "sku": "Standard",
        "restartPolicy": "Always",
        "ipAddress": {
            "type": "Public",
            "ip": "203.0.113.40",
            "fqdn": "worker.eastus.containers.example",
            "ports": [{"port": 8080, "protocol": "TCP"}],
        },
        "subnetIds": [to(subnet)],
        "imageRegistryCredentials": [{"server": "crweb.registry.example"}],
        "diagnostics": {"logAnalytics": {"workspaceId": GUID.format("8101"), "logType": "ContainerInstanceLogs"}},
        "containers": [container],
        "volumes": [
            {"name": "files", "azureFile": {"shareName": "files", "storageAccountName": "stdata", "readOnly": True}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }
    kind = "Microsoft.ContainerInstance/containerGroups"
    lab.put(kind, "worker", properties, identity=identity, tags=_OWNER)
