"""Managed domains of the demo's tenant."""

from tests.simulator.azure.demo_compute import GUID
from tests.simulator.azure.place import Place


def add_domains(web: Place, aks: Place) -> None:
    """Put a domain there that is as it should be, and one that is reached from the internet by old protocols."""
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    safe = {
        "domainName": "inner.contoso.example",
        "domainConfigurationType": "FullySynced",
        "sku": "Enterprise",
        "tenantId": GUID.format("000a"),
        "syncScope": "CloudOnly",
        "syncApplicationId": GUID.format("7001"),
        "filteredSync": "Enabled",
        "domainSecuritySettings": {
            **dict.fromkeys(("ntlmV1", "tlsV1", "syncNtlmPasswords", "kerberosRc4Encryption"), "Disabled"),
            **dict.fromkeys(("syncKerberosPasswords", "syncOnPremPasswords", "syncOnPremSamAccountName"), "Enabled"),
            **dict.fromkeys(("kerberosArmoring", "ldapSigning", "channelBinding"), "Enabled"),
        },
        "ldapsSettings": {
            "ldaps": "Enabled",
            "externalAccess": "Disabled",
            "certificateThumbprint": "0000000000000000000000000000000000000007",
            "certificateNotAfter": "2027-05-01T12:30:00Z",
        },
        "notificationSettings": {"notifyGlobalAdmins": "Enabled", "notifyDcAdmins": "Enabled"},
        "replicaSets": [
            {
                "location": "West Europe",
                "subnetId": subnet,
                "domainControllerIpAddress": ["198.18.0.4", "198.18.0.5"],
                "externalAccessIpAddress": "203.0.113.44",
                "serviceStatus": "Running",
            }
        ],
        "provisioningState": "Succeeded",
    }
    web.put("Microsoft.AAD/domainServices", "inner.contoso.example", safe, tags={"owner": "team-identity"})
    trust = {
        "friendlyName": "Offices",
        "trustedDomainFqdn": "offices.contoso.example",
        "trustDirection": "Inbound",
        "remoteDnsIps": "198.18.7.4, 198.18.7.5",
        "trustPassword": "not for anybody",
    }
    weak = {
        "domainName": "lab.contoso.example",
        "domainSecuritySettings": dict.fromkeys(("ntlmV1", "tlsV1", "syncNtlmPasswords"), "Enabled"),
        "ldapsSettings": dict.fromkeys(("ldaps", "externalAccess"), "Enabled"),
        "resourceForestSettings": {"resourceForest": "Enabled", "settings": [trust]},
        "subnetId": subnet,
        "domainControllerIpAddress": ["198.18.0.6"],
    }
    aks.put("Microsoft.AAD/domainServices", "lab.contoso.example", weak)
