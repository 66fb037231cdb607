"""What a schema takes from an object by itself: paths, units, what is odd, and what a step asks Graph for."""

import importlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import DeclarationError, Entity, RecordError
from integration.engine.records import Records
from integration.sdk.mapping import check_sources
from integration.sdk.row import NotSelected, row_of
from integration.sdk.schema import Schema, load_schema
from integration.testing import GraphServer, run_steps
from tests.support import entity, relationship, schema

STRING = {"type": "string"}
NUMBER = {"type": "integer"}
LIST = {"type": "array", "items": STRING}
TIME = "2024-05-01T12:30:00Z"
BADGE = entity("contoso_badge", class_name="Key")
BADGES = schema(
    BADGE,
    owner={**STRING, "x-from": "holder"},
    madeOn={**NUMBER, "x-from": "created", "x-unit": "epoch milliseconds"},
    made={**STRING, "x-from": "created", "x-unit": "ISO 8601"},
    doors={**LIST, "x-from": "doors[]"},
    rooms={**LIST, "x-from": "properties.rooms[].place.name"},
    opened={"type": "array", "items": NUMBER, "x-from": "opened[].at", "x-unit": "epoch milliseconds"},
    size={**NUMBER, "x-from": "properties.size"},
    note=STRING,
)


def made(source: Any, *, raw: bool = False, **computed: Any) -> tuple[Records, dict[str, Any]]:
    """Return the properties of one badge that is made of this object, and what counted it."""
    records = Records(BADGE, BADGES, keep_raw_data=raw)
    rows = list(records.rows(iter([Entity("badge-1", source, displayName="One", **computed)])))
    return records, {name: value for _, text in rows for name, value in json.loads(text).items()}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"holder": "Ada", "other": 1}, {"owner": "Ada"}),
        ({"holder": None, "created": None, "doors": None, "properties": None, "opened": None}, {}),
        ({"created": TIME}, {"madeOn": 1714566600000, "made": TIME}),
        ({"holder": "", "created": "", "properties": {"size": ""}}, {}),
        ({"created": "0001-01-01T00:00:00Z"}, {"made": "0001-01-01T00:00:00Z"}),
        ({"doors": ["Gate", None, ""]}, {"doors": ["Gate", ""]}),
        ({"doors": []}, {"doors": []}),
        ({"properties": {"size": 0}}, {"size": 0}),
        ({"properties": {"size": None, "rooms": []}}, {"rooms": []}),
        ({"properties": {"rooms": [{"place": {"name": "A"}}, None, {"place": None}, {}]}}, {"rooms": ["A"]}),
        ({"opened": [{"at": TIME}, {"at": None}]}, {"opened": [1714566600000]}),
    ],
)
def test_a_property_takes_the_value_at_its_path(source: dict[str, Any], expected: dict[str, Any]) -> None:
    records, properties = made(source)
    assert properties == {"displayName": "One", **expected}
    assert records.rejected == 0


def test_an_empty_text_stays_where_every_record_has_one() -> None:
    taken = {"owner": {**STRING, "x-from": "holder"}, "room": {"type": ["string", "null"], "x-from": "at.room"}}
    every = Schema(BADGE, Path("badge.json"), {"properties": taken, "required": ["owner", "room"]})
    badge = Entity("badge-1", {"holder": "", "at": {"room": ""}}, displayName="One")
    ((_, text),) = Records(BADGE, every).rows(iter([badge]))
    assert json.loads(text) == {"displayName": "One", "owner": "", "room": None}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ({"holder": 5}, 'owner: expected type "string", found 5'),
        ({"created": "yesterday"}, 'madeOn: expected type "integer", found "yesterday"'),
        ({"doors": "Gate"}, 'doors: expected type "array", found "Gate"'),
        ({"properties": "x"}, 'properties.rooms[].place.name: expected an object with rooms, found "x"'),
        ({"properties": {"rooms": {}}}, "properties.rooms[].place.name: expected a list, found {}"),
        ({"opened": [5]}, "opened[].at: expected an object with at, found 5"),
    ],
)
def test_an_odd_value_costs_its_record(source: dict[str, Any], problem: str) -> None:
    records, properties = made(source)
    assert properties == {}
    assert (records.rejected, records.example) == (1, f"contoso_badge badge-1: {problem}")


def test_what_the_step_computes_wins_also_where_it_is_nothing() -> None:
    source = {"holder": "Ada", "properties": {"size": 1}}
    assert made(source, owner="Eve", size=None, note="n")[1] == {"displayName": "One", "owner": "Eve", "note": "n"}


def test_the_source_is_the_raw_data_unless_another_is_named() -> None:
    source, other = {"holder": None}, {"id": "other"}
    assert "_rawData" not in made(source)[1]
    assert made(source, raw=True)[1]["_rawData"] == [{"name": "default", "rawData": source}]
    assert made(source, raw=True, _rawData=other)[1]["_rawData"] == [{"name": "default", "rawData": other}]


def test_a_source_that_is_no_object_is_the_authors_mistake() -> None:
    with pytest.raises(RecordError, match="contoso_badge gave Entity str as its second argument"):
        made("Ada")


def test_an_object_of_which_less_was_selected_than_the_schema_takes_fails_the_type() -> None:
    taken = BADGES.mapping.takes
    assert taken == ("holder", "created", "doors", "properties", "opened")
    assert made(row_of(taken)(holder="Ada"))[1]["owner"] == "Ada"
    with pytest.raises(NotSelected, match="the schema takes doors, opened: leave select away"):
        made(row_of(("holder", "created", "properties"))(holder="Ada"))
    assert made(row_of(None)(holder="Ada"))[1]["owner"] == "Ada"


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ({"x-from": "a b"}, 'size: x-from "a b" is no path: write a, a.b, a[] or a[].b'),
        ({"x-from": "a || b"}, 'size: x-from "a || b" is no path'),
        ({"x-from": ""}, 'size: x-from "" is no path'),
        ({"x-from": ["a"]}, 'size: x-from ["a"] is no path'),
        ({"x-from": "a[].b[]", "type": "array"}, 'size: x-from "a[].b[]" is no path'),
        ({"x-from": "a[]", "type": "string"}, 'size: x-from "a[]" gives a list: its type is array'),
        ({"x-unit": "fortnights"}, 'size: x-unit "fortnights" is no unit: write epoch milliseconds, ISO 8601'),
        ({"x-unit": None}, "size: x-unit null is no unit"),
    ],
)
def test_a_keyword_that_says_nothing_is_refused(definition: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        check_sources("badge.json", {"size": definition})
    assert str(caught.value).startswith(f"badge.json: {problem}")


def test_what_the_runner_sets_comes_from_no_object() -> None:
    with pytest.raises(DeclarationError, match="_key has an x-from, but is the runner's to set"):
        check_sources("badge.json", {"_key": {"x-from": "id"}})


def test_a_relationship_takes_nothing_by_itself() -> None:
    wears = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
    with pytest.raises(DeclarationError, match="x-from is for entities"):
        schema(wears, since={**NUMBER, "x-from": "since"})


def test_a_relationship_without_properties_of_its_own_needs_no_file(tmp_path: Path) -> None:
    wears = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
    bare = load_schema(wears)
    ends = {"_fromEntityKey": "a", "_toEntityKey": "b", "displayName": "WEARS"}
    record = {"_key": "a|wears|b", "_type": wears.name, "_class": "WEARS", **ends}
    assert bare.accepts(record)
    assert not bare.accepts({**record, "since": 5})
    assert bare.explain({**record, "since": 5}).endswith("since: not declared in contoso_visitor_wears_badge.json")


MODULE = '''
from integration import Entity, entity_step


@entity_step("Device")
def acme_thing(ctx):
    """A thing."""
    for thing in ctx.graph.list("/things"{arguments}):
        yield Entity(thing["id"], thing)


@entity_step("Device")
def acme_single(ctx):
    """A single thing."""
    thing = ctx.graph.get("/thing"{arguments})
    yield Entity(thing["id"], thing)
'''
TAKES = {"displayName": {**STRING, "x-from": "name"}, "size": {**NUMBER, "x-from": "of.size"}}


@pytest.fixture
def asked(graph: GraphServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return what Graph is asked by a step that asks with these arguments, and what is made of it."""

    def ask(arguments: str, takes: Any = TAKES) -> Any:
        described = {name: {**of, "description": "It."} for name, of in takes.items()}
        for name in ("acme_thing", "acme_single"):
            (tmp_path / f"{name}.json").write_text(json.dumps({"properties": described}))
        (tmp_path / "acme_things.py").write_text(MODULE.format(arguments=arguments))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "acme_things", raising=False)
        module = importlib.import_module("acme_things")
        graph.add("/things", {"id": "1", "name": "One", "of": {"size": 5}, "more": "m"})
        graph.put("/thing", {"id": "2", "name": "Two", "of": {"size": 6}, "more": "m"})
        return run_steps(module.acme_thing, source=graph), run_steps(module.acme_single, source=graph)

    return ask


@pytest.mark.parametrize(
    ("arguments", "takes", "selects"),
    [
        ("", TAKES, "$select=id,name,of"),
        (', also=["more"]', TAKES, "$select=id,name,of,more"),
        (', also=["more"]', {}, "$select=id,more"),
        (', select=["id", "of", "name"]', TAKES, "$select=id,of,name"),
        (", select=None", TAKES, ""),
        ("", {}, ""),
    ],
)
def test_a_step_selects_what_its_schema_takes(
    graph: GraphServer, asked: Callable[..., Any], arguments: str, takes: Any, selects: str
) -> None:
    things, single = asked(arguments, takes=takes)
    if takes:
        assert things.records["acme_thing"][0]["size"] == 5
        assert single.records["acme_single"][0]["displayName"] == "Two"
    for path in ("GET /things", "GET /thing"):
        request = next(each for each in graph.requests if each.partition("?")[0] == path)
        selected = re.search(r"\$select=[^&]*", request)
        assert (selected[0] if selected else "") == selects


def test_select_and_also_together_are_refused(asked: Callable[..., Any]) -> None:
    things, single = asked(', select=["name", "of"], also=["more"]')
    assert "name all properties in select" in things.report.of("acme_thing").reason
    assert "name all properties in select" in single.report.of("acme_single").reason


@pytest.mark.parametrize("what", ["select", "also"])
def test_a_text_in_the_place_of_properties_is_refused(asked: Callable[..., Any], what: str) -> None:
    for ran, type in zip(asked(f', {what}="name"'), ("acme_thing", "acme_single"), strict=True):
        fault = f"{what} is a text: give a list of the names of properties, such as ['name']"
        assert ran.report.of(type).reason == f"{type}: {fault}"
