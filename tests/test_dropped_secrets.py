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
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPES = ("contoso_app", "contoso_app_of_user", "contoso_app_of_all")


def app(number: int, word: str) -> dict[str, Any]:
    return {
        "id": f"app-{number}",
        "@odata.type": "#microsoft.graph.application",
        "passwordCredentials": [{"keyId": f"key-{word}", "hint": f"Abc{word}", "secretText": f"secret-{word}"}, None],
        "keyCredentials": [{"keyId": f"certificate-{word}", "key": f"private-{word}"}],
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
