"""The pages of types: one that lists them by area, and one for each area with what it holds of each type."""

import sys
from collections.abc import Mapping, Sequence
from itertools import groupby

import pluggy

from integration.docs.consents import Consent, consent_of, needed_by
from integration.docs.markdown import code, codes, link, page, table
from integration.docs.type_section import COLUMNS, property_rows, type_section
from integration.sdk.plugins import plan
from integration.sdk.schema import Schema, load_schema
from integration.sdk.step import Step
from integration.sources.msgraph.permissions import broader

INDEX = "types.md"
_SUPPLIED = ["_key", "_type", "_class", "displayName", "_fromEntityKey", "_toEntityKey", "_rawData"]


def types_pages(manager: pluggy.PluginManager, steps: Sequence[Step]) -> Mapping[str, str]:
    """Return the text of each page by its file's name.

    Args:
        manager: from ``load``.
        steps: the types to describe.
    """
    told = _Told(manager, steps)
    areas = {area: list(those) for area, those in groupby(told.steps, _area)}
    lone = areas.pop("", [])
    made = {_page_of(those[0]): _area_page(area, those, told) for area, those in areas.items()}
    return {INDEX: _index(areas, lone, told), **made}


class _Told:
    """What the pages tell of the types, found once.

    Attributes:
        steps: all types, by area, module and name.
        schemas: the schema of each.
        consents: what each takes, with all that it needs.
        everything: what all of them take.
    """

    def __init__(self, manager: pluggy.PluginManager, steps: Sequence[Step]) -> None:
        self.steps = sorted(steps, key=lambda step: (_area(step), step.module, step.is_relationship, step.name))
        self.schemas: Mapping[str, Schema] = {step.name: load_schema(step) for step in steps}
        self.consents: Mapping[str, Consent] = {
            step.name: consent_of(needed_by(step.name, plan(manager, only=[step.name]))) for step in steps
        }
        self.everything = consent_of(plan(manager, only=[step.name for step in steps]))
        self._classes = {step.name: step.classes for step in steps}
        self._pages = {step.name: _page_of(step) for step in steps}

    def link(self, type: str, seen_from: str) -> str:
        """Return a link to a type; only its name where it is another project's, or any of an area."""
        page = self._pages.get(type)
        return code(type) if page is None else link(type, type, page="" if page == seen_from else page)

    def pages(self, seen_from: str) -> Mapping[str, str]:
        """Return the page of each type, empty where that is the one which is being written."""
        return {type: "" if page == seen_from else page for type, page in self._pages.items()}

    def class_of(self, type: str) -> str:
        """Return the classes of a type, as code."""
        return codes(self._classes[type]) if type in self._classes else ""


def _index(areas: Mapping[str, Sequence[Step]], lone: Sequence[Step], told: _Told) -> str:
    parts = [
        "What a run writes, in JupiterOne's data model. Each area has a page with every property of its types. Wherever"
        " a type can be named, as for `--only`, its module or its area can be too.",
    ]
    for area, steps in areas.items():
        parts += [f"## {area}", _about_area(steps[0]), *_tables(steps, told)]
    if lone:
        parts += ["## In no area", *_tables(lone, told)]
    parts += ["## In every record", _in_every_record(told), "## Permissions", _permissions(told)]
    return page("Types", *parts, *_sections(lone, told, INDEX))


def _area_page(area: str, steps: Sequence[Step], told: _Told) -> str:
    return page(
        f"Types of {area}",
        _about_area(steps[0]),
        f"[Types]({INDEX}) lists them, with [what every record has]({INDEX}#in-every-record). A property that the"
        " provider does not have, or has as null, is left out of a record, unless it is said to be always there or"
        " null.",
        *_sections(steps, told, _page_of(steps[0])),
    )


def _sections(steps: Sequence[Step], told: _Told, where: str) -> list[str]:
    parts, pages = [], told.pages(where)
    for module, those in groupby(steps, lambda step: step.module):
        of_module = list(those)
        parts += [f"## {module}", of_module[0].about]
        for step in of_module:
            parts.append(type_section(step, told.schemas[step.name], told.consents[step.name], pages))
    return parts


def _tables(steps: Sequence[Step], told: _Told) -> list[str]:
    """Return the table of entities and that of relationships, each where there are some."""
    entities = [_entity(step, told) for step in steps if not step.is_relationship]
    relationships = [_relationship(step, told) for step in steps if step.is_relationship]
    found = []
    if entities:
        grant = ["Grant, with what it needs", "For every property also", "Licence"]
        found.append(table(["Module", "Resource", "Entity `_type`", "Entity `_class`", *grant], entities))
    if relationships:
        ends = ["Source `_type`", "Source `_class`", "Relationship `_class`", "Target `_type`", "Target `_class`"]
        found.append(table(["Module", *ends, "`_type`"], relationships))
    return found


def _entity(step: Step, told: _Told) -> Sequence[str]:
    consent = told.consents[step.name]
    return (
        code(step.module),
        str(told.schemas[step.name].document["title"]),
        told.link(step.name, INDEX),
        codes(step.classes),
        codes(consent.grant),
        codes(consent.enrich),
        consent.licence,
    )


def _relationship(step: Step, told: _Told) -> Sequence[str]:
    source, target = step.ends or ("", "")
    return (
        code(step.module),
        told.link(source, INDEX),
        told.class_of(source),
        code(step.class_name),
        told.link(target, INDEX),
        told.class_of(target),
        told.link(step.name, INDEX),
    )


def _in_every_record(told: _Told) -> str:
    """Return the properties that the loader supplies, where a schema does not describe them by itself."""
    rows: dict[str, Sequence[str]] = {
        "_type": (code("_type"), "always the name of the type", "", "Type.", ""),
        "_class": (code("_class"), "always the class; for entities, a list with it", "", "JupiterOne class.", ""),
    }
    for schema in told.schemas.values():
        missing = [name for name in schema.supplied if name not in rows]
        others = [name for name in schema.document["properties"] if name not in missing]
        rows.update(zip(missing, property_rows(schema, leaving_out=others), strict=False))
    return "What its schema does not describe by itself is so in the records of every type.\n\n" + table(
        COLUMNS, [rows[name] for name in _SUPPLIED if name in rows]
    )


def _permissions(told: _Told) -> str:
    """Return the smallest consent for everything, and what counts as well."""
    everything = told.everything
    wider = [(code(name), codes(broader(name))) for name in everything.demanded if broader(name)]
    return "\n\n".join(
        [
            "Names with a slash are actions of Azure, which the role Reader has. The others are **application**"
            " permissions of Microsoft Graph, and need an administrator's consent. The smallest consent for a type"
            " holds what the types that it needs ask for, too. For everything it is, beside the role Reader for Azure:",
            table(
                ["Grant", "For every property also", "Licences"],
                [(codes(everything.of_graph), codes(everything.enrich), everything.licence)],
            ),
            "For a selection of several types, grant what stands at each. `integration check --only TYPE` says what of"
            " it is the least, and compares it with what is granted. A broader permission counts for the narrower ones"
            " that it contains, and `ReadWrite` for `Read`:",
            table(["Permission", "Contained in"], wider),
        ]
    )


def _area(step: Step) -> str:
    area, _, rest = step.module.partition(".")
    return area if rest else ""


def _page_of(step: Step) -> str:
    area = _area(step)
    return f"types-{area}.md" if area else INDEX


def _about_area(step: Step) -> str:
    """Return the first line of what the package that a step's module is in says of itself."""
    package = sys.modules[step.run.__module__.rpartition(".")[0]]
    return (package.__doc__ or "").strip().partition("\n")[0]
