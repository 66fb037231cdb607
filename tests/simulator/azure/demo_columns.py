"""What resources of the demo's tenant tell that other tools have columns of: regions, versions, addresses and names."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, to

_NET = "Microsoft.Network"


def add_columns(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _data(web, lab)
    _running(web, lab)
    _firewalls(web)
    _sizes(web)
    _services(web)
    _messages(web)
    _apps(web, lab)


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


def _sizes(web: Place) -> None:
    for type, name, more in (
        ("Microsoft.ApiManagement/service", "api-web", {"capacity": 1}),
        ("Microsoft.Kusto/clusters", "adx", {"tier": "Standard", "capacity": 2}),
        ("Microsoft.AppPlatform/Spring", "spring-web", {"capacity": 1}),
        ("Microsoft.EventHub/namespaces", "eh-web", {"tier": "Standard", "capacity": 1}),
        ("Microsoft.Devices/IotHubs", "iot-web", {"tier": "Standard", "capacity": 1}),
    ):
        row = web.tenant.tables["resources"][web.of(type, name).lower()]
        row["sku"] = {**(row["sku"] or {}), **more}


def _services(web: Place) -> None:
    tell(web, "Microsoft.ApiManagement/service", "api-web", {"additionalLocations": [{"location": "North Europe"}]})
    cluster = {
        "clusterId": "00000000000000000000000000000001",
        "clusterHdpVersion": "3.1.6.2-8",
        "kafkaRestProperties": {"clientGroupInfo": {"groupName": "streams", "groupId": GUID.format("5601")}},
        "quotaInfo": {"coresUsed": 12},
    }
    tell(web, "Microsoft.HDInsight/clusters", "hdi-web", cluster)
    spring = {
        "serviceId": GUID.format("5602"),
        "version": 3,
        "networkProfile": {
            "serviceCidr": "198.18.64.0/19,198.18.96.0/19",
            "serviceRuntimeNetworkResourceGroup": "spring-runtime",
            "appNetworkResourceGroup": "spring-apps",
        },
    }
    tell(web, "Microsoft.AppPlatform/Spring", "spring-web", spring)
    maintenance = "/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/SQL_Default"
    instance = {
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "dnsZone": "0a1b2c3d",
        "maintenanceConfigurationId": f"/subscriptions/{web.id.split('/')[2]}{maintenance}",
        "timezoneId": "UTC",
    }
    tell(web, "Microsoft.Sql/managedInstances", "mi-web", instance)
    workspace = {
        "createdBy": {"oid": GUID.format("5603"), "applicationId": GUID.format("5604")},
        "updatedBy": {"oid": GUID.format("5603")},
        "authorizations": [{"principalId": GUID.format("5605"), "roleDefinitionId": GUID.format("5606")}],
    }
    tell(web, "Microsoft.Databricks/workspaces", "dbw-web", workspace)


def _messages(web: Place) -> None:
    domain = {
        "autoCreateTopicWithFirstSubscription": True,
        "autoDeleteTopicWithLastSubscription": False,
        "inputSchemaMapping": {"inputSchemaMappingType": "Json"},
    }
    tell(web, "Microsoft.EventGrid/domains", "egd-web", domain)
    hub = {
        "comments": "Of the shops",
        "features": "DeviceManagement",
        "enableFileUploadNotifications": False,
        "locations": [
            {"location": "West Europe", "role": "primary"},
            {"location": "North Europe", "role": "secondary"},
        ],
        "eventHubEndpoints": {"events": {"retentionTimeInDays": 1, "partitionCount": 4}},
    }
    tell(web, "Microsoft.Devices/IotHubs", "iot-web", hub)
    job = {
        "jobId": GUID.format("5607"),
        "dataLocale": "en-US",
        "eventsLateArrivalMaxDelayInSeconds": 5,
        "eventsOutOfOrderMaxDelayInSeconds": 0,
        "eventsOutOfOrderPolicy": "Adjust",
        "outputStartMode": "JobStartTime",
        "outputStartTime": MADE,
    }
    tell(web, "Microsoft.StreamAnalytics/streamingjobs", "asa-visits", job)


def _apps(web: Place, lab: Place) -> None:
    interface = {
        "enableAcceleratedNetworking": True,
        "dnsSettings": {
            "internalDnsNameLabel": "web-01",
            "internalDomainNameSuffix": "internal.cloudapp.example",
            "internalFqdn": "web-01.internal.cloudapp.example",
        },
        "nicType": "Standard",
        "auxiliaryMode": "None",
        "workloadType": "web",
        "migrationPhase": "None",
    }
    tell(web, f"{_NET}/networkInterfaces", "nic-web-01", interface)
    app = {
        "workloadProfileName": "Consumption",
        "latestRevisionName": "ca-shop--2",
        "latestReadyRevisionName": "ca-shop--1",
        "latestRevisionFqdn": "ca-shop--2.apps.contoso.example",
        "eventStreamEndpoint": "https://westeurope.azurecontainerapps.example/ca-shop/eventstream",
        "configuration": {"activeRevisionsMode": "Single", "ingress": {"transport": "auto"}},
        "template": {"scale": {"minReplicas": 1, "maxReplicas": 10}},
        "outboundIpAddresses": ["203.0.113.53"],
    }
    tell(lab, "Microsoft.App/containerApps", "ca-shop", app, kind="functionapp")
    site = {
        "clientAffinityEnabled": False,
        "containerSize": 1536,
        "dailyMemoryTimeQuota": 0,
        "enabledHostNames": ["app.azurewebsites.example", "app.scm.azurewebsites.example"],
        "isXenon": False,
        "lastModifiedTimeUtc": MADE,
        "redundancyMode": "None",
        "repositorySiteName": "app",
        "reserved": True,
        "scmSiteAlsoStopped": False,
        "inboundIpAddress": "203.0.113.54",
        "ftpsHostName": "ftps://waws.ftp.azurewebsites.example/site/wwwroot",
        "trafficManagerHostNames": ["shop.trafficmanager.example"],
        "availabilityState": "Normal",
        "usageState": "Normal",
    }
    for type, name in (("sites", "shop"), ("sites", "orders"), ("sites/slots", "shop/staging")):
        tell(web, f"Microsoft.Web/{type}", name, site)
