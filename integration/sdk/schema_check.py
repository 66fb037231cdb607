"""What a JSON Schema must be to serve a step."""

import re
from collections.abc import Mapping, Set
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jsonschema_rs

from integration.errors import DeclarationError
from integration.sdk.step import Step
from integration.text.nearest import nearest
from integration.text.visible import brief

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PATTERN = re.compile(r"\^[A-Za-z][A-Za-z0-9]*\\\.")
_OURS = ("x-from", "x-unit")
_KEYWORDS = frozenset(
    "$anchor $comment $defs $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary additionalProperties allOf anyOf"
    " const contains contentEncoding contentMediaType contentSchema default definitions dependencies dependentRequired"
    " dependentSchemas deprecated description else enum examples exclusiveMaximum exclusiveMinimum format if items"
    " maxContains maxItems maxLength maxProperties maximum minContains minItems minLength minProperties minimum"
    " multipleOf not oneOf pattern patternProperties prefixItems properties propertyNames readOnly required then title"
    " type unevaluatedItems unevaluatedProperties uniqueItems writeOnly".split()
)
"""Source: JSON Schema, draft 2020-12, its vocabularies. Any other is a note of somebody, which nothing reads."""
_ALIKE = 0.75
"""How like a keyword another one is that is meant to be it: so many notes begin or end as one does."""
_OF_A_PROPERTY = _KEYWORDS | {*_OURS}
_BY_THEMSELVES = ("_key", "_type", "_class", "displayName", "_rawData", "_fromEntityKey", "_toEntityKey")
_SHOWN_BY_USE = re.compile(rb'"(?:pattern|\$(?:dynamic)?[rR]ef)"')
"""The meta-schema does not tell whether a pattern is one, and whether a reference leads somewhere."""


def check_schema(step: Step, path: Path, document: Any) -> None:
    """Check that a schema can serve the step.

    Args:
        step: the declaration.
        path: the file.
        document: its content.

    Raises:
        DeclarationError: says what is wrong with which file.
    """
    if not isinstance(document, dict):
        raise DeclarationError(f"{path}: a schema is a JSON object")
    if not jsonschema_rs.meta.is_valid({**document, "$schema": DRAFT}):
        raise DeclarationError(f"{path}: not a JSON Schema (draft 2020-12): {_what_is_wrong(document)}")
    if document.get("additionalProperties") not in (None, False):
        raise DeclarationError(f"{path}: it must be closed: set additionalProperties to false")
    for name in ("allOf", "anyOf", "oneOf", "$ref"):
        if name in document:
            raise DeclarationError(f"{path}: it must be flat: write the properties out instead of {name}")
    patterns = document.get("patternProperties", {})
    if odd := [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]:
        raise DeclarationError(f"{path}: {', '.join(odd)}: a pattern is the beginning of names: write ^setting\\.")
    declarations = {**document.get("properties", {}), **patterns}
    undescribed = [name for name, of in declarations.items() if not _described(of)]
    if undescribed:
        raise DeclarationError(f"{path}: these properties need a description: {', '.join(undescribed)}")
    for name, of in declarations.items():
        if not of.keys() <= _OF_A_PROPERTY and (fault := _misspelt(of, _OF_A_PROPERTY)):
            raise DeclarationError(f"{path}: {name}: {fault}")
    if fault := _misspelt(document, _KEYWORDS):
        raise DeclarationError(f"{path}: {fault}")
    if misplaced := [name for name in _OURS if name in document]:
        raise DeclarationError(f"{path}: {misplaced[0]} is of a property: write it there")
    undeclared = sorted({*document.get("required", ())} - {*document.get("properties", {}), *_BY_THEMSELVES})
    if undeclared:
        near = nearest(undeclared[0], document.get("properties", {}))
        raise DeclarationError(f"{path}: required names {undeclared[0]}, which no property is called{near}")
    always = {"_key", "_type", "_class", "displayName", *document.get("required", ())}
    if odd := [name for name in step.target_filter_keys if name not in always]:
        raise DeclarationError(f"{path}: JupiterOne finds its entities by {', '.join(odd)}: make that required")
    declared = document.get("properties", {}).get("_type", {}).get("const", step.name)
    if declared != step.name:
        raise DeclarationError(f"{path}: its _type is {declared!r}, but the step's is {step.name!r}")


def _what_is_wrong(document: dict[str, Any]) -> str:
    """Let the reference validator, which takes a second to import, explain why a document is not a schema."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(document)
    except SchemaError as error:
        told = next((each for each in error.context or () if each.validator == "enum"), error)  # what may stand there
        return f"{'/'.join(map(str, error.path)) or 'the schema'}: {told.message}"
    return "the validator refuses it"


def is_shown_by_use(document: dict[str, Any], text: bytes) -> bool:
    """Tell whether a schema that looks right may be wrong all the same: in a pattern, a reference or its dialect."""
    return document.get("$schema", DRAFT) != DRAFT or _SHOWN_BY_USE.search(text) is not None


def _misspelt(definition: Mapping[str, Any], keywords: Set[str]) -> str:
    """Return what is to be said of a keyword that is meant to be one of these; empty where there is none.

    What begins with ``x`` is meant to be one of ours, and any other ``x-…`` is a note of somebody else's.
    """
    for keyword in definition.keys() - keywords - {*_OURS}:
        is_ours = keyword[:1].lower() == "x"
        meant = {each.lower(): each for each in (_OURS if is_ours else sorted(keywords - {*_OURS}))}
        if near := get_close_matches(brief(keyword.lower()), meant, 1, *(() if is_ours else (_ALIKE,))):
            return f"{keyword} is nothing that is read (did you mean {meant[near[0]]}?)"
    return ""


def _described(definition: object) -> bool:
    return isinstance(definition, dict) and bool(definition.get("description"))
