"""What Azure Resource Manager alone tells of resources: which children there are to be asked for, and their limits.

Source: Azure's REST reference of each provider.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.simulator.azure.answer import Asked, refusal
from tests.simulator.azure.quota import Quota
from tests.simulator.azure.tenant import AzureTenant, Row

_SCHEDULES = " ".join(
    f"/providers/microsoft.authorization/{name}scheduleinstances" for name in ("roleeligibility", "roleassignment")
)
LISTS = {
    "microsoft.management/managementgroups": _SCHEDULES,
    "microsoft.resources/subscriptions": f"{_SCHEDULES} /providers/microsoft.authorization/locks"
    " /providers/microsoft.authorization/denyassignments /providers/microsoft.security/securitycontacts"
    " /providers/microsoft.security/settings /providers/microsoft.security/autoprovisioningsettings"
    " /providers/microsoft.security/jitnetworkaccesspolicies /providers/microsoft.keyvault/deletedvaults /providers",
    "microsoft.apimanagement/service": "/apis /backends",
    "microsoft.automation/automationaccounts": "/variables",
    "microsoft.batch/batchaccounts": "/applications /certificates",
    "microsoft.cognitiveservices/accounts": "/deployments /raipolicies",
    "microsoft.cache/redis": "/firewallrules",
    "microsoft.cdn/profiles": "/customdomains /origingroups /origingroups/*/origins /secrets",
    "microsoft.cdn/profiles/afdendpoints": "/routes",
    "microsoft.containerservice/managedclusters": "/maintenanceconfigurations /trustedaccessrolebindings",
    "microsoft.datafactory/factories": "/datasets /linkedservices /pipelines",
    "microsoft.dbformariadb/servers": "/databases /firewallrules",
    "microsoft.dbformysql/flexibleservers": "/administrators /configurations /databases /firewallrules",
    "microsoft.dbformysql/servers": "/configurations /databases /firewallrules",
    "microsoft.dbforpostgresql/flexibleservers": "/administrators /configurations /databases /firewallrules",
    "microsoft.dbforpostgresql/servers": "/configurations /databases /firewallrules",
    "microsoft.containerregistry/registries": "/scopemaps /tokens",
    "microsoft.documentdb/databaseaccounts": "/cassandrakeyspaces /cassandrakeyspaces/*/tables /gremlindatabases"
    " /gremlindatabases/*/graphs /tables /mongodbdatabases /mongodbdatabases/*/collections"
    " /sqldatabases /sqldatabases/*/containers /sqlroleassignments",
    "microsoft.eventgrid/domains": "/topics /topics/*/providers/microsoft.eventgrid/eventsubscriptions",
    "microsoft.eventgrid/topics": "/providers/microsoft.eventgrid/eventsubscriptions",
    "microsoft.eventhub/namespaces": "/authorizationrules /eventhubs /eventhubs/*/consumergroups",
    "microsoft.keyvault/vaults": "/keys /secrets",
    "microsoft.managedidentity/userassignedidentities": "/federatedidentitycredentials",
    "microsoft.servicebus/namespaces": "/authorizationrules /queues /topics /topics/*/subscriptions",
    "microsoft.sql/servers": "/dnsaliases /failovergroups /firewallrules /ipv6firewallrules /replicationlinks"
    " /recoverabledatabases /restorabledroppeddatabases /virtualnetworkrules",
    "microsoft.sql/servers/databases": "/restorepoints",
    "microsoft.storage/storageaccounts": "/blobservices/default/containers /encryptionscopes /localusers"
    " /blobservices/default/containers/*/immutabilitypolicies /fileservices/default/shares"
    " /queueservices/default/queues /tableservices/default/tables"
    " /*services/default/providers/microsoft.insights/diagnosticsettings",
    "microsoft.synapse/workspaces": "/firewallrules /keys",
    "microsoft.synapse/workspaces/sqlpools": "/datamaskingpolicies/default/rules",
    "microsoft.web/sites": "/basicpublishingcredentialspolicies",
    "microsoft.web/sites/slots": "/basicpublishingcredentialspolicies",
}
"""What is listed below resources of a type; a star stands for each of what is listed above it."""
SINGLE = {
    "microsoft.eventhub/namespaces": "/networkrulesets/default",
    "microsoft.servicebus/namespaces": "/networkrulesets/default",
    "microsoft.sql/managedinstances": "/encryptionprotector/current /securityalertpolicies/default"
    " /vulnerabilityassessments/default",
    "microsoft.sql/servers": "/auditingsettings/default /azureadonlyauthentications/default"
    " /encryptionprotector/current /securityalertpolicies/default /vulnerabilityassessments/default",
    "microsoft.sql/servers/databases": "/transparentdataencryption/current",
    "microsoft.storage/storageaccounts": "/blobservices/default /fileservices/default",
    "microsoft.synapse/workspaces/sqlpools": "/datamaskingpolicies/default",
    "microsoft.web/sites": "/config/authsettingsv2",
    "microsoft.web/sites/slots": "/config/authsettingsv2",
}
"""What is answered as one object below resources of a type."""
ANYWHERE = "/providers/microsoft.insights/diagnosticsettings"
"""What is listed below any resource, and below subscriptions."""
SINCE = {
    ("microsoft.apimanagement/service/backends", "type"): "2024-05-01",
    ("microsoft.authorization/denyassignments", "denyAssignmentEffect"): "2024-07-01-preview",
    ("microsoft.cdn/profiles/customdomains", "tlsSettings.cipherSuiteSetType"): "2025-06-01",
    ("microsoft.sql/servers/databases/replicationlinks", "partnerDatabaseId"): "2025-01-01",
}
"""Properties of types of children that a version of the API is the first known to tell, but for previews.

Source: specifications of Azure's REST APIs.
"""


@dataclass
class Children:
    """Answers questions about children.

    ``limit`` is how many requests each provider takes in ``seconds`` for each subscription; None is no limit. ``old``
    are the api-versions that there are no more.
    """

    tenant: AzureTenant
    limit: int | None = None
    seconds: float = 300.0
    old: tuple[str, ...] = ()
    quotas: dict[tuple[str, str], Quota] = field(default_factory=dict)

    def of(self, asked: Asked) -> list[Row] | Row:
        """The children that are asked for, or the only one.

        Raises:
            Refused: there are none to be asked for, or the application may not see them.
        """
        path = asked.path.lower()
        parent, below = self._parent(path)
        if not self.tenant.may_see(parent["subscriptionId"]):
            raise refusal(403, "AuthorizationFailed", "The client does not have authorization to perform action.")
        self._count(parent["subscriptionId"], path)
        type = parent["type"]
        if asked.options["api-version"] in self.old:
            raise refusal(400, "NoRegisteredProviderFound", "No registered resource provider found for the version.")
        if below in SINGLE.get(type, "").split():
            if path not in self.tenant.children:
                raise refusal(404, "ResourceNotFound", f"There is no {asked.path}.")
            return _told_in(asked.options["api-version"], self.tenant.children[path])
        if not any(fnmatchcase(below, each) for each in (*LISTS.get(type, "").split(), ANYWHERE)):
            raise refusal(404, "InvalidResourceType", "The resource type could not be found in the namespace.")
        return _told_in(asked.options["api-version"], self.tenant.children.get(path, []))

    def _parent(self, path: str) -> tuple[Row, str]:
        """The resource that a path goes through, and what is below it."""
        names = path.split("/")
        for end in range(len(names) - 1, 2, -1):
            id = "/".join(names[:end])
            for table in ("resources", "resourcecontainers"):
                if row := self.tenant.tables[table].get(id):
                    return row, path.removeprefix(id)
        raise refusal(404, "ResourceNotFound", f"There is no {path}.")

    def _count(self, subscription: str, path: str) -> None:
        if self.limit is None:
            return
        provider = path.rpartition("/providers/")[2].partition("/")[0]
        quota = self.quotas.setdefault((subscription, provider), Quota(self.limit, self.seconds))
        granted, headers = quota.take()
        if not granted:
            told: dict[str, Any] = {"Retry-After": headers["Retry-After"]}
            raise refusal(429, "TooManyRequests", "The request is being throttled.", headers=told)


def _told_in(version: str, told: list[Row] | Row) -> list[Row] | Row:
    """What a version of the API tells of some children, or of one, without what only later ones have."""
    if isinstance(told, list):
        return [_row_in(version, row) for row in told]
    return _row_in(version, told)


def _row_in(version: str, row: Row) -> Row:
    of = str(row.get("type")).lower()
    later = [name for (type, name), since in SINCE.items() if type == of and version < since]
    if not later:
        return row
    known = deepcopy(row)
    for name in later:
        *within, last = name.split(".")
        holder = known["properties"]
        for each in within:
            holder = holder.get(each) or {}
        holder.pop(last, None)
    return known
