"""What Graph cannot be asked as a step writes it is refused at once, in words, and nothing of it is sent."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import Context, PlanError
from integration.testing import GraphServer, run_steps
from tests.support import write

STEP = '''
from integration import Entity, entity_step

@entity_step("Device", permissions=["Device.Read.All"])
def contoso_probe(ctx):
    """What a test asks for."""
    for row in asks(ctx):
        yield Entity(row["id"], displayName=row["id"], name=row["id"])
'''
NAMED = {"properties": {"name": {"type": "string", "description": "Its name."}}}
Call = Callable[[Context], Any]
Ask = Callable[[Call], tuple[str, str]]


@pytest.fixture
def ask(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """What returns the verdict on a step that asks for something and catches no error, and the reason."""
    monkeypatch.syspath_prepend(
        str(write(Path("package"), {"probe.py": STEP, "contoso_probe.json": json.dumps(NAMED)}))
    )
    monkeypatch.delitem(sys.modules, "probe", raising=False)
    module = importlib.import_module("probe")

    def asked(call: Call) -> tuple[str, str]:
        monkeypatch.setattr(module, "asks", call, raising=False)
        result = run_steps(module.contoso_probe, source=graph).report.of("contoso_probe")
        return result.verdict, result.reason

    return asked


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/devices?$filter=accountEnabled eq false", "use filter= and expand="),
        ("/devices?$expand=registeredOwners", "has a query"),
        ("/devices%3F$top=5", "has a query"),
        ("/devices#all", "has a query"),
        ("https://graph.microsoft.com/beta/devices", "a whole URL: write what follows the version"),
        ("https://graph.microsoft.com/v1.0/devices?$top=5", "a whole URL"),
        ("//graph.example/devices", "a whole URL"),
        ("devices", "write '/devices'"),
        ("", "write '/users'"),
        ("/", "write '/users'"),
        ("/beta/devices", "names a version"),
        ("/v1.0/devices", "names a version"),
        ("/../beta/devices", "names nothing"),
        ("/devices/%2e%2e/users", "names nothing"),
        ("/devices/", "names nothing"),
        ("/devices//owners", "names nothing"),
        ("/devices/{id}/registeredOwners", ".related(parents, relation)"),
        ("/devices/*/registeredOwners", ".related(parents, relation)"),
        ("/devices and more", "a character that no path has"),
        ("/devices\r\nX-Forged: 1", "a character that no path has"),
        (None, "write it as text"),
    ],
)
def test_a_path_that_is_none_is_refused(path: Any, remedy: str, ask: Ask, graph: GraphServer) -> None:
    for call in (
        lambda ctx: ctx.graph.list(path),
        lambda ctx: [ctx.graph.get(path)],
        lambda ctx: (child for _, child in ctx.graph.related(path, "registeredOwners")),
    ):
        verdict, reason = ask(call)
        assert verdict == "failed"
        assert "contoso_probe asks Graph for what cannot be sent" in reason
        assert remedy in reason
        assert "\n" not in reason
    assert graph.requests == []


@pytest.mark.parametrize("relation", ["", "members?$filter=x", "/members", "members/$count", "members ", "../users"])
def test_a_relation_that_is_no_property_is_refused(relation: str, ask: Ask, graph: GraphServer) -> None:
    verdict, reason = ask(lambda ctx: (child for _, child in ctx.graph.related("/groups", relation)))
    assert (verdict, "name the navigation property alone" in reason) == ("failed", True)
    assert graph.requests == []


@pytest.mark.parametrize("relation", ["members", "/policies/{id}/rules"])
def test_what_is_not_asked_by_a_filter_expands_nothing(relation: str, ask: Ask, graph: GraphServer) -> None:
    verdict, reason = ask(lambda ctx: (child for _, child in ctx.graph.related("/groups", relation, expand="policy")))
    assert (verdict, "asked with filter=" in reason) == ("failed", True)
    assert graph.requests == []


@pytest.mark.parametrize("select", ["id,displayName", ["displayName&$filter=x"], ["a b"], [""], [None]])
def test_a_select_that_names_no_properties_is_refused(select: Any, ask: Ask, graph: GraphServer) -> None:
    verdict, reason = ask(lambda ctx: ctx.graph.list("/devices", select=select))
    assert (verdict, "give a list of the names of properties" in reason) == ("failed", True)
    assert graph.requests == []


def test_a_step_that_catches_the_refusal_does_not_pass_for_complete(ask: Ask, graph: GraphServer) -> None:
    def call(ctx: Context) -> list[Any]:
        try:
            return list(ctx.graph.list("/devices?$top=5"))
        except PlanError:
            return [{"id": "device-0001"}]

    verdict, reason = ask(call)
    assert verdict == "partial"
    assert "has a query" in reason


def test_what_graph_has_is_asked_for_as_it_is_written(ask: Ask, graph: GraphServer) -> None:
    for path in ("/devices", "/directory/administrativeUnits", "/users/ada@contoso.example/ownedDevices", "/a/b('c')"):
        graph.add(path, {"id": "device-0001"})
        verdict, reason = ask(lambda ctx, path=path: ctx.graph.list(path, select=["displayName"]))  # type: ignore[misc]
        assert (verdict, reason) == ("complete", "")
