"""A reader that lists as graph-azure does: by subscription, by resource group, and for single resources; no processing.

What it asks for is counted from graph-azure's code, version 7.9.5, without the blobs of storage containers, and without
what it asks of other hosts than Azure Resource Manager.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.errors import BenchmarkError

_NETWORK = "Microsoft.Network"
_OF_SUBSCRIPTION = (
    "Microsoft.Resources/resourceGroups", "Microsoft.Resources/locations", "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/disks", "Microsoft.Compute/images", "Microsoft.Compute/galleries",
    "Microsoft.Compute/virtualMachineScaleSets", f"{_NETWORK}/networkInterfaces", f"{_NETWORK}/networkSecurityGroups",
    f"{_NETWORK}/publicIPAddresses", f"{_NETWORK}/virtualNetworks", f"{_NETWORK}/loadBalancers",
    f"{_NETWORK}/applicationGateways", f"{_NETWORK}/expressRouteCircuits", f"{_NETWORK}/ddosProtectionPlans",
    f"{_NETWORK}/bgpServiceCommunities", "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults",
    "Microsoft.Sql/servers", "Microsoft.DBforPostgreSQL/servers", "Microsoft.DBforMySQL/servers",
    "Microsoft.DBforMariaDB/servers", "Microsoft.DocumentDB/databaseAccounts", "Microsoft.Web/sites",
    "Microsoft.Web/serverfarms", "Microsoft.ApiManagement/service", f"{_NETWORK}/dnsZones",
    f"{_NETWORK}/privateDnsZones", "Microsoft.ContainerRegistry/registries",
    "Microsoft.ContainerService/managedClusters", "Microsoft.ServiceBus/namespaces", "Microsoft.Cdn/profiles",
    f"{_NETWORK}/frontDoors", "Microsoft.EventHub/namespaces", "Microsoft.EventHub/clusters",
    "Microsoft.Synapse/workspaces", "Microsoft.Advisor/recommendations", "Microsoft.Security/assessments",
    "Microsoft.Security/pricings", "Microsoft.Security/securityContacts", "Microsoft.Security/settings",
    "Microsoft.Security/autoProvisioningSettings", "Microsoft.Security/alerts",
    "Microsoft.Authorization/policyAssignments", "Microsoft.PolicyInsights/policyStates",
    "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions",
    "Microsoft.Authorization/classicAdministrators", "Microsoft.Insights/logProfiles",
    "Microsoft.Insights/diagnosticSettings", "Microsoft.Consumption/usageDetails",
)  # fmt: skip
_OF_GROUP = (
    "Microsoft.Batch/batchAccounts", "Microsoft.ContainerInstance/containerGroups", "Microsoft.EventGrid/domains",
    "Microsoft.EventGrid/topics", f"{_NETWORK}/azureFirewalls", f"{_NETWORK}/firewallPolicies",
    f"{_NETWORK}/privateEndpoints", f"{_NETWORK}/networkWatchers", "Microsoft.Cache/Redis",
    "Microsoft.Insights/activityLogAlerts", "Microsoft.Authorization/locks",
)  # fmt: skip
_DIAGNOSTICS = "providers/microsoft.insights/diagnosticSettings"
_OF_RESOURCE = {
    "microsoft.compute/virtualmachines": ("instanceView", "extensions"),
    "microsoft.compute/galleries": ("images",),
    "microsoft.network/networkinterfaces": ("",),
    "microsoft.network/networksecuritygroups": (_DIAGNOSTICS,),
    "microsoft.network/publicipaddresses": (_DIAGNOSTICS,),
    "microsoft.network/virtualnetworks": (_DIAGNOSTICS,),
    "microsoft.network/loadbalancers": (_DIAGNOSTICS,),
    "microsoft.network/dnszones": ("recordsets",),
    "microsoft.network/privatednszones": ("ALL",),
    "microsoft.storage/storageaccounts": ("blobServices/default/containers", "fileServices/default/shares"),
    "microsoft.keyvault/vaults": ("", "keys", "secrets", _DIAGNOSTICS),
    "microsoft.sql/servers": (
        "databases", "firewallRules", "administrators", "auditingSettings", "encryptionProtector",
        "vulnerabilityAssessments", "securityAlertPolicies", _DIAGNOSTICS,
    ),
    "microsoft.dbforpostgresql/servers": ("databases", "firewallRules", "configurations", _DIAGNOSTICS),
    "microsoft.dbformysql/servers": ("databases", _DIAGNOSTICS),
    "microsoft.dbformariadb/servers": ("databases", _DIAGNOSTICS),
    "microsoft.documentdb/databaseaccounts": ("sqlDatabases",),
    "microsoft.web/sites": ("config", "config/authsettings"),
    "microsoft.containerregistry/registries": ("webhooks", _DIAGNOSTICS),
    "microsoft.servicebus/namespaces": ("queues", "topics"),
    "microsoft.eventhub/namespaces": ("eventhubs",),
    "microsoft.batch/batchaccounts": ("applications", "pools", "certificates", _DIAGNOSTICS),
    "microsoft.eventgrid/domains": ("topics",),
    "microsoft.eventgrid/topics": (_DIAGNOSTICS,),
    "microsoft.network/networkwatchers": ("flowLogs",),
}  # fmt: skip


class Client:
    """Sends requests on one connection, one after the other.

    Args:
        url: root of Azure Resource Manager.
        token: bearer token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc)
        self._headers = {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def values(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a listing, to its last page."""
        target: str | None = f"{quote(path)}?api-version=2024-01-01"
        while target:
            self._connection.request("GET", target, headers=self._headers)
            answer = self._connection.getresponse()
            document = json.load(answer)
            if answer.status != 200:
                raise BenchmarkError(f"{path}: {answer.status}")
            yield from document["value"]
            link = urlsplit(document.get("nextLink", ""))
            target = f"{link.path}?{link.query}" if link.path else None


def read(client: Client) -> int:
    """List everything, and return how many resources were found."""
    found: dict[str, str] = {}
    for subscription in client.values("/subscriptions"):
        groups: list[str] = []
        for type in _OF_SUBSCRIPTION:
            rows = list(client.values(f"{subscription['id']}/providers/{type}"))
            if type.endswith("/resourceGroups"):
                groups = [row["id"] for row in rows]
            else:
                found |= {row["id"]: row["type"] for row in rows}
        for group in groups:
            for type in _OF_GROUP:
                found |= {row["id"]: row["type"] for row in client.values(f"{group}/providers/{type}")}
    for id, type in found.items():
        for below in _OF_RESOURCE.get(type, ()):
            list(client.values(f"{id}/{below}".rstrip("/")))
    return len(found)


if __name__ == "__main__":
    with closing(Client(*sys.argv[1:3])) as client:
        print(read(client))
