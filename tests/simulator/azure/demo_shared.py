"""What many resources of the demo's tenant share: identities, routes, plans, logs and copies."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_OWNER = {"owner": "team-platform"}


def add_shared(web: Place, aks: Place, lab: Place) -> None:
    """Put them there, with one identity that nothing uses."""
    identities = "Microsoft.ManagedIdentity/userAssignedIdentities"
    for place, name, number in ((web, "id-web", "3903"), (aks, "aks-agentpool", "5002"), (lab, "id-left", "8001")):
        told = {"principalId": GUID.format(number), "clientId": GUID.format("3902"), "tenantId": GUID.format("000a")}
        place.put(identities, name, told, tags=_OWNER)
    _routing(web)
    _protection(web)
    workspace = {
        "customerId": GUID.format("8101"),
        "createdDate": MADE,
        "sku": {"name": "PerGB2018"},
        "retentionInDays": 90,
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Disabled",
        "forceCmkForQuery": True,
        "features": {
            "disableLocalAuth": True,
            "enableLogAccessUsingOnlyResourcePermissions": True,
            "immediatePurgeDataOn30Days": False,
        },
    }
    web.put("Microsoft.OperationalInsights/workspaces", "logs", workspace, tags=_OWNER)
    soft = {"softDeleteState": "AlwaysON", "softDeleteRetentionPeriodInDays": 14, "enhancedSecurityState": "AlwaysON"}
    vault: dict[str, Any] = {
        "securitySettings": {
            "softDeleteSettings": soft,
            "immutabilitySettings": {"state": "Locked"},
            "multiUserAuthorization": "Enabled",
        },
        "encryption": {
            "keyVaultProperties": {"keyUri": "https://kv-web.vault.azure.example/keys/storage"},
            "infrastructureEncryption": "Enabled",
        },
        "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant", "crossRegionRestore": "Enabled"},
        "publicNetworkAccess": "Disabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    more: dict[str, Any] = {"sku": {"name": "RS0"}, "identity": identity_of(web.of(identities, "id-web"))}
    web.put("Microsoft.RecoveryServices/vaults", "rsv", vault, tags=_OWNER, **more)
    _copies(web)


def _routing(web: Place) -> None:
    subnets = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets"
    out = to(web.of(f"{_NET}/publicIPAddresses", "pip-nat"))
    gateway = {"publicIpAddresses": [out], "subnets": [to(f"{subnets}/s")], "idleTimeoutInMinutes": 4}
    web.put(f"{_NET}/natGateways", "ng-web", gateway, sku={"name": "Standard"}, tags=_OWNER)
    network = to(subnets.removesuffix("/subnets"))
    web.put(f"{_NET}/natGateways", "ng-whole", {"sourceVirtualNetwork": network}, sku={"name": "StandardV2"})
    routes = [part("/out", {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"})]
    table = {"routes": routes, "disableBgpRoutePropagation": True, "subnets": [to(f"{subnets}/s")]}
    web.put(f"{_NET}/routeTables", "rt-web", table, tags=_OWNER)
    front = {"publicIPAddress": out, "subnet": to(f"{subnets}/AzureBastionSubnet")}
    bastion = {
        "dnsName": "bst-web.bastion.example",
        "ipConfigurations": [part("/front", front)],
        "enableTunneling": False,
        "enableShareableLink": False,
        "disableCopyPaste": True,
        "enableSessionRecording": False,
    }
    web.put(f"{_NET}/bastionHosts", "bst-web", bastion, sku={"name": "Standard"}, tags=_OWNER)
    rules = {"ipRules": [{"addressPrefix": "203.0.113.0/24"}]}
    developers = {"virtualNetwork": network, "networkAcls": rules, "ipConfigurations": []}
    web.put(f"{_NET}/bastionHosts", "bst-dev", developers, sku={"name": "Developer"}, tags=_OWNER)
    front = {"publicIPAddress": out, "subnet": to(f"{subnets}/GatewaySubnet")}
    vpn = {
        "sku": {"name": "VpnGw2AZ", "tier": "VpnGw2AZ"},
        "gatewayType": "Vpn",
        "vpnType": "RouteBased",
        "enableBgp": False,
        "activeActive": False,
        "vpnClientConfiguration": {"vpnAuthenticationTypes": ["AAD"]},
        "ipConfigurations": [part("/front", front)],
    }
    web.put(f"{_NET}/virtualNetworkGateways", "vpn-web", vpn, tags=_OWNER)


def _protection(web: Place) -> None:
    group = {"resourceGuid": GUID.format("8201")}
    web.put(f"{_NET}/applicationSecurityGroups", "asg-web", group, tags=_OWNER)
    plan = {
        "publicIPAddresses": [to(web.of(f"{_NET}/publicIPAddresses", "pip-0"))],
        "virtualNetworks": [to(web.of(f"{_NET}/virtualNetworks", "v"))],
    }
    web.put(f"{_NET}/ddosProtectionPlans", "ddos", plan, tags=_OWNER)


def _copies(web: Place) -> None:
    machine = web.of("Microsoft.Compute/virtualMachines", "vm-web-01")
    item = {
        "friendlyName": "vm-web-01",
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "backupManagementType": "AzureIaasVM",
        "workloadType": "VM",
        "sourceResourceId": machine.upper(),
        "policyId": f"{web.of('Microsoft.RecoveryServices/vaults', 'rsv')}/backupPolicies/daily",
        "protectionState": "Protected",
        "lastBackupStatus": "Completed",
        "lastBackupTime": "2025-11-30T02:00:05.4216Z",
        "lastRecoveryPoint": "2025-11-30T02:00:09.1024Z",
        "isScheduledForDeferredDelete": False,
    }
    items = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
    web.put(items, "rsv/Azure/web/vm-web-01", item, table="recoveryservicesresources")
    kept = {
        f"{each.lower()}Schedule": {"retentionDuration": {"count": count, "durationType": unit}}
        for each, count, unit in (("Daily", 30, "Days"), ("Weekly", 12, "Weeks"), ("Monthly", 12, "Months"))
    }
    daily = {
        "backupManagementType": "AzureIaasVM",
        "policyType": "V2",
        "timeZone": "W. Europe Standard Time",
        "workLoadType": "VM",
        "instantRPDetails": {"azureBackupRGNamePrefix": "rg-copies"},
        "protectedItemsCount": 1,
        "instantRpRetentionRangeInDays": 2,
        "schedulePolicy": {"schedulePolicyType": "SimpleSchedulePolicyV2", "scheduleRunFrequency": "Daily"},
        "retentionPolicy": kept | {"yearlySchedule": {"retentionDuration": {"count": 7, "durationType": "Years"}}},
    }
    policies = "Microsoft.RecoveryServices/vaults/backupPolicies"
    web.put(policies, "rsv/daily", daily, table="recoveryservicesresources", tags=_OWNER)
