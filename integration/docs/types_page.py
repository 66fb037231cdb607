"""The page of types: what the graph holds, what of Graph that is, and which permissions it takes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pluggy

from integration.docs.markdown import code, codes, link, page, table
from integration.sdk.mapping import X_FROM, X_UNIT
from integration.sdk.plugins import plan
from integration.sdk.schema import Schema, allows_null, kinds_of, load_schema
from integration.sdk.step import Step
from integration.sources.msgraph.permissions import Review, broader, review


def types_page(manager: pluggy.PluginManager, steps: Sequence[Step]) -> str:
    """Return the page.

    Args:
        manager: from ``load``.
        steps: the types to describe.
    """
    classes = {step.name: step.class_name for step in steps}
    schemas = {step.name: load_schema(step) for step in steps}
    entities = [step for step in steps if not step.is_relationship]
    relationships = [step for step in steps if step.is_relationship]
    return page(
        "Types",
        "What a run writes, in JupiterOne's data model. A property that Graph does not have, or has as null, is left"
        " out of a record, unless it is said to be always there or null.",
        "## Entities",
        table(
            ["Resource", "Entity `_type`", "Entity `_class`"],
            [(_title(schemas[step.name]), link(step.name, step.name), code(step.class_name)) for step in entities],
        ),
        "## Relationships",
        table(
            [
                "Source `_type`",
                "Source `_class`",
                "Relationship `_class`",
                "Target `_type`",
                "Target `_class`",
                "`_type`",
            ],
            [_relationship(step, classes) for step in relationships],
        ),
        "## Permissions",
        _permissions(manager, steps),
        *(_type(step, schemas[step.name]) for step in (*entities, *relationships)),
    )


def _title(schema: Schema) -> str:
    return str(schema.document.get("title", ""))


def _relationship(step: Step, classes: Mapping[str, str]) -> Sequence[str]:
    source, target = step.ends or ("", "")
    ends = [link(name, name) if name in classes else code(name) for name in (source, target)]
    known = [code(classes.get(name, "")) for name in (source, target)]
    return ends[0], known[0], code(step.class_name), ends[1], known[1], link(step.name, step.name)


def _permissions(manager: pluggy.PluginManager, steps: Sequence[Step]) -> str:
    """Return the smallest consent for each type and for everything, and what counts as well."""
    chosen = {step.name: review(plan(manager, only=[step.name]), ()) for step in steps}
    everything = review(plan(manager, only=[step.name for step in steps]), ())
    demanded = [demand.permission for demand in everything.demands]
    rows = [(link(name, name), *_consent(each)) for name, each in chosen.items()]
    wider = [(code(name), codes(broader(name))) for name in demanded if broader(name)]
    return "\n\n".join(
        [
            "All are **application** permissions of Microsoft Graph, and need an administrator's consent. The smallest"
            " consent for a type holds what the types that it needs ask for, too:",
            table(
                ["Type", "Grant", "For every property also"],
                [*rows, ("**everything**", *_consent(everything))],
            ),
            "For a selection of several types, grant what stands in their rows, less what another of these permissions"
            " contains. `integration plan --only TYPE` prints what a selection needs, and `integration check` compares"
            " it with what is granted. A broader permission counts for the narrower ones that it contains, and"
            " `ReadWrite` for `Read`:",
            table(["Permission", "Contained in"], wider),
        ]
    )


def _consent(compared: Review) -> tuple[str, str]:
    return codes(compared.to_grant) or "none", codes(compared.to_enrich)


def _type(step: Step, schema: Schema) -> str:
    if step.per_row:
        later = "reads only what changed: each record is made of one object by itself."
    else:
        later = "makes all records anew where anything that they are made of has changed; else it keeps them."
    facts = [
        ("Class", code(step.class_name)),
        ("Needs the types", ", ".join(link(need, need) for need in step.needs)),
        ("Permissions", codes(step.permissions) or "none of its own"),
        ("Permissions that add properties", codes(step.optional)),
        ("Read", "only where `--only` names it, or what needs it." if step.on_demand else ""),
        ("A later run", later),
    ]
    if step.ends:
        facts.insert(1, ("Leads from, to", ", ".join(link(end, end) for end in step.ends)))
    return "\n\n".join(
        [
            f"## {step.name}",
            step.description,
            "\n".join(f"- {name}: {text}" for name, text in facts if text),
            table(["Property", "Type", "Unit", "Description", "In Graph"], _properties(schema)),
        ]
    )


def _properties(schema: Schema) -> Iterable[Sequence[str]]:
    for name, definition in schema.document["properties"].items():
        source, unit = definition.get(X_FROM, ""), definition.get(X_UNIT, "")
        always = name in schema.document["required"] and "const" not in definition
        kind = _kind(definition) + (", always there" if always else "")
        yield code(name), kind, unit, str(definition["description"]), code(source) if source else ""
    for beginning, definition in schema.open.items():
        yield code(f"{beginning}*"), _kind(definition), "", str(definition["description"]), ""


def _kind(definition: Mapping[str, Any]) -> str:
    """Return what a property's values are, in a few words."""
    if "const" in definition:
        return f"always {code(json.dumps(definition['const']))}"
    if definition.get("type") == "array":
        return f"list of {definition.get('items', {}).get('type', 'value')}s"
    limits = [
        f"{word} {definition[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in definition
    ]
    kinds = [*kinds_of(definition), *(["null"] if allows_null(definition) else [])]
    return " ".join([" or ".join(kinds) or "value", *filter(None, [definition.get("format")]), *limits])
