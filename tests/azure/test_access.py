"""What the application may not see is told, with what to grant, and is never taken for deleted."""

from dataclasses import replace
from typing import Any

import pytest

from integration import Step
from tests.azure.reading import Azure, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, Fault, Subscription, made_up_tenant
from tests.simulator.azure.made_up import show

GRANT = "grant the application Reader on the tenant's root management group"


def is_query(asked: Asked) -> bool:
    return bool(asked.query)


@pytest.mark.parametrize(("status", "tries"), [(403, 1), (401, 4)])
def test_subscriptions_that_are_refused_are_asked_for_once_a_run(azure: Azure, status: int, tries: int) -> None:
    """Tables are many, and each of them needs to know the subscriptions."""
    refused = {"error": {"code": "AuthorizationFailed"}}
    azure.simulator.manager.faults = [Fault(status, lambda asked: asked.path == "/subscriptions", refused)]
    report = azure.run()
    assert verdicts(report, ["contoso_machine", "contoso_room", "contoso_grant"]) == {"failed"}
    assert len(azure.simulator.requests) == tries


@pytest.mark.parametrize("code", ["", "NotFound", "NoRegisteredProviderFound", "AadPremiumLicenseRequired"])
@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("after", [0, 1])
def test_subscriptions_that_are_not_told_are_no_feature_that_a_tenant_lacks(
    azure: Azure, status: int, code: str, after: int
) -> None:
    azure.run("contoso_machine")
    known = keys("contoso_machine")
    azure.simulator.manager.page = 1
    azure.simulator.manager.faults = [
        Fault(status, lambda asked: asked.path == "/subscriptions" and ("$skiptoken" in asked.options) == bool(after),
              {"error": {"code": code}}),
    ]  # fmt: skip
    report = azure.run("contoso_machine", "contoso_room")
    assert (verdicts(report, ["contoso_machine", "contoso_room"]), report.exit_code()) == ({"failed"}, 1)
    assert keys("contoso_machine") == known


def test_a_later_page_that_is_not_there_leaves_open_which_subscriptions_exist(azure: Azure) -> None:
    azure.simulator.manager.page = 1
    azure.simulator.manager.faults = [
        Fault(404, lambda asked: asked.path.endswith("/descendants") and "$skiptoken" in asked.options)
    ]
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"partial"}
    assert "which subscriptions exist" in report.of("contoso_machine").reason


def test_types_that_shrank_with_the_subscriptions_that_are_seen_are_not_read_again(azure: Azure) -> None:
    """Nothing of them is deleted anyway."""
    azure.run("contoso_machine", "contoso_storage")
    machines = keys("contoso_machine")
    show(azure.simulator.tenant, 1)
    azure.simulator.requests.clear()
    assert verdicts(azure.run("contoso_machine", "contoso_storage")) == {"partial"}
    assert keys("contoso_machine") == machines
    assert not any("where type" in each.query for each in azure.simulator.queries)


@pytest.mark.every_area
def test_what_is_missing_of_a_table_is_told_once_to_who_reads_several_types_of_it() -> None:
    with AzureSimulator(made_up_tenant(300, 4, hidden=1)) as simulator:
        reason = Azure(simulator, {}).run("azure_role_assignment").of("azure_role_assignment").reason
    assert reason.count("1 subscription exists") == 1


@pytest.mark.parametrize(("hidden", "told"), [(1, "1 subscription exists"), (2, "2 subscriptions exist")])
def test_hidden_subscriptions_make_types_partial(steps: dict[str, Step], hidden: int, told: str) -> None:
    with AzureSimulator(made_up_tenant(300, 4, hidden=hidden)) as simulator:
        azure = Azure(simulator, steps)
        report = azure.run("contoso_machine", "contoso_room")
        assert verdicts(report) == {"partial"}
        reason = report.of("contoso_machine").reason
        assert f"{told} that the application does not see" in reason
        unseen = sorted(each.id for each in simulator.tenant.subscriptions.values() if not each.visible)
        assert any(id in reason for id in unseen)
        assert report.reading["azure"]["hiddenSubscriptions"] == unseen
        assert report.reading["azure"]["subscriptions"] == 4 - hidden
        assert "Reader on the tenant's root management group" in reason
        assert keys("contoso_machine") == azure.expected("contoso_machine")
        assert report.exit_code() == 0


def test_access_that_is_taken_away_deletes_nothing(azure: Azure) -> None:
    azure.run("contoso_machine")
    before = keys("contoso_machine")
    show(azure.simulator.tenant, 2)
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"partial"}
    assert "not seen any more" not in report.of("contoso_machine").reason  # it is known to exist, and said so
    assert keys("contoso_machine") == before


def test_access_that_is_given_completes_the_types(azure: Azure) -> None:
    show(azure.simulator.tenant, 2)
    assert verdicts(azure.run("contoso_machine")) == {"partial"}
    show(azure.simulator.tenant)
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_subscription_that_is_gone_takes_its_resources_along(azure: Azure) -> None:
    azure.run("contoso_storage", allow_mass_delete=True)
    tenant = azure.simulator.tenant
    gone = tenant.visible()[-1].id
    with tenant.lock:
        del tenant.subscriptions[gone]
        tenant.remove([f"/subscriptions/{gone}"], "resourcecontainers")
    report = azure.run("contoso_storage", allow_mass_delete=True)
    assert verdicts(report) == {"complete"}
    assert keys("contoso_storage") == azure.expected("contoso_storage")


def test_a_partial_type_is_partial_again_where_nothing_changed(azure: Azure) -> None:
    azure.run("contoso_machine")
    azure.simulator.tenant.add_subscription(
        Subscription("99999999-0000-4000-8000-000000000099", "New", "mg-prod", False)
    )
    for _ in range(2):
        report = azure.run("contoso_machine")
        assert verdicts(report) == {"partial"}
        assert "1 subscription exists" in report.of("contoso_machine").reason


def test_who_may_not_read_management_groups_knows_of_no_hidden_subscription(azure: Azure) -> None:
    azure.simulator.manager.sees_groups = False
    show(azure.simulator.tenant, 2)
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_subscription_that_is_not_seen_any_more_is_not_taken_for_gone(azure: Azure) -> None:
    """Without a look at the management groups, lost access and a cancelled subscription look alike."""
    azure.simulator.manager.sees_groups = False
    assert verdicts(azure.run("contoso_machine", "contoso_room")) == {"complete"}
    before = keys("contoso_machine")
    show(azure.simulator.tenant, 2)
    for _ in range(2):
        report = azure.run("contoso_machine", "contoso_room")
        assert verdicts(report) == {"partial"}
        assert "1 subscription is not seen any more" in report.of("contoso_machine").reason
        assert "--fresh" in report.of("contoso_machine").reason
        assert keys("contoso_machine") == before
    show(azure.simulator.tenant)
    assert verdicts(azure.run("contoso_machine", "contoso_room")) == {"complete"}
    show(azure.simulator.tenant, 2)
    assert verdicts(azure.run("contoso_machine", "contoso_room")) == {"partial"}
    report = azure.run("contoso_machine", "contoso_room", fresh=True, allow_mass_delete=True)
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert verdicts(azure.run("contoso_machine", "contoso_room")) == {"complete"}


def test_a_subscription_that_resource_graph_forgets_is_not_taken_for_gone(azure: Azure) -> None:
    """Azure Resource Manager goes on to list it, and all tables lack what is in it without a word."""
    types = ("contoso_machine", "contoso_room", "contoso_grant")
    assert verdicts(azure.run(*types)) == {"complete"}
    before = {type: keys(type) for type in types}
    forgotten = azure.simulator.tenant.visible()[-1].id
    azure.simulator.graph.forgets = frozenset({forgotten})
    for chosen in (types, types, types[:1]):
        report = azure.run(*chosen, allow_mass_delete=True)
        assert verdicts(report) == {"partial"}
        assert f"tells nothing any more of 1 subscription that the application sees, such as {forgotten}" in (
            report.of("contoso_machine").reason
        )
        assert {type: keys(type) for type in types} == before
    azure.simulator.graph.forgets = frozenset()
    assert verdicts(azure.run(*types)) == {"complete"}
    assert {type: keys(type) for type in types} == before


def test_a_subscription_that_is_lost_in_the_middle_of_a_run_is_not_taken_for_gone(azure: Azure) -> None:
    """It is listed when the run begins, and not seen any more when the tables are read."""
    types = ("contoso_machine", "contoso_room", "contoso_grant")
    assert verdicts(azure.run(*types)) == {"complete"}
    before = {type: keys(type) for type in types}
    azure.simulator.manager.before = lambda asked: show(azure.simulator.tenant, 2) if asked.query else None
    report = azure.run(*types, allow_mass_delete=True)
    assert verdicts(report) == {"partial"}
    assert "1 subscription is not seen any more" in report.of("contoso_machine").reason
    assert report.changes == {}
    assert {type: keys(type) for type in types} == before


@pytest.mark.parametrize("types", [("contoso_machine", "contoso_room", "contoso_grant"), ("contoso_machine",)])
def test_a_subscription_that_resource_graph_never_told_of_is_missed(azure: Azure, types: tuple[str, ...]) -> None:
    unknown = azure.simulator.tenant.visible()[-1].id
    azure.simulator.graph.forgets = frozenset({unknown})
    report = azure.run(*types)
    assert verdicts(report) == {"partial"}
    expected = f"tells nothing of 1 subscription that the application sees, such as {unknown}: it may do so later"
    assert expected in report.of("contoso_machine").reason
    azure.simulator.graph.forgets = frozenset()
    assert verdicts(azure.run(*types)) == {"complete"}


@pytest.mark.parametrize("status", [400, 401, 501])
def test_types_are_partial_where_it_is_not_told_which_subscriptions_exist(azure: Azure, status: int) -> None:
    azure.simulator.manager.faults = [Fault(status, lambda asked: asked.path.endswith("/descendants"))]
    report = azure.run("contoso_machine", "contoso_storage")
    assert verdicts(report) == {"partial"}
    assert "which subscriptions exist" in report.of("contoso_machine").reason
    assert keys("contoso_machine") == azure.expected("contoso_machine")


@pytest.mark.parametrize("told", [{}, {"subscriptionId": None}, {"subscriptionId": ""}])
def test_a_subscription_that_is_listed_without_its_id_is_the_one_that_its_path_tells(
    azure: Azure, told: dict[str, Any]
) -> None:
    azure.simulator.manager.alter = unnamed(told)
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"complete"}
    assert report.reading["azure"]["subscriptions"] == 3


@pytest.mark.parametrize("path", [None, "", "/", "/subscriptions/", "/providers/x/y", 7])
def test_types_are_partial_where_a_subscription_is_listed_that_nothing_tells(azure: Azure, path: Any) -> None:
    azure.simulator.manager.alter = unnamed({"id": path})
    report = azure.run("contoso_machine", "contoso_storage")
    assert verdicts(report) == {"partial"}
    assert "Azure lists 1 without an id" in report.of("contoso_machine").reason
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def unnamed(told: dict[str, Any]) -> Any:
    """What has the first subscription that is listed lack its id, and tell other things in place of some."""

    def alter(asked: Asked, document: dict[str, Any]) -> None:
        if asked.path == "/subscriptions":
            first, *others = document["value"]
            document["value"] = [{**first, "subscriptionId": None, **told}, *others]
            if not told:
                del document["value"][0]["subscriptionId"]

    return alter


def test_a_subscription_of_another_tenant_is_not_looked_for_there(azure: Azure) -> None:
    """It is managed by Azure Lighthouse: the application may not read that tenant's management groups."""
    tenant = azure.simulator.tenant
    other = replace(tenant.visible()[0], id="99999999-0000-4000-8000-000000000099", tenant_id="another")
    tenant.add_subscription(other)
    azure.simulator.manager.faults = [Fault(403, lambda asked: "groups/another/" in asked.path)]
    assert verdicts(azure.run("contoso_machine")) == {"complete"}


def test_a_subscription_is_gone_where_its_own_tenant_says_so_whatever_another_tenant_keeps_to_itself(
    azure: Azure,
) -> None:
    tenant = azure.simulator.tenant
    gone, *_, first = reversed(tenant.visible())
    tenant.add_subscription(replace(first, id="99999999-0000-4000-8000-000000000099", tenant_id="another"))
    azure.simulator.manager.faults = [Fault(403, lambda asked: "groups/another/" in asked.path)]
    azure.run("contoso_storage", allow_mass_delete=True)
    with tenant.lock:
        del tenant.subscriptions[gone.id]
        tenant.remove([f"/subscriptions/{gone.id}"], "resourcecontainers")
    for _ in range(2):
        report = azure.run("contoso_storage", allow_mass_delete=True)
        assert verdicts(report) == {"complete"}
        assert keys("contoso_storage") == azure.expected("contoso_storage")


def test_a_tenant_that_is_not_seen_any_more_is_not_taken_for_empty(azure: Azure) -> None:
    """Only one of another tenant is left, which does not tell what there is."""
    tenant = azure.simulator.tenant
    other = replace(tenant.visible()[0], id="99999999-0000-4000-8000-000000000099", tenant_id="another")
    tenant.add_subscription(other)
    azure.simulator.manager.faults = [Fault(403, lambda asked: "groups/another/" in asked.path)]
    azure.run("contoso_machine")
    before = keys("contoso_machine")
    with tenant.lock:
        tenant.subscriptions = {id: replace(of, visible=id == other.id) for id, of in tenant.subscriptions.items()}
    report = azure.run("contoso_machine", allow_mass_delete=True)
    assert verdicts(report) == {"partial"}
    assert keys("contoso_machine") == before


def test_without_any_subscription_types_are_skipped(azure: Azure) -> None:
    show(azure.simulator.tenant, 0)
    report = azure.run("contoso_machine", "contoso_room")
    assert verdicts(report) == {"skipped"}
    assert report.exit_code() == 0
    assert GRANT in report.of("contoso_machine").reason
    assert azure.simulator.queries == []


@pytest.mark.parametrize("only", [(), ("contoso_machine",)])
def test_without_any_subscription_types_that_were_wanted_fail_the_run(azure: Azure, only: tuple[str, ...]) -> None:
    if not only:
        azure.run("contoso_machine", "contoso_machine_uses_interface")
    before = keys("contoso_machine") if not only else set[str]()
    show(azure.simulator.tenant, 0)
    report = azure.run("contoso_machine", only=only)
    assert verdicts(report) == {"skipped"}
    assert report.exit_code() == 1
    assert keys("contoso_machine") == before


@pytest.mark.parametrize("no_access", ["403", "400"])
def test_who_may_read_none_of_what_is_visible_is_told_what_to_grant(azure: Azure, no_access: str) -> None:
    message = "There must be at least one subscription that is eligible to contain resources."
    error: dict[str, Any] = {"code": "AuthorizationFailed"}
    if no_access == "400":
        error = {"code": "BadRequest", "message": "Please", "details": [{"code": "None", "message": message}]}
    azure.simulator.manager.faults = [Fault(int(no_access), is_query, {"error": error})]
    report = azure.run("contoso_machine")
    assert verdicts(report) == {"failed"}
    assert "grant it Reader" in report.of("contoso_machine").reason
    assert report.exit_code() == 1


def test_a_query_that_azure_does_not_take_is_told_with_its_words(azure: Azure) -> None:
    details = [{"code": "InvalidQuery", "message": "Query is invalid."}]
    error = {"code": "BadRequest", "message": "Please provide below info: timestamp = 1", "details": details}
    azure.simulator.manager.faults = [Fault(400, is_query, {"error": error})]
    reason = azure.run("contoso_machine").of("contoso_machine").reason
    assert "Query is invalid" in reason
    assert "InvalidQuery" in reason
    assert len(azure.simulator.queries) == 1


def test_more_than_one_table_is_partial_and_complete_for_itself(azure: Azure) -> None:
    azure.simulator.manager.faults = [Fault(403, lambda asked: asked.query.startswith("authorizationresources"))]
    report = azure.run("contoso_machine", "contoso_room", "contoso_branch", "contoso_grant")
    found: dict[str, Any] = {result.type: result.verdict for result in report.results}
    assert found == {
        "contoso_machine": "complete",
        "contoso_room": "complete",
        "contoso_branch": "complete",
        "contoso_grant": "failed",
    }
    assert keys("contoso_branch") == azure.expected("contoso_branch")
