"""What the demo's SQL servers have of their data elsewhere: copies, dropped databases, and names."""

from tests.simulator.azure.place import Place

_GUID = "00000000-0000-4000-8000-0000000076{}"


def add_copies(web: Place, lab: Place) -> None:
    """Have a database copied from one server to the other, one that was dropped, backups, and another name."""
    here, there = web.of("Microsoft.Sql/servers", "sql-web"), lab.of("Microsoft.Sql/servers", "sql-lab")
    shop, copy = f"{here}/databases/shop", f"{there}/databases/shop"
    add = web.tenant.add_child
    link = {
        "partnerServer": "sql-lab",
        "partnerDatabase": "shop",
        "partnerDatabaseId": copy,
        "partnerLocation": "East US",
        "role": "Primary",
        "partnerRole": "Secondary",
        "replicationMode": "ASYNC",
        "replicationState": "CATCH_UP",
        "linkType": "GEO",
        "isTerminationAllowed": True,
        "startTime": "2024-06-21T08:11:46.907Z",
        "percentComplete": 100,
    }
    add(here, "/replicationLinks", _GUID.format("01"), link, scope=shop)
    other = {
        **link,
        "role": "Secondary",
        "partnerRole": "Primary",
        "partnerServer": "sql-web",
        "partnerDatabaseId": shop,
    }
    add(there, "/replicationLinks", _GUID.format("01"), other, scope=copy)
    dropped = {
        "databaseName": "orders",
        "creationDate": "2024-01-15T00:00:00Z",
        "deletionDate": "2025-11-30T10:00:00Z",
        "earliestRestoreDate": "2025-11-23T10:00:00Z",
        "maxSizeBytes": 268435456000,
        "backupStorageRedundancy": "Geo",
    }
    add(here, "/restorableDroppedDatabases", "orders,133771104000000000", dropped)
    kept = {"edition": "Standard", "serviceLevelObjective": "S2", "lastAvailableBackupDate": "2025-11-30T09:00:00Z"}
    add(here, "/recoverableDatabases", "shop", {**kept, "elasticPoolName": "pool"})
    moment = {"restorePointType": "DISCRETE", "restorePointCreationDate": "2025-11-01T00:00:00Z"}
    add(shop, "/restorePoints", "shop-1", {**moment, "restorePointLabel": "before the move"})
    always = {"restorePointType": "CONTINUOUS", "earliestRestoreDate": "2025-11-23T10:00:00Z"}
    add(shop, "/restorePoints", "shop-2", always)
    add(here, "/dnsAliases", "shop-sql", {"azureDnsRecord": "shop-sql.database.example"})
