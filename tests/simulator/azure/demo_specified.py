"""What resources of the demo's tenant tell that the specifications of Azure's APIs have: who gets in, and by what."""

from tests.simulator.azure.demo_compute import GUID, MADE
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part

_NET, _COMPUTE = "Microsoft.Network", "Microsoft.Compute"
_SHOP = "https://shop.example"
_TENANT = GUID.format("000a")


def add_specified(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _networks(web)
    _data(web, lab)
    _apps(web, lab)
    _clusters(web, lab)


def _networks(web: Place) -> None:
    chosen = {
        "cipherSuites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"],
        "disabledSslProtocols": ["TLSv1_0", "TLSv1_1"],
    }
    tell(web, f"{_NET}/applicationGateways", "agw", {"sslPolicy": chosen})
    ways = ("FileCopy", "IpConnect", "Kerberos", "PrivateOnlyBastion")
    tell(web, f"{_NET}/bastionHosts", "bst-web", {f"enable{way}": False for way in ways})
    names = [part("/customDomains/www", {"hostName": "www.cdn.example"})]
    tell(web, "Microsoft.Cdn/profiles/endpoints", "afd-web/shop", {"customDomains": names})


def _data(web: Place, lab: Place) -> None:
    names = ("*", "synapse-web")
    let_in = [{"tenantId": _TENANT, "resourceId": web.of("Microsoft.Synapse/workspaces", name)} for name in names]
    tell(web, "Microsoft.Storage/storageAccounts", "stdata", {"networkAcls": {"resourceAccessRules": let_in}})
    hsm = {
        "networkAcls": {"ipRules": [{"value": "203.0.113.0/24"}]},
        "securityDomainProperties": {"activationStatus": "Active", "activationStatusMessage": "It is active."},
    }
    tell(web, "Microsoft.KeyVault/managedHSMs", "hsm-web", hsm)
    tell(web, f"{_COMPUTE}/snapshots", "snap", {"securityProfile": {"securityType": "TrustedLaunch"}})
    keys = {"federatedClientId": GUID.format("7601"), "lastKeyRotationTimestamp": MADE}
    tell(web, f"{_COMPUTE}/diskEncryptionSets", "des-web", keys)
    by_kind = {"AADTenants": [GUID.format("000b")], "Subscriptions": [lab.id.split("/")[2]]}
    shared = {"groups": [{"type": kind, "ids": ids} for kind, ids in by_kind.items()]}
    gallery = {"sharingProfile": shared, "softDeletePolicy": {"isSoftDeleteEnabled": True}}
    tell(web, f"{_COMPUTE}/galleries", "gallery", gallery)
    tell(web, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-web", {"isolationScope": "Regional"})
    store = {"dataPlaneProxy": {"authenticationMode": "Pass-through", "privateLinkDelegation": "Disabled"}}
    tell(web, "Microsoft.AppConfiguration/configurationStores", "appcs-web", store)
    files = {
        "domain": "corp.example",
        "administrators": ["files-admin"],
        "backupOperators": ["backup"],
        "securityOperators": ["installer"],
    }
    tell(web, "Microsoft.NetApp/netAppAccounts", "anf-web", {"activeDirectories": [files]})
    rules = [{"allowedClients": "198.18.0.0/24", "hasRootAccess": False}]
    volume = {"exportPolicy": {"rules": rules}}
    tell(web, "Microsoft.NetApp/netAppAccounts/capacityPools/volumes", "anf-web/pool/home", volume)


def _apps(web: Place, lab: Place) -> None:
    names = [{"type": "Proxy", "hostName": "api.contoso.example"}]
    service = {"hostnameConfigurations": names, "configurationApi": {"legacyApi": "Disabled"}}
    tell(web, "Microsoft.ApiManagement/service", "api-web", service)
    open_to = {"ftpEnabled": False, "remoteDebugEnabled": False, "allowNewPrivateEndpointConnections": True}
    environment = {"networkingConfiguration": {"properties": open_to}, "upgradePreference": "Early"}
    tell(web, "Microsoft.Web/hostingEnvironments", "ase-web", environment)
    ingress = {
        "corsPolicy": {"allowedOrigins": [_SHOP], "allowCredentials": False},
        "customDomains": [{"name": "ca.contoso.example", "bindingType": "SniEnabled"}],
    }
    app = {"configuration": {"ingress": ingress, "registries": [{"server": "crweb.azurecr.example"}]}}
    tell(lab, "Microsoft.App/containerApps", "ca-shop", app)


def _clusters(web: Place, lab: Place) -> None:
    tell(web, "Microsoft.ContainerService/managedClusters", "aks", {"aadProfile": {"tenantID": _TENANT}})
    connected = {
        "securityProfile": {"workloadIdentity": {"enabled": True}},
        "aadProfile": {"enableAzureRBAC": True, "adminGroupObjectIDs": [GUID.format("7602")], "tenantID": _TENANT},
        "privateLinkState": "Disabled",
        "arcAgentProfile": {"agentAutoUpgrade": "Enabled"},
    }
    tell(lab, "Microsoft.Kubernetes/connectedClusters", "arc-edge", connected)
    agent = {
        "configMode": "full",
        "extensionsEnabled": "true",
        "guestConfigurationEnabled": "true",
        "incomingConnectionsPorts": ["22"],
        "extensionsAllowList": [{"publisher": "Microsoft.Azure.Monitor", "type": "AzureMonitorLinuxAgent"}],
        "extensionsBlockList": [{"publisher": "Microsoft.Compute", "type": "CustomScriptExtension"}],
    }
    machine = {"agentConfiguration": agent, "agentUpgrade": {"enableAutomaticUpgrade": True}}
    tell(lab, "Microsoft.HybridCompute/machines", "factory-01", machine)
