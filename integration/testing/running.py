"""Running steps on the real runner: on recorded answers, or on a Graph over HTTP."""

import json
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, runtime_checkable

import pluggy

from integration.config.handed import check_handed
from integration.config.settings import Config
from integration.engine.runner import run
from integration.errors import CassetteError, UnknownType
from integration.recording.salt import project_of
from integration.sdk.plan import Plan
from integration.sdk.plugins import declared_steps, load, plan
from integration.sdk.report import Report, StepResult
from integration.sdk.schema import JupiterOneObject
from integration.sdk.step import Step
from integration.store.store import Store
from integration.tapes.places import cassette_name, demo_folder
from integration.tapes.tapes import Replay, Tape
from integration.text.nearest import nearest
from integration.text.secret import Secret
from integration.text.visible import brief


@runtime_checkable
class Server(Protocol):
    """A Graph over HTTP: its root without version, and a bearer token that it takes."""

    @property
    def url(self) -> str:
        """Root, such as ``http://127.0.0.1:8080``."""

    @property
    def token(self) -> str:
        """Bearer token."""


@dataclass(frozen=True)
class Ran:
    """What steps made.

    Attributes:
        records: JupiterOne objects by type, sorted by ``_key``; of the types that the steps need as well.
        verdicts: ``complete``, ``partial``, ``skipped`` or ``failed``, by type.
        report: the run's report.
        keys: ``_key`` of every entity that was collected.
    """

    records: Mapping[str, list[JupiterOneObject]]
    verdicts: Mapping[str, str]
    report: Report
    keys: frozenset[str]


@dataclass(frozen=True)
class Replayed:
    """What a step made of its cassette.

    Attributes:
        records: its JupiterOne objects, sorted by ``_key``.
        result: the verdict on it.
        report: the verdicts on it and on all that it needs.
        keys: ``_key`` of every entity that was collected.
    """

    records: list[JupiterOneObject]
    result: StepResult
    report: Report
    keys: frozenset[str]


def run_steps(
    *steps: str | Step,
    source: Server | Tape,
    config: Config | None = None,
    out: Path | None = None,
    manager: pluggy.PluginManager | None = None,
) -> Ran:
    """Run steps, and what they need, as a host does.

    Args:
        steps: names of installed steps, and steps that are not installed.
        source: what answers: a ``GraphServer``, or a tape such as ``Replay(path)``.
        config: settings beside the source.
        out: folder of the run; a second run in it on the same server is an incremental one. A temporary one where
            ``None``.
        manager: from ``load``, and holds the steps; loaded here where ``None``. With many types, tests load once.

    Raises:
        IntegrationError: as ``load``, ``plan`` and ``run`` raise.
    """
    check_handed("run_steps", source=(source, Server | Tape, "give a GraphServer or a Replay"))
    manager = manager or load(*(step for step in steps if isinstance(step, Step)))
    chosen = plan(manager, only=[step.name if isinstance(step, Step) else step for step in steps])
    return _run(manager, chosen, source, config or Config(), out)


def _run(manager: pluggy.PluginManager, chosen: Plan, source: Server | Tape, settings: Config, out: Path | None) -> Ran:
    tape = None
    if isinstance(source, Server):
        settings = replace(settings, graph_url=source.url, access_token=Secret(source.token))
    else:
        tape = source
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(TemporaryDirectory()))
        report = run(manager, chosen, settings, out=folder, tape=tape)
        store = stack.enter_context(closing(Store(folder / "graph.db")))
        records = {step.name: [json.loads(record) for record in store.records(step)] for step in chosen.steps}
    entities = [step.name for step in chosen.steps if not step.is_relationship]
    keys = frozenset(record["_key"] for name in entities for record in records[name])
    return Ran(records, {result.type: result.verdict for result in report.results}, report, keys)


def replay(
    type: str | Step,
    cassettes: Path | None = None,
    *,
    config: Config | None = None,
    out: Path | None = None,
    manager: pluggy.PluginManager | None = None,
) -> Replayed:
    """Run a step, and what it needs, on their cassettes alone; offline.

    Args:
        type: name of an installed step, or a step that is not installed.
        cassettes: folder of the cassettes; by default as ``cassettes_of`` finds them.
        config: settings.
        out: folder of the run; a temporary one where ``None``.
        manager: from ``load``, and holds the step; loaded here where ``None``. With many types, tests load once.

    Raises:
        CassetteError: there is no cassette, or they lack a request.
        IntegrationError: as ``load``, ``plan`` and ``run`` raise.
    """
    manager = manager or load(*([type] if isinstance(type, Step) else []))
    step = step_of(type, manager)
    chosen = plan(manager, only=[step.name])
    ran = _run(manager, chosen, Replay(*_cassettes(step, chosen, cassettes)), config or Config(), out)
    return Replayed(ran.records[step.name], ran.report.of(step.name), ran.report, ran.keys)


def step_of(type: str | Step, manager: pluggy.PluginManager | None = None) -> Step:
    """Return the declaration of an installed type, or of one that a manager holds.

    Raises:
        UnknownType: no step declares it.
    """
    check_handed("replay or check_step", type=(type, str | Step, "give the name of a type, or its step"))
    if isinstance(type, Step):
        return type
    manager = manager or load()
    step = manager.get_plugin(type)
    if not isinstance(step, Step):
        names = [each.name for each in declared_steps(manager)]
        raise UnknownType(f"no step declares the type {brief(type)}{nearest(type, names)}")
    return step


def cassette_of(step: Step, folder: Path | None = None) -> Path:
    """Return the cassette of a step's module, such as ``entra/group.yaml``, or else one that bears the type's name.

    It is in ``tests/cassettes`` of the project that the step's module belongs to, or of the one that the current folder
    belongs to; those of the built-in types come with this package.

    Args:
        step: the declaration.
        folder: where else it is looked for, before all others.

    Raises:
        CassetteError: there is none.
    """
    found = _cassette(step, folder)
    if found is None:
        where = folder or project_of(Path.cwd()) / "tests" / "cassettes"
        name = where / cassette_name(step)
        raise CassetteError(f"{name}: no such cassette: make it with integration record {step.name}")
    return found


def cassettes_of(step: Step, folder: Path | None = None, *, manager: pluggy.PluginManager | None = None) -> list[Path]:
    """Return the cassettes that a step is played on: its own first, those of what it needs, and others of their areas.

    Args:
        step: the declaration.
        folder: as for ``cassette_of``.
        manager: from ``load``, and holds the step; loaded here where ``None``.

    Raises:
        CassetteError: there is none for it, nor for what it needs.
    """
    return _cassettes(step, plan(manager or load(step), only=[step.name]), folder)


def _cassettes(step: Step, chosen: Plan, folder: Path | None) -> list[Path]:
    steps = [step, *reversed(chosen.steps)]
    found = [_cassette(each, folder) for each in steps]
    areas = {cassette_name(each).parent: each for each in reversed(steps)}
    further = [path for each in reversed(areas.values()) for path in _area(each, folder)]
    return list(dict.fromkeys([*filter(None, found), *further])) or [cassette_of(step, folder)]


def _cassette(step: Step, folder: Path | None) -> Path | None:
    names = (cassette_name(step), Path(f"{step.name}.yaml"))
    paths = (place / name for place in _places(step, folder) for name in names)
    return next((path for path in paths if path.is_file()), None)


def _area(step: Step, folder: Path | None) -> list[Path]:
    """Return the cassettes of a step's area, which hold what modules read together."""
    area = cassette_name(step).parent
    if area == Path():
        return []
    return next((found for place in _places(step, folder) if (found := sorted((place / area).glob("*.yaml")))), [])


def _places(step: Step, folder: Path | None) -> list[Path]:
    """Return the folders of cassettes in which a step's is looked for."""
    here = project_of(Path.cwd())
    projects = [project / "tests" / "cassettes" for project in [*list(step.source.parents)[:4], here]]
    return [*([folder] if folder else []), *projects, demo_folder()]
