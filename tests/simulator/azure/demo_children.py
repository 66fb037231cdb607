"""What Azure Resource Manager alone tells of the resources of the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_compute import MADE
from tests.simulator.azure.place import Place

_STORAGE = "Microsoft.Storage/storageAccounts"


def add_children(web: Place, lab: Place) -> None:
    """Put children below some resources: others of their types have none."""
    _storage(web, lab)


def _storage(web: Place, lab: Place) -> None:
    data, old = web.of(_STORAGE, "stdata"), lab.of(_STORAGE, "stold")
    add, containers = web.tenant.add_child, "/blobServices/default/containers"
    closed = {
        "publicAccess": "None",
        "defaultEncryptionScope": "$account-encryption-key",
        "denyEncryptionScopeOverride": True,
        "hasImmutabilityPolicy": True,
        "hasLegalHold": False,
        "immutableStorageWithVersioning": {"enabled": True},
        "lastModifiedTime": MADE,
    }
    add(data, containers, "invoices", closed)
    add(data, containers, "$web", {"publicAccess": "Blob", "lastModifiedTime": MADE})
    add(old, containers, "everything", {"publicAccess": "Container", "lastModifiedTime": MADE})
    kept: dict[str, Any] = {
        "deleteRetentionPolicy": {"enabled": True, "days": 14},
        "containerDeleteRetentionPolicy": {"enabled": True, "days": 7},
        "isVersioningEnabled": True,
        "changeFeed": {"enabled": True},
        "restorePolicy": {"enabled": False},
        "lastAccessTimeTrackingPolicy": {"enable": False},
        "cors": {"corsRules": [{"allowedOrigins": ["https://shop.example"], "allowedMethods": ["GET"]}]},
    }
    web.tenant.set_child(data, "/blobServices/default", kept, type="Microsoft.Storage/storageAccounts/blobServices")
    none = {"deleteRetentionPolicy": {"enabled": False}, "cors": {"corsRules": []}}
    web.tenant.set_child(old, "/blobServices/default", none, type="Microsoft.Storage/storageAccounts/blobServices")
    share = {"enabledProtocols": "SMB", "shareQuota": 1024, "accessTier": "Hot", "lastModifiedTime": MADE}
    add(data, "/fileServices/default/shares", "files", share)
    mounted = {"enabledProtocols": "NFS", "rootSquash": "NoRootSquash", "shareQuota": 100, "lastModifiedTime": MADE}
    add(old, "/fileServices/default/shares", "home", mounted)
    add(data, "/queueServices/default/queues", "orders", {"metadata": {}})
    add(data, "/tableServices/default/tables", "visits", {"tableName": "visits"})
