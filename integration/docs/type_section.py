"""The section of one type: what it is, what it takes to read it, and each property."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integration.docs.consents import Consent
from integration.docs.markdown import code, codes, link, table
from integration.sdk.ends import area_of
from integration.sdk.mapping import X_FROM, X_UNIT
from integration.sdk.schema import Schema, allows_null, json_types_of
from integration.sdk.step import Step

COLUMNS = ["Property", "Type", "Unit", "Description", "In Graph"]


def type_section(step: Step, schema: Schema, consent: Consent, pages: Mapping[str, str]) -> str:
    """Return the section.

    Args:
        step: its declaration.
        schema: its schema.
        consent: what it takes to read it, with all that it needs.
        pages: name of the page that each type stands on; empty for that of the section.
    """
    if step.per_row:
        later = "reads only what changed: each record is made of one object by itself."
    else:
        later = "makes all records anew where anything that they are made of has changed; else it keeps them."
    facts = [
        ("Class", codes(step.classes)),
        ("Leads from, to", ", ".join(_link(end, pages) for end in step.ends or ())),
        ("Outside of what is read", _mapped_by(step)),
        ("Needs the types", ", ".join(_link(need, pages) for need in step.needs)),
        ("Reads, where they are there, the types", ", ".join(_link(want, pages) for want in step.wants)),
        ("Permissions", codes(step.permissions) or "none of its own"),
        ("Permissions that add properties", codes(step.optional)),
        ("Grant, with what it needs", codes(consent.grant) if step.needs else ""),
        ("Licence", consent.licence),
        ("Without the licence", "it is read all the same, since it stays in force." if step.outlasts_licence else ""),
        ("Read", "only where `--only` names it, or what needs it." if step.on_demand else ""),
        ("A later run", later),
    ]
    own = list(property_rows(schema, leaving_out=schema.supplied))
    return "\n\n".join(
        [
            f"### {step.name}",
            step.description,
            "\n".join(f"- {name}: {text}" for name, text in facts if text),
            *([table(COLUMNS, own)] if own else []),
        ]
    )


def property_rows(schema: Schema, *, leaving_out: Iterable[str] = ()) -> Iterable[Sequence[str]]:
    """Yield a row for each property of a schema."""
    properties: Mapping[str, Mapping[str, Any]] = schema.document["properties"]
    for name, definition in properties.items():
        if name in leaving_out:
            continue
        source, unit = definition.get(X_FROM, ""), definition.get(X_UNIT, "")
        always = name in schema.document["required"] and "const" not in definition
        kind = _kind(definition) + (", always there" if always else "")
        yield code(name), kind, unit, str(definition["description"]), code(source)
    for beginning, definition in schema.open.items():
        yield code(f"{beginning}*"), _kind(definition), "", str(definition["description"]), ""


def _mapped_by(step: Step) -> str:
    if not step.target_filter_keys:
        return ""
    return f"for JupiterOne it stands in mapped relationships, and is found there by {codes(step.target_filter_keys)}."


def _link(type: str, pages: Mapping[str, str]) -> str:
    if area := area_of(type):
        return f"any type of {code(area)}"
    return link(type, type, page=pages.get(type, ""))


def _kind(definition: Mapping[str, Any]) -> str:
    """Return what a property's values are, in a few words."""
    if "const" in definition:
        return f"always {code(json.dumps(definition['const']))}"
    if definition.get("type") == "array":
        return f"list of {definition.get('items', {}).get('type', 'value')}s"
    limits = [
        f"{word} {definition[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in definition
    ]
    kinds = [*json_types_of(definition), *(["null"] if allows_null(definition) else [])]
    return " ".join([" or ".join(kinds) or "value", *filter(None, [definition.get("format")]), *limits])
