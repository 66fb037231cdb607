"""What Steampipe's tables read of resources is read here, too, down to where the published types have it."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, place
from tests.azure.reading import Azure
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
WHEN, MOMENT = "2024-01-15T00:00:00Z", 1705276800000
ALERTS = {"monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}}}
GATEWAY, ENDPOINT = f"{NET}/virtualNetworkGateways", f"{NET}/privateEndpoints"


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_nat_gateway",
            f"{NET}/natGateways",
            {"publicIpPrefixes": [to("/Prefixes/P")], "publicIpPrefixesV6": [to("/Prefixes/Six"), to("/prefixes/p")]},
            {"publicIpPrefixIds": ["/prefixes/p", "/prefixes/six"]},
        ),
        (
            "azure_nic",
            f"{NET}/networkInterfaces",
            {"dnsSettings": {"appliedDnsServers": ["198.18.0.53"]}, "primary": True},
            {"appliedDnsServers": ["198.18.0.53"], "primary": True},
        ),
        (
            "azure_private_endpoint",
            ENDPOINT,
            {
                "customDnsConfigs": [{"fqdn": "kv.example", "ipAddresses": ["198.18.0.7", "198.18.0.8"]}, {}],
                "ipConfigurations": [part("/one", {"privateIPAddress": "198.18.0.7"}), part("/two", {})],
                "applicationSecurityGroups": [to("/Groups/G")],
            },
            {
                "fqdns": ["kv.example"],
                "privateIpAddresses": ["198.18.0.7", "198.18.0.8"],
                "applicationSecurityGroupIds": ["/groups/g"],
            },
        ),
        (
            "azure_private_endpoint",
            ENDPOINT,
            {"customDnsConfigs": None, "ipConfigurations": [part("/one", {"privateIPAddress": "198.18.0.9"})]},
            {"fqdns": [], "privateIpAddresses": ["198.18.0.9"]},
        ),
        (
            "azure_virtual_network_gateway",
            GATEWAY,
            {
                "gatewayDefaultSite": to("/Sites/Office"),
                "customRoutes": {"addressPrefixes": ["198.18.8.0/24"]},
                "vpnClientConfiguration": {
                    "vpnClientAddressPool": {"addressPrefixes": ["198.18.9.0/24"]},
                    "aadTenant": "https://login.example/t/",
                    "vpnClientRootCertificates": [part("/root", {"publicCertData": "MII"})],
                    "vpnClientRevokedCertificates": [part("/lost", {"thumbprint": "00"})],
                    "radiusServerAddress": "198.18.0.5",
                    "radiusServers": [
                        {"radiusServerAddress": "198.18.0.5"},
                        {"radiusServerAddress": "198.18.0.6", "radiusServerSecret": "secret"},
                    ],
                },
            },
            {
                "defaultSiteId": "/sites/office",
                "customRoutes": ["198.18.8.0/24"],
                "vpnClientAddressPrefixes": ["198.18.9.0/24"],
                "vpnClientTenant": "https://login.example/t/",
                "vpnClientRootCertificates": ["root"],
                "vpnClientRevokedCertificates": ["lost"],
                "radiusServerAddresses": ["198.18.0.5", "198.18.0.6"],
            },
        ),
        (
            "azure_virtual_network_gateway",
            GATEWAY,
            {"gatewayDefaultSite": None, "vpnClientConfiguration": None, "customRoutes": None},
            {"defaultSiteId": None, "customRoutes": None, "vpnClientTenant": None, "radiusServerAddresses": []},
        ),
        (
            "azure_security_group_flow_logs",
            f"{NET}/networkWatchers/flowLogs",
            {"format": {"type": "JSON", "version": 2}},
            {"formatVersion": 2},
        ),
        (
            "azure_expressroute_circuit",
            f"{NET}/expressRouteCircuits",
            {
                "expressRoutePort": to("/Ports/P"),
                "authorizations": [part("/partner", {"authorizationKey": "secret", "authorizationUseStatus": "InUse"})],
            },
            {"expressRoutePortId": "/ports/p", "authorizations": ["partner"]},
        ),
        (
            "azure_vm_scale_set_instance",
            "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
            {
                "securityProfile": {"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": False}},
                "modelDefinitionApplied": "VirtualMachine",
            },
            {"securityType": "TrustedLaunch", "secureBootEnabled": False, "vTpmEnabled": None}
            | {"modelDefinitionApplied": "VirtualMachine"},
        ),
        (
            "azure_image",
            "Microsoft.Compute/images",
            {"storageProfile": {"osDisk": {"diskEncryptionSet": to("/Sets/S")}, "zoneResilient": True}},
            {"diskEncryptionSetId": "/sets/s", "zoneResilient": True},
        ),
        (
            "azure_image",
            "Microsoft.Compute/images",
            {"storageProfile": {"osDisk": None}},
            {"diskEncryptionSetId": None, "zoneResilient": None},
        ),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/flexibleServers",
            {"backup": {"earliestRestoreDate": WHEN}, "availabilityZone": "2"},
            {"earliestRestoreOn": MOMENT, "availabilityZone": "2"},
        ),
        (
            "azure_mysql_server",
            "Microsoft.DBforMySQL/servers",
            {"earliestRestoreDate": WHEN},
            {"earliestRestoreOn": MOMENT, "availabilityZone": None},
        ),
        (
            "azure_mariadb_server",
            "Microsoft.DBforMariaDB/servers",
            {"earliestRestoreDate": None},
            {"earliestRestoreOn": None},
        ),
        (
            "azure_sql_managed_instance",
            "Microsoft.Sql/managedInstances",
            {"instancePoolId": "/Pools/P"},
            {"instancePoolId": "/pools/p"},
        ),
        (
            "azure_sql_virtual_machine",
            "Microsoft.SqlVirtualMachine/sqlVirtualMachines",
            {
                "sqlVirtualMachineGroupResourceId": "/Groups/G",
                "keyVaultCredentialSettings": {"enable": True, "servicePrincipalSecret": "secret"},
            },
            {"groupId": "/groups/g", "keyVaultCredentialEnabled": True},
        ),
        ("azure_keyvault_service", "Microsoft.KeyVault/vaults", {"tenantId": "t"}, {"tenantId": "t"}),
        ("azure_keyvault_managed_hsm", "Microsoft.KeyVault/managedHSMs", {"tenantId": "t"}, {"tenantId": "t"}),
        (
            "azure_recovery_vault",
            "Microsoft.RecoveryServices/vaults",
            {**ALERTS, "privateEndpointStateForBackup": "None", "privateEndpointStateForSiteRecovery": "Enabled"},
            {"alertsForAllJobFailures": "Enabled", "privateEndpointStateForBackup": "None"}
            | {"privateEndpointStateForSiteRecovery": "Enabled"},
        ),
        (
            "azure_backup_vault",
            "Microsoft.DataProtection/backupVaults",
            ALERTS,
            {"alertsForAllJobFailures": "Enabled"},
        ),
        ("azure_service_bus_namespace", "Microsoft.ServiceBus/namespaces", {"updatedAt": WHEN}, {"updatedOn": MOMENT}),
        ("azure_event_hub_namespace", "Microsoft.EventHub/namespaces", {"updatedAt": WHEN}, {"updatedOn": MOMENT}),
        (
            "azure_service_fabric_cluster",
            "Microsoft.ServiceFabric/clusters",
            {
                "certificateCommonNames": {"commonNames": [{"certificateCommonName": "nodes.example"}]},
                "clientCertificateCommonNames": [{"isAdmin": False, "certificateCommonName": "ops.example"}],
                "reverseProxyCertificate": {"thumbprint": "01", "x509StoreName": "My"},
                "addOnFeatures": ["DnsService"],
            },
            {
                "certificateCommonNames": ["nodes.example"],
                "clientCertificateCommonNames": ["ops.example"],
                "reverseProxyCertificateThumbprint": "01",
                "addOnFeatures": ["DnsService"],
            },
        ),
        (
            "azure_databricks_workspace",
            "Microsoft.Databricks/workspaces",
            {"storageAccountIdentity": {"principalId": "s"}, "managedDiskIdentity": {"principalId": "d"}},
            {"storageIdentityPrincipalId": "s", "diskIdentityPrincipalId": "d"},
        ),
        (
            "azure_synapse_workspace",
            "Microsoft.Synapse/workspaces",
            {
                "encryption": {"cmk": {"status": "Activated"}},
                "connectivityEndpoints": {"web": "https://web.example", "sql": "sql.example", "dev": None},
                "purviewConfiguration": {"purviewResourceId": "/Accounts/A"},
            },
            {
                "cmkStatus": "Activated",
                "endpoints": ["https://web.example", "sql.example"],
                "purviewAccountId": "/accounts/a",
            },
        ),
        (
            "azure_hdinsight_cluster",
            "Microsoft.HDInsight/clusters",
            {"connectivityEndpoints": [{"location": "a.example"}, {"location": "a.example"}, {"name": "SSH"}]},
            {"endpoints": ["a.example"]},
        ),
        (
            "azure_batch_account",
            "Microsoft.Batch/batchAccounts",
            {"autoStorage": {"authenticationMode": "StorageKeys"}},
            {"storageAuthenticationMode": "StorageKeys"},
        ),
    ],
)
def test_what_tables_have_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    table = "computeresources" if "ScaleSets/" in of else ""
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties, table=table)
    check_told(azure, type, expected)
