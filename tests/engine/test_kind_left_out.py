"""A run without a step changes what its relationships lead to: the next run with it says what a fresh one would."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from tests.support import write

STEPS = '''
from integration import Entity, Relationship, entity_step, relationship_step


@entity_step("Person")
def contoso_person(ctx):
    """A person."""
    for row in ctx.graph.list("/users", select=()):
        yield Entity(row["id"], name=row["id"])


@entity_step("Device")
def contoso_machine(ctx):
    """A machine."""
    for row in ctx.graph.list("/devices", select=("owner",)):
        yield Entity(row["id"], name=row["owner"])


@relationship_step("contoso_person", "HAS", "contoso_machine", per_row=True)
def contoso_person_has_machine(ctx):
    """A person has a machine."""
    for machine in ctx.entities("contoso_machine"):
        yield Relationship(machine.properties["name"], machine.key)
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPES = ("contoso_person", "contoso_machine", "contoso_person_has_machine")


def test_relationships_that_lost_an_end_meanwhile_are_counted(
    graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{name}.json": NAMED for name in TYPES[:2]} | {"ends.py": STEPS}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "ends", raising=False)
    module = importlib.import_module("ends")
    manager = load(*(getattr(module, name) for name in TYPES))

    def made(*types: str, out: str = "out") -> Any:
        ran = run_steps(*types, source=graph, out=Path(out), config=Config(), manager=manager)
        return ran.report.of(types[-1]).problems

    graph.add("/users", {"id": "user-0001"}, {"id": "user-0002"})
    graph.add("/devices", *({"id": f"device-{number}", "owner": "user-0001"} for number in range(3)))
    assert not made(*TYPES)
    graph.remove("/users", "user-0001")
    made("contoso_person")
    graph.add("/devices", {"id": "device-3", "owner": "user-0002"})
    assert made(*TYPES) == made(*TYPES, out="fresh") != {}
