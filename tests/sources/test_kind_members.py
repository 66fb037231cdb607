"""An odd member costs what its parent has, never the type or the run."""

from dataclasses import replace
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.testing import GraphServer
from integration.text.secret import Secret

USER = "#microsoft.graph.user"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", *({"id": f"user-{number}", "displayName": f"User {number}"} for number in range(3)))
    graph.add("/groups", {"id": "group-1", "displayName": "Group 1"}, {"id": "group-2", "displayName": "Group 2"})
    graph.relate("/groups", "group-1", "members", {"id": "user-1", "@odata.type": USER})
    return graph


def collect(tenant: GraphServer, **settings: Any) -> Report:
    manager = load()
    config = replace(Config(graph_url=tenant.url, access_token=Secret(tenant.token)), **settings)
    return run(manager, plan(manager), config, out="out")


@pytest.mark.parametrize("kind", [7, ["x"]], ids=repr)
def test_a_member_of_an_odd_kind_costs_its_parent(tenant: GraphServer, kind: Any) -> None:
    tenant.relate("/groups", "group-2", "members", {"id": "user-2", "@odata.type": kind})
    report = collect(tenant)
    result = report.of("azure_user_group_has_user")
    assert (result.verdict, result.count) == ("partial", 1)
    assert "no kind that is text" in result.reason
    assert report.exit_code() == 0


@pytest.mark.parametrize(
    "member",
    [{}, *({"@odata.type": kind} for kind in (None, "", "#microsoft.graph.directoryObject"))],
    ids=repr,
)
def test_a_member_of_no_named_kind_is_of_that_of_the_object_that_it_is(
    tenant: GraphServer, member: dict[str, Any]
) -> None:
    tenant.relate("/groups", "group-1", "members", {"id": "user-2", **member}, {"id": "group-2", **member})
    tenant.relate("/groups", "group-1", "members", {"id": "user-9", **member})
    report = collect(tenant)
    assert report.of("azure_user_group_has_user").count == 2
    assert report.of("azure_user_group_has_group").count == 1
    assert list(report.reading["notRepresented"].values()) == [{"": 1}]
    tenant.add("/users", {"id": "user-9", "displayName": "User 9"})
    report = collect(tenant)
    assert report.of("azure_user_group_has_user").count == 3
    assert report.reading["notRepresented"] == {}


def test_a_member_of_no_named_kind_costs_no_run_where_a_listing_is_refused(tenant: GraphServer) -> None:
    tenant.relate("/groups", "group-1", "members", {"id": "user-2"})
    tenant.fail("/users", status=403, code="Authorization_RequestDenied")
    report = collect(tenant)
    assert report.of("azure_user").verdict == "failed"
    assert report.of("azure_user_group_has_group").verdict == "complete"
    assert report.exit_code() == 1
    (told,) = report.reading["notRepresented"].values()
    assert told[""] == 1


@pytest.mark.every_area
@pytest.mark.parametrize("odd", [{"id": 7}, {"id": "user-2", "@odata.type": 7}], ids=repr)
def test_an_odd_child_that_comes_with_its_parent_costs_that_parent(tenant: GraphServer, odd: dict[str, Any]) -> None:
    name = "azure_user_has_device"
    tenant.add("/devices", {"id": "device-1", "displayName": "1"}, {"id": "device-2", "displayName": "2"})
    tenant.relate("/devices", "device-1", "registeredUsers", {"id": "user-1", "@odata.type": USER})
    tenant.relate("/devices", "device-2", "registeredUsers", odd)
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret(tenant.token))
    result = run(manager, plan(manager, only=[name]), config, out="out").of(name)
    assert (result.verdict, result.count) == ("partial", 1)
    assert "of 1 of them could not be read" in result.reason
