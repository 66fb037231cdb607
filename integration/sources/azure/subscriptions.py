"""Which subscriptions there are, and which of them the application sees.

Azure Resource Graph gives fewer rows without a word where access is missing, so this is asked elsewhere. Sources: Azure
Resource Manager, Subscriptions - List; Management Groups, Descendants.
"""

import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from integration.errors import (
    BadAnswer,
    CredentialsError,
    FeatureAbsent,
    Forbidden,
    GraphError,
    NotFound,
    NotLicensed,
    Unreachable,
)
from integration.sources.azure.client import AzureClient
from integration.text.discretion import logger

_SUBSCRIPTION, _GROUP = "/subscriptions", "/managementgroups"
_PATH = re.compile(r"/?subscriptions/([^/]+)/?", re.IGNORECASE)
_LISTING = ("/subscriptions", "2022-12-01")
"""Where subscriptions are listed, in which version of the API."""
_ENDED = ("disabled", "deleted")
"""States of subscriptions of which Azure Resource Graph may tell nothing."""
_DIRECTORY_ALONE = "aad_"
"""Beginning of the quota id of subscriptions that hold no resources, of the former portal for directories."""
_log = logger("integration")


class _Existing(NamedTuple):
    """What is known to exist, in which tenants all is; ``untold`` is what kept more from being told, but a refusal."""

    subscriptions: set[str]
    groups: set[str]
    tenants: set[str]
    all_known: bool
    untold: str


class Subscriptions:
    """The subscriptions of a tenant, each asked for once a run.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: AzureClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._visible: dict[str, str] | None = None
        self._live: set[str] = set()
        self._unnamed = 0
        self._refused: GraphError | CredentialsError | Unreachable | None = None
        self._exist: _Existing | None = None

    def visible(self) -> dict[str, str]:
        """Return the ids of the subscriptions that the application sees, in lower case, with the tenants they are of.

        Raises:
            GraphError: Azure did not tell.
        """
        with self._lock:
            if self._refused:
                raise self._refused.with_traceback(None)
            if self._visible is None:
                try:
                    listed = list(self._client.list(*_LISTING))
                except (FeatureAbsent, NotFound, NotLicensed) as error:  # no tenant is without this list
                    self._refused = BadAnswer(error.problem, path=error.path, status=error.status, code=error.code)
                    raise self._refused from None
                except (GraphError, CredentialsError, Unreachable) as error:
                    self._refused = error
                    raise
                rows = _by_id(listed)
                self._unnamed = sum(not _id_of(row) for row in listed)
                self._live = {key for key, row in rows.items() if _is_live(row)}
                self._visible = {key: str(row.get("tenantId") or "") for key, row in rows.items()}
            return self._visible

    def vanished(self) -> list[str]:
        """Return the ids of visible subscriptions that are not seen any more, which is asked anew, sorted.

        Raises:
            GraphError: Azure did not tell.
        """
        seen = _by_id(self._client.list(*_LISTING))
        return sorted(self.visible().keys() - seen)

    def awaited(self, came: Collection[str]) -> set[str]:
        """Return the ids of visible subscriptions that Azure Resource Graph has to tell of.

        Those of other tenants, which Azure Lighthouse shows, it may leave out.

        Args:
            came: ids of those that it tells of.
        """
        visible = self.visible()
        tenants = {visible.get(id, "") for id in came}
        return {id for id, tenant in visible.items() if id in self._live and (not came or tenant in tenants)}

    def hidden(self) -> list[str]:
        """Return the ids of subscriptions that exist and that the application does not see, sorted.

        Who may not read the tenant's management groups does not know of any.
        """
        return sorted(self._existence().subscriptions - self.visible().keys())

    def untold(self) -> str:
        """Return why it is not known which subscriptions exist; empty where it is, or the application may not know."""
        return self._existence().untold

    def groups(self) -> int:
        """Return how many management groups there are below the tenant's root; 0 where that is not known."""
        return len(self._existence().groups)

    def seen(self) -> dict[str, Any]:
        """Return how many are visible, and the ids of those that are known to be hidden, as far as that was asked."""
        with self._lock:
            visible = self._visible or {}
            hidden = sorted(self._exist.subscriptions - visible.keys()) if self._exist else []
        return {"subscriptions": len(visible), **({"hiddenSubscriptions": hidden} if hidden else {})}

    def may_exist(self, tenants: Mapping[str, str]) -> list[str]:
        """Return the subscriptions that are not known to be none any more, sorted.

        That a tenant tells of all of its own is enough for these: one that Azure Lighthouse shows may tell nothing.

        Args:
            tenants: the tenants of some subscriptions, by the ids of these; empty texts where that is not known.
        """
        if not tenants:
            return []
        existing = self._existence()

        def may(id: str, tenant: str) -> bool:
            return id in existing.subscriptions or not (existing.all_known or tenant in existing.tenants)

        return sorted(id for id, tenant in tenants.items() if may(id, tenant))

    def _existence(self) -> _Existing:
        visible = self.visible()
        with self._lock:
            if self._exist is None:
                found, told, all_known = list[tuple[str, str]](), set[str](), not self._unnamed
                untold = f"Azure lists {self._unnamed:,} without an id" if self._unnamed else ""
                for tenant in sorted({tenant for tenant in visible.values() if tenant}):
                    try:
                        found.extend(self._below(tenant))
                        told.add(tenant)
                    except (GraphError, CredentialsError, Unreachable) as error:
                        all_known = False
                        if isinstance(error, Forbidden | NotFound) and error.status != HTTPStatus.UNAUTHORIZED:
                            _log.info("hidden subscriptions are not looked for: %s", error)
                        else:
                            untold = str(error)
                subscriptions, groups = (
                    {name for type, name in found if type.endswith(kind)} for kind in (_SUBSCRIPTION, _GROUP)
                )
                self._exist = _Existing(subscriptions, groups, told, all_known, untold)
            return self._exist

    def _below(self, tenant: str) -> Iterator[tuple[str, str]]:
        """Yield type and name of the management groups and subscriptions that a tenant has, in lower case."""
        path = f"/providers/Microsoft.Management/managementGroups/{tenant}/descendants"
        for row in self._client.list(path, "2020-05-01"):
            yield str(row.get("type")).lower(), str(row.get("name")).lower()


def _by_id(listed: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {id: row for row in listed if (id := _id_of(row))}


def _id_of(row: Mapping[str, Any]) -> str:
    """Return the id of a subscription that is listed, in lower case, where need be from its path; or nothing."""
    path = _PATH.fullmatch(str(row.get("id")))
    return str(row.get("subscriptionId") or (path[1] if path else "")).lower()


def _is_live(row: Mapping[str, Any]) -> bool:
    """Tell whether a subscription, as it is listed, is one that resources are in."""
    policies = row.get("subscriptionPolicies")
    quota = str(policies.get("quotaId") or "") if isinstance(policies, dict) else ""
    return str(row.get("state")).lower() not in _ENDED and not quota.lower().startswith(_DIRECTORY_ALONE)
