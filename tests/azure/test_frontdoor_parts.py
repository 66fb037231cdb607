"""What profiles of Azure Front Door of today are made of, which Azure Resource Manager alone tells."""

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

PROFILE = "Microsoft.Cdn/profiles"


@pytest.fixture
def door(place: Place) -> str:
    """A profile with a name, the certificate that this shows, two groups of origins and a route to one of them."""
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {})
    zone = place.put("Microsoft.Network/dnsZones", "contoso.example", {})
    profile, add = place.put(PROFILE, "afd", {}), place.tenant.add_child
    kept = {"type": "CustomerCertificate", "secretSource": to(f"{vault}/secrets/c")}
    add(profile, "/secrets", "own", {"parameters": {**kept, "expirationDate": "2027-01-01T00:00:00-00:00"}})
    add(profile, "/secrets", "managed", {"parameters": {"type": "ManagedCertificate"}})
    shown = {"certificateType": "CustomerCertificate", "secret": to(f"{profile.upper()}/SECRETS/OWN")}
    add(profile, "/customDomains", "shop", {"tlsSettings": shown, "azureDnsZone": to(zone.upper())})
    add(profile, "/customDomains", "bare", {"tlsSettings": None, "azureDnsZone": None})
    for group in ("used", "unused"):
        add(profile, "/originGroups", group, {})
        add(f"{profile}/originGroups/{group}", "/origins", f"app-{group}", {"hostName": f"{group}.example"})
    add(f"{profile}/originGroups/used", "/origins", "second", {"hostName": None, "sharedPrivateLinkResource": None})
    place.put(f"{PROFILE}/afdEndpoints", "afd/end", {})
    names = [to(f"{profile.upper()}/CUSTOMDOMAINS/SHOP"), {"id": None}]
    route = {"customDomains": names, "originGroup": to(f"{profile.upper()}/ORIGINGROUPS/USED")}
    add(f"{profile}/afdEndpoints/end", "/routes", "all", route)
    return profile.lower()


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (
            ["azure_cdn_profile_has_frontdoor_custom_domain", "azure_cdn_profile_has_frontdoor_secret"],
            {("", "/customdomains/shop"), ("", "/customdomains/bare"), ("", "/secrets/own"), ("", "/secrets/managed")},
        ),
        (
            ["azure_cdn_profile_has_frontdoor_origin"],
            {("", f"/origingroups/{each}") for each in (
                "used/origins/app-used", "used/origins/second", "unused/origins/app-unused",
            )},
        ),
        (["azure_frontdoor_endpoint_has_route"], {("/afdendpoints/end", "/afdendpoints/end/routes/all")}),
        (
            ["azure_frontdoor_route_uses_custom_domain", "azure_frontdoor_route_connects_origin"],
            {("/afdendpoints/end/routes/all", each) for each in (
                "/customdomains/shop", "/origingroups/used/origins/app-used", "/origingroups/used/origins/second",
            )},
        ),
        (["azure_frontdoor_custom_domain_uses_secret"], {("/customdomains/shop", "/secrets/own")}),
    ],
)  # fmt: skip
def test_parts_of_a_front_door_lead_to_each_other(
    door: str, azure: Azure, types: list[str], expected: set[tuple[str, str]]
) -> None:
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(f"{door}{start}", f"{door}{end}") for start, end in expected}


def test_a_certificate_is_in_a_vault_and_a_name_in_a_zone(place: Place, door: str, azure: Azure) -> None:
    run = azure.run("azure_frontdoor_custom_domain_uses_dns_zone", "azure_frontdoor_secret_uses_keyvault_service")
    assert verdicts(run) == {"complete"}
    vault = place.of("Microsoft.KeyVault/vaults", "kv").lower()
    zone = place.of("Microsoft.Network/dnsZones", "contoso.example").lower()
    assert edges() == {(f"{door}/secrets/own", vault), (f"{door}/customdomains/shop", zone)}
    own, managed = (entities("azure_frontdoor_secret")[name] for name in ("own", "managed"))
    assert (own["keyVaultSecretId"], own["expiresOn"]) == (f"{vault}/secrets/c", 1798761600000)
    assert (managed["kind"], managed.get("keyVaultSecretId")) == ("ManagedCertificate", None)
    named = entities("azure_frontdoor_custom_domain")
    assert (named["shop"]["secretId"], named["bare"].get("secretId")) == (f"{door}/secrets/own", None)
