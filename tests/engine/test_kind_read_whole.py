"""What a step knows only of all there is: its records are made anew where that has changed, ``per_row`` or not."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from tests.support import write

STEPS = '''
from integration import Entity, Relationship, entity_step, relationship_step


@entity_step("Person", per_row=True)
def contoso_person(ctx):
    """A person."""
    for row in ctx.graph.list("/users", select=()):
        yield Entity(row["id"], name=row["id"])


@entity_step("Device", per_row=True)
def contoso_machine(ctx):
    """A machine."""
    for row in ctx.graph.list("/devices", select=("owner",)):
        yield Entity(row["id"], name=row["owner"])


@relationship_step("contoso_person", "HAS", "contoso_machine", per_row=True)
def contoso_person_has_machine(ctx):
    """A person has a machine."""
    for row in ctx.graph.list("/devices", select=("owner",)):
        {read}
            yield Relationship(row["owner"], row["id"])
'''
COUNTS = '''
from integration import Entity, entity_step


@entity_step("Person", per_row=True)
def contoso_person(ctx):
    """A person."""
    for row in ctx.graph.list("/users", select=()):
        yield Entity(row["id"], name=row["id"])


@entity_step("Device", needs=["contoso_person"], per_row=True)
def contoso_machine(ctx):
    """A machine of each person who is no guest."""
    guests = 0
    for person in ctx.entities("contoso_person"):
        if person.key.startswith("guest"):
            guests += 1
        else:
            yield Entity(f"machine-{person.key}", name=person.key)
    ctx.left_out(guests, "guests")
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPES = ("contoso_person", "contoso_machine", "contoso_person_has_machine")
READ = {
    "known": 'if ctx.known("contoso_person", [row["owner"]]):',
    "one": 'if ctx.one("contoso_person").key == row["owner"]:',
}


def loaded(steps: str, types: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    files = {f"{name}.json": NAMED for name in TYPES[:2]} | {"whole.py": steps}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "whole", raising=False)
    module = importlib.import_module("whole")
    return load(*(getattr(module, name) for name in types))


@pytest.mark.parametrize("read", READ)
def test_what_changed_of_that_takes_relationships_away(
    read: str, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = loaded(STEPS.replace("{read}", READ[read]), TYPES, monkeypatch)
    graph.add("/users", {"id": "user-0001"})
    graph.add("/devices", {"id": "device-0001", "owner": "user-0001"}, {"id": "device-0002", "owner": "user-0002"})

    def made() -> list[str]:
        ran = run_steps(*TYPES, source=graph, out=Path("out"), config=Config(), manager=manager)
        assert ran.report.of("contoso_person_has_machine").verdict == "complete"
        return sorted(record["_toEntityKey"] for record in ran.records["contoso_person_has_machine"])

    assert made() == ["device-0001"]
    graph.remove("/users", "user-0001")
    graph.add("/users", {"id": "user-0002"})
    assert made() == ["device-0002"]


def test_what_is_left_out_is_counted_of_all_though_little_changed(
    graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = loaded(COUNTS, TYPES[:2], monkeypatch)
    graph.add("/users", {"id": "user-0001"}, {"id": "guest-0001"}, {"id": "guest-0002"})

    def left_out(out: str = "out") -> Any:
        ran = run_steps(*TYPES[:2], source=graph, out=Path(out), config=Config(), manager=manager)
        return ran.report.of("contoso_machine").problems["leftOut"]["count"]

    assert left_out() == 2
    graph.add("/users", {"id": "user-0002"}, {"id": "guest-0003"})
    assert left_out() == left_out("fresh") == 3
    graph.remove("/users", "user-0002")
    assert left_out() == 3
