"""Managed domains of Microsoft Entra Domain Services, in their forms of 2017 and of today."""

from typing import Any

import pytest

from integration.values import arm_key
from tests.azure.one_group import azure, check_told, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

DOMAIN, TYPE, SUBNET = "Microsoft.AAD/domainServices", "azure_domain_service", "/Net/Subnets/One"
SECURITY = {
    "ntlmV1": "Enabled",
    "tlsV1": "Disabled",
    "syncNtlmPasswords": "Enabled",
    "syncKerberosPasswords": "Disabled",
    "syncOnPremPasswords": "Enabled",
    "kerberosRc4Encryption": "Enabled",
    "ldapSigning": "Disabled",
}


def test_a_domain_tells_what_it_takes_and_none_of_its_secrets(place: Place, azure: Azure) -> None:
    ldaps = {"certificateNotAfter": "2027-05-01T12:30:00Z", "pfxCertificate": "hush", "pfxCertificatePassword": "hush"}
    place.put(DOMAIN, "d", {"domainSecuritySettings": SECURITY, "ldapsSettings": ldaps, "syncScope": "All"})
    found = check_told(azure, TYPE, {**SECURITY, "syncScope": "All", "certificateExpiresOn": 1_809_174_600_000})
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    ("ldaps", "external", "public"),
    [
        ("Enabled", "Enabled", True),
        ("enabled", "Disabled", False),
        ("Disabled", "Enabled", False),
        ("Enabled", "", None),
        (None, "Enabled", None),
        (None, "Disabled", False),
    ],
)
def test_a_domain_is_public_where_both_settings_say_so(
    place: Place, azure: Azure, ldaps: Any, external: Any, public: bool | None
) -> None:
    place.put(DOMAIN, "d", {"ldapsSettings": {"ldaps": ldaps, "externalAccess": external}})
    check_told(azure, TYPE, {"public": public})


@pytest.mark.parametrize(
    "told",
    [
        {"subnetId": SUBNET, "domainControllerIpAddress": ["198.18.0.4"]},
        {"replicaSets": [{"subnetId": SUBNET, "domainControllerIpAddress": ["198.18.0.4"]}, {"subnetId": ""}]},
    ],
)
def test_a_domain_is_in_the_subnet_of_its_controllers(place: Place, azure: Azure, told: dict[str, Any]) -> None:
    id = place.put(DOMAIN, "d", told)
    check_told(azure, TYPE, {"subnetIds": [arm_key(SUBNET)], "controllerIpAddresses": ["198.18.0.4"]})
    assert verdicts(azure.run("azure_subnet_has_domain_service"), ["azure_subnet_has_domain_service"]) == {"complete"}
    assert edges() == {(arm_key(SUBNET), arm_key(id))}


def test_a_domain_tells_whom_it_trusts_and_not_by_which_password(place: Place, azure: Azure) -> None:
    trusts = [
        {"trustedDomainFqdn": "a.example", "trustDirection": "Inbound", "remoteDnsIps": "198.18.0.4, 198.18.0.5,"},
        {"trustedDomainFqdn": "b.example", "trustDirection": None, "remoteDnsIps": None, "trustPassword": "hush"},
    ]
    place.put(DOMAIN, "d", {"resourceForestSettings": {"resourceForest": "Enabled", "settings": [*trusts, None]}})
    expected = {
        "resourceForest": "Enabled",
        "trustedDomains": ["a.example", "b.example"],
        "trusts": ["a.example=Inbound", "b.example="],
        "trustedDnsServers": ["198.18.0.4", "198.18.0.5"],
    }
    assert "hush" not in str(check_told(azure, TYPE, expected))
