"""The JSON Schema of a type: found beside its step, checked, and applied to every record."""

import decimal  # noqa: F401 - jsonschema_rs imports it, and dies with a panic where that is interrupted
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from integration.errors import DeclarationError
from integration.sdk.mapping import X_FROM, PropertyMapping, check_sources
from integration.sdk.schema_check import DRAFT, check_schema, is_shown_by_use
from integration.sdk.schema_files import SchemaFiles, places_of
from integration.sdk.schema_references import fault_of_references
from integration.sdk.step import Step

JupiterOneObject = dict[str, Any]
"""A record: ``_key``, ``_type``, ``_class`` and the type's own properties."""

_RAW_DATA = {
    "type": "array",
    "description": "The Graph objects that the entity was made from; only where the run asks for raw data.",
    "items": {"type": "object", "required": ["name", "rawData"]},
}
_PLAIN_KEY = {"type": "string", "minLength": 1, "description": ""}
_ENDS = {
    "_fromEntityKey": {"type": "string", "minLength": 1, "description": "_key of the entity it starts from."},
    "_toEntityKey": {"type": "string", "minLength": 1, "description": "_key of the entity it leads to."},
}


_beside = SchemaFiles()
_loaded: "dict[tuple[object, ...], Schema]" = {}


class Schema:
    """The schema of one type.

    Attributes:
        path: the file.
        is_bare: nothing is asked of a record but what the runner sets itself: that of a relationship without a file.
    """

    def __init__(self, step: Step, path: Path, document: Mapping[str, Any]) -> None:
        self.path, self._step, self._file = path, step, document
        declared = document.get("properties", {})
        check_sources(path, declared)
        if step.is_relationship and any(X_FROM in of for of in declared.values()):
            raise DeclarationError(f"{path}: x-from is for entities: the step names the properties of a relationship")
        self.is_bare = step.is_relationship and not document

    @cached_property
    def document(self) -> dict[str, Any]:
        """Its content, closed, with the properties that every record has added where it leaves them out.

        It is put together where it is used first: of a thousand types that are loaded, a run makes records of some.
        """
        system, declared = _system_properties(self._step), self._file.get("properties", {})
        return {
            "$schema": DRAFT,
            "title": self._step.name,
            "description": self._step.description,
            **self._file,
            "type": "object",
            "additionalProperties": False,
            "properties": {**system, **declared},
            "required": sorted({*self._file.get("required", ()), *(name for name in system if name != "_rawData")}),
        }

    @cached_property
    def supplied(self) -> tuple[str, ...]:
        """Names of the properties that every record has and that the file leaves out."""
        return tuple(name for name in _system_properties(self._step) if name not in self._file.get("properties", {}))

    @cached_property
    def nullable(self) -> tuple[str, ...]:
        """Names of required properties that may be null: they are where there is no value."""
        declared = self._file.get("properties", {})
        return tuple(name for name in self._file.get("required", ()) if allows_null(declared.get(name, {})))

    @cached_property
    def mapping(self) -> PropertyMapping:
        """Copies what its properties take from an object. It is built for the first one, as ``accepts`` is."""
        return PropertyMapping(self.document["properties"], {*self.document["required"]} - {*self.nullable})

    @cached_property
    def accepts(self) -> Callable[[JupiterOneObject], bool]:
        """Tells whether a record is as the schema says, formats included.

        It raises ``ValueError`` where the record holds something that is not JSON.
        """
        is_valid: Callable[[JupiterOneObject], bool] = self._validator.is_valid
        return is_valid

    @cached_property
    def _validator(self) -> Any:
        """It is built for the first record: of hundreds of types, a run makes records of some."""
        return jsonschema_rs.validator_for(self.document, validate_formats=True)

    @cached_property
    def digest(self) -> bytes:
        """Another one whenever the schema is another."""
        return hashlib.blake2b(orjson.dumps(self.document), digest_size=16).digest()

    @property
    def properties(self) -> tuple[str, ...]:
        """Names of the type's own properties, in the schema's order; without the ``_`` of the system's."""
        return tuple(name for name in self.document["properties"] if not name.startswith("_"))

    @property
    def open(self) -> Mapping[str, Any]:
        """Definitions of properties whose names the provider chooses, by their beginning, such as ``setting.``."""
        return {_beginning(pattern): of for pattern, of in self.document.get("patternProperties", {}).items()}

    @property
    def keys_are_plain(self) -> bool:
        """Whether the schema asks no more of a relationship's keys than to be strings that are not empty."""
        definitions = [self.document["properties"].get(name, {}) for name in ("_key", *_ENDS)]
        return all({**each, "description": ""} == _PLAIN_KEY for each in definitions)

    def explain(self, record: JupiterOneObject) -> str:
        """Say which record was rejected, for which property, with what was expected and found."""
        first = next(self._errors(record), f"not as {self.path.name} says")
        return f"{record['_type']} {record['_key']}: {first}"

    def _errors(self, record: JupiterOneObject) -> Iterator[str]:
        errors = self._validator.iter_errors(record)
        for error in sorted(errors, key=lambda error: (list(map(str, error.instance_path)), error.kind.name)):
            where = ".".join(map(str, error.instance_path)) or "the record"
            if error.kind.name == "additionalProperties" and not error.instance_path:
                undeclared = set(record) - set(self.document["properties"])
                extra = ", ".join(sorted(name for name in undeclared if not name.startswith(tuple(self.open))))
                yield f"{extra}: not declared in {self.path.name}"
            elif error.kind.name == "required" and not error.instance_path:
                missing = ", ".join(name for name in self.document["required"] if name not in record)
                yield f"{missing}: required, but missing"
            else:
                asked: Any = reduce(getitem, error.schema_path, self.document)
                yield f"{where}: expected {error.kind.name} {json.dumps(asked)}, found {_shown(error.instance)}"


def load_schema(step: Step, files: SchemaFiles | None = None) -> Schema:
    """Return the step's schema, which is read once, as the module that declares the step is.

    It is ``<type>.json`` beside the step's module, or anywhere in a folder ``schemas`` that is in the step's package or
    beside it. A relationship type without properties of its own needs none: what every relationship has is checked all
    the same.

    Args:
        step: the declaration.
        files: finds the schemas, where many are read; a new one where ``None``.

    Raises:
        DeclarationError: the file of an entity type is missing; a file is not JSON, is not a JSON Schema, is open, or
            contradicts the step.
    """
    declared = (step.run, step.name, step.classes, step.is_relationship, step.target_filter_keys)
    found = _loaded.get(declared)
    if found is None:
        found = _loaded[declared] = _read(step, files or SchemaFiles())
    return found


def _read(step: Step, files: SchemaFiles) -> Schema:
    path = files.find(step)
    if path is None and step.is_relationship:
        return Schema(step, files.home(step), {})
    if path is None and not step.source.is_file():
        raise step.fault("its file is not on disk, so that no schema can stand beside it: install the package unpacked")
    if path is None:
        beside, *folders = places_of(step)
        of_area = folders[-2] if "." in step.module else folders[-1]
        raise step.fault(f"it has no schema: write {of_area} (or {beside})")
    text = path.read_bytes()
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise DeclarationError(f"{path}: not JSON: {error}") from None
    check_schema(step, path, document)
    schema = Schema(step, path, document)
    try:
        if is_shown_by_use(document, text):
            if fault := fault_of_references(document):
                raise DeclarationError(f"{path}: {fault}")
            schema.accepts  # noqa: B018 - building the validator tells
        return schema
    except jsonschema_rs.ValidationError as error:
        raise DeclarationError(f"{path}: not a JSON Schema (draft 2020-12): {error.message}") from None


def load_schemas(steps: Iterable[Step]) -> list[Schema]:
    """Return the schemas of steps, in their order; raises as ``load_schema`` does."""
    files = SchemaFiles()
    return [load_schema(step, files) for step in steps]


@cache
def schema_beside(step: Step, type: str) -> Schema:
    """Return the schema of an entity type that is made of the same objects as a step's records.

    Raises:
        DeclarationError: as ``load_schema`` raises.
    """
    other = replace(step, name=type, class_name="Entity", ends=None, further_classes=(), target_filter_keys=())
    return load_schema(other, _beside)


def json_types_of(definition: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a property's values are of, where they are not null."""
    kinds = definition.get("type", [])
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def allows_null(definition: Mapping[str, Any]) -> bool:
    """Tell whether a property may be null."""
    return isinstance(definition.get("type"), list) and "null" in definition["type"]


def _beginning(pattern: str) -> str:
    return pattern.removeprefix("^").replace("\\.", ".")


def _system_properties(step: Step) -> dict[str, Any]:
    """Return the definitions of the properties that the runner stamps on every record of the step."""
    class_name = step.class_name if step.is_relationship else [*step.classes]
    properties: dict[str, Any] = {
        "_key": {"type": "string", "minLength": 1, "description": "Unique in the graph, the same in every run."},
        "_type": {"const": step.name, "description": "Type."},
        "_class": {"const": class_name, "description": "JupiterOne class."},
        "displayName": {"type": "string", "minLength": 1, "description": "What a person calls it."},
    }
    return properties | (_ENDS if step.is_relationship else {"_rawData": _RAW_DATA})


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"
