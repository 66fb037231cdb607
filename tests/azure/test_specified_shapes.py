"""Resources are read as the specifications of Azure's APIs have them, by older and by newer names.

Source: Azure/azure-rest-api-specs, the definitions of each provider.
"""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, check_told, place
from tests.azure.reading import Azure, edges
from tests.simulator.azure import Fault
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

ROUTES = ("vnetRouteAllEnabled", "vnetContentShareEnabled", "vnetImagePullEnabled", "vnetBackupRestoreEnabled")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"vnetRouteAllEnabled": True, "vnetImagePullEnabled": False}, (True, None, False, None)),
        (
            {"outboundVnetRouting": {"allTraffic": False, "applicationTraffic": True, "imagePullTraffic": False}},
            (True, None, False, None),
        ),
        ({"vnetRouteAllEnabled": True, "outboundVnetRouting": {"contentShareTraffic": True}}, (True, True, None, None)),
        ({"outboundVnetRouting": {"allTraffic": True, "applicationTraffic": False}}, (True, True, True, True)),
        ({"outboundVnetRouting": None}, (None, None, None, None)),
    ],
    ids=["older", "newer", "both", "all", "untold"],
)
@pytest.mark.parametrize(
    ("type", "kind", "name", "of"),
    [
        ("azure_web_app", "sites", "a", "app"),
        ("azure_function_app", "sites", "a", "functionapp"),
        ("azure_web_app_slot", "sites/slots", "a/b", "app"),
    ],
)
def test_what_apps_send_by_their_networks(
    place: Place, azure: Azure, type: str, kind: str, name: str, of: str, told: dict[str, Any], expected: Any
) -> None:
    place.put(f"Microsoft.Web/{kind}", name, told, kind=of)
    check_told(azure, type, dict(zip(ROUTES, expected, strict=True)))


def test_endpoints_of_static_web_apps_come_in_an_envelope(place: Place, azure: Azure) -> None:
    plain = part("/c", {"privateEndpoint": to("/Plain")})
    wrapped = part("/d", {"id": "/d", "properties": {"privateEndpoint": to("/Wrapped")}})
    place.put("Microsoft.Web/staticSites", "www", {"privateEndpointConnections": [plain, wrapped]})
    check_told(azure, "azure_static_web_app", {"privateEndpointIds": ["/plain", "/wrapped"]})


@pytest.mark.parametrize(
    ("type", "of", "name", "properties", "expected"),
    [
        (
            "azure_gallery",
            "Microsoft.Compute/galleries",
            "g",
            {"sharingProfile": {"groups": [{"type": "AADTenants", "ids": ["t"]}, {"ids": None}, {"ids": ["s"]}]}},
            {"sharedWithIds": ["t", "s"], "public": None},
        ),
        ("azure_gallery", "Microsoft.Compute/galleries", "g", {"sharingProfile": None}, {"sharedWithIds": []}),
        (
            "azure_netapp_account",
            "Microsoft.NetApp/netAppAccounts",
            "n",
            {"activeDirectories": [{"administrators": ["a"], "backupOperators": None}, {"securityOperators": ["s"]}]},
            {
                "activeDirectoryAdministrators": ["a"],
                "activeDirectoryBackupOperators": [],
                "activeDirectorySecurityOperators": ["s"],
            },
        ),
        (
            "azure_netapp_volume",
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
            "n/p/v",
            {"exportPolicy": {"rules": [{"hasRootAccess": False}, {"hasRootAccess": True}]}},
            {"allowsRootAccess": True},
        ),
        (
            "azure_netapp_volume",
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
            "n/p/v",
            {"exportPolicy": {"rules": [{"allowedClients": "0.0.0.0/0"}]}},
            {"allowsRootAccess": None},
        ),
        (
            "azure_keyvault_managed_hsm",
            "Microsoft.KeyVault/managedHSMs",
            "h",
            {
                "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "198.51.100.0/24"}]},
                "securityDomainProperties": {"activationStatus": "NotActivated"},
            },
            {"networkAcls.allowedIpAddresses": ["198.51.100.0/24"], "activationStatus": "NotActivated"},
        ),
        (
            "azure_arc_machine",
            "Microsoft.HybridCompute/machines",
            "m",
            {"agentConfiguration": {"configMode": "monitor", "incomingConnectionsPorts": ["22", "3389"]}},
            {"agentConfigMode": "monitor", "incomingConnectionsPorts": ["22", "3389"]},
        ),
    ],
)
def test_who_gets_in_is_told(
    place: Place,
    azure: Azure,
    type: str,
    of: str,
    name: str,
    properties: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    place.put(of, name, properties)
    check_told(azure, type, expected)


def test_a_delegation_says_which_roles_may_be_given_on(place: Place, azure: Azure) -> None:
    role = f"/{'0' * 32}"
    authorizations = [
        {"principalId": "p", "roleDefinitionId": "/Owner", "delegatedRoleDefinitionIds": [role, None]},
        {"principalId": "q", "roleDefinitionId": "/Reader", "delegatedRoleDefinitionIds": None},
    ]
    offer = {"properties": {"registrationDefinitionName": "Offer", "authorizations": authorizations}}
    table = "managedserviceresources"
    place.put("Microsoft.ManagedServices/registrationAssignments", "r", {"registrationDefinition": offer}, table=table)
    check_told(azure, "azure_lighthouse_delegation", {"assignableRoles": ["0" * 32]})


def test_what_only_newer_versions_tell_is_asked_of_these(place: Place, azure: Azure) -> None:
    service = place.put("Microsoft.ApiManagement/service", "api", {})
    place.tenant.add_child(service, "/backends", "b", {"url": None, "type": "Pool"})
    check_told(azure, "azure_api_management_backend", {"backendType": "Pool"})
    profile = place.put("Microsoft.Cdn/profiles", "door", {})
    settings = {"certificateType": "ManagedCertificate", "cipherSuiteSetType": "TLS12_2023"}
    place.tenant.add_child(profile, "/customDomains", "d", {"hostName": "www.example", "tlsSettings": settings})
    check_told(azure, "azure_frontdoor_custom_domain", {"cipherSuiteSetType": "TLS12_2023"})


@pytest.mark.parametrize(("effect", "denies"), [("enforced", True), (None, True), ("audit", False), ("Audit", False)])
def test_what_is_only_written_down_is_not_denied(
    place: Place, azure: Azure, effect: str | None, *, denies: bool
) -> None:
    subscription, everybody = f"/subscriptions/{S}", "00000000-0000-0000-0000-000000000000"
    told = {
        "denyAssignmentEffect": effect,
        "scope": subscription,
        "principals": [{"id": everybody, "type": "SystemDefined"}],
        "permissions": [{"actions": ["*/delete"]}],
    }
    place.tenant.add_child(subscription, "/providers/Microsoft.Authorization/denyAssignments", "d", told)
    check_told(azure, "azure_deny_assignment", {"denyAssignmentEffect": effect, "deniesEverybody": denies})
    azure.run("azure_deny_assignment_denies_any_scope")
    assert (subscription in {to_key for _, to_key in edges()}) is denies


def test_a_preview_that_a_cloud_lacks_gives_way_to_the_stable_version_before(place: Place, azure: Azure) -> None:
    below, told = "/providers/Microsoft.Authorization/denyAssignments", {"denyAssignmentEffect": "enforced"}
    place.tenant.add_child(f"/subscriptions/{S}", below, "d", told)
    named = "No registered resource provider found. The supported api-versions are '2018-07-01-preview, 2022-04-01'."
    fault = Fault(
        400,
        lambda asked: "/denyassignments" in asked.path.lower() and asked.options["api-version"] != "2022-04-01",
        {"error": {"code": "NoRegisteredProviderFound", "message": named}},
    )
    azure.simulator.manager.faults = [fault]
    check_told(azure, "azure_deny_assignment", {"name": "d", "denyAssignmentEffect": None})
    assert fault.struck == 1
