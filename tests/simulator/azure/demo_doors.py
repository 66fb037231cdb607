"""What Azure Resource Manager alone tells of a profile of Azure Front Door of the demo's tenant."""

from tests.simulator.azure.demo_compute import MADE
from tests.simulator.azure.place import Place, to


def add_doors(web: Place) -> None:
    """Put a name, a certificate, a route and origins below the demo's profile."""
    profile, add = web.of("Microsoft.Cdn/profiles", "afd-web"), web.tenant.add_child
    done = {"deploymentStatus": "Succeeded", "provisioningState": "Succeeded"}
    certificate = {
        "type": "CustomerCertificate",
        "secretSource": to(f"{web.of('Microsoft.KeyVault/vaults', 'kv-web')}/secrets/shop"),
        "useLatestVersion": True,
        "subjectAlternativeNames": ["shop.contoso.example"],
        "expirationDate": MADE,
    }
    add(profile, "/secrets", "shop", {"parameters": certificate, **done})
    shown = {
        "certificateType": "CustomerCertificate",
        "minimumTlsVersion": "TLS12",
        "cipherSuiteSetType": "Customized",
        "secret": to(f"{profile}/secrets/shop"),
    }
    domain = {
        "hostName": "shop.contoso.example",
        "domainValidationState": "Approved",
        "tlsSettings": shown,
        "azureDnsZone": to(web.of("Microsoft.Network/dnsZones", "contoso.example")),
        **done,
    }
    add(profile, "/customDomains", "shop", domain)
    add(profile, "/originGroups", "shops", {"sessionAffinityState": "Disabled"})
    link = {"privateLink": to(web.of("Microsoft.Web/sites", "shop")), "groupId": "sites", "status": "Approved"}
    origin = {
        "hostName": "origin.shop.example",
        "originHostHeader": "shop.contoso.example",
        "httpPort": 80,
        "httpsPort": 443,
        "enabledState": "Enabled",
        "enforceCertificateNameCheck": True,
        "priority": 1,
        "weight": 1000,
        "azureOrigin": to(web.of("Microsoft.Web/sites", "shop")),
        "sharedPrivateLinkResource": link,
        **done,
    }
    add(f"{profile}/originGroups/shops", "/origins", "app", origin)
    route = {
        "customDomains": [to(f"{profile}/customDomains/shop")],
        "originGroup": to(f"{profile}/originGroups/shops"),
        "ruleSets": [to(f"{profile}/ruleSets/headers")],
        "supportedProtocols": ["Http", "Https"],
        "patternsToMatch": ["/*"],
        "forwardingProtocol": "HttpsOnly",
        "linkToDefaultDomain": "Disabled",
        "httpsRedirect": "Enabled",
        "enabledState": "Enabled",
        "originPath": "/shop",
        **done,
    }
    add(f"{profile}/afdEndpoints/shop", "/routes", "all", route)
