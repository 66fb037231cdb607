"""Who reaches the demo's resources past Microsoft Entra, further keys there, and databases of further kinds."""

from tests.simulator.azure.place import Place

_WHEN = "2024-01-15T00:00:00Z"


def add_own_access(web: Place, lab: Place) -> None:
    """Put it below resources that are there."""
    _accounts(web)
    _registry(web)
    _documents(web)
    tenant, only = web.tenant, "/azureADOnlyAuthentications/Default"
    tenant.set_child(web.of("Microsoft.Sql/servers", "sql-web"), only, {"azureADOnlyAuthentication": True})
    tenant.set_child(lab.of("Microsoft.Sql/servers", "sql-lab"), only, {"azureADOnlyAuthentication": False})


def _accounts(web: Place) -> None:
    add, account = web.tenant.add_child, web.of("Microsoft.Storage/storageAccounts", "stdata")
    partner = {
        "permissionScopes": [{"permissions": "rl", "service": "blob", "resourceName": "files"}],
        "homeDirectory": "files",
        "hasSharedKey": False,
        "hasSshKey": True,
        "hasSshPassword": True,
        "allowAclAuthorization": False,
        "isNFSv3Enabled": False,
        "userId": 1000,
        "groupId": 100,
    }
    add(account, "/localUsers", "partner", partner)
    key = {
        "keyUri": "https://kv-web.vault.azure.example/keys/files",
        "currentVersionedKeyIdentifier": "https://kv-web.vault.azure.example/keys/files/0000",
        "lastKeyRotationTimestamp": "2024-06-01T00:00:00Z",
    }
    times = {"creationTime": _WHEN, "lastModifiedTime": _WHEN}
    own = {"source": "Microsoft.KeyVault", "state": "Enabled", "keyVaultProperties": key}
    add(account, "/encryptionScopes", "partner", {**own, "requireInfrastructureEncryption": True, **times})
    in_module = {"keyUri": "https://hsm-web.managedhsm.example/keys/files"}
    add(account, "/encryptionScopes", "old", {**own, "state": "Disabled", "keyVaultProperties": in_module, **times})
    add(account, "/encryptionScopes", "plain", {"source": "Microsoft.Storage", "state": "Enabled", **times})


def _registry(web: Place) -> None:
    add, registry = web.tenant.add_child, web.of("Microsoft.ContainerRegistry/registries", "crweb")
    done = {"creationDate": _WHEN, "provisioningState": "Succeeded"}
    pull = {"description": "Reads images.", "type": "UserDefined", "actions": ["repositories/web/content/read"], **done}
    scope_map = add(registry, "/scopeMaps", "pull", pull)
    add(registry, "/tokens", "build", {"status": "enabled", "scopeMapId": scope_map, **done})


def _documents(web: Place) -> None:
    add, account = web.tenant.add_child, web.of("Microsoft.DocumentDB/databaseAccounts", "cosmos-web")
    add(account, "/tables", "sessions", {"resource": {"id": "sessions"}})
    keyspace = add(account, "/cassandraKeyspaces", "clicks", {"resource": {"id": "clicks"}})
    columns = {"columns": [{"name": "day", "type": "date"}], "partitionKeys": [{"name": "day"}]}
    kept = {"defaultTtl": 2592000, "analyticalStorageTtl": -1}
    add(keyspace, "/tables", "by-day", {"resource": {"id": "by-day", "schema": columns, **kept}})
    database = add(account, "/gremlinDatabases", "people", {"resource": {"id": "people"}})
    graph = {"id": "knows", "defaultTtl": -1, "partitionKey": {"paths": ["/country"], "kind": "Hash"}}
    add(database, "/graphs", "knows", {"resource": graph})
