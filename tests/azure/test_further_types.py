"""What Steampipe and Azure's built-in policies look at besides has types of its own here, too."""

from typing import Any

import pytest

from integration.values import arm_key
from tests.azure.one_group import S, azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, HEALTH = "Microsoft.Network", "Microsoft.HealthcareApis"
JOB, AUTOMATION = "Microsoft.StreamAnalytics/streamingjobs", "Microsoft.Security/automations"
SIGN_IN = {"authenticationConfiguration": {"authority": "https://login.example/t", "smartProxyEnabled": True}}
CORS = {"corsConfiguration": {"origins": ["*"], "allowCredentials": False}}
KEY = "https://kv.example/keys/one"


def subscriptions(*ids: str) -> dict[str, Any]:
    return {"subscriptions": list(ids)}


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_private_link_service",
            f"{NET}/privateLinkServices",
            {"visibility": subscriptions("*"), "autoApproval": subscriptions(S.upper())},
            {"visibleToAll": True, "visibleSubscriptionIds": [], "autoApprovesAll": False}
            | {"autoApprovedSubscriptionIds": [S]},
        ),
        (
            "azure_private_link_service",
            f"{NET}/privateLinkServices",
            {
                "visibility": None,
                "autoApproval": {"subscriptions": None},
                "ipConfigurations": [part("/one", {"subnet": to("/Subnets/S")}), part("/two", {"subnet": None})],
                "privateEndpointConnections": [
                    part("/a", {"privateLinkServiceConnectionState": {"status": "Pending"}}),
                    part("/b", {"privateLinkServiceConnectionState": None}),
                ],
            },
            {"visibleToAll": False, "autoApprovesAll": False, "subnetIds": ["/subnets/s"]}
            | {"connectionStates": ["Pending"], "loadBalancerIds": []},
        ),
        (
            "azure_stream_analytics_job",
            JOB,
            {
                "jobState": "Failed",
                "jobStorageAccount": {"accountName": "st", "accountKey": "secret", "authenticationMode": "Msi"},
                "cluster": to("/Clusters/C"),
            },
            {
                "active": False,
                "storageAccountName": "st",
                "storageAuthenticationMode": "Msi",
                "clusterId": "/clusters/c",
            },
        ),
        ("azure_stream_analytics_job", JOB, {"cluster": None}, {"active": None, "clusterId": None}),
        (
            "azure_security_center_automation",
            AUTOMATION,
            {
                "isEnabled": True,
                "scopes": [{"scopePath": f"/Subscriptions/{S}"}, {"scopePath": None}],
                "sources": [{"eventSource": "SecureScores"}, {"eventSource": "Alerts"}, {"eventSource": "Alerts"}],
                "actions": [
                    {"actionType": "LogicApp", "logicAppResourceId": "/Workflows/W", "uri": "https://w.example"}
                ],
            },
            {"active": True, "scopeIds": [f"/subscriptions/{S}"], "eventSources": ["Alerts", "SecureScores"]}
            | {"actionTypes": ["LogicApp"], "targetIds": ["/workflows/w"]},
        ),
        (
            "azure_security_center_automation",
            AUTOMATION,
            {"isEnabled": True, "actions": None},
            {"active": False, "isEnabled": True, "targetIds": []},
        ),
        ("azure_security_center_automation", AUTOMATION, {"isEnabled": False}, {"active": False}),
        ("azure_security_center_automation", AUTOMATION, {}, {"active": None, "isEnabled": None}),
        (
            "azure_maintenance_configuration",
            "Microsoft.Maintenance/maintenanceConfigurations",
            {
                "maintenanceWindow": {"recurEvery": "Day"},
                "installPatches": {
                    "windowsParameters": {"kbNumbersToExclude": ["5"], "classificationsToInclude": ["Security"]},
                    "linuxParameters": {"packageNameMasksToExclude": ["kernel*"]},
                },
            },
            {"recurEvery": "Day", "excludedPatches": ["5", "kernel*"], "windowsClassifications": ["Security"]},
        ),
        (
            "azure_maintenance_configuration",
            "Microsoft.Maintenance/maintenanceConfigurations",
            {"installPatches": None},
            {"excludedPatches": [], "linuxClassifications": None},
        ),
        (
            "azure_spring_service",
            "Microsoft.AppPlatform/Spring",
            {"networkProfile": {"appSubnetId": "/Subnets/A", "outboundIPs": {"publicIPs": ["203.0.113.9"]}}},
            {"subnetIds": ["/subnets/a"], "outboundIpAddresses": ["203.0.113.9"], "dataPlanePublicEndpoint": None},
        ),
        ("azure_spring_service", "Microsoft.AppPlatform/Spring", {"networkProfile": None}, {"subnetIds": []}),
        (
            "azure_healthcare_service",
            f"{HEALTH}/services",
            {
                **SIGN_IN,
                **CORS,
                "accessPolicies": [{"objectId": "A1"}, {"objectId": None}],
                "cosmosDbConfiguration": {"keyVaultKeyUri": KEY},
                "privateEndpointConnections": [part("/pe", {"privateEndpoint": to("/Endpoints/E")})],
            },
            {"allowedObjectIds": ["a1"], "keyVaultKeyUri": KEY, "corsAllowedOrigins": ["*"], "smartProxyEnabled": True}
            | {"privateEndpointIds": ["/endpoints/e"], "classification": None},
        ),
        (
            "azure_healthcare_workspace",
            f"{HEALTH}/workspaces",
            {"publicNetworkAccess": "Disabled"},
            {"publicNetworkAccess": "Disabled", "privateEndpointIds": []},
        ),
    ],
)
def test_a_resource_tells_who_reaches_it_and_how(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties)
    found = check_told(azure, type, expected)
    assert "secret" not in str(found)


def test_a_service_offered_to_others_leads_to_the_load_balancer_behind_it_once(place: Place, azure: Azure) -> None:
    balancer = place.put(f"{NET}/loadBalancers", "LB", {"frontendIPConfigurations": []})
    fronts = [to(f"{balancer.upper()}/FRONTENDIPCONFIGURATIONS/{name}") for name in ("a", "b")]
    service = place.put(f"{NET}/privateLinkServices", "pls", {"loadBalancerFrontendIpConfigurations": fronts})
    place.put(f"{NET}/privateLinkServices", "idle", {"loadBalancerFrontendIpConfigurations": None})
    assert verdicts(azure.run("azure_private_link_service_connects_lb")) == {"complete"}
    assert edges() == {(service.lower(), balancer.lower())}


def test_a_private_endpoint_leads_to_what_is_offered_to_others(place: Place, azure: Azure) -> None:
    service = place.put(f"{NET}/privateLinkServices", "pls", {})
    asked = [part("/asked", {"privateLinkServiceId": service.upper(), "groupIds": []})]
    endpoint = place.put(f"{NET}/privateEndpoints", "pe", {"manualPrivateLinkServiceConnections": asked})
    azure.run("azure_private_endpoint_connects_resource", "azure_private_link_service")
    assert edges() == {(endpoint.lower(), service.lower())}


def test_what_defender_finds_goes_to_the_namespace_of_a_hub_and_to_workspaces(place: Place, azure: Azure) -> None:
    hubs = place.put("Microsoft.EventHub/namespaces", "hubs", {})
    workspace = place.put("Microsoft.OperationalInsights/workspaces", "logs", {})
    actions = [
        {
            "actionType": "EventHub",
            "eventHubResourceId": f"{hubs.upper()}/EVENTHUBS/found",
            "connectionString": "secret",
        },
        {"actionType": "Workspace", "workspaceResourceId": workspace},
        {"actionType": "Workspace", "workspaceResourceId": None},
    ]
    found = place.put(AUTOMATION, "export", {"actions": actions})
    relation = "azure_security_center_automation_notifies_resource"
    azure.run(relation, "azure_event_hub_namespace", "azure_log_analytics_workspace")
    assert edges() == {(found.lower(), hubs.lower()), (found.lower(), workspace.lower())}


def test_what_defender_watches_is_a_subscription(place: Place, azure: Azure) -> None:
    found = place.put(AUTOMATION, "export", {"scopes": [{"scopePath": f"/subscriptions/{S.upper()}"}]})
    azure.run("azure_security_center_automation_monitors_azure_scope", "azure_subscription")
    assert edges() == {(found.lower(), f"/subscriptions/{S}")}


def test_machines_lead_to_the_keys_that_they_were_made_with_whatever_was_noted_after_these(
    place: Place, azure: Azure
) -> None:
    ours, same, other = (
        place.put("Microsoft.Compute/sshPublicKeys", name, {"publicKey": text})
        for name, text in (("ours", "ssh-rsa AAAA ops\r\n"), ("same", "ssh-rsa AAAA"), ("other", "ssh-rsa BBBB"))
    )
    place.put("Microsoft.Compute/sshPublicKeys", "new", {"publicKey": None})
    given = [{"path": "/home/o/.ssh/authorized_keys", "keyData": each} for each in ("ssh-rsa AAAA o@host", "", None)]
    system = {"linuxConfiguration": {"ssh": {"publicKeys": given}}}
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {"osProfile": system})
    place.put("Microsoft.Compute/virtualMachines", "bare", {"osProfile": {"linuxConfiguration": {"ssh": None}}})
    assert verdicts(azure.run("azure_vm_trusts_ssh_public_key")) == {"complete"}
    assert edges() == {(machine.lower(), ours.lower()), (machine.lower(), same.lower())}
    assert other.lower() not in {end for edge in edges() for end in edge}
    kinds = {name: each.get("keyType") for name, each in entities("azure_ssh_public_key").items()}
    assert kinds == {"ours": "ssh-rsa", "same": "ssh-rsa", "other": "ssh-rsa", "new": None}


def test_stores_of_health_are_in_their_workspace(place: Place, azure: Azure) -> None:
    workspace = place.put(f"{HEALTH}/workspaces", "HEALTH", {})
    key = {"encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": KEY}}}
    records = place.put(f"{HEALTH}/workspaces/fhirservices", "HEALTH/records", {**SIGN_IN, **CORS, **key})
    kept = {"storageConfiguration": {"storageResourceId": "/Accounts/A"}, **SIGN_IN}
    images = place.put(f"{HEALTH}/workspaces/dicomservices", "HEALTH/images", kept)
    both = [f"azure_healthcare_workspace_has_{each}_service" for each in ("fhir", "dicom")]
    assert verdicts(azure.run(*both)) == {"complete"}
    assert edges() == {(workspace.lower(), records.lower()), (workspace.lower(), images.lower())}
    assert entities("azure_healthcare_fhir_service")["records"]["keyVaultKeyUri"] == KEY
    dicom = entities("azure_healthcare_dicom_service")["images"]
    assert (dicom["storageAccountId"], dicom["authority"]) == ("/accounts/a", "https://login.example/t")


@pytest.mark.parametrize(("status", "active"), [("Enabled", True), ("Disabled", False), (None, None)])
def test_defender_watches_the_devices_of_hubs(
    place: Place, azure: Azure, status: str | None, active: bool | None
) -> None:
    hub = place.put("Microsoft.Devices/IotHubs", "hub", {})
    told = {"status": status, "iotHubs": [hub.upper(), None], "workspace": "/Workspaces/Logs"}
    solution = place.put("Microsoft.Security/iotSecuritySolutions", "watch", told)
    check_told(azure, "azure_iot_security_solution", {"active": active, "workspaceId": "/workspaces/logs"})
    assert verdicts(azure.run("azure_iot_security_solution_monitors_hub")) == {"complete"}
    assert edges() == {(arm_key(solution), arm_key(hub))}
