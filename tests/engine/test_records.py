"""What a step yields becomes rows: stamped, without nulls, and nothing that the schema rejects."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration import Entity, RecordError, Relationship, SchemaMismatch
from integration.engine.records import Records
from integration.sdk.schema import Schema
from integration.store.publication import RecordRow
from tests.support import entity, relationship, schema

BADGE = entity("contoso_badge", class_name="Key")
BADGES = schema(
    BADGE, name={"type": "string"}, doors={"type": "array"}, size={"type": "number"}, issuedOn={"type": "integer"}
)
WEARS = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
WEARING = schema(WEARS, since={"type": "integer"}, note={"type": "string"})


def badges(
    *items: object, strict: bool = False, keep_raw_data: bool = False
) -> tuple[Records, list[tuple[str, dict[str, Any]]]]:
    """Return the rows of these badges, their properties decoded, and what counted them."""
    records = Records(BADGE, BADGES, strict, keep_raw_data)
    return records, [(key, json.loads(properties)) for key, properties in records.rows(iter(items))]


def wearing(*items: object, strict: bool = False, keep_raw_data: bool = False) -> tuple[Records, list[RecordRow]]:
    """Return the rows of these relationships, and what counted them."""
    records = Records(WEARS, WEARING, strict, keep_raw_data)
    return records, list(records.rows(iter(items)))


def test_nulls_are_left_out_and_other_empty_values_stay() -> None:
    _, rows = badges(Entity("badge-1", name="", displayName="One", doors=[], size=0, issuedOn=None))
    assert rows == [("badge-1", {"name": "", "displayName": "One", "doors": [], "size": 0})]


def test_a_required_property_that_may_be_null_is_null_where_there_is_no_value() -> None:
    badges = Schema(
        BADGE,
        Path("contoso_badge.json"),
        {
            "required": ["name", "serial"],
            "properties": {
                "name": {"type": "string"},
                "serial": {"type": ["string", "null"]},
                "colour": {"type": ["string", "null"]},
            },
        },
    )
    records = Records(BADGE, badges)
    (row,) = records.rows(iter([Entity("badge-1", name="One", serial=None, colour=None)]))
    assert json.loads(row[1]) == {"name": "One", "displayName": "One", "serial": None}
    assert list(records.rows(iter([Entity("badge-2", serial="7")]))) == []


def test_the_display_name_falls_back_to_the_name() -> None:
    _, rows = badges(Entity("badge-1", name="One"), Entity("badge-2", name="Two", displayName="Second"))
    assert [properties["displayName"] for _, properties in rows] == ["One", "Second"]
    _, rows = badges(Entity("badge-3", name="Three", displayName=None))
    assert rows[0][1]["displayName"] == "Three"


def test_without_any_name_a_record_is_rejected() -> None:
    records, rows = badges(Entity("badge-1"))
    assert rows == []
    assert records.example == "contoso_badge badge-1: displayName: required, but missing"


def test_raw_data_is_kept_on_request_alone() -> None:
    badge = Entity("badge-1", name="One", _rawData={"id": "badge-1", "owner": None})
    _, rows = badges(badge)
    assert "_rawData" not in rows[0][1]
    _, rows = badges(badge, keep_raw_data=True)
    assert rows[0][1]["_rawData"] == [{"name": "default", "rawData": {"id": "badge-1", "owner": None}}]
    assert badge.properties["_rawData"] == {"id": "badge-1", "owner": None}


def test_a_relationship_is_keyed_and_named_by_its_class() -> None:
    _, rows = wearing(Relationship("visitor-1", "badge-1"), Relationship("visitor-2", "badge-2", since=5, note=None))
    assert rows[0] == ("visitor-1", "badge-1")
    source, target, more = rows[1]
    assert (source, target) == ("visitor-2", "badge-2")
    assert json.loads(more) == {"displayName": "WEARS", "since": 5}


@pytest.mark.parametrize("item", [{"_key": "badge-1"}, None, "badge-1", Relationship("a", "b"), Entity])
def test_anything_but_an_entity_is_an_error(item: object) -> None:
    with pytest.raises(RecordError, match=r"contoso_badge yielded .*, not Entity") as caught:
        badges(Entity("badge-1", name="One"), item)
    assert str(BADGE.source) in str(caught.value)
    assert type(item).__name__ in str(caught.value)


@pytest.mark.parametrize("item", [("a", "b"), None, Entity("a")])
def test_anything_but_a_relationship_is_an_error(item: object) -> None:
    with pytest.raises(RecordError, match=r"contoso_visitor_wears_badge yielded .*, not Relationship"):
        wearing(item)


def test_what_the_schema_rejects_is_counted_with_the_first_example_and_the_rest_goes_on() -> None:
    wrong = [Entity("badge-2", name=2), Entity("badge-3", name="Three", colour="red")]
    records, rows = badges(Entity("badge-1", name="One"), *wrong, Entity("badge-4", name="Four"))
    assert [key for key, _ in rows] == ["badge-1", "badge-4"]
    assert records.rejected == 2
    assert records.example.startswith("contoso_badge badge-2: ")
    assert "found 2" in records.example


def test_in_strict_mode_the_first_rejection_ends_the_step() -> None:
    with pytest.raises(SchemaMismatch, match='contoso_badge badge-1: size: expected type "number", found "wide"'):
        badges(Entity("badge-1", name="One", size="wide"), strict=True)
    with pytest.raises(SchemaMismatch, match=r"visitor-1\|wears\|badge-1: note: "):
        wearing(Relationship("visitor-1", "badge-1", note=5), strict=True)


NOT_JSON = {
    "a set": {"Gate"},
    "bytes": b"Gate",
    "a date": datetime(2024, 5, 1, tzinfo=UTC),
    "no number": float("nan"),
    "a huge number": 2**70,
    "half a character": "\ud800",
    "keys of another kind": {1: "Gate"},
}


@pytest.mark.parametrize("value", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("name", ["name", "doors", "size", "issuedOn"])
def test_a_value_that_is_not_json_costs_its_record_alone(name: str, value: object) -> None:
    broken = Entity("badge-1", **{"displayName": "One", name: value})
    records, rows = badges(broken, Entity("badge-2", name="Two"))
    assert [key for key, _ in rows] == ["badge-2"]
    assert records.rejected == 1
    assert records.example.startswith("contoso_badge badge-1: ")
    with pytest.raises(SchemaMismatch, match="contoso_badge badge-1: "):
        badges(broken, strict=True)


@pytest.mark.parametrize("value", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("name", ["note", "since"])
def test_a_value_that_is_not_json_costs_its_relationship_alone(name: str, value: object) -> None:
    records, rows = wearing(Relationship("visitor-1", "badge-1", **{name: value}), Relationship("visitor-2", "badge-2"))
    assert [row[0] for row in rows] == ["visitor-2"]
    assert records.rejected == 1
    assert records.example.startswith("contoso_visitor_wears_badge visitor-1|wears|badge-1: ")


@pytest.mark.parametrize("key", [None, "", 5])
def test_a_key_is_a_string_that_is_not_empty(key: Any) -> None:
    records, rows = badges(Entity(key, name="One"))
    assert (rows, records.rejected) == ([], 1)
    assert "_key: expected" in records.example


@pytest.mark.parametrize("end", [None, "", 5])
def test_the_ends_of_a_relationship_are_strings_that_are_not_empty(end: Any) -> None:
    for item in (Relationship(end, "badge-1"), Relationship("visitor-1", end)):
        records, rows = wearing(item)
        assert (rows, records.rejected) == ([], 1)


@pytest.mark.parametrize("name", ["_key", "_type", "_class"])
def test_a_step_cannot_replace_what_is_stamped_on_an_entity(name: str) -> None:
    records, rows = badges(Entity("badge-1", name="One", **{name: "forged-1"}))
    assert (rows, records.rejected) == ([], 1)
    assert name in records.example


@pytest.mark.parametrize("name", ["_key", "_type", "_class", "_fromEntityKey", "_toEntityKey"])
def test_a_step_cannot_replace_what_is_stamped_on_a_relationship(name: str) -> None:
    records, rows = wearing(Relationship("visitor-1", "badge-1", **{name: "forged-1"}))
    assert (rows, records.rejected) == ([], 1)
    assert name in records.example


def test_a_nul_that_a_step_makes_is_the_replacement_character_as_it_is_in_what_graph_gives() -> None:
    _, rows = badges(Entity("badge-1", name="a\0b", doors=["\0", "C:\\u0000"]))
    assert rows[0][1] == {"name": "a\ufffdb", "displayName": "a\ufffdb", "doors": ["\ufffd", "C:\\u0000"]}
    _, worn = wearing(Relationship("visitor-1", "badge-1", note="a\0"))
    assert json.loads(worn[0][2])["note"] == "a\ufffd"


def test_half_a_character_that_a_step_makes_costs_the_record_and_says_why() -> None:
    records, rows = badges(Entity("badge-1", name="\ud800"), Entity("badge-2", name="Two"))
    assert [key for key, _ in rows] == ["badge-2"]
    assert records.rejected == 1
    assert "badge-1" in records.example
