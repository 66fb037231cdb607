"""An Azure tenant in memory: management groups, subscriptions, resource groups and resources."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

Row = dict[str, Any]

TENANT_ID = "aaaaaaaa-0000-4000-8000-00000000000a"
COLUMNS = (
    "id name type tenantId kind location resourceGroup subscriptionId managedBy sku plan properties tags identity zones"
    " extendedLocation"
).split()
TABLES = (
    "resources resourcecontainers authorizationresources policyresources securityresources advisorresources"
    " networkresources computeresources appserviceresources dnsresources managedserviceresources"
    " recoveryservicesresources kubernetesconfigurationresources batchresources desktopvirtualizationresources"
).split()
_NAMED = len("/subscriptions/S/resourceGroups/G".split("/"))
_EMPTY = {"kind": "", "location": "", "managedBy": ""}


@dataclass(frozen=True, slots=True)
class Subscription:
    """``visible`` is whether the application has any role in it; ``parent`` is its management group."""

    id: str
    name: str
    parent: str
    visible: bool = True
    tenant_id: str = TENANT_ID


def row_of(id: str, type: str, **given: Any) -> Row:
    """A row of Azure Resource Graph, all of whose columns are there; what the id tells is taken from it."""
    parts = id.split("/")
    placed = len(parts) >= _NAMED and parts[1].lower() == "subscriptions"
    known = {
        "id": id,
        "name": parts[-1],
        "type": type.lower(),
        "tenantId": TENANT_ID,
        "subscriptionId": parts[2] if parts[1].lower() == "subscriptions" else "",
        "resourceGroup": parts[4].lower() if placed else "",
    }
    row = dict.fromkeys(COLUMNS) | _EMPTY | known | given
    return {name: row[name] for name in COLUMNS}


@dataclass
class AzureTenant:
    """What is there now; ``lock`` is held while it is read or changed.

    ``groups`` maps management groups to their parents; the root is named by the tenant's id. ``children`` are what
    Azure Resource Manager alone tells of resources, by where that is asked for, in lower case.
    """

    id: str = TENANT_ID
    groups: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    children: dict[str, list[Row] | Row] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def add_group(self, name: str, parent: str) -> None:
        """Put a management group under another one."""
        with self.lock:
            self.groups[name] = parent
            details = {"parent": {"id": _group_id(parent), "name": parent}, "managementGroupAncestorsChain": []}
            properties = {"tenantId": self.id, "displayName": name, "details": details}
            self.add(row_of(_group_id(name), "microsoft.management/managementgroups", properties=properties))

    def add_subscription(self, subscription: Subscription) -> None:
        """Put a subscription under its management group, or change it."""
        with self.lock:
            self.subscriptions[subscription.id] = subscription
            properties = {"state": "Enabled", "managementGroupAncestorsChain": [{"name": subscription.parent}]}
            more = {"name": subscription.name, "tenantId": subscription.tenant_id, "properties": properties}
            id = f"/subscriptions/{subscription.id}"
            self.add(row_of(id, "microsoft.resources/subscriptions", **more), "resourcecontainers")

    def add(self, row: Row, table: str = "") -> None:
        """Put a row there, in the place of any that has its id, whose case is not regarded.

        The table is ``resources``, or ``resourcecontainers`` for what is known to belong there.
        """
        contained = row["type"].startswith(("microsoft.resources/subscriptions", "microsoft.management/"))
        with self.lock:
            self.tables[table or ("resourcecontainers" if contained else "resources")][row["id"].lower()] = row

    def add_child(self, parent: str, below: str, name: str, properties: Row, *, scope: str = "", **given: Any) -> str:
        """Put a child of a resource there: ``below`` is where it is listed, such as ``/keys``.

        ``scope`` is what its id begins with, where that is not the resource: a subscription lists what is on its
        resources.
        """
        id = f"{scope or parent}{below}/{name}"
        child = {"id": id, "name": name, "type": _type_of(id), "properties": properties, **given}
        with self.lock:
            listed = self.children.setdefault(f"{parent}{below}".lower(), [])
            assert isinstance(listed, list)
            listed.append(child)
        return id

    def set_child(self, parent: str, below: str, properties: Row, **given: Any) -> None:
        """Put the only child of its kind of a resource there, which is answered by itself."""
        id = f"{parent}{below}"
        known = {"id": id, "name": id.rpartition("/")[2], "type": _type_of(id), "properties": properties}
        with self.lock:
            self.children[id.lower()] = known | given

    def remove(self, ids: Iterable[str], table: str = "resources") -> None:
        """Take rows away.

        Raises:
            KeyError: there is none of that id.
        """
        with self.lock:
            for id in ids:
                del self.tables[table][id.lower()]

    def ids(self, type: str = "", table: str = "resources", *, visible: bool = True) -> set[str]:
        """The ids of the rows of a type, or of all, in lower case: of those that the application may see, or of all."""
        with self.lock:
            rows = self.tables[table].items()
            return {
                key
                for key, row in rows
                if type.lower() in ("", row["type"]) and (not visible or self.may_see(row["subscriptionId"]))
            }

    def may_see(self, subscription: str) -> bool:
        """Whether rows of a subscription are answered; those of none, such as management groups, always are."""
        return not subscription or (subscription in self.subscriptions and self.subscriptions[subscription].visible)

    def visible(self) -> list[Subscription]:
        """The subscriptions in which the application has any role."""
        return [each for each in self.subscriptions.values() if each.visible]


def _type_of(id: str) -> str:
    provider, *steps = id.rpartition("/providers/")[2].split("/")
    return "/".join([provider, *steps[::2]])


def _group_id(name: str) -> str:
    return f"/providers/Microsoft.Management/managementGroups/{name}"
