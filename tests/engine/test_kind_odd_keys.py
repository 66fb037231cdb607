"""A key that a step makes up and that not every output can carry costs its record, and the others are kept."""

import importlib
from itertools import count
from pathlib import Path

import pytest

from integration import Step, load, plan, run
from integration.config.settings import Config
from integration.sdk.report import Report
from integration.testing import GraphServer
from integration.text.secret import Secret
from tests.support import write

MODULE = '''
from integration import Entity, Relationship, entity_step, relationship_step

ODD = ODD_KEYS


def keys():
    return ["plain", *ODD, "last"]


@entity_step("Record")
def contoso_badge(ctx):
    """A badge."""
    for key in keys():
        yield Entity(key, name="A badge")


@relationship_step("contoso_badge", "HAS", "contoso_badge")
def contoso_badge_has_badge(ctx):
    """A badge belongs to another one."""
    for key in keys():
        yield Relationship("plain", key)


@relationship_step("contoso_badge", "OPENS", "contoso_badge")
def contoso_badge_opens_badge(ctx):
    """A badge opens another one."""
    for key in keys():
        yield Relationship(key, "last", since=5)
'''
SCHEMAS = {
    "contoso_badge.json": '{"properties": {"name": {"type": "string", "description": "What it says."}}}',
    "contoso_badge_opens_badge.json": '{"properties": {"since": {"type": "integer", "description": "Since when."}}}',
}
CARRIED = ["a\x07b", "a\nb", "\u202e", "a\x7f", "\x1b[2J"]
TYPES = ("contoso_badge", "contoso_badge_has_badge", "contoso_badge_opens_badge")

_modules = count()


def collect(graph: GraphServer, folder: Path, odd: list[str], *, fresh: bool = False) -> Report:
    name = f"contoso_badges_{next(_modules)}"
    write(folder, {f"{name}.py": MODULE.replace("ODD_KEYS", ascii(odd)), **SCHEMAS})
    module = importlib.import_module(name)
    steps = [step for step in vars(module).values() if isinstance(step, Step)]
    manager = load(*steps)
    config = Config(graph_url=graph.url, access_token=Secret(graph.token), fresh=fresh)
    return run(manager, plan(manager, only=TYPES), config, out="out")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path / "badges")
    return tmp_path / "badges"


@pytest.mark.parametrize("odd", ["a\0b", "\0", "a\ud800b", "\udfff"])
@pytest.mark.parametrize("fresh", [False, True])
def test_a_key_that_no_database_holds_costs_its_record(graph: GraphServer, folder: Path, odd: str, fresh: bool) -> None:
    report = collect(graph, folder, [odd], fresh=fresh)
    for type in TYPES:
        result = report.of(type)
        assert (result.verdict, result.count) == ("partial", 2), type
        assert "1 record rejected" in result.reason
        assert "its _key holds a character that not every output can carry" in result.reason
        assert result.reason.isprintable()
    assert report.exit_code() == 0


def test_a_character_that_only_cannot_be_seen_is_kept(graph: GraphServer, folder: Path) -> None:
    report = collect(graph, folder, CARRIED)
    assert {report.of(type).verdict for type in TYPES} == {"complete"}
    assert {report.of(type).count for type in TYPES} == {2 + len(CARRIED)}
