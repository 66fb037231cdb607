"""What Azure Resource Manager alone tells of services of the demo's tenant that hand messages and requests on."""

from typing import Any

from tests.simulator.azure.demo_compute import MADE
from tests.simulator.azure.place import Place

_RULE = "RootManageSharedAccessKey"
_SUBSCRIPTIONS = "/providers/Microsoft.EventGrid/eventSubscriptions"


def add_messages(web: Place, lab: Place) -> None:
    """Put queues, topics, hubs and APIs there."""
    add, tenant = web.tenant.add_child, web.tenant
    bus, hubs = (
        web.of(f"Microsoft.{of}/namespaces", name) for of, name in (("ServiceBus", "sb-web"), ("EventHub", "eh-web"))
    )
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    networks = {
        "defaultAction": "Deny",
        "publicNetworkAccess": "Enabled",
        "trustedServiceAccessEnabled": True,
        "ipRules": [{"ipMask": "203.0.113.0/24", "action": "Allow"}],
        "virtualNetworkRules": [{"subnet": {"id": subnet.upper()}}],
    }
    for namespace in (bus, hubs):
        add(namespace, "/authorizationRules", _RULE, {"rights": ["Listen", "Manage", "Send"]})
        tenant.set_child(namespace, "/networkRuleSets/default", networks)
    queue: dict[str, Any] = {
        "status": "Active",
        "maxSizeInMegabytes": 1024,
        "requiresDuplicateDetection": False,
        "requiresSession": False,
        "defaultMessageTimeToLive": "P14D",
        "lockDuration": "PT1M",
        "maxDeliveryCount": 10,
        "deadLetteringOnMessageExpiration": True,
        "createdAt": MADE,
        "autoDeleteOnIdle": "P10675199DT2H48M5.4775807S",
        "enableBatchedOperations": True,
        "enablePartitioning": False,
        "enableExpress": False,
        "duplicateDetectionHistoryTimeWindow": "PT10M",
    }
    handed = {"forwardTo": "archive", "forwardDeadLetteredMessagesTo": "archive"}
    add(bus, "/queues", "orders", {**queue, **handed, "messageCount": 7})
    add(bus, "/queues", "archive", queue)
    topic = add(bus, "/topics", "prices", {**queue, "supportOrdering": True, "subscriptionCount": 1})
    told = {**queue, **handed, "deadLetteringOnFilterEvaluationExceptions": True}
    add(topic, "/subscriptions", "shop", told)
    account = web.of("Microsoft.Storage/storageAccounts", "stdata").upper()
    into = {"name": "EventHubArchive.AzureBlockBlob", "properties": {"storageAccountResourceId": account}}
    kept = {"captureDescription": {"enabled": True, "encoding": "Avro", "destination": into}, "createdAt": MADE}
    hub = add(
        hubs, "/eventhubs", "visits", {"status": "Active", "partitionCount": 4, "messageRetentionInDays": 7, **kept}
    )
    for name in ("$Default", "report"):
        add(hub, "/consumergroups", name, {"createdAt": MADE, "userMetadata": "of the team for reports"})
    domain, topics = (
        web.of(f"Microsoft.EventGrid/{of}", name) for of, name in (("domains", "egd-web"), ("topics", "egt-web"))
    )
    inner = add(domain, "/topics", "customer-1", {"provisioningState": "Succeeded"})
    hook = {"endpointType": "WebHook", "properties": {"endpointBaseUrl": "https://hooks.shop.example/in"}}
    function = web.of("Microsoft.Web/sites", "func-web") + "/functions/take"
    code = {"endpointType": "AzureFunction", "properties": {"resourceId": function}}
    sent: dict[str, Any] = {
        "eventDeliverySchema": "EventGridSchema",
        "filter": {"includedEventTypes": ["order.made"]},
        "provisioningState": "Succeeded",
    }
    add(topics, _SUBSCRIPTIONS, "to-shop", {**sent, "topic": topics, "labels": ["shop"], "destination": hook})
    dead = {"endpointType": "StorageBlob", "properties": {"blobContainerName": "dead"}}
    add(inner, _SUBSCRIPTIONS, "to-code", {**sent, "destination": code, "deadLetterDestination": dead})
    api = {
        "displayName": "Orders",
        "path": "orders",
        "serviceUrl": "https://orders.shop.example",
        "protocols": ["https"],
        "subscriptionRequired": False,
        "type": "http",
        "apiRevision": "1",
        "apiVersion": "v1",
        "description": "Takes orders.",
        "apiVersionDescription": "The first one.",
        "apiVersionSetId": "/apiVersionSets/orders",
        "apiRevisionDescription": "As it was published.",
        "sourceApiId": "/apis/draft",
        "isOnline": True,
        "isCurrent": True,
    }
    add(web.of("Microsoft.ApiManagement/service", "api-web"), "/apis", "orders", api)
    batch = lab.of("Microsoft.Batch/batchAccounts", "batchlab")
    add(batch, "/applications", "render", {"displayName": "Renderer", "allowUpdates": True, "defaultVersion": "1.0"})
    certificate = {
        "thumbprint": "0a0e4f50b3beadeac1d35afc5116098e7902b054",
        "thumbprintAlgorithm": "SHA1",
        "format": "Pfx",
        "provisioningState": "Succeeded",
    }
    add(batch, "/certificates", "sha1-0a0e4f50b3beadeac1d35afc5116098e7902b054", certificate)
