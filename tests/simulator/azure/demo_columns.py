"""What resources of the demo's tenant tell that other tools have columns of: regions, versions, addresses and names."""

from typing import Any

from tests.simulator.azure.demo_compute import MADE
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, to

_NET = "Microsoft.Network"


def add_columns(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _data(web, lab)
    _running(web, lab)
    _firewalls(web)


def _data(web: Place, lab: Place) -> None:
    west = {"locationName": "West Europe", "failoverPriority": 0, "isZoneRedundant": True}
    north = {"locationName": "North Europe", "failoverPriority": 1, "isZoneRedundant": False}
    endpoint = {"documentEndpoint": "https://cosmos-web.documents.example/"}
    cosmos: dict[str, Any] = {
        "databaseAccountOfferType": "Standard",
        "consistencyPolicy": {
            "defaultConsistencyLevel": "BoundedStaleness",
            "maxStalenessPrefix": 100000,
            "maxIntervalInSeconds": 300,
        },
        "enableCassandraConnector": False,
        "connectorOffer": "Small",
        "locations": [west, north],
        "writeLocations": [{**west, **endpoint}],
        "readLocations": [{**west, **endpoint}, {**north, **endpoint}],
        "failoverPolicies": [
            {"locationName": "North Europe", "failoverPriority": 1},
            {"locationName": "West Europe", "failoverPriority": 0},
        ],
        "cors": [
            {
                "allowedOrigins": "https://shop.example",
                "allowedMethods": "GET,POST",
                "allowedHeaders": "accept",
                "exposedHeaders": "etag",
                "maxAgeInSeconds": 600,
            }
        ],
    }
    tell(web, "Microsoft.DocumentDB/databaseAccounts", "cosmos-web", cosmos)
    server = web.of("Microsoft.Sql/servers", "sql-web")
    database = {
        "restorableDroppedDatabaseId": f"{server}/restorableDroppedDatabases/shop,133500000000000000",
        "recoverableDatabaseId": f"{server}/recoverableDatabases/shop",
    }
    tell(web, "Microsoft.Sql/servers/databases", "sql-web/shop", database)
    lake = web.of("Microsoft.DataLakeAnalytics/accounts", "analyticsweb")
    tell(lab, "Microsoft.Synapse/workspaces", "synapse", {"adlaResourceId": lake})


def _running(web: Place, lab: Place) -> None:
    addresses = {"outgoingIpAddresses": [{"address": "203.0.113.51"}]}
    workflow = {
        "version": "08585000000000000000",
        "sku": {"name": "Standard"},
        "integrationAccount": to(web.of("Microsoft.Logic/integrationAccounts", "partners")),
        "integrationServiceEnvironment": to(web.of("Microsoft.Logic/integrationServiceEnvironments", "ise")),
        "endpointsConfiguration": {
            "workflow": {**addresses, "accessEndpointIpAddresses": [{"address": "203.0.113.52"}]},
            "connector": addresses,
        },
    }
    tell(web, "Microsoft.Logic/workflows", "logic-web", workflow)
    account = {
        "description": "Scripts of the platform team",
        "sku": {"name": "Basic"},
        "lastModifiedTime": MADE,
        "lastModifiedBy": "ada@contoso.example",
        "automationHybridServiceUrl": "https://aa-web.jrds.automation.example/automationAccounts/aa-web",
    }
    tell(web, "Microsoft.Automation/automationAccounts", "aa-web", account)
    factory = {"version": "2018-06-01", "repoConfiguration": {"collaborationBranch": "main"}}
    tell(web, "Microsoft.DataFactory/factories", "adf-web", factory)
    group = {"dnsConfig": {"nameServers": ["198.18.1.4"]}}
    tell(lab, "Microsoft.ContainerInstance/containerGroups", "worker", group)


def _firewalls(web: Place) -> None:
    own = web.of(f"{_NET}/firewallPolicies", "fp-web")
    policy = {
        "size": "0.5MB",
        "firewalls": [to(web.of(f"{_NET}/azureFirewalls", "fw"))],
        "explicitProxy": {"enableExplicitProxy": True, "enablePacFile": True, "pacFilePort": 8084},
    }
    tell(web, f"{_NET}/firewallPolicies", "fp-web", policy)
    tell(web, f"{_NET}/firewallPolicies", "fp-base", {"childPolicies": [to(own)]})
