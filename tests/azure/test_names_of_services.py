"""Services, rules and findings have what graph-azure tells of them, on rows of the shape that subscriptions gave."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, verdicts
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

ROLE, PRINCIPAL = "10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"
QUEUE = {
    "accessedAt": "0001-01-01T00:00:00Z",
    "autoDeleteOnIdle": "P10675199DT2H48M5.4775807S",
    "countDetails": {"activeMessageCount": 0},
    "createdAt": "2020-01-15T19:34:09.8490000Z",
    "defaultMessageTimeToLive": "P10675199DT2H48M5.4775807S",
    "enableBatchedOperations": True,
    "messageCount": 0,
    "sizeInBytes": 0,
    "status": "Active",
    "updatedAt": "2020-01-15T19:34:09.8490000Z",
}
SPREAD = {"duplicateDetectionHistoryTimeWindow": "PT10M", "enableExpress": False, "enablePartitioning": False}
TOLD = {
    "active": True,
    "autoDeleteOnIdle": "P10675199DT2H48M5.4775807S",
    "createdOn": 1_579_116_849_849,
    "defaultMessageTimeToLive": "P10675199DT2H48M5.4775807S",
    "enableBatchedOperations": True,
    "status": "Active",
}


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_service_bus_namespace",
            "Microsoft.ServiceBus/Namespaces",
            {"metricId": "s:one", "status": "Active", "createdAt": "2020-01-15T19:29:34.723Z"},
            {"metricId": "s:one", "active": True, "createdOn": 1_579_116_574_723},
        ),
        ("azure_event_hub_namespace", "Microsoft.EventHub/Namespaces", {"status": "Active"}, {"active": True}),
        ("azure_event_hub_cluster", "Microsoft.EventHub/clusters", {"status": "Creating"}, {"active": None}),
        (
            "azure_event_grid_topic",
            "Microsoft.EventGrid/topics",
            {"metricResourceId": "20000000-0000-4000-8000-000000000000", "inputSchema": "EventGridSchema"},
            {"metricResourceId": "20000000-0000-4000-8000-000000000000", "inputSchema": "EventGridSchema"},
        ),
        (
            "azure_event_grid_domain",
            "Microsoft.EventGrid/domains",
            {"metricResourceId": "20000000-0000-4000-8000-000000000000"},
            {"metricResourceId": "20000000-0000-4000-8000-000000000000", "function": ["event-delivery"]},
        ),
        (
            "azure_batch_account",
            "Microsoft.Batch/batchAccounts",
            {
                "activeJobAndJobScheduleQuota": 100,
                "dedicatedCoreQuota": 20,
                "lowPriorityCoreQuota": 10,
                "poolQuota": 20,
            },
            {
                "activeJobAndJobScheduleQuota": 100,
                "dedicatedCoreQuota": 20,
                "lowPriorityCoreQuota": 10,
                "poolQuota": 20,
            },
        ),
        ("azure_cdn_profile", "Microsoft.Cdn/profiles", {}, {"category": ["infrastructure"]}),
        (
            "azure_cdn_endpoint",
            "Microsoft.Cdn/profiles/endpoints",
            {
                "contentTypesToCompress": [],
                "defaultOriginGroup": None,
                "isCompressionEnabled": False,
                "optimizationType": None,
                "originPath": None,
                "queryStringCachingBehavior": "IgnoreQueryString",
            },
            {
                "category": ["data"],
                "isCompressionEnabled": False,
                "originPath": None,
                "queryStringCachingBehavior": "IgnoreQueryString",
            },
        ),
        (
            "azure_container_registry",
            "Microsoft.ContainerRegistry/registries",
            {"dataEndpointHostNames": ["one.westeurope.data.registry.example"]},
            {"dataEndpointHostNames": ["one.westeurope.data.registry.example"]},
        ),
        (
            "azure_container_registry_webhook",
            "Microsoft.ContainerRegistry/registries/webhooks",
            {"status": "disabled", "scope": "", "actions": ["push"]},
            {"active": False, "status": "disabled", "scope": ""},
        ),
        (
            "azure_synapse_sql_pool",
            "Microsoft.Synapse/workspaces/sqlPools",
            {"status": "Online", "collation": "", "creationDate": "0001-01-01T00:00:00"},
            {"active": True, "status": "Online"},
        ),
        ("azure_synapse_sql_pool", "Microsoft.Synapse/workspaces/sqlPools", {"status": 7}, {"active": None}),
    ],
)
def test_services_have_what_graph_azure_tells(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "/".join(["one"] * of.count("/")), properties)
    report = azure.run(type)
    assert verdicts(report) == {"partial" if properties.get("status") == 7 else "complete"}
    found = entities(type).get("one", {})
    assert {name: found.get(name) for name in expected} == expected


def test_queues_topics_and_subscriptions_have_what_graph_azure_tells(place: Place, azure: Azure) -> None:
    bus = place.put("Microsoft.ServiceBus/Namespaces", "bus", {})
    add = place.tenant.add_child
    add(bus, "/queues", "q", {**QUEUE, **SPREAD, "forwardDeadLetteredMessagesTo": "dead"}, location="West Europe")
    topic = add(bus, "/topics", "t", {**QUEUE, **SPREAD, "status": "SendDisabled", "subscriptionCount": 0})
    kept = {"deadLetteringOnFilterEvaluationExceptions": True, "deadLetteringOnMessageExpiration": False}
    add(topic, "/subscriptions", "s", {**QUEUE, **kept, "forwardTo": "q", "requiresSession": False})
    types = [f"azure_service_bus_{kind}" for kind in ("queue", "topic", "subscription")]
    assert verdicts(azure.run(*types)) == {"complete"}
    queue, of_topic, subscription = (entities(type)[type.split("_")[3][0]] for type in types)
    assert queue.items() >= {**TOLD, **SPREAD, "forwardDeadLetteredMessagesTo": "dead"}.items()
    closed = {**TOLD, **SPREAD, "status": "SendDisabled", "active": False, "subscriptionCount": 0}
    assert of_topic.items() >= closed.items()
    assert subscription.items() >= {**TOLD, **kept, "forwardTo": "q"}.items()
    assert "messageCount" not in queue


def test_hubs_and_their_readers_have_the_categories_that_graph_azure_gives(place: Place, azure: Azure) -> None:
    hubs = place.put("Microsoft.EventHub/Namespaces", "n", {})
    hub = place.tenant.add_child(hubs, "/eventhubs", "h", {"status": "Active", "messageRetentionInDays": 1})
    place.tenant.add_child(hub, "/consumergroups", "$Default", {"userMetadata": "ask the team"})
    assert verdicts(azure.run("azure_event_hub", "azure_event_hub_consumer_group")) == {"complete"}
    found, group = entities("azure_event_hub")["h"], entities("azure_event_hub_consumer_group")["$Default"]
    assert (found["category"], found["function"], found["active"]) == (["platform"], ["queuing"], True)
    assert (group["category"], group["function"]) == (["network", "security"], ["networking", "monitoring"])
    assert group["userMetaData"] == "ask the team"


@pytest.mark.parametrize("slots", ["taskSlotsPerNode", "maxTasksPerNode"])
def test_a_pool_and_a_program_of_batch_have_the_names_that_people_see(place: Place, azure: Azure, slots: str) -> None:
    account = place.put("Microsoft.Batch/batchAccounts", "b", {})
    pool = {"displayName": "Machines", slots: 1, "creationTime": "2020-01-25T23:45:46.6729434Z"}
    place.put("Microsoft.Batch/batchAccounts/pools", "b/p", pool, table="batchresources", location="")
    place.tenant.add_child(account, "/applications", "a", {"displayName": "Program", "allowUpdates": True})
    place.tenant.add_child(account, "/applications", "bare", {"displayName": "", "packages": []})
    assert verdicts(azure.run("azure_batch_pool", "azure_batch_application")) == {"complete"}
    found = entities("azure_batch_pool")["p"]
    assert (found["displayName"], found["maxTasksPerNode"], found["taskSlotsPerNode"]) == ("Machines", 1, 1)
    assert {name: each["displayName"] for name, each in entities("azure_batch_application").items()} == {
        "Program": "Program",
        "bare": "bare",
    }


def test_policies_roles_and_advice_have_the_names_that_graph_azure_gives(place: Place, azure: Azure) -> None:
    subscription = place.id.split("/")[2]
    at = f"/subscriptions/{subscription}/providers/Microsoft.Authorization"
    rows = {
        f"{at}/policyDefinitions/rule": (
            {"displayName": "Tags are asked for", "policyType": "Custom"},
            "policyresources",
        ),
        f"{at}/policySetDefinitions/set": ({"displayName": "All rules", "policyType": "Custom"}, "policyresources"),
        f"{at}/roleAssignments/given": (
            {"roleDefinitionId": f"{at}/roleDefinitions/{ROLE}", "principalId": PRINCIPAL, "principalType": "Group"},
            "authorizationresources",
        ),
        f"/subscriptions/{subscription}/providers/Microsoft.Advisor/recommendations/advice": (
            {
                "shortDescription": {"solution": "Enable logs"},
                "impact": "Low",
                "impactedField": "Microsoft.KeyVault/vaults",
                "impactedValue": "kv",
            },
            "advisorresources",
        ),
    }
    for id, (properties, table) in rows.items():
        type = "/".join(id.split("/")[4:6]).lower()
        place.tenant.add(row_of(id, type, properties=properties, tenantId="t"), table)
    types = ("policy_definition", "policy_set_definition", "role_assignment", "advisor_recommendation")
    assert verdicts(azure.run(*(f"azure_{type}" for type in types))) == {"complete"}
    assert entities("azure_policy_definition")["rule"]["displayName"] == "Tags are asked for"
    assert entities("azure_policy_set_definition")["set"]["displayName"] == "All rules"
    given = entities("azure_role_assignment")["given"]
    assert given["displayName"] == f"{ROLE}: {PRINCIPAL}"
    assert given["webLink"].endswith(given["id"])
    advice = entities("azure_advisor_recommendation")["Enable logs"]
    assert (advice["impactedField"], advice["impactedValue"]) == ("Microsoft.KeyVault/vaults", "kv")


def test_the_masks_of_a_pool_have_what_graph_azure_tells(place: Place, azure: Azure) -> None:
    pool = place.put("Microsoft.Synapse/workspaces/sqlPools", "w/p", {})
    place.tenant.set_child(
        pool, "/dataMaskingPolicies/Default", {"dataMaskingState": "Enabled"}, kind="", managedBy="x"
    )
    mask = {"numberFrom": "0", "numberTo": "9", "prefixSize": "1", "suffixSize": "2", "replacementString": "xx"}
    told = {**mask, "id": "dbo_people_mail", "ruleState": "Enabled", "aliasName": None}
    place.tenant.add_child(pool, "/dataMaskingPolicies/Default/rules", "r", told, kind=None)
    assert verdicts(azure.run("azure_synapse_masking_policy", "azure_synapse_masking_rule")) == {"complete"}
    (policy,) = entities("azure_synapse_masking_policy").values()
    assert (policy.get("kind"), policy["managedBy"]) == (None, "x")
    rule = entities("azure_synapse_masking_rule")["r"]
    assert rule.items() >= {**mask, "idPropertiesId": "dbo_people_mail"}.items()


def test_who_is_told_and_what_of_is_known_from_older_answers_too(place: Place, azure: Azure) -> None:
    subscription = "/".join(place.id.split("/")[:3])
    older = {"email": "desk@contoso.example", "phone": "", "alertNotifications": "On", "alertsToAdmins": "Off"}
    place.tenant.add_child(subscription, "/providers/Microsoft.Security/securityContacts", "default1", older)
    security, authorization = (f"{subscription}/providers/Microsoft.{of}" for of in ("Security", "Authorization"))
    alert = {
        "AlertDisplayName": "Odd sign-in",
        "Status": "Active",
        "ResourceIdentifiers": None,
        "RemediationSteps": "[SAMPLE] Ask the team",
    }
    rows = {
        f"{security}/locations/centralus/alerts/a": ("microsoft.security/locations/alerts", alert),
        f"{authorization}/classicAdministrators/c": (
            "microsoft.authorization/classicadministrators",
            {"emailAddress": "ada@contoso.example", "role": "ServiceAdministrator;AccountAdministrator"},
        ),
    }
    for id, (type, properties) in rows.items():
        table = "securityresources" if "security" in type else "authorizationresources"
        place.tenant.add(row_of(id, type, properties=properties, tenantId="t"), table)
    types = ("security_center_contact", "defender_alert", "classic_admin_group")
    assert verdicts(azure.run(*(f"azure_{type}" for type in types))) == {"complete"}
    assert entities("azure_security_center_contact")["default1"]["emails"] == ["desk@contoso.example"]
    told = entities("azure_defender_alert")["Odd sign-in"]
    assert (told["active"], told["open"]) == (True, True)
    assert told["remediationSteps"] == ["[SAMPLE] Ask the team"]
    assert entities("azure_classic_admin_group").keys() == {"Azure Classic Administrator"}


def test_whom_the_events_of_a_topic_go_to_tells_the_topic(place: Place, azure: Azure) -> None:
    topic = place.put("Microsoft.EventGrid/topics", "T", {})
    told = {"topic": topic.upper(), "labels": ["one"], "destination": None, "filter": None, "expirationTimeUtc": None}
    place.tenant.add_child(topic, "/providers/Microsoft.EventGrid/eventSubscriptions", "s", told)
    place.tenant.add_child(topic, "/providers/Microsoft.EventGrid/eventSubscriptions", "bare", {"labels": None})
    assert verdicts(azure.run("azure_event_grid_topic_subscription")) == {"complete"}
    found = entities("azure_event_grid_topic_subscription")
    assert (found["s"]["topic"], found["s"]["labels"]) == (topic.lower(), ["one"])
    assert "topic" not in found["bare"]
