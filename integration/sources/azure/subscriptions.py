"""Which subscriptions there are, and which of them the application sees.

Azure Resource Graph gives fewer rows without a word where access is missing, so this is asked elsewhere. Sources: Azure
Resource Manager, Subscriptions - List; Management Groups, Descendants.
"""

import threading

from integration.errors import GraphError
from integration.sources.azure.client import AzureClient

_TYPE = "/subscriptions"


class Subscriptions:
    """The subscriptions of a tenant, each asked for once a run.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: AzureClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._visible: dict[str, str] | None = None
        self._hidden: list[str] | None = None

    def visible(self) -> dict[str, str]:
        """Return the ids of the subscriptions that the application sees, in lower case, with the tenants they are of.

        Raises:
            GraphError: Azure did not tell.
        """
        with self._lock:
            if self._visible is None:
                listed = self._client.list("/subscriptions", "2022-12-01")
                found = ((row.get("subscriptionId"), row.get("tenantId")) for row in listed)
                self._visible = {str(key).lower(): str(tenant or "") for key, tenant in found if key}
            return self._visible

    def hidden(self) -> list[str]:
        """Return the ids of subscriptions that exist and that the application does not see, sorted.

        Who may not read the tenant's management groups does not know of any.
        """
        visible = self.visible()
        with self._lock:
            if self._hidden is None:
                existing = set[str]()
                for tenant in sorted({tenant for tenant in visible.values() if tenant}):
                    path = f"/providers/Microsoft.Management/managementGroups/{tenant}/descendants"
                    try:
                        rows = list(self._client.list(path, "2020-05-01"))
                    except GraphError:
                        continue
                    existing |= {
                        str(row.get("name")).lower() for row in rows if str(row.get("type")).lower().endswith(_TYPE)
                    }
                self._hidden = sorted(existing - visible.keys())
            return self._hidden
