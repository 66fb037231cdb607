"""How subscriptions are ordered and governed, as awkward as tenants have it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.tenant import TENANT_ID, Subscription, row_of

pytestmark = pytest.mark.every_area

S, T = (f"00000000-0000-4000-8000-{number:012}" for number in (101, 102))
GROUPS = "/providers/Microsoft.Management/managementGroups"
AUTHORIZATION = "/providers/Microsoft.Authorization"
ROLE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def tenant() -> AzureTenant:
    """Two subscriptions, one of them in a management group below the root."""
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_group("MG-Prod", TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", "mg-prod"))
    tenant.add_subscription(Subscription(T, "Tests", TENANT_ID))
    return tenant


@pytest.fixture
def azure(tenant: AzureTenant) -> Iterator[Azure]:
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, {})


def put(tenant: AzureTenant, table: str, id: str, type: str, properties: dict[str, Any]) -> None:
    tenant.add(row_of(id, type, properties=properties), table)


def properties(type: str, kind: str = "entities", out: str = "out") -> list[dict[str, Any]]:
    """The properties of the records of a type."""
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        found = database.execute(f"SELECT properties FROM {kind} WHERE _type = ?", (type,))
        return [json.loads(text) for (text,) in found]


def role(tenant: AzureTenant, scope: str, type: str, scopes: list[str], guid: str = ROLE) -> None:
    """A role that is printed with a scope before its id."""
    given = {"roleName": "Keeper", "type": type, "assignableScopes": scopes, "permissions": [{"actions": ["*/read"]}]}
    id = f"{scope}{AUTHORIZATION}/roleDefinitions/{guid}"
    put(tenant, "authorizationresources", id, "microsoft.authorization/roledefinitions", given)


def policy(tenant: AzureTenant, kind: str, name: str, scope: str = "", **given: Any) -> str:
    id = f"{scope}{AUTHORIZATION}/{kind}/{name}"
    put(tenant, "policyresources", id, f"microsoft.authorization/{kind}", given)
    return id


def group_key(name: str) -> str:
    return f"{GROUPS}/{name}".lower()


def test_groups_are_below_one_another_and_the_root_is_below_none_however_azure_says_so(
    tenant: AzureTenant, azure: Azure
) -> None:
    types = ("azure_management_group_contains_group", "azure_management_group_has_subscription")
    expected = {
        (group_key(TENANT_ID), group_key("mg-prod")),
        (group_key("mg-prod"), f"/subscriptions/{S}"),
        (group_key(TENANT_ID), f"/subscriptions/{T}"),
    }
    root = tenant.tables["resourcecontainers"][group_key(TENANT_ID)]["properties"]["details"]
    for number, parent in enumerate(({"id": f"{GROUPS}/{TENANT_ID}"}, {}, None, {"id": None})):
        root["parent"] = parent
        assert verdicts(azure.run(*types, out=f"out{number}")) == {"complete"}
        assert edges(f"out{number}") == expected


def test_a_subscription_without_groups_has_no_edge(tenant: AzureTenant, azure: Azure) -> None:
    row = tenant.tables["resourcecontainers"][f"/subscriptions/{S}"]
    row["properties"] = {"state": "Enabled", "managementGroupAncestorsChain": None}
    assert verdicts(azure.run("azure_management_group_has_subscription")) == {"complete"}
    assert edges() == {(group_key(TENANT_ID), f"/subscriptions/{T}")}


@pytest.mark.parametrize(
    ("state", "active"), [("Enabled", True), ("pastDue", True), ("Warned", False), ("Disabled", False), (None, False)]
)
def test_a_subscription_that_owes_money_still_works(
    tenant: AzureTenant, azure: Azure, state: str | None, active: bool
) -> None:
    tenant.tables["resourcecontainers"][f"/subscriptions/{S}"]["properties"]["state"] = state
    assert verdicts(azure.run("azure_subscription")) == {"complete"}
    (found,) = [each["active"] for each in properties("azure_subscription") if each["subscriptionId"] == S]
    assert found is active


def test_a_role_that_several_subscriptions_print_is_one(tenant: AzureTenant, azure: Azure) -> None:
    for scope in (f"/subscriptions/{S}", f"/subscriptions/{T}"):
        role(tenant, scope, "CUSTOMROLE", [f"/subscriptions/{S}", f"/SUBSCRIPTIONS/{T}/resourceGroups/rg"])
    report = azure.run("azure_subscription_contains_role_definition")
    key = f"/providers/microsoft.authorization/roledefinitions/{ROLE}"
    assert verdicts(report) == {"complete"}
    assert keys("azure_role_definition") == {key}
    assert edges() == {(f"/subscriptions/{S}", key), (f"/subscriptions/{T}", key)}
    assert properties("azure_role_definition")[0]["id"].startswith(f"/subscriptions/{S}/")


def test_a_role_of_microsoft_is_in_no_scope_of_its_own(tenant: AzureTenant, azure: Azure) -> None:
    role(tenant, "", "BuiltInRole", ["/", f"/subscriptions/{S}"])
    assert verdicts(azure.run("azure_subscription_contains_role_definition")) == {"complete"}
    assert edges() == set()
    (found,) = properties("azure_role_definition")
    assert (found["isCustom"], found["actions"], found["notActions"]) == (False, ["*/read"], [])


def test_classic_administrators_are_found_by_their_addresses(
    tenant: AzureTenant, azure: Azure, graph: GraphServer
) -> None:
    for number, (subscription, address, roles) in enumerate(
        (
            (S, "Ada@contoso.example", "ServiceAdministrator;AccountAdministrator"),
            (T, "ada@CONTOSO.example", "CoAdministrator"),
            (T, "bob@fabrikam.example", "CoAdministrator"),
            (T, "nobody@fabrikam.example", "CoAdministrator"),
        )
    ):
        id = f"/subscriptions/{subscription}{AUTHORIZATION}/classicAdministrators/{number}"
        given = {"emailAddress": address, "role": roles}
        put(tenant, "authorizationresources", id, "microsoft.authorization/classicadministrators", given)
    graph.add(
        "/users",
        {"id": "user-ada", "displayName": "Ada", "userPrincipalName": "ada@contoso.example", "mail": None},
        {
            "id": "guest-bob",
            "displayName": "Bob",
            "userPrincipalName": "bob_fabrikam.example#EXT#@contoso.example",
            "mail": "Bob@Fabrikam.example",
        },
        {"id": "user-eve", "displayName": "Eve", "userPrincipalName": "eve@contoso.example", "mail": ""},
    )
    report = azure.run("azure_classic_admin_group_has_user", graph_url=graph.url, access_token=Secret(graph.token))
    assert verdicts(report) == {"complete"}
    group = "azure_classic_admin_group"
    assert edges() == {(group, "user-ada"), (group, "guest-bob")}
    told = {each["roles"] for each in properties("azure_classic_admin_group_has_user", "relationships")}
    assert told == {"AccountAdministrator;CoAdministrator;ServiceAdministrator", "CoAdministrator"}


def test_there_is_no_group_of_classic_administrators_where_nobody_is_one(azure: Azure) -> None:
    assert verdicts(azure.run("azure_classic_admin_group")) == {"complete"}
    assert keys("azure_classic_admin_group") == set()


def test_of_the_rules_of_microsoft_those_are_told_that_are_used(tenant: AzureTenant, azure: Azure) -> None:
    rules = {
        name: policy(tenant, "policyDefinitions", name, policyType=kind)
        for name, kind in (
            ("alone", "BuiltIn"),
            ("in-set", "BuiltIn"),
            ("unused", "BuiltIn"),
            ("static", "Static"),
            ("in-unused-set", "BuiltIn"),
            ("own", "Custom"),
        )
    }
    members = [{"policyDefinitionId": rules["in-set"].upper()}, {"policyDefinitionId": rules["in-set"]}]
    used = policy(tenant, "policySetDefinitions", "used", policyType="BuiltIn", policyDefinitions=members)
    unused = [{"policyDefinitionId": rules["in-unused-set"]}]
    policy(tenant, "policySetDefinitions", "unused", policyType="BuiltIn", policyDefinitions=unused)
    for name, of in (("one", rules["alone"]), ("two", used.upper())):
        policy(tenant, "policyAssignments", name, f"/subscriptions/{S}", policyDefinitionId=of)
    report = azure.run(
        "azure_policy_assignment_uses_definition",
        "azure_policy_assignment_uses_set_definition",
        "azure_policy_set_definition_contains_definition",
    )
    assert verdicts(report) == {"complete"}
    assert not any(result.problems for result in report.results)
    assert keys("azure_policy_definition") == {rules[name].lower() for name in ("alone", "in-set", "own")}
    assert keys("azure_policy_set_definition") == {used.lower()}
    assert (used.lower(), rules["in-set"].lower()) in edges()
    assert {each["scope"] for each in properties("azure_policy_assignment")} == {f"/subscriptions/{S}"}
    assert not any("enforcementMode" in each for each in properties("azure_policy_assignment"))


def test_what_microsoft_adds_to_a_rule_may_be_no_text(tenant: AzureTenant, azure: Azure) -> None:
    policy(tenant, "policyDefinitions", "own", metadata={"version": 2, "category": None})
    assert verdicts(azure.run("azure_policy_definition")) == {"complete"}
    (found,) = properties("azure_policy_definition")
    assert found["version"] == "2"
    assert {"category", "effect", "policyType"}.isdisjoint(found)


def test_what_nobody_asks_for_of_a_crowded_table_is_not_read(tenant: AzureTenant, azure: Azure) -> None:
    """There is a policy state for each resource and rule, and a subassessment for each fault of each image."""
    for number in range(2_500):
        id = f"/subscriptions/{S}/providers/Microsoft.PolicyInsights/policyStates/{number}"
        put(tenant, "policyresources", id, "microsoft.policyinsights/policystates", {"complianceState": "Compliant"})
    policy(tenant, "policyAssignments", "a", f"/subscriptions/{S}", displayName="Rule")
    report = azure.run("azure_policy_assignment")
    assert verdicts(report) == {"complete"}
    assert [each["displayName"] for each in properties("azure_policy_assignment")] == ["Rule"]
    queries = [each.query for each in azure.simulator.requests if each.query.startswith("policyresources")]
    assert all("where type =~ 'microsoft.authorization/policyassignments'" in query for query in queries)
    assert len(queries) == 1
    azure.simulator.requests.clear()
    assert azure.run("azure_policy_assignment").of("azure_policy_assignment").notes == ("unchanged",)
