"""What a step asks Graph for, and in which requests that is read: expanded, filtered, by another key, listed once."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran
from tests.support import write

STEPS = '''
from itertools import groupby
from operator import itemgetter

from integration import Entity, Relationship, entity_step, relationship_step


@entity_step("User", permissions=["User.Read.All"], per_row=True)
def contoso_person(ctx):
    """A person."""
    for user in ctx.graph.list("/users", select=("displayName",)):
        yield Entity(user["id"], name=user["displayName"])


@entity_step("Device", permissions=["Device.Read.All"], per_row=True)
def contoso_machine(ctx):
    """A machine."""
    for device in ctx.graph.list("/devices", select=("displayName",)):
        yield Entity(device["id"], name=device["displayName"])


@relationship_step("contoso_person", "HAS", "contoso_machine", permissions=["Device.Read.All"], per_row=True)
def contoso_person_has_machine(ctx):
    """A person uses a machine."""
    for device, user in ctx.graph.related("/devices", "registeredUsers", kind="user"):
        yield Relationship(user["id"], device)


@relationship_step("contoso_person", "MANAGES", "contoso_person", permissions=["User.Read.All"], per_row=True)
def contoso_person_manages_person(ctx):
    """A person is another one's manager."""
    for user, manager in ctx.graph.related("/users", "manager", kind="user"):
        yield Relationship(manager["id"], user)


@entity_step("Organization", permissions=["Policy.Read.All"])
def contoso_partner(ctx):
    """A partner."""
    path = "/policies/crossTenantAccessPolicy/partners"
    for partner in ctx.graph.list(path, select=(), key="tenantId", expand="identitySynchronization"):
        sync = partner["identitySynchronization"]
        yield Entity(partner["id"], name=sync["displayName"] if sync else "not synchronized")


@entity_step("AccessPolicy", permissions=["PrivilegedEligibilitySchedule.Read.AzureADGroup"])
def contoso_eligibility(ctx):
    """An eligibility."""
    path, by = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances", "groupId eq '{id}'"
    among = "isAssignableToRole eq true"
    for group, row in ctx.graph.related("/groups", path, select=("accessId",), filter=by, among=among):
        yield Entity(row["id"], name=f"{group} {row['accessId']}")


@entity_step("ControlPolicy", permissions=["RoleManagementPolicy.Read.AzureADGroup"])
def contoso_policy(ctx):
    """A policy of a group, with its rules."""
    path, by = "/policies/roleManagementPolicyAssignments", "scopeId eq '{id}' and scopeType eq 'Group'"
    for group, row in ctx.graph.related("/groups", path, select=("policyId",), filter=by, expand="policy"):
        yield Entity(row["id"], name=f"{group} {row['policyId']} {row['policy']['displayName']}")


@entity_step("Site", permissions=["Application.Read.All"])
def contoso_use(ctx):
    """How many use an application."""
    assigned = ctx.graph.related("/servicePrincipals", "appRoleAssignedTo", together=True)
    for app, users in groupby(assigned, itemgetter(0)):
        yield Entity(f"use:{app}", name=f"{len(list(users))}")


@entity_step("Application", permissions=["Application.Read.All"], per_row=True)
def contoso_app(ctx):
    """An application."""
    for app in ctx.graph.list("/applications", also=["passwordCredentials"]):
        yield Entity(app["id"], app)


@entity_step("Secret", permissions=["Application.Read.All"])
def contoso_secret(ctx):
    """A secret of an application."""
    for app in ctx.graph.list("/applications", schema="contoso_app", also=["passwordCredentials"]):
        for secret in app["passwordCredentials"]:
            yield Entity(f"secret:{app['id']}:{secret['keyId']}", secret)
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TAKEN = '{"properties": {"name": {"type": "string", "x-from": "displayName", "description": "Its name."}}}'
USERS = [f"user-{number:04}" for number in range(60)]
DEVICES = [f"device-{number:04}" for number in range(45)]
Asks = Callable[..., Ran]


@pytest.fixture
def asks(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Asks:
    """What runs steps of the module above against the server."""
    named = [
        "contoso_person",
        "contoso_machine",
        "contoso_partner",
        "contoso_eligibility",
        "contoso_policy",
        "contoso_use",
    ]
    files = {f"{name}.json": NAMED for name in named} | {
        f"{name}.json": TAKEN for name in ("contoso_app", "contoso_secret")
    }
    monkeypatch.syspath_prepend(str(write(Path("package"), {"asking.py": STEPS, **files})))
    monkeypatch.delitem(sys.modules, "asking", raising=False)
    module = importlib.import_module("asking")
    steps = [value for name, value in vars(module).items() if name.startswith("contoso_")]

    def run(*names: str, **settings: Any) -> Ran:
        return run_steps(*names, source=graph, out=Path("out"), config=Config(**settings), manager=load(*steps))

    return run


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    graph.add("/users", *({"id": key, "displayName": key} for key in USERS))
    graph.add("/devices", *({"id": key, "displayName": key} for key in DEVICES))
    for number, key in enumerate(DEVICES):
        graph.relate("/devices", key, "registeredUsers", *USERS[: number % 3])
    graph.relate("/devices", DEVICES[7], "registeredUsers", *USERS[:33])
    graph.relate("/users", USERS[0], "manager")
    for key in USERS[1:]:
        graph.relate("/users", key, "manager", USERS[0])
    return graph


def used(tenant: GraphServer) -> set[tuple[str, str]]:
    """Who uses which machine, by what was declared."""
    children = tenant._objects._children
    return {(user, key) for (path, key, name), users in children.items() for user in users if name == "registeredUsers"}


def pairs(ran: Ran, type: str) -> set[tuple[str, str]]:
    return {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type]}


def below(graph: GraphServer, relation: str) -> list[str]:
    """The requests for the children of one parent."""
    return [request for request in graph.requests if f"/{relation}?" in request]


def test_a_relation_comes_with_its_parents_and_those_that_may_have_more_are_asked_again(
    tenant: GraphServer, asks: Asks
) -> None:
    ran = asks("contoso_person_has_machine")
    assert ran.verdicts["contoso_person_has_machine"] == "complete"
    assert pairs(ran, "contoso_person_has_machine") == used(tenant)
    assert any("$expand=registeredUsers($select=id)" in request for request in tenant.requests)
    asked = below(tenant, "registeredUsers")
    assert any(DEVICES[7] in request for request in asked)
    assert len(asked) <= 21  # a sample of a batch, and the one with more than twenty


def test_a_relation_of_which_fewer_come_with_the_parents_is_read_parent_by_parent(
    tenant: GraphServer, asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tenant._objects.expanded
    cut = {"registeredUsers": 1}
    monkeypatch.setattr(
        tenant._objects,
        "expanded",
        lambda path, row, names: {name: found[: cut.get(name, 20)] for name, found in whole(path, row, names).items()},
    )
    ran = asks("contoso_person_has_machine")
    assert ran.verdicts["contoso_person_has_machine"] == "complete"
    assert pairs(ran, "contoso_person_has_machine") == used(tenant)
    assert len({request.split("/")[2] for request in below(tenant, "registeredUsers")}) == len(DEVICES)


def test_children_that_do_not_come_are_missed_although_other_parents_have_more(
    tenant: GraphServer, asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tenant._objects.expanded
    for number in range(100, 130):
        tenant.add("/devices", {"id": f"device-{number}", "displayName": f"Device {number}"})
        tenant.relate("/devices", f"device-{number}", "registeredUsers", *USERS[:4])

    def cut(path: str, row: Any, names: Any) -> Any:
        short = row["id"] == DEVICES[7]  # it has more than twenty, of which three come; the others' come
        return {name: found[: 3 if short else 20] for name, found in whole(path, row, names).items()}

    monkeypatch.setattr(tenant._objects, "expanded", cut)
    ran = asks("contoso_person_has_machine")
    assert ran.verdicts["contoso_person_has_machine"] == "complete"
    assert pairs(ran, "contoso_person_has_machine") == used(tenant)


@pytest.mark.parametrize(("status", "code"), [(403, "Authorization_RequestDenied"), (404, "Request_ResourceNotFound")])
def test_what_came_with_a_parent_is_kept_where_the_parent_that_is_asked_again_does_not_answer(
    tenant: GraphServer, asks: Asks, status: int, code: str
) -> None:
    tenant.fail("/devices/*/registeredUsers", status=status, code=code)
    ran = asks("contoso_person_has_machine")
    assert ran.verdicts["contoso_person_has_machine"] == "partial"
    assert "could not be read" in ran.report.of("contoso_person_has_machine").reason
    assert pairs(ran, "contoso_person_has_machine") == {pair for pair in used(tenant) if pair[1] != DEVICES[7]}


def test_a_relation_that_is_not_expanded_here_is_read_parent_by_parent(tenant: GraphServer, asks: Asks) -> None:
    tenant.expands = False
    ran = asks("contoso_person_has_machine")
    assert ran.verdicts["contoso_person_has_machine"] == "complete"
    assert pairs(ran, "contoso_person_has_machine") == used(tenant)


def test_managers_come_with_their_users_and_later_by_changes(tenant: GraphServer, asks: Asks) -> None:
    type = "contoso_person_manages_person"
    ran = asks(type)
    assert pairs(ran, type) == {(USERS[0], key) for key in USERS[1:]}
    tenant.requests.clear()
    tenant.unrelate("/users", USERS[1], "manager", USERS[0])
    tenant.unrelate("/users", USERS[2], "manager", USERS[0])
    tenant.relate("/users", USERS[2], "manager", USERS[3])
    tenant.add("/users", {"id": "user-new", "displayName": "new"})
    tenant.relate("/users", "user-new", "manager", USERS[3])
    later = asks(type)
    expected = {(USERS[0], key) for key in USERS[3:]} | {(USERS[3], USERS[2]), (USERS[3], "user-new")}
    assert later.verdicts[type] == "complete"
    assert pairs(later, type) == expected
    assert not any("$expand=manager" in request and "/users?" in request for request in tenant.requests)


def test_a_manager_who_is_replaced_without_a_word_on_the_old_one_is_gone(
    tenant: GraphServer, asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    type = "contoso_person_manages_person"
    asks(type)
    monkeypatch.setattr(
        tenant._objects, "_told", lambda children, told: iter({"id": key} for key in told if key in children)
    )
    tenant.unrelate("/users", USERS[2], "manager", USERS[0])
    tenant.relate("/users", USERS[2], "manager", USERS[3])
    assert {pair for pair in pairs(asks(type), type) if pair[1] == USERS[2]} == {(USERS[3], USERS[2])}


def test_objects_without_id_have_the_key_that_the_step_names(graph: GraphServer, asks: Asks) -> None:
    sync = {"displayName": "Fabrikam"}
    graph.add(
        "/policies/crossTenantAccessPolicy/partners",
        {"id": "unseen", "tenantId": "tenant-of-fabrikam", "identitySynchronization": sync},
        {"id": "unseen too", "tenantId": "tenant-of-tailspin", "identitySynchronization": None},
    )
    ran = asks("contoso_partner")
    assert [(record["_key"], record["name"]) for record in ran.records["contoso_partner"]] == [
        ("tenant-of-fabrikam", "Fabrikam"),
        ("tenant-of-tailspin", "not synchronized"),
    ]


def test_a_collection_is_asked_by_a_filter_for_each_of_the_chosen_parents(graph: GraphServer, asks: Asks) -> None:
    path = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
    for number in range(30):
        graph.add("/groups", {"id": f"group-{number:04}", "isAssignableToRole": number % 10 == 0})
        graph.add(path, {"id": f"eligible-{number}", "groupId": f"group-{number:04}", "accessId": "member"})
    ran = asks("contoso_eligibility")
    assert ran.verdicts["contoso_eligibility"] == "complete"
    assert {record["name"] for record in ran.records["contoso_eligibility"]} == {
        f"group-{number:04} member" for number in (0, 10, 20)
    }
    assert len([request for request in graph.requests if path in request]) == 3


def test_what_a_filter_finds_for_a_parent_comes_with_what_is_expanded(graph: GraphServer, asks: Asks) -> None:
    path = "/policies/roleManagementPolicyAssignments"
    for number in range(3):
        group = f"group-{number:04}"
        graph.add("/groups", {"id": group})
        of_group = {"scopeId": group, "scopeType": "Group", "policyId": f"policy-{number}"}
        policy = {"id": f"policy-{number}", "displayName": f"Name {number}"}
        graph.add(path, {"id": f"assigned-{number}", **of_group, "policy": policy})
    graph.add(path, {"id": "assigned-9", "scopeId": "/", "scopeType": "DirectoryRole", "policyId": "policy-9"})
    ran = asks("contoso_policy")
    assert ran.verdicts["contoso_policy"] == "complete"
    assert {record["name"] for record in ran.records["contoso_policy"]} == {
        f"group-{number:04} policy-{number} Name {number}" for number in range(3)
    }
    assert len([request for request in graph.requests if path in request]) == 3


def test_types_that_are_made_of_one_listing_have_it_read_once(graph: GraphServer, asks: Asks) -> None:
    secret = {"keyId": "key-0001", "displayName": "a secret"}
    graph.add("/applications", {"id": "app-00001", "displayName": "an app", "passwordCredentials": [secret]})
    ran = asks("contoso_app", "contoso_secret")
    assert ran.verdicts == {"contoso_app": "complete", "contoso_secret": "complete"}
    assert [record["name"] for record in ran.records["contoso_secret"]] == ["a secret"]
    assert len([request for request in graph.requests if request.startswith("GET /applications?")]) == 1


def test_the_children_of_a_parent_come_together_where_a_step_wants_that(graph: GraphServer, asks: Asks) -> None:
    apps = [f"app-{number:02}" for number in range(30)]
    graph.add("/servicePrincipals", *({"id": key} for key in apps))
    for number, key in enumerate(apps):
        uses = [{"@odata.type": "#microsoft.graph.appRoleAssignment", "id": f"{key} {n}"} for n in range(number * 40)]
        graph.relate("/servicePrincipals", key, "appRoleAssignedTo", *uses)
    ran = asks("contoso_use")
    assert ran.verdicts["contoso_use"] == "complete"
    assert {record["_key"]: record["name"] for record in ran.records["contoso_use"]} == {
        f"use:{key}": f"{number * 40}" for number, key in enumerate(apps) if number
    }
