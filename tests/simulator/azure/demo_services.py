"""What else the demo's tenant has: messages, gateways and alerts."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place

_OWNER = {"owner": "team-apps"}
_PROTOCOLS = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols"
_VAULT = "https://kv-web.vault.azure.example/"


def add_services(web: Place, lab: Place) -> None:
    """Put services there that hand messages and requests on, and an alert."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    closed: dict[str, Any] = {"publicNetworkAccess": "Disabled", "privateEndpointConnections": endpoints_of(web)}
    more: dict[str, Any] = {"identity": identity, "tags": _OWNER}
    _messaging(web, closed, more)
    _gateways(web, lab, closed, more)
    _alert(web)


def _messaging(web: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    cluster = {"status": "Active", "createdAt": MADE, "metricId": "cluster-1"}
    sku = {"name": "Dedicated", "capacity": 1}
    at = web.put("Microsoft.EventHub/clusters", "ehc-web", cluster, sku=sku, tags=_OWNER)
    namespace = {
        "status": "Active",
        "createdAt": MADE,
        "minimumTlsVersion": "1.2",
        "disableLocalAuth": True,
        "zoneRedundant": True,
        "encryption": {
            "keySource": "Microsoft.KeyVault",
            "requireInfrastructureEncryption": True,
            "keyVaultProperties": [{"keyName": "hub", "keyVaultUri": _VAULT, "keyVersion": "1"}],
        },
        **closed,
    }
    premium = {"name": "Premium", "tier": "Premium", "capacity": 1}
    bus = {"serviceBusEndpoint": "https://sb-web.servicebus.example:443/", "metricId": "sb-web", **namespace}
    web.put("Microsoft.ServiceBus/namespaces", "sb-web", bus, sku=premium, **more)
    endpoint = "https://eh-web.servicebus.example:443/"
    hub = {"serviceBusEndpoint": endpoint, "metricId": "eh-web", "clusterArmId": at.upper(), "kafkaEnabled": True}
    size = {"isAutoInflateEnabled": True, "maximumThroughputUnits": 20}
    web.put("Microsoft.EventHub/namespaces", "eh-web", {**namespace, **hub, **size}, sku=premium, **more)
    for kind, name in (("domains", "egd-web"), ("topics", "egt-web")):
        events = {
            "endpoint": f"https://{name}.eventgrid.example/api/events",
            "inputSchema": "EventGridSchema",
            "metricResourceId": GUID.format("7411"),
            "disableLocalAuth": True,
            "minimumTlsVersionAllowed": "1.2",
            "inboundIpRules": [{"ipMask": "203.0.113.0/24", "action": "Allow"}],
            **closed,
        }
        web.put(f"Microsoft.EventGrid/{kind}", name, events, **more)


def _gateways(web: Place, lab: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    service = {
        "createdAtUtc": MADE,
        "gatewayUrl": "https://api.shop.example",
        "gatewayRegionalUrl": "https://api-westeurope.shop.example",
        "portalUrl": "https://portal.shop.example",
        "developerPortalUrl": "https://developers.shop.example",
        "managementApiUrl": "https://management.shop.example",
        "scmUrl": "https://scm.shop.example",
        "publisherEmail": "apis@shop.example",
        "notificationSenderEmail": "noreply@shop.example",
        "enableClientCertificate": False,
        "publicIPAddresses": ["203.0.113.50"],
        "privateIPAddresses": ["198.18.1.50"],
        "virtualNetworkType": "External",
        "virtualNetworkConfiguration": {
            "subnetResourceId": f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps".upper()
        },
        "platformVersion": "stv2",
        "hostnameConfigurations": [{"hostName": "api.shop.example", "keyVaultId": f"{_VAULT}secrets/api"}],
        "apiVersionConstraint": {"minApiVersion": "2021-08-01"},
        "disableGateway": False,
        "publisherName": "Example",
        "customProperties": {f"{_PROTOCOLS}.Tls10": "True", f"{_PROTOCOLS}.Tls11": "False"},
        **closed,
    }
    web.put("Microsoft.ApiManagement/service", "api-web", service, sku={"name": "Premium", "capacity": 1}, **more)
    account = {
        "accountEndpoint": "batch.eastus.batch.example",
        "poolAllocationMode": "BatchService",
        "allowedAuthenticationModes": ["AAD"],
        "encryption": {"keySource": "Microsoft.KeyVault"},
        "autoStorage": {"storageAccountId": web.of("Microsoft.Storage/storageAccounts", "stdata").upper()},
        "poolQuota": 100,
        "dedicatedCoreQuota": 350,
        "lowPriorityCoreQuota": 100,
        "activeJobAndJobScheduleQuota": 300,
        **closed,
    }
    lab.put("Microsoft.Batch/batchAccounts", "batchlab", account, **more)
    image = {"publisher": "example", "offer": "linux-server", "sku": "2024"}
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    pool = {
        "displayName": "Machines for all jobs",
        "vmSize": "STANDARD_D2S_V5",
        "allocationState": "Steady",
        "creationTime": MADE,
        "currentDedicatedNodes": 2,
        "currentLowPriorityNodes": 0,
        "interNodeCommunication": "Disabled",
        "taskSlotsPerNode": 1,
        "targetNodeCommunicationMode": "Simplified",
        "deploymentConfiguration": {
            "virtualMachineConfiguration": {
                "imageReference": image,
                "diskEncryptionConfiguration": {"targets": ["TemporaryDisk"]},
                "securityProfile": {"encryptionAtHost": True, "securityType": "trustedLaunch"},
            }
        },
        "networkConfiguration": {
            "subnetId": subnet,
            "publicIPAddressConfiguration": {"provision": "NoPublicIPAddresses"},
        },
    }
    told: dict[str, Any] = {"identity": more["identity"], "table": "batchresources", "location": ""}
    lab.put("Microsoft.Batch/batchAccounts/pools", "batchlab/all", pool, **told)


def _alert(web: Place) -> None:
    fields = {
        "category": "Administrative",
        "level": "Warning",
        "status": "Succeeded",
        "caller": "operator",
        "operationName": "Microsoft.Network/networkSecurityGroups/write",
    }
    conditions: list[dict[str, Any]] = [{"field": name, "equals": value} for name, value in fields.items()]
    conditions.append({"anyOf": [{"field": "resourceType", "equals": "Microsoft.Network/networkSecurityGroups"}]})
    alert = {
        "description": "Somebody changes who may reach what.",
        "enabled": True,
        "scopes": [web.id.partition("/resourceGroups/")[0]],
        "condition": {"allOf": conditions},
        "actions": {"actionGroups": [{"actionGroupId": web.of("Microsoft.Insights/actionGroups", "on-call")}]},
    }
    web.put("Microsoft.Insights/activityLogAlerts", "changed-rules", alert, location="global", tags=_OWNER)
