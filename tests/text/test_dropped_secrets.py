"""The secrets that Graph tells with credentials are in nothing that a run leaves, wherever an object comes from."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps
from integration.testing.objects import Objects
from tests.support import write

STEPS = '''
from integration import Entity, entity_step

READ = ["Application.Read.All"]


@entity_step("Application", permissions=READ)
def contoso_app(ctx):
    """An application."""
    for app in ctx.graph.list("/applications", select=("passwordCredentials", "keyCredentials")):
        yield Entity(app["id"], app, name=str(app))


@entity_step("Application", permissions=READ)
def contoso_app_of_user(ctx):
    """An application that a user has to do with."""
    select = ("id", "passwordCredentials", "passwordProfile", "alternativeSecurityIds")
    for _, app in ctx.graph.related("/users", "ownedObjects", select=select):
        yield Entity(f"owned-{app['id']}", app, name=str(app))


@entity_step("Application", permissions=READ)
def contoso_app_of_all(ctx):
    """The application that a path gives."""
    app = ctx.graph.get("/applications/app-1", select=None)
    yield Entity("contoso-app-of-all", app, name=str(app))
'''
OWNERS = '''
from integration import Entity, entity_step


@entity_step("Record", permissions=["Application.Read.All"])
def contoso_owner(ctx):
    """Who owns an application."""
    for application, owner in ctx.graph.related("/applications", "owners"):
        yield Entity(f"{application}-{owner['id']}", owner, name=owner["id"])
'''
PEOPLE = '''
from integration import Entity, Relationship, entity_step, relationship_step


@entity_step("User", permissions=["User.Read.All"])
def contoso_person(ctx):
    """A person."""
    for user in ctx.graph.list("/users", select=("id", "displayName")):
        yield Entity(user["id"], name=user["displayName"])


@entity_step("UserGroup", permissions=["Group.Read.All"])
def contoso_team(ctx):
    """A team."""
    for group in ctx.graph.list("/groups", select=("id", "displayName")):
        yield Entity(group["id"], name=group["displayName"])


@entity_step("Record", permissions=["User.Read.All"])
def contoso_policy(ctx):
    """A policy."""
    policy = ctx.graph.get("/policies/one", select=("id", "displayName"))
    yield Entity(policy["id"], name=policy["displayName"])


@relationship_step("contoso_team", "HAS", "contoso_person", permissions=["GroupMember.Read.All"])
def contoso_team_has_person(ctx):
    """A person is a member of a team."""
    for group, user in ctx.graph.related("/groups", "members"):
        yield Relationship(group, user["id"])


@relationship_step("contoso_person", "MANAGES", "contoso_person", permissions=["User.Read.All"])
def contoso_person_manages_person(ctx):
    """Who is the manager of whom."""
    for person, manager in ctx.graph.related("/users", "manager", select=("id", "displayName")):
        yield Relationship(manager["id"], person)
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPES = ("contoso_app", "contoso_app_of_user", "contoso_app_of_all")


def app(number: int, word: str) -> dict[str, Any]:
    secrets = {"hint": f"Abc{word}", "secretText": f"secret-{word}", "key": f"private-{word}"}
    return {
        "id": f"app-{number}",
        "@odata.type": "#microsoft.graph.application",
        "passwordCredentials": [{"keyId": f"key-{word}", **secrets}, None],
        "keyCredentials": [{"keyId": f"certificate-{word}", **secrets}],
        "alternativeSecurityIds": [{"type": 2, "key": f"thumbprint-and-key-{word}"}],
        "passwordProfile": {"password": f"password-{word}", "forceChangePasswordNextSignIn": True},
        "addIns": [{"id": "add-in", "type": "x", "properties": [{"key": "token", "value": f"add-in-of-{word}"}]}],
        "passwordSingleSignOnSettings": {"fields": [{"customizedLabel": "Password", "defaultLabel": f"field-{word}"}]},
    }


def kept() -> bytes:
    return b"".join(path.read_bytes() for path in Path("out").rglob("*") if path.is_file())


def test_what_credentials_tell_of_their_secrets_is_kept_nowhere(
    graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"credentials_asked.py": STEPS, **{f"{type}.json": NAMED for type in TYPES}}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "credentials_asked", raising=False)
    module = importlib.import_module("credentials_asked")
    manager = load(*(getattr(module, type) for type in TYPES))
    graph.add("/users", {"id": "user-1"})
    graph.add("/applications", *(app(number, "listed") for number in range(3)))
    graph.relate("/users", "user-1", "ownedObjects", app(7, "related"))
    for word in ("listed", "changed"):
        graph.add("/applications", app(1, word))
        ran = run_steps(*TYPES, source=graph, out=Path("out"), manager=manager)
        assert set(ran.verdicts.values()) == {"complete"}
        found = kept()
        assert f"key-{word}".encode() in found
        assert b"key-related" in found
        for secret in ("Abc", "secret-", "private-", "password-", "thumbprint-and-key-", "add-in-of-", "field-"):
            assert secret.encode() not in found


def test_of_owners_that_come_whole_the_ids_are_kept_alone(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to a nested ``$select`` is recorded for few relations: others may come as if there were none."""
    expanded = Objects.expanded

    def whole(its: Objects, path: str, row: Any, names: Sequence[tuple[str, list[str] | None]]) -> Any:
        return expanded(its, path, row, [(name, None) for name, _ in names])

    monkeypatch.setattr(Objects, "expanded", whole)
    files = {"owners_asked.py": OWNERS, "contoso_owner.json": NAMED}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "owners_asked", raising=False)
    manager = load(importlib.import_module("owners_asked").contoso_owner)
    graph.add("/applications", {"id": "app-1"})
    graph.relate("/applications", "app-1", "owners", {**app(7, "owner"), "displayName": "Finance batch job"})
    ran = run_steps("contoso_owner", source=graph, out=Path("out"), manager=manager)
    assert [record["_key"] for record in ran.records["contoso_owner"]] == ["app-1-app-7"]
    for told in ("Abc", "secret-", "private-", "password-", "thumbprint-and-key-", "Finance"):
        assert told.encode() not in kept()


def test_of_what_was_not_asked_for_nothing_is_kept(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    types = ("contoso_person", "contoso_team", "contoso_policy")
    files = {"people_asked.py": PEOPLE, **{f"{type}.json": NAMED for type in types}}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "people_asked", raising=False)
    module = importlib.import_module("people_asked")
    edges = ("contoso_team_has_person", "contoso_person_manages_person")
    manager = load(*(getattr(module, type) for type in (*types, *edges)))

    def named(key: str, word: str) -> dict[str, Any]:
        return {
            "id": key, "@odata.type": "#microsoft.graph.user", "displayName": f"name-{word}",
            "customSecurityAttributes": {"Engineering": {"Project": f"unasked-{word}"}}, "mobilePhone": "unasked-0",
        }  # fmt: skip

    graph.selects = False
    graph.put("/policies/one", named("policy", "policy"))
    graph.add("/groups", named("group-1", "group"))
    for word in ("listed", "changed"):
        graph.add("/users", *(named(f"user-{number}", word) for number in range(3)))
        graph.relate("/groups", "group-1", "members", "user-1", *(["user-2"] if word == "changed" else []))
        graph.relate("/users", "user-1", "manager", "user-0")
        ran = run_steps(*types, *edges, source=graph, out=Path("out"), manager=manager)
        assert set(ran.verdicts.values()) == {"complete"}
        assert f"name-{word}".encode() in kept()
        assert b"unasked-" not in kept()
    assert len(ran.records["contoso_team_has_person"]) == 2
