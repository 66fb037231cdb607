"""Devices, domains, settings, licences and what users registered, as awkward as tenants have them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran
from tests.simulator.areas.devices import CERTIFICATE, NEXT_CERTIFICATE

pytestmark = pytest.mark.every_area

MANAGER = load()
DETAILS = "/reports/authenticationMethods/userRegistrationDetails"
ADA, BEN, STAFF, GONE = "user-0000-ada", "user-0000-ben", "group-staff", "user-that-is-gone"
SKU, FREE = "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "f30db892-07e9-47e9-837c-80727f46fd3d"
PREMIUM = {"servicePlanId": "plan-premium-01", "servicePlanName": "AAD_PREMIUM", "appliesTo": "User"}
TENANT = "aaaabbbb-0000-1111-2222-ccccdddd0000"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A Graph with two users, a group, and a premium licence."""
    graph.add("/organization", {"id": TENANT, "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/users", user(ADA), user(BEN))
    graph.add("/groups", {"id": STAFF, "displayName": "staff"})
    graph.add("/devices")
    graph.add("/subscribedSkus", sku(SKU, "SPE_E5", {**PREMIUM, "provisioningStatus": "Success"}))
    return graph


def user(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "displayName": id, "userPrincipalName": f"{id}@x.example", **more}


def sku(id: str, name: str | None, *plans: dict[str, Any], **more: Any) -> dict[str, Any]:
    units = {"enabled": 5, "suspended": 0, "warning": 0, "lockedOut": 0}
    held = {"id": f"{TENANT}_{id}", "skuId": id, "skuPartNumber": name, "servicePlans": list(plans)}
    return {**held, "capabilityStatus": "Enabled", "consumedUnits": 3, "prepaidUnits": units, **more}


def made(tenant: GraphServer, *types: str, out: Path | None = None) -> Ran:
    """Run types, all of which must be complete."""
    ran = run_steps(*types, source=tenant, manager=MANAGER, out=out)
    assert {type: ran.report.of(type).reason or ran.verdicts[type] for type in types} == dict.fromkeys(
        types, "complete"
    )
    return ran


def ends(ran: Ran, type: str) -> list[tuple[str, str]]:
    return sorted((record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type])


def dangling(ran: Ran, type: str) -> int:
    return int(ran.report.of(type).problems.get("danglingEnds", {}).get("count", 0))


def test_a_device_has_what_its_class_asks_for_even_where_it_is_null(tenant: GraphServer) -> None:
    recorded = {
        "accountEnabled": True,
        "deletedDateTime": None,
        "deviceMetadata": None,
        "deviceVersion": 2,
        "isCompliant": None,
        "isManaged": None,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.19041.208",
        "physicalIds": ["[HWID]:h:6825786464", "[USER-GID]:ada:1", None],
        "profileType": "RegisteredDevice",
        "systemLabels": [],
        "trustType": "Workplace",
        "alternativeSecurityIds": [{"type": 2, "identityProvider": None, "key": "SecretKeyMaterial"}],
        "extensionAttributes": {"extensionAttribute1": "SAW", "extensionAttribute2": None},
        "hostnames": [],
        "onPremisesLastSyncDateTime": "0001-01-01T00:00:00Z",
        "complianceExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
        "approximateLastSignInDateTime": "2022-06-13T15:26:52.1234567Z",
        "registrationDateTime": "2022-06-13T15:26:52Z",
        "deviceCategory": "Kiosk",
        "deviceOwnership": "Company",
        "manufacturer": "Contoso",
        "model": "Virtual",
        "mdmAppId": "0000000a-0000-0000-c000-000000000000",
        "newPropertyOfGraph": {"a": [1]},
    }
    tenant.add(
        "/devices",
        {"id": "device-recorded-1", "deviceId": "D1", "displayName": "DESKTOP", **recorded},
        {"id": "device-bare-00001"},
        {"id": "device-unnamed-01", "displayName": "", "deviceId": "D3", "deviceOwnership": "unknownFutureValue"},
        {"id": "device-personal-1", "displayName": "phone", "deviceOwnership": "Personal", "trustType": "AzureAd"},
        {"id": "device-personal-2", "displayName": "tablet", "deviceOwnership": "personal", "trustType": None},
        {"id": "device-joined-001", "displayName": "joined", "trustType": "ServerAd", "isRooted": False},
    )
    found = made(tenant, "azure_device").records["azure_device"]
    nothing = {"category": None, "make": None, "model": None, "serial": None, "lastSeenOn": None}
    assert_records(
        found,
        [
            {
                "_key": "device-recorded-1",
                "BYOD": True,
                "category": "Kiosk",
                "make": "Contoso",
                "deviceVersion": 2,
                "manufacturer": "Contoso",
                "lastSeenOn": 1655134012123,
                "createdOn": 1655134012000,
                "complianceExpiresOn": 253402300799999,
                "onPremisesLastSyncOn": None,
                "physicalIds": ["[HWID]:h:6825786464", "[USER-GID]:ada:1"],
                "aadDeviceId": "D1",
                "extensionAttribute1": "SAW",
                "extensionAttribute2": None,
            },
            {
                "_key": "device-bare-00001",
                "displayName": "device-bare-00001",
                "BYOD": None,
                "deviceId": None,
                **nothing,
            },
            {"_key": "device-unnamed-01", "displayName": "D3", "BYOD": False},
            {"_key": "device-personal-1", "BYOD": True},
            {"_key": "device-personal-2", "BYOD": True},
            {"_key": "device-joined-001", "BYOD": False, "isRooted": False},
        ],
    )
    for record in found:
        assert {"serial", *nothing, "deviceId"} <= record.keys()
        assert "SecretKeyMaterial" not in str(record)
    assert not any("alternativeSecurityIds" in request for request in tenant.requests)


def test_who_uses_and_who_registered_a_device_are_users_of_all_kinds(tenant: GraphServer) -> None:
    tenant.add("/devices", {"id": "device-shared-01", "displayName": "shared"}, {"id": "device-alone-001"})
    many = [f"user-many-{number:04}" for number in range(25)]
    tenant.add("/users", *(user(id) for id in many))
    agent = {"@odata.type": "#microsoft.graph.agentUser", "id": BEN, "displayName": "agent"}
    contact = {"@odata.type": "#microsoft.graph.orgContact", "id": "contact-0001", "displayName": "c"}
    gone = {"@odata.type": "#microsoft.graph.user", "id": GONE, "displayName": "gone"}
    tenant.relate("/devices", "device-shared-01", "registeredUsers", *many, ADA)
    tenant.relate("/devices", "device-shared-01", "registeredOwners", ADA, agent, contact, gone)
    has, owns = "azure_user_has_device", "azure_user_owns_device"
    ran = made(tenant, has, owns)
    assert ends(ran, has) == sorted((id, "device-shared-01") for id in [ADA, *many])
    assert ends(ran, owns) == [(id, "device-shared-01") for id in sorted([ADA, BEN, GONE])]
    assert dangling(ran, owns) == 1


def test_domains_are_listed_verified_or_not_and_some_passwords_never_expire(tenant: GraphServer) -> None:
    tenant.add(
        "/domains",
        {
            "id": "contoso.example",
            "authenticationType": "Federated",
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": True,
            "isVerified": True,
            "supportedServices": ["Email", "NewService", None],
            "passwordValidityPeriodInDays": 2147483647,
            "passwordNotificationWindowInDays": 14,
            "state": {"status": "ForceDelete", "operation": None, "lastActionDateTime": None},
            "manufacturer": "Registrar",
            "model": None,
        },
        {"id": "xn--bcher-kva.example", "authenticationType": None, "isVerified": False, "state": None},
        {"id": "new.example", "authenticationType": "unknownFutureValue", "passwordValidityPeriodInDays": 0},
    )
    assert_records(
        made(tenant, "azure_domain").records["azure_domain"],
        [
            {
                "_key": "azure_domain:contoso.example",
                "displayName": "contoso.example",
                "domainName": "contoso.example",
                "isFederated": True,
                "passwordsNeverExpire": True,
                "stateStatus": "ForceDelete",
                "manufacturer": "Registrar",
                "supportedServices": ["Email", "NewService"],
            },
            {"_key": "azure_domain:xn--bcher-kva.example", "isVerified": False, "passwordsNeverExpire": None},
            {"_key": "azure_domain:new.example", "isFederated": False, "passwordsNeverExpire": False},
        ],
    )


def test_settings_are_strings_and_banned_words_are_only_counted(tenant: GraphServer, tmp_path: Path) -> None:
    values = [
        {"name": "BannedPasswordCheckOnPremisesMode", "value": "Audit"},
        {"name": "EnableBannedPasswordCheck", "value": "True"},
        {"name": "LockoutThreshold", "value": "10"},
        {"name": "BannedPasswordList", "value": "HiddenWordOne\tHiddenWordTwo\r\nHiddenWordThree"},
        {"name": "NullValued", "value": None},
        {"name": "Empty", "value": ""},
        {"name": "New.Setting-of Graph", "value": "false"},
    ]
    tenant.add(
        "/groupSettings",
        {"id": "setting-password", "displayName": "Password Rule Settings", "templateId": "5cf42378", "values": values},
        {"id": "setting-bare-001", "displayName": None, "templateId": None, "values": None},
        {"id": "setting-empty-01", "displayName": "Group.Unified", "values": []},
        {"id": "setting-none-001", "displayName": "x", "values": [{"name": "BannedPasswordList", "value": ""}]},
    )
    config = Config(raw_data=True)
    ran = run_steps("azure_group_setting", source=tenant, manager=MANAGER, config=config, out=tmp_path / "run")
    assert ran.report.of("azure_group_setting").reason == ""
    assert_records(
        ran.records["azure_group_setting"],
        [
            {
                "_key": "azure_group_setting:setting-password",
                "bannedPasswordCount": 3,
                "setting.EnableBannedPasswordCheck": True,
                "setting.LockoutThreshold": "10",
                "setting.New.Setting-of Graph": False,
                "setting.NullValued": None,
                "setting.Empty": None,
            },
            {"_key": "azure_group_setting:setting-bare-001", "name": "setting-bare-001", "bannedPasswordCount": None},
            {"_key": "azure_group_setting:setting-empty-01", "name": "Group.Unified"},
            {"_key": "azure_group_setting:setting-none-001", "bannedPasswordCount": 0},
        ],
    )
    kept = {
        path.name for path in (tmp_path / "run").rglob("*") if path.is_file() and b"HiddenWord" in path.read_bytes()
    }
    assert kept == set()


def test_licences_come_by_several_ways_and_from_products_that_are_gone(tenant: GraphServer) -> None:
    plan = {"servicePlanId": "plan-shared-001", "servicePlanName": "EXCHANGE_S_ENTERPRISE", "appliesTo": "User"}
    tenant.add(
        "/subscribedSkus",
        sku(
            SKU, "SPE_E5", {**PREMIUM, "provisioningStatus": "Success"}, {**plan, "provisioningStatus": "PendingInput"}
        ),
        sku(
            FREE,
            None,
            {**plan, "provisioningStatus": "NewStatus"},
            plan,
            prepaidUnits=None,
            capabilityStatus="LockedOut",
        ),
        {"id": f"{TENANT}_bare", "skuId": "sku-bare-0001"},
        sku("sku-empty-001", "EMPTY", prepaidUnits={"enabled": 10000000}, subscriptionIds=None, servicePlans=None),
    )

    def way(id: str, **more: Any) -> dict[str, Any]:
        return {"skuId": id, "assignedByGroup": None, "state": "Active", "error": "None", "disabledPlans": [], **more}

    by_group = {"assignedByGroup": STAFF, "disabledPlans": ["plan-shared-001", "plan-x"]}
    failing = way(FREE, assignedByGroup=STAFF, state="Error", error="CountViolation")
    tenant.add(
        "/users",
        user(ADA, licenseAssignmentStates=[way(SKU, disabledPlans=["plan-x"]), way(SKU, **by_group), failing]),
        user(
            BEN, licenseAssignmentStates=[way("sku-expired-1", state="unknownFutureValue", error=None), {"skuId": SKU}]
        ),
        user("user-without-001", licenseAssignmentStates=None),
    )
    licences = [{"skuId": SKU, "disabledPlans": None}, {"skuId": "sku-expired-1"}]
    tenant.add("/groups", {"id": STAFF, "displayName": "staff", "assignedLicenses": licences})
    tenant.add("/groups", {"id": "group-without-1", "displayName": "none", "assignedLicenses": None})
    users, groups = "azure_user_assigned_subscribed_sku", "azure_user_group_assigned_subscribed_sku"
    ran = made(tenant, "azure_subscribed_sku_has_service_plan", users, groups)
    key = "azure_subscribed_sku:"
    assert_records(
        ran.records["azure_subscribed_sku"],
        [
            {"_key": f"{key}{SKU}", "id": SKU, "name": "SPE_E5", "enabledUnits": 5},
            {"_key": f"{key}{FREE}", "name": FREE, "enabledUnits": None, "capabilityStatus": "LockedOut"},
            {"_key": f"{key}sku-bare-0001", "name": "sku-bare-0001", "consumedUnits": None},
            {"_key": f"{key}sku-empty-001", "enabledUnits": 10000000, "suspendedUnits": None},
        ],
    )
    assert len(ran.records["azure_service_plan"]) == 2
    by_pair = {(record["_fromEntityKey"], record["_toEntityKey"]): record for record in ran.records[users]}
    assert set(by_pair) == {
        (ADA, f"{key}{SKU}"),
        (ADA, f"{key}{FREE}"),
        (BEN, f"{key}sku-expired-1"),
        (BEN, f"{key}{SKU}"),
    }
    both = by_pair[ADA, f"{key}{SKU}"]
    assert (both["state"], both["direct"], both["assignedByGroup"], both["disabledPlanCount"]) == (
        "Active",
        True,
        STAFF,
        1,
    )
    failed = by_pair[ADA, f"{key}{FREE}"]
    assert (failed["state"], failed["error"], failed["direct"]) == ("Error", "CountViolation", False)
    assert (dangling(ran, users), dangling(ran, groups)) == (1, 1)
    assert len(ends(ran, groups)) == 2


def test_registration_details_keep_methods_that_nobody_knows_yet(tenant: GraphServer) -> None:
    tenant.add(
        DETAILS,
        {
            "id": ADA,
            "userPrincipalName": "ada@x.example",
            "userDisplayName": "Ada",
            "userType": "member",
            "isAdmin": True,
            "isMfaCapable": True,
            "isMfaRegistered": True,
            "isPasswordlessCapable": True,
            "methodsRegistered": ["newMethodOfGraph", "passKeyDeviceBoundAuthenticator"],
            "systemPreferredAuthenticationMethods": ["Fido2"],
            "userPreferredMethodForSecondaryAuthentication": "none",
            "lastUpdatedDateTime": "2024-05-01T12:30:00.123Z",
        },
        {"id": BEN, "userPrincipalName": None, "userType": "unknownFutureValue", "methodsRegistered": []},
        {"id": GONE},
    )
    has = "azure_user_has_registration_details"
    ran = made(tenant, has)
    key = "azure_user_registration_details:"
    assert_records(
        ran.records["azure_user_registration_details"],
        [
            {"_key": f"{key}{ADA}", "isPhishingResistantCapable": True, "preferredMethod": "none", "userId": ADA},
            {"_key": f"{key}{BEN}", "name": BEN, "isPhishingResistantCapable": False, "isMfaCapable": None},
            {"_key": f"{key}{GONE}", "isPhishingResistantCapable": None},
        ],
    )
    assert len(ends(ran, has)) == 3
    assert dangling(ran, has) == 1


def test_sign_in_activity_is_absent_where_graph_knows_none(tenant: GraphServer) -> None:
    last = {
        "lastSignInDateTime": "2025-01-02T03:04:05Z",
        "lastSignInRequestId": "r",
        "lastNonInteractiveSignInDateTime": None,
    }
    tenant.add("/users", user(ADA, signInActivity={**last, "lastSuccessfulSignInDateTime": "0001-01-01T00:00:00Z"}))
    tenant.add("/users", user("user-no-name-01", signInActivity={}, userPrincipalName=None))
    has, type = "azure_user_has_sign_in_activity", "azure_user_sign_in_activity"
    ran = made(tenant, has)
    assert_records(
        ran.records[type],
        [
            {
                "_key": f"{type}:{ADA}",
                "lastSignInOn": 1735787045000,
                "lastSuccessfulSignInOn": None,
                "lastNonInteractiveSignInOn": None,
            },
            {"_key": f"{type}:user-no-name-01", "name": "user-no-name-01"},
        ],
    )
    assert len(ends(ran, has)) == 2


def test_until_when_the_certificates_of_a_federated_domain_are_valid(graph: GraphServer) -> None:
    graph.add("/domains", {"id": "contoso.example", "isRoot": True, "authenticationType": "Federated"})
    certificates = {"signingCertificate": CERTIFICATE, "nextSigningCertificate": NEXT_CERTIFICATE}
    graph.add("/domains/contoso.example/federationConfiguration", {"id": "f-1", "displayName": None, **certificates})
    (found,) = run_steps("azure_domain_federation", source=graph, manager=MANAGER).records["azure_domain_federation"]
    ends = [found[f"{name}ExpiresOn"] / 1000 for name in certificates]
    assert [datetime.fromtimestamp(end, UTC) for end in ends] == [
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2028, 12, 31, tzinfo=UTC),
    ]


def test_who_signs_in_users_of_federated_domains(graph: GraphServer) -> None:
    federated = {"authenticationType": "Federated", "isVerified": True}
    graph.add(
        "/domains",
        {"id": "contoso.example", "isRoot": True, **federated},
        {"id": "corp.contoso.example", "isRoot": False, **federated},
        {"id": "fabrikam.example", "isRoot": True, "authenticationType": "Managed"},
    )
    provider = {"id": "f-1", "displayName": None, "signingCertificate": "AQIDBA==", "nextSigningCertificate": "none!"}
    told = {"federatedIdpMfaBehavior": "acceptIfMfaDoneByFederatedIdp", "signingCertificateUpdateStatus": None}
    graph.add("/domains/contoso.example/federationConfiguration", {**provider, **told})
    types = ("azure_domain_federation", "azure_domain_has_federation")
    ran = run_steps(*types, source=graph, manager=load())
    (found,) = ran.records[types[0]]
    names = ("name", "domainName", "federatedIdpMfaBehavior", "signingCertificateThumbprint")
    assert [found[name] for name in names] == [
        "contoso.example",
        "contoso.example",
        "acceptIfMfaDoneByFederatedIdp",
        "12DADA1FFF4D4787ADE3333147202C3B443E376F",
    ]
    assert not {"nextSigningCertificateThumbprint", "signingCertificateExpiresOn"} & found.keys()
    (way,) = ran.records[types[1]]
    assert (way["_fromEntityKey"], way["_toEntityKey"]) == ("azure_domain:contoso.example", found["_key"])
    assert [each for each in graph.requests if "federationConfiguration" in each] == [
        "GET /domains/contoso.example/federationConfiguration"
    ]


@pytest.mark.parametrize(("gone", "verdict"), [(1, "complete"), (2, "skipped")])
def test_a_federated_domain_that_went_meanwhile_costs_nothing_of_the_others(
    gone: int, verdict: str, graph: GraphServer
) -> None:
    for number in range(2):
        name = f"domain-{number}.example"
        graph.add("/domains", {"id": name, "isRoot": True, "authenticationType": "Federated", "isVerified": True})
        graph.add(f"/domains/{name}/federationConfiguration", {"id": f"f-{number}", "displayName": "AD FS"})
        if number < gone:
            graph.fail(f"/domains/{name}/federationConfiguration", status=404, code="Request_ResourceNotFound")
    types = ("azure_domain_federation", "azure_domain_has_federation")
    ran = run_steps(*types, source=graph, manager=load())
    assert {ran.report.of(type).verdict for type in types} == {verdict}
    assert [len(ran.records.get(type, ())) for type in types] == [2 - gone] * 2
