"""Records are held to their schema, by a fast validator that agrees with the reference."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from integration.errors import DeclarationError
from integration.sdk.plugins import declared_steps, load
from integration.sdk.schema import JupiterOneObject, Schema, load_schema
from integration.sdk.schema_check import check_schema
from tests.support import entity, relationship, schema

SCHEMAS = [load_schema(step) for step in declared_steps(load())]
WRONG: list[Any] = [
    None, True, False, 0, -1, 1.5, "", "text", "not a uri", "https://exa mple.example/", [], [None], [""], ["a", 1],
    [["a"]], {}, {"a": 1},
]  # fmt: skip
"""Values of every kind; for most properties most of them are wrong."""

FORMATS: dict[str, st.SearchStrategy[Any]] = {
    "uri": st.from_regex(r"https://[a-z]{1,8}\.example/([a-z0-9/~]|%20){0,5}(#[a-z]{0,4})?", fullmatch=True),
    "date-time": st.datetimes(min_value=datetime(1900, 1, 1)).map(lambda moment: f"{moment.isoformat()}Z"),
}

BADGE = entity("contoso_badge", class_name="Key")
BADGES = Schema(
    BADGE,
    Path("contoso_badge.json"),
    {
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "doors": {"type": "array", "items": {"type": "string"}},
            "issuedOn": {"type": "integer"},
            "webLink": {"type": "string", "format": "uri"},
            "madeOn": {"type": "string", "format": "date-time"},
            "host": {"type": "string", "format": "hostname"},
            "mail": {"type": "string", "format": "email"},
        },
    },
)
GOOD: JupiterOneObject = {
    "_key": "badge-1",
    "_type": "contoso_badge",
    "_class": ["Key"],
    "displayName": "One",
    "name": "One",
}


def reference(checked: Schema) -> Any:
    return Draft202012Validator(checked.document, format_checker=Draft202012Validator.FORMAT_CHECKER)


def values(definition: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values that a property's definition allows."""
    if "const" in definition:
        return st.just(definition["const"])
    if "enum" in definition:
        return st.sampled_from(definition["enum"])
    if "format" in definition:
        return FORMATS[definition["format"]]
    shortest = definition.get("minLength", 0)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(min_size=shortest, max_size=shortest + 8),
        "integer": st.integers(definition.get("minimum", -(2**62)), 2**62),
        "number": st.floats(definition.get("minimum", -1e15), 1e15),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    if isinstance(definition["type"], list):
        return st.one_of([values({**definition, "type": kind}) for kind in definition["type"]])
    if definition["type"] == "array":
        return st.lists(values(definition.get("items", {"type": "string"})), max_size=3)
    if definition["type"] == "object":
        inner = {key: {"type": "string"} for key in definition.get("required", ())} | definition.get("properties", {})
        return st.fixed_dictionaries({name: values(of) for name, of in inner.items()})
    return kinds[definition["type"]]


def valid(checked: Schema) -> st.SearchStrategy[JupiterOneObject]:
    """Return a strategy for records that the schema allows."""
    properties, required = checked.document["properties"], checked.document["required"]
    return st.fixed_dictionaries(
        {name: values(properties[name]) for name in required},
        optional={name: values(of) for name, of in properties.items() if name not in required},
    )


def kinds_of_properties() -> dict[str, tuple[Schema, str]]:
    """Return the first property that is defined in each way, whatever its name, description and constant are."""
    found: dict[str, tuple[Schema, str]] = {}
    for each in SCHEMAS:
        for name, definition in each.document["properties"].items():
            rules = {key: rule for key, rule in definition.items() if key not in ("description", "x-from", "x-unit")}
            if "const" in rules:
                rules["const"] = f"a {type(rules['const']).__name__}"
            found.setdefault(json.dumps(rules, sort_keys=True), (each, name))
    return found


KINDS = kinds_of_properties()


def agree(checked: Schema, judge: Any, record: JupiterOneObject, name: str, value: Any) -> None:
    """Check that both say the same of a record with another value of a property, and that a rejection names it."""
    changed = {**record, name: value}
    accepted = checked.accepts(changed)
    assert accepted == judge.is_valid(changed), value
    assert not (accepted and name == "undeclared")
    assert accepted or f"{changed['_type']} {changed['_key']}: {name}" in checked.explain(changed)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_both_validators_agree_on_every_kind_of_property(kind: str, data: st.DataObject) -> None:
    checked, name = KINDS[kind]
    judge = reference(checked)
    record = data.draw(valid(checked)) | {name: data.draw(values(checked.document["properties"][name]))}
    assert judge.is_valid(record)
    assert checked.accepts(record)
    for wrong in WRONG:
        agree(checked, judge, record, name, wrong)


@pytest.mark.parametrize("checked", SCHEMAS, ids=[each.path.stem for each in SCHEMAS])
def test_both_validators_agree_on_every_record(checked: Schema) -> None:
    # A function of its own for each type: Hypothesis nests the settings of one once more at each parametrization,
    # and after some 900 of them asking for a setting would exceed Python's limit of recursion.
    @settings(max_examples=2)
    @given(data=st.data())
    def agree_on_records(data: st.DataObject) -> None:
        judge = reference(checked)
        record = data.draw(valid(checked))
        assert judge.is_valid(record)
        assert checked.accepts(record)
        for name in (*checked.document["properties"], "undeclared"):
            kept = {known: value for known, value in record.items() if known != name}
            assert checked.accepts(kept) == judge.is_valid(kept) == (name not in checked.document["required"])
            agree(checked, judge, record, name, data.draw(st.sampled_from(WRONG), label=name))

    agree_on_records()


@given(link=st.text(st.sampled_from('ahtps:/.?#[]@%2 ü|<"{\\^`'), max_size=14).map(lambda rest: f"https:{rest}"))
def test_both_validators_agree_on_links(link: str) -> None:
    record = {**GOOD, "webLink": link}
    assert BADGES.accepts(record) == reference(BADGES).is_valid(record)


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("webLink", "https://contoso.example/a?b=c#d", True),
        ("webLink", "contoso.example", False),
        ("webLink", "/relative", False),
        ("webLink", "https://contoso.example/a b", False),
        ("madeOn", "2024-05-01T12:30:00Z", True),
        ("madeOn", "2024-05-01T12:30:00+02:00", True),
        ("madeOn", "2024-05-01 12:30", False),
        ("madeOn", "2024-02-30T12:30:00Z", False),
        ("host", "contoso.example", True),
        ("host", "contoso_.example", False),
        ("host", "-contoso.example", False),
        ("mail", "ada@contoso.example", True),
        ("mail", "ada", False),
    ],
)
def test_formats_are_checked_by_both_validators(name: str, value: str, accepted: bool) -> None:
    record = {**GOOD, name: value}
    assert BADGES.accepts(record) is accepted
    assert reference(BADGES).is_valid(record) is accepted


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": 5}, 'name: expected type "string", found 5'),
        ({"name": None}, 'name: expected type "string", found null'),
        ({"name": ""}, 'name: expected minLength 1, found ""'),
        ({"doors": "Gate"}, 'doors: expected type "array", found "Gate"'),
        ({"doors": ["Gate", 7]}, 'doors.1: expected type "string", found 7'),
        ({"issuedOn": 1.5}, 'issuedOn: expected type "integer", found 1.5'),
        ({"issuedOn": True}, 'issuedOn: expected type "integer", found true'),
        ({"webLink": "Tür"}, 'webLink: expected format "uri", found "Tür"'),
        ({"colour": "red"}, "colour: not declared in contoso_badge.json"),
        ({"size": 1, "colour": "red"}, "colour, size: not declared in contoso_badge.json"),
        ({"_type": "contoso_door"}, '_type: expected const "contoso_badge", found "contoso_door"'),
        ({"_class": "Key"}, '_class: expected const ["Key"], found "Key"'),
        ({"issuedOn": "x" * 200}, f'issuedOn: expected type "integer", found "{"x" * 76}…'),
    ],
)
def test_a_rejection_names_record_property_expected_and_found(change: dict[str, Any], expected: str) -> None:
    record = {**GOOD, **change}
    assert not BADGES.accepts(record)
    assert BADGES.explain(record) == f"{record['_type']} badge-1: {expected}"


def test_a_rejection_names_all_that_is_missing() -> None:
    record = {name: value for name, value in GOOD.items() if name not in ("name", "displayName")}
    assert not BADGES.accepts(record)
    assert BADGES.explain(record) == "contoso_badge badge-1: displayName, name: required, but missing"


def test_every_record_has_the_properties_of_the_system_whatever_the_file_says() -> None:
    assert set(BADGES.document["required"]) == {"_key", "_type", "_class", "displayName", "name"}
    wearing = schema(relationship("contoso_badge", "HAS", "contoso_door", name="contoso_badge_has_door"))
    ends = {"_fromEntityKey", "_toEntityKey"}
    assert set(wearing.document["required"]) == {"_key", "_type", "_class", "displayName", *ends}
    assert BADGES.document["additionalProperties"] is wearing.document["additionalProperties"] is False


def test_names_that_the_provider_chooses_are_declared_by_their_beginning() -> None:
    open_ended = Schema(
        BADGE,
        Path("contoso_badge.json"),
        {"patternProperties": {r"^setting\.": {"type": ["string", "boolean"], "description": "A setting."}}},
    )
    record = {**GOOD, "setting.Colour": "red", "setting.Shown": True}
    del record["name"]
    assert open_ended.accepts(record)
    assert open_ended.properties == ("displayName",)
    assert list(open_ended.open) == ["setting."]
    for name, value, expected in (
        ("setting.Colour", 1, 'setting.Colour: expected type ["string", "boolean"], found 1'),
        ("settings", "red", "settings: not declared in contoso_badge.json"),
    ):
        assert not open_ended.accepts({**record, name: value})
        assert open_ended.explain({**record, name: value}) == f"contoso_badge badge-1: {expected}"


def test_the_properties_of_a_type_are_its_own_in_order() -> None:
    own = ("name", "doors", "issuedOn", "webLink", "madeOn", "host", "mail")
    assert BADGES.properties == ("displayName", *own)


@pytest.mark.parametrize(
    ("property", "required", "said"),
    [
        ({"x-form": "id"}, ["id"], r"id: x-form is nothing that is read \(did you mean x-from\?\)"),
        ({"enmu": ["a"]}, ["id"], r"id: enmu is nothing that is read \(did you mean enum\?\)"),
        ({"minlength": 1}, ["id"], r"id: minlength is nothing that is read \(did you mean minLength\?\)"),
        ({"x-units": "bytes"}, ["id"], r"id: x-units is nothing that is read \(did you mean x-unit\?\)"),
        ({}, ["idd"], r"required names idd, which no property is called \(did you mean id\?\)"),
    ],
)
def test_a_schema_that_cannot_hold_a_record_is_refused_when_it_is_loaded(
    property: dict[str, Any], required: list[str], said: str
) -> None:
    declared = {"id": {"type": "string", "description": "Id.", **property}}
    with pytest.raises(DeclarationError, match=said):
        check_schema(entity("acme_thing"), Path("acme_thing.json"), {"properties": declared, "required": required})


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"requierd": ["id"]}, r": requierd is nothing that is read \(did you mean required\?\)"),
        ({"additionalproperties": True}, r"read \(did you mean additionalProperties\?\)"),
        ({"patternproperties": {}}, r"read \(did you mean patternProperties\?\)"),
        ({"propertys": {}}, r"read \(did you mean properties\?\)"),
        ({"x-form": "id"}, r": x-form is nothing that is read \(did you mean x-from\?\)"),
        ({"x-from": "id"}, r"acme_thing.json: x-from is of a property: write it there"),
    ],
)
def test_a_keyword_beside_the_properties_that_nothing_reads_is_refused(beside: dict[str, Any], said: str) -> None:
    document = {"properties": {"id": {"type": "string", "description": "Id."}}, **beside}
    with pytest.raises(DeclarationError, match=said):
        check_schema(entity("acme_thing"), Path("acme_thing.json"), document)


def test_a_note_of_somebody_else_in_a_schema_is_left_alone() -> None:
    declared = {"id": {"type": "string", "description": "Id.", "x-owner": "platform", "examples": ["1"]}}
    document = {
        "x-owner": "platform",
        "team": "identity",
        "properties": declared,
        "required": ["id", "_key", "displayName"],
    }
    check_schema(entity("acme_thing"), Path("acme_thing.json"), document)
