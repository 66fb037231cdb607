"""For authors of steps: play a step's cassette back, and check what every step must hold to."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from integration.config import Config
from integration.errors import CassetteError
from integration.plugins import declared_steps, load, plan
from integration.report import Report, StepResult
from integration.runner import run
from integration.schema import load_schema
from integration.step import Step
from integration.store import Store
from integration.tapes import Replay

Record = dict[str, Any]


@dataclass(frozen=True)
class Replayed:
    """What a step made of its cassette.

    Attributes:
        records: its JupiterOne objects, sorted by ``_key``.
        result: the verdict on it.
        report: the verdicts on it and on all that it needs.
        keys: ``_key`` of every entity that was collected.
    """

    records: list[Record]
    result: StepResult
    report: Report
    keys: frozenset[str]


def replay(type: str | Step, cassettes: Path | None = None, *, config: Config | None = None) -> Replayed:
    """Run a step, and what it needs, on its cassette alone; offline.

    Args:
        type: name of an installed step, or a step that is not installed.
        cassettes: folder of ``<type>.yaml``; by default ``tests/cassettes`` of the project that the step belongs to.
        config: settings.

    Raises:
        CassetteError: there is no cassette, or it lacks a request.
        IntegrationError: as ``load``, ``plan`` and ``run`` raise.
    """
    manager = load() if isinstance(type, str) else load(type)
    name = type if isinstance(type, str) else type.name
    chosen = plan(manager, only=[name])
    step = next(step for step in chosen.steps if step.name == name)
    cassette = cassettes / f"{name}.yaml" if cassettes else cassette_of(step)
    with TemporaryDirectory() as folder:
        report = run(manager, chosen, config or Config(), out=folder, tape=Replay(cassette))
        with closing(Store(Path(folder) / "graph.db")) as store:
            records = [json.loads(record) for record in store.records(step)]
            keys = [key for each in chosen.steps if not each.is_relationship for key, _ in store.entities(each.name)]
    return Replayed(records, report.of(name), report, frozenset(keys))


def cassette_of(step: Step) -> Path:
    """Return the cassette in ``tests/cassettes`` of the project that the step belongs to.

    Raises:
        CassetteError: there is none.
    """
    projects = list(step.source.parents)[:3]
    for project in projects:
        path = project / "tests" / "cassettes" / f"{step.name}.yaml"
        if path.is_file():
            return path
    raise CassetteError(f"{projects[1] / 'tests' / 'cassettes' / step.name}.yaml: no such cassette: record it")


def check_step(type: str | Step, cassettes: Path | None = None) -> Replayed:
    """Check on its cassette what every step must hold to, and return what it made of it.

    Raises:
        AssertionError: says what the step, its schema or its cassette lacks.
        IntegrationError: as ``replay`` raises.
    """
    played = replay(type, cassettes)
    step = next(step for step in declared_steps(_loaded(type)) if step.name == played.result.type)
    faults = [*_faults(step, played)]
    assert not faults, f"{step.name}:\n" + "\n".join(f"  - {fault}" for fault in faults)
    return played


def _loaded(type: str | Step) -> Any:
    return load() if isinstance(type, str) else load(type)


def _faults(step: Step, played: Replayed) -> Iterator[str]:
    schema = load_schema(step)
    if played.result.verdict != "complete":
        yield f"its verdict is {played.result.verdict}: {played.result.reason}"
    if not played.records:
        yield "the cassette gives no record"
    for name in schema.properties:
        if not any(name in record for record in played.records):
            yield f"{name}: declared in {schema.path.name}, but in no record of the cassette"
    if wrong := {record["_type"] for record in played.records} - {step.name}:
        yield f"it emits another type: {', '.join(sorted(wrong))}"
    if "duplicateKeys" in played.result.problems:
        yield f"keys occur twice: {played.result.problems['duplicateKeys']['examples']}"
    for document in (schema.document, *_class_schemas(step, schema.path.parent)):
        yield from _rejections(document, played.records)
    if step.is_relationship:
        yield from _uncounted(played)


def _rejections(document: Any, records: list[Record]) -> Iterator[str]:
    """Apply the reference validator, so that a run's fast one is checked against it."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for record in records:
        for error in validator.iter_errors(record):
            yield f"{record['_key']}: {'.'.join(map(str, error.path))}: {error.message} ({document.get('title')})"


def _class_schemas(step: Step, folder: Path) -> Iterator[Any]:
    path = folder / f"_class.{step.class_name}.json"
    if path.is_file():
        yield json.loads(path.read_text(encoding="utf-8"))


def _uncounted(played: Replayed) -> Iterator[str]:
    ends = [(record["_fromEntityKey"], record["_toEntityKey"]) for record in played.records]
    dangling = sum(1 for source, target in ends if source not in played.keys or target not in played.keys)
    counted = played.result.problems.get("danglingEnds", {}).get("count", 0)
    if dangling != counted:
        yield f"{dangling} relationships lack an end, but {counted} were counted"
