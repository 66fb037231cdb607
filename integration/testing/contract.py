"""The contract: what every step must hold to, and every cassette."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pluggy

from integration.errors import CassetteError
from integration.recording.literals import literals_of
from integration.recording.review import foreign
from integration.sdk.class_schemas import class_schema
from integration.sdk.mapping import X_FROM
from integration.sdk.plugins import declared_steps, load, plan
from integration.sdk.schema import JupiterOneObject, Schema, load_schema
from integration.sdk.schema_files import folders_of
from integration.sdk.step import Step
from integration.sdk.vocabulary import unknown_names
from integration.tapes.tapes import Replay
from integration.testing.one_by_one import one_by_one
from integration.testing.running import Replayed, cassette_of, cassettes_of, replay, step_of

_NETWORK = frozenset(
    {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "socket", "urllib.request", "urllib3"}
)


def check_step(
    type: str | Step,
    cassettes: Path | None = None,
    *,
    also: Collection[str] = (),
    manager: pluggy.PluginManager | None = None,
) -> Replayed:
    """Check on its cassette what every step must hold to, and return what it made of it.

    Its permissions and its class are names that Microsoft Graph and JupiterOne have. Its verdict is complete; it gives
    records, all of its own type and with distinct keys, which the type's schema and that of the JupiterOne class
    accept; each property of the schema occurs; ends that were not collected are counted. A step that is declared
    ``per_row`` gives the same records where its objects are handed over one by one. Its module imports nothing that
    reaches the network past the context.

    Args:
        type: name of an installed step, or a step that is not installed.
        cassettes: folder of the cassettes; by default as ``cassettes_of`` finds them.
        also: permissions and classes that Microsoft and JupiterOne have added since this package was made.
        manager: from ``load``, and holds the step; loaded here where ``None``. With many types, tests load once.

    Raises:
        AssertionError: says what the step, its schema or its cassette lacks.
        IntegrationError: as ``replay`` raises.
    """
    manager = manager or load(*([type] if isinstance(type, Step) else []))
    step = step_of(type, manager)
    with TemporaryDirectory() as folder:
        played = replay(type, cassettes, out=Path(folder), manager=manager)
        faults = [*unknown_names(step, also), *_ways_out(step), *_faults(step, played)]
        if step.per_row and not faults:
            chosen = plan(manager, only=[step.name])
            tape = Replay(*cassettes_of(step, cassettes, manager=manager))
            faults += one_by_one(step, chosen, played.report, Path(folder), tape)
    if faults:
        faults += _without_cassette(step, played, cassettes)
        raise AssertionError("\n".join([f"{step.name}:", *(f"  - {fault}" for fault in faults)]))
    return played


def check_cassette(path: Path, *, manager: pluggy.PluginManager | None = None) -> None:
    """Check that a cassette holds nothing that looks like a secret or like somebody, and can be reviewed.

    It tells pseudonyms from other ids, mail addresses, domains, telephone numbers and the like by their form. A name it
    cannot tell from a word: read what is recorded by hand. An id that the code of a step names is nobody's.

    Args:
        path: the cassette.
        manager: from ``load``, and holds the steps; loaded here where ``None``. With many cassettes, tests load once.

    Raises:
        AssertionError: names what was found, and where.
        CassetteError: the file is no cassette.
    """
    found = [f"  - {line}" for line in foreign(path, literals_of(declared_steps(manager or load())))]
    if found:
        raise AssertionError("\n".join([f"{path.name}: record it with integration record, or take out:", *found]))


def _without_cassette(step: Step, played: Replayed, cassettes: Path | None) -> Iterator[str]:
    """Yield that a step's module has no cassette, where something is lacking that those of others do not hold."""
    lacks_an_answer = any(CassetteError.__name__ in result.errors for result in played.report.results)
    if not lacks_an_answer and (played.records or "rejectedRecords" in played.result.problems):
        return
    try:
        cassette_of(step, cassettes)
    except CassetteError as error:
        yield str(error)


def _ways_out(step: Step) -> Iterator[str]:
    """Yield what a step's module imports to reach the network by itself: no run bounds, records or repeats that."""
    for name in sorted(_imported(step.source.read_text(encoding="utf-8"))):
        if name in _NETWORK or name.partition(".")[0] in _NETWORK:
            yield f"it imports {name}: read through the context alone, which a run bounds and a cassette plays back"


@lru_cache(maxsize=16)
def _imported(code: str) -> frozenset[str]:
    """Return the names that a module imports; tests check its types one after the other."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update([node.module, *(f"{node.module}.{each.name}" for each in node.names)])
    return frozenset(found)


def _faults(step: Step, played: Replayed) -> Iterator[str]:
    schema = load_schema(step)
    rejected = [
        fault
        for document in (schema.document, *_class_schemas(step))
        for fault in _rejections(document, played.records)
    ]
    if played.result.verdict != "complete":
        yield f"its verdict is {played.result.verdict}: {played.result.reason}"
    elif not played.records:
        yield "the cassette gives no record"
    elif not rejected:
        yield from _absent(schema, played.records)
    if wrong := {record["_type"] for record in played.records} - {step.name}:
        yield f"it emits another type: {', '.join(sorted(wrong))}"
    if "duplicateKeys" in played.result.problems:
        yield f"keys occur twice: {played.result.problems['duplicateKeys']['examples']}"
    yield from rejected
    if step.is_relationship:
        yield from _lists(schema)
        yield from _uncounted(played)


def _lists(schema: Schema) -> Iterator[str]:
    """Yield the lists of a relationship: an upload to JupiterOne takes them of entities alone.

    Source: JupiterOne integration SDK, RelationshipPropertyValue.
    """
    for name in schema.properties:
        type = schema.document["properties"][name].get("type")
        if type == "array" or "array" in (type or ()):
            yield f"{name}: a list, which JupiterOne takes of entities alone: make it a text"


def _absent(schema: Schema, records: list[JupiterOneObject]) -> Iterator[str]:
    """Yield what is declared but nowhere: of records that are all there, and all right, or else that explains it."""
    for name in schema.properties:
        if not any(name in record for record in records):
            path = schema.document["properties"][name].get(X_FROM)
            how = f"; it is taken from {path}" if path else f"; no {X_FROM}, so the step computes it"
            yield f"{name}: declared in {schema.path.name}, but in no record of the cassette{how}"
    for beginning in schema.open:
        others = {name for record in records for name in record} - set(schema.properties)
        if not any(name.startswith(beginning) for name in others):
            yield f"{beginning}*: declared in {schema.path.name}, but in no record of the cassette"


def _rejections(document: Any, records: list[JupiterOneObject]) -> Iterator[str]:
    """Apply the reference validator, so that a run's fast one is checked against it."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER)
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        for error in validator.iter_errors(record):
            where = ".".join(map(str, error.path)) or "the record"
            keys[f"{where}: {error.message} ({document.get('title')})"].append(record["_key"])
    for fault, (first, *others) in keys.items():
        yield f"{first}: {fault}" + (f", and {len(others):,} more" if others else "")


def _class_schemas(step: Step) -> Iterator[Any]:
    """Yield what JupiterOne asks of the step's classes, as the step's package says it, or else as this one does."""
    for name in step.classes:
        if found := class_schema(name, folders_of(step)):
            yield found


def _uncounted(played: Replayed) -> Iterator[str]:
    ends = [(record["_fromEntityKey"], record["_toEntityKey"]) for record in played.records]
    dangling = sum(1 for source, target in ends if source not in played.keys or target not in played.keys)
    counted = played.result.problems.get("danglingEnds", {}).get("count", 0)
    if dangling != counted:
        yield f"{dangling} relationships lack an end, but {counted} were counted"
