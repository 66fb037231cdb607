"""An object that is of another type than before, under the same key."""

import importlib
import sys
from pathlib import Path

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from tests.support import write

STEPS = '''
from integration import Entity, entity_step


@entity_step("Device", per_row=True)
def contoso_machine(ctx):
    """A machine."""
    for row in ctx.graph.list("/devices", select=()):
        yield Entity(row["id"], name=row["id"])


@entity_step("Person", needs=["contoso_machine"])
def contoso_person(ctx):
    """A person."""
    for row in ctx.graph.list("/users", select=()):
        yield Entity(row["id"], name=row["id"])
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPES = ("contoso_machine", "contoso_person")


@pytest.mark.parametrize("per_row", ["True", "False"])
def test_what_left_its_type_after_the_other_one_was_read_is_there_with_the_next_run(
    per_row: str, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{name}.json": NAMED for name in TYPES} | {"moving.py": STEPS.replace("True", per_row)}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "moving", raising=False)
    module = importlib.import_module("moving")
    manager = load(module.contoso_machine, module.contoso_person)
    graph.add("/users", {"id": "user-0001"}, {"id": "moving-0001"})
    graph.add("/devices", {"id": "device-0001"})
    found = []
    for number in range(3):
        if number == 1:
            graph.remove("/users", "moving-0001")
            graph.add("/devices", {"id": "moving-0001"})
        ran = run_steps(*TYPES, source=graph, out=Path("out"), config=Config(), manager=manager)
        found.append([record["_key"] for name in TYPES for record in ran.records[name]])
        assert ("duplicateKeys" in ran.report.of("contoso_machine").problems) == (number == 1)
    assert found[1:] == [["device-0001", "user-0001"], ["device-0001", "moving-0001", "user-0001"]]
