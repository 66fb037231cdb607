"""Why a record is not as its schema says, told by what found it out."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration import Context, Entity, entity_step
from integration.sdk.schema import Schema

_DOCUMENT = {
    "required": ["id", "name"],
    "$defs": {"word": {"type": "string", "maxLength": 5}},
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "size": {"type": ["number", "null"]},
        "kind": {"enum": ["round", "square"]},
        "link": {"type": "string", "format": "uri"},
        "doors": {"type": "array", "items": {"$ref": "#/$defs/word"}},
        "form": {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "owner": {"type": "object", "required": ["id"], "additionalProperties": False, "properties": {"id": {}}},
    },
    "patternProperties": {"^tag\\.": {"type": "string"}},
}
_WHOLE = {"_key": "a", "_type": "acme_badge", "_class": ["AccessKey"], "displayName": "A", "id": "a", "name": "A"}


@entity_step("AccessKey", permissions=["User.Read.All"])
def acme_badge(ctx: Context) -> Iterator[Entity]:
    """A badge."""
    yield Entity("a", {})


SCHEMA = Schema(acme_badge, Path("acme_badge.json"), _DOCUMENT)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"size": "wide"}, 'size: expected type ["number", "null"], found "wide"'),
        ({"kind": "flat"}, 'kind: expected enum ["round", "square"], found "flat"'),
        ({"link": "::"}, 'link: expected format "uri", found "::"'),
        ({"doors": ["front", 5]}, 'doors.1: expected type "string", found 5'),
        ({"doors": ["sideways"]}, 'doors.0: expected maxLength 5, found "sideways"'),
        ({"tag.colour": 5}, 'tag.colour: expected type "string", found 5'),
        ({"form": 5}, 'form: expected anyOf [{"type": "string"}, {"type": "array"}], found 5'),
        ({"owner": {}}, 'owner: expected required ["id"], found {}'),
        ({"owner": {"id": 1, "x": 2}}, 'owner: expected additionalProperties false, found {"id": 1, "x": 2}'),
        ({"colour": "red", "tag.x": "y", "wide": 5}, "colour, wide: not declared in acme_badge.json"),
        ({"displayName": None}, 'displayName: expected type "string", found null'),
    ],
)  # fmt: skip
def test_a_value_that_is_not_as_the_schema_says(change: dict[str, Any], told: str) -> None:
    assert not SCHEMA.accepts({**_WHOLE, **change})
    assert SCHEMA.explain({**_WHOLE, **change}) == f"acme_badge a: {told}"


def test_all_that_is_missing_is_named() -> None:
    rest = {name: value for name, value in _WHOLE.items() if name not in ("id", "name")}
    assert SCHEMA.explain(rest) == "acme_badge a: id, name: required, but missing"


def test_a_rejected_record_costs_no_import_of_seconds() -> None:
    """The reference validator builds a grammar for its formats when it is imported, which takes two seconds."""
    program = (
        f"import sys; from {__name__} import SCHEMA; SCHEMA.explain({dict(_WHOLE, size='x')!r}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "jsonschema" not in done.stdout.split()
