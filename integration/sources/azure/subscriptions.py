"""Which subscriptions there are, and which of them the application sees.

Azure Resource Graph gives fewer rows without a word where access is missing, so this is asked elsewhere. Sources: Azure
Resource Manager, Subscriptions - List; Management Groups, Descendants.
"""

import threading
from collections.abc import Collection, Iterator
from typing import Any

from integration.errors import CredentialsError, Forbidden, GraphError, NotFound, Unreachable
from integration.sources.azure.client import AzureClient
from integration.text.discretion import logger

_TYPE = "/subscriptions"
_log = logger("integration")


class Subscriptions:
    """The subscriptions of a tenant, each asked for once a run.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: AzureClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._visible: dict[str, str] | None = None
        self._exist: tuple[set[str], bool, str] | None = None

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
        existing, _, _ = self._existence()
        return sorted(existing - self.visible().keys())

    def untold(self) -> str:
        """Return why it is not known which subscriptions exist; empty where it is, or the application may not know."""
        _, _, untold = self._existence()
        return untold

    def seen(self) -> dict[str, Any]:
        """Return how many are visible, and the ids of those that are known to be hidden, as far as that was asked."""
        with self._lock:
            visible = self._visible or {}
            hidden = sorted(self._exist[0] - visible.keys()) if self._exist else []
        return {"subscriptions": len(visible), **({"hiddenSubscriptions": hidden} if hidden else {})}

    def may_exist(self, ids: Collection[str]) -> list[str]:
        """Return those of some ids that are not known to be of no subscription any more, sorted."""
        if not ids:
            return []
        existing, all_known, _ = self._existence()
        return sorted(existing.intersection(ids) if all_known else ids)

    def _existence(self) -> tuple[set[str], bool, str]:
        """Return the ids that are known to exist, whether those are all, and what kept others from being told."""
        visible = self.visible()
        with self._lock:
            if self._exist is None:
                existing, all_known, untold = set[str](), True, ""
                for tenant in sorted({tenant for tenant in visible.values() if tenant}):
                    try:
                        existing.update(self._below(tenant))
                    except (Forbidden, NotFound) as error:
                        _log.info("hidden subscriptions are not looked for: %s", error)
                        all_known = False
                    except (GraphError, CredentialsError, Unreachable) as error:
                        all_known, untold = False, str(error)
                self._exist = existing, all_known, untold
            return self._exist

    def _below(self, tenant: str) -> Iterator[str]:
        """Yield the ids of the subscriptions that a tenant has, in lower case."""
        path = f"/providers/Microsoft.Management/managementGroups/{tenant}/descendants"
        for row in self._client.list(path, "2020-05-01"):
            if str(row.get("type")).lower().endswith(_TYPE):
                yield str(row.get("name")).lower()
