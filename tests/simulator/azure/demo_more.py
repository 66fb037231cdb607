"""Further resources of the demo's tenant: what is offered to others, what goes through events, stores of health."""

from typing import Any

from tests.simulator.azure.demo_compute import identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part, to

_NET, _HEALTH = "Microsoft.Network", "Microsoft.HealthcareApis"
_WHEN = "2024-01-15T00:00:00Z"
_TAGS = {"owner": "team-data"}
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampl0"


def add_more(web: Place, aks: Place) -> None:
    """Put them there."""
    _offered(web, aks)
    _events(web)
    _machines(web)
    _apps(web)
    _health(web)
    _factory(web)
    _documents(web)
    _below(web)


def _offered(web: Place, aks: Place) -> None:
    balancer = aks.of(f"{_NET}/loadBalancers", "kubernetes")
    subnet = {"subnet": to(f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/s"), "primary": True}
    asked = {
        "privateEndpoint": to(web.of(f"{_NET}/privateEndpoints", "pe")),
        "privateLinkServiceConnectionState": {"status": "Pending"},
    }
    service = {
        "alias": "pls-web.example.westeurope.azure.privatelinkservice.example",
        "visibility": {"subscriptions": ["*"]},
        "autoApproval": {"subscriptions": [web.id.split("/")[2]]},
        "enableProxyProtocol": False,
        "fqdns": ["orders.contoso.example"],
        "destinationIPAddress": "198.18.0.12",
        "ipConfigurations": [part("/snat", subnet)],
        "loadBalancerFrontendIpConfigurations": [to(f"{balancer}/frontendIPConfigurations/out".upper())],
        "networkInterfaces": [to(web.of(f"{_NET}/networkInterfaces", "nic-web-02"))],
        "privateEndpointConnections": [part("/asked", asked)],
    }
    web.put(f"{_NET}/privateLinkServices", "pls-web", service, tags=_TAGS)
    narrow = {"visibility": {"subscriptions": [web.id.split("/")[2]]}, "autoApproval": {"subscriptions": ["*"]}}
    web.put(f"{_NET}/privateLinkServices", "pls-own", narrow)


def _events(web: Place) -> None:
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    job: dict[str, Any] = {
        "jobState": "Running",
        "jobType": "Cloud",
        "sku": {"name": "StandardV2"},
        "compatibilityLevel": "1.2",
        "createdDate": _WHEN,
        "lastOutputEventTime": "2024-01-22T08:00:00Z",
        "outputErrorPolicy": "Stop",
        "contentStoragePolicy": "JobStorageAccount",
        "jobStorageAccount": {"accountName": "stdata", "authenticationMode": "Msi"},
        "cluster": to(web.of("Microsoft.StreamAnalytics/clusters", "asa-cluster")),
    }
    web.put("Microsoft.StreamAnalytics/streamingjobs", "asa-visits", job, identity=identity, tags=_TAGS)
    workspace = web.of("Microsoft.OperationalInsights/workspaces", "logs")
    hub = f"{web.of('Microsoft.EventHub/namespaces', 'eh-web')}/eventhubs/visits"
    told = {
        "description": "To the team that watches.",
        "isEnabled": True,
        "scopes": [{"scopePath": web.id.rpartition("/resourceGroups/")[0]}],
        "sources": [{"eventSource": "Alerts", "ruleSets": []}, {"eventSource": "Assessments"}],
        "actions": [
            {"actionType": "Workspace", "workspaceResourceId": workspace},
            {"actionType": "EventHub", "eventHubResourceId": hub, "sasPolicyName": "send"},
        ],
    }
    web.put("Microsoft.Security/automations", "ExportToWorkspace", told, tags=_TAGS)


def _machines(web: Place) -> None:
    patches = {
        "rebootSetting": "IfRequired",
        "windowsParameters": {"classificationsToInclude": ["Critical", "Security"], "kbNumbersToExclude": ["5034439"]},
        "linuxParameters": {"classificationsToInclude": ["Security"], "packageNameMasksToExclude": ["kernel*"]},
    }
    window = {
        "startDateTime": "2024-01-15 02:00",
        "expirationDateTime": "2026-01-15 02:00",
        "timeZone": "W. Europe Standard Time",
        "duration": "03:00",
        "recurEvery": "Week Sunday",
    }
    plan = {
        "maintenanceScope": "InGuestPatch",
        "visibility": "Custom",
        "namespace": "Microsoft.Compute",
        "maintenanceWindow": window,
        "installPatches": patches,
    }
    web.put("Microsoft.Maintenance/maintenanceConfigurations", "patches-web", plan, tags=_TAGS)
    web.put("Microsoft.Compute/sshPublicKeys", "operators", {"publicKey": f"{_KEY} operators"}, tags=_TAGS)
    keys = {"publicKeys": [{"path": "/home/operator/.ssh/authorized_keys", "keyData": f"{_KEY}\n"}]}
    machine = {"osProfile": {"linuxConfiguration": {"ssh": keys}}}
    tell(web, "Microsoft.Compute/virtualMachines", "vm-web-02", machine)


def _apps(web: Place) -> None:
    network = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets"
    service = {
        "fqdn": "spring-web.azuremicroservices.example",
        "powerState": "Running",
        "zoneRedundant": False,
        "networkProfile": {
            "appSubnetId": f"{network}/apps",
            "serviceRuntimeSubnetId": f"{network}/s",
            "outboundType": "loadBalancer",
            "outboundIPs": {"publicIPs": ["203.0.113.44"]},
        },
        "vnetAddons": {"dataPlanePublicEndpoint": False, "logStreamPublicEndpoint": True},
    }
    web.put("Microsoft.AppPlatform/Spring", "spring-web", service, sku={"name": "S0", "tier": "Standard"}, tags=_TAGS)


def _health(web: Place) -> None:
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    signs_in = {
        "authority": f"https://login.microsoftonline.example/{web.tenant.id}",
        "audience": "https://health-web.fhir.example",
        "smartProxyEnabled": False,
    }
    key = "https://kv-web.vault.azure.example/keys/health"
    told: dict[str, Any] = {
        "authenticationConfiguration": signs_in,
        "corsConfiguration": {"origins": ["https://portal.contoso.example"], "allowCredentials": False},
        "exportConfiguration": {"storageAccountName": "stdata"},
        "publicNetworkAccess": "Enabled",
        "accessPolicies": [{"objectId": "00000000-0000-4000-8000-000000000E01"}],
    }
    alone = {"cosmosDbConfiguration": {"keyVaultKeyUri": key}, "privateEndpointConnections": endpoints_of(web)}
    more: dict[str, Any] = {"identity": identity, "tags": _TAGS}
    web.put(f"{_HEALTH}/services", "fhir-web", {**told, **alone}, kind="fhir-R4", **more)
    shut = {"publicNetworkAccess": "Disabled", "privateEndpointConnections": endpoints_of(web)}
    web.put(f"{_HEALTH}/workspaces", "health", shut, tags=_TAGS)
    own = {"encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": key}}, "eventState": "Enabled"}
    customers = {"smartIdentityProviders": [{"authority": "https://login.b2clogin.example/customers/v2.0"}]}
    fhir = {
        **told,
        **own,
        "authenticationConfiguration": {**signs_in, **customers},
        "importConfiguration": {"enabled": True, "integrationDataStore": "stdata"},
    }
    web.put(f"{_HEALTH}/workspaces/fhirservices", "health/records", fhir, kind="fhir-R4", **more)
    images = {
        **{name: told[name] for name in ("authenticationConfiguration", "corsConfiguration", "publicNetworkAccess")},
        **own,
        "serviceUrl": "https://health-images.dicom.example",
        "storageConfiguration": {"storageResourceId": web.of("Microsoft.Storage/storageAccounts", "stdata")},
    }
    web.put(f"{_HEALTH}/workspaces/dicomservices", "health/images", images, **more)


def _factory(web: Place) -> None:
    add, factory = web.tenant.add_child, web.of("Microsoft.DataFactory/factories", "adf-web")
    connected = {
        "type": "AzureBlobStorage",
        "version": "2.0",
        "description": "Where the shop puts its files.",
        "connectVia": {"type": "IntegrationRuntimeReference", "referenceName": "office"},
        "typeProperties": {"serviceEndpoint": "https://stdata.blob.example", "accountKind": "StorageV2"},
    }
    add(factory, "/linkedServices", "ShopFiles", connected)
    data = {
        "type": "DelimitedText",
        "description": "Orders of a day.",
        "folder": {"name": "shop"},
        "linkedServiceName": {"type": "LinkedServiceReference", "referenceName": "shopfiles"},
        "typeProperties": {"columnDelimiter": ","},
    }
    add(factory, "/datasets", "Orders", data)
    work = {
        "description": "Brings orders in.",
        "folder": {"name": "shop"},
        "concurrency": 1,
        "parameters": {"day": {"type": "String"}},
        "activities": [{"name": "Bring", "type": "Copy"}, {"name": "Tell", "type": "WebActivity"}],
    }
    add(factory, "/pipelines", "BringOrders", work)


def _documents(web: Place) -> None:
    add, account = web.tenant.add_child, web.of("Microsoft.DocumentDB/databaseAccounts", "cosmos-web")
    database = add(account, "/mongodbDatabases", "reviews", {"resource": {"id": "reviews"}})
    add(database, "/collections", "by-product", {"resource": {"id": "by-product", "analyticalStorageTtl": -1}})
    encrypted = {"path": "/card", "encryptionType": "Randomized"}
    container = {
        "id": "orders",
        "partitionKey": {"paths": ["/customer"], "kind": "Hash"},
        "defaultTtl": 2592000,
        "analyticalStorageTtl": -1,
        "clientEncryptionPolicy": {"includedPaths": [encrypted], "policyFormatVersion": 1},
        "conflictResolutionPolicy": {"mode": "LastWriterWins"},
    }
    add(f"{account}/sqlDatabases/shop", "/containers", "orders", {"resource": container})


def _below(web: Place) -> None:
    add = web.tenant.add_child
    times = {"creationTime": _WHEN, "lastModifiedTime": _WHEN}
    account = web.of("Microsoft.Automation/automationAccounts", "aa-web")
    add(account, "/variables", "Region", {"isEncrypted": False, "description": "Where machines are made.", **times})
    add(account, "/variables", "Partner", {"isEncrypted": True, **times})
    manager = "https://management.azure.example"
    backend = {
        "title": "Orders",
        "description": "Takes orders.",
        "url": "https://func-web.example/api",
        "protocol": "http",
        "type": "Single",
        "tls": {"validateCertificateChain": True, "validateCertificateName": False},
        "proxy": {"url": "http://proxy.contoso.example:8080", "username": "api"},
        "resourceId": manager + web.of("Microsoft.Web/sites", "func-web"),
    }
    add(web.of("Microsoft.ApiManagement/service", "api-web"), "/backends", "orders", backend)
    subscription = web.id.rpartition("/resourceGroups/")[0]
    vault = {
        "vaultId": web.of("Microsoft.KeyVault/vaults", "kv-old"),
        "location": "westeurope",
        "deletionDate": _WHEN,
        "scheduledPurgeDate": "2024-04-14T00:00:00Z",
        "purgeProtectionEnabled": True,
        "tags": {"owner": "team-web"},
    }
    provider = "/providers/Microsoft.KeyVault"
    id = f"{subscription}{provider}/locations/westeurope/deletedVaults/kv-old"
    add(subscription, f"{provider}/deletedVaults", "kv-old", vault, id=id, type="Microsoft.KeyVault/deletedVaults")
