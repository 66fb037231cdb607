"""Recording a type: a live tenant read, scrubbed, cut, and written as the cassette that its step is tested with.

A first run reads the tenant and keeps the answers in memory, scrubbed. They are cut to a few objects, and a second run
on what is left is what the cassette records. A last one plays all cassettes back, and has to make the same records.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pluggy

from integration.config.settings import Config
from integration.disk.folder import usable_folder
from integration.engine.runner import run
from integration.errors import CassetteError
from integration.recording import KEEP
from integration.recording.api import RecordedApi
from integration.recording.apis import apis_of
from integration.recording.cut import Cut
from integration.recording.survey import Survey
from integration.recording.tape import Record
from integration.sdk.plan import Plan, types_named
from integration.sdk.plugins import declared_steps, plan
from integration.sdk.report import Report, StepResult
from integration.sdk.step import Step
from integration.store.store import Store
from integration.tapes.cassette import Interaction, read
from integration.tapes.places import cassette_name
from integration.tapes.tapes import Replay, Tape


@dataclass(frozen=True)
class Recording:
    """What became of some types.

    Attributes:
        cassettes: the file of each type that was recorded, which types of a module share; none where other files hold
            all that is asked for.
        results: the verdict on each of them, with how many records its cassette gives.
        failed: why the others were not recorded.
        seen: objects that the tenant gave.
        kept: objects that are left of them.
        plain: by property, values that were not replaced.
        beside: other cassettes in the folder, with how many of the requests they answer too. These hold objects of
            another recording, and only one answer is played.
    """

    cassettes: Mapping[str, Path]
    results: Mapping[str, StepResult]
    failed: Mapping[str, str]
    seen: int
    kept: int
    plain: Mapping[str, frozenset[str]]
    beside: Mapping[Path, int]


def record(
    manager: pluggy.PluginManager,
    types: Sequence[str],
    config: Config,
    *,
    to: Path,
    salt: bytes,
    keep: int = KEEP,
    plain: Iterable[str] = (),
    watch: object = None,
) -> Recording:
    """Record what steps, and what they need, ask of Graph and of Azure: a cassette for each of their modules.

    Cassettes that are recorded together play back together: each holds what its module asks for beyond what the others
    hold. What types need that are not recorded is in the cassettes of those that need it.

    Args:
        manager: from ``load``.
        types: names of installed types, of modules, or of areas.
        config: how to reach and to sign in to the tenant.
        to: folder of the cassettes; made where it is missing.
        salt: key of the pseudonyms, as ``salt_of`` returns it; the same one makes the same pseudonyms.
        keep: how many objects stay of each page.
        plain: names of properties whose values stay as they are.
        watch: a plugin that is told how the reading of the tenant goes.

    Raises:
        CassetteError: a cassette would be too large, or does not play back as it was recorded.
        IntegrationError: as ``plan`` and ``run`` raise.
    """
    installed = declared_steps(manager)
    types = types_named(types, installed)
    chosen = plan(manager, only=types)
    apis = apis_of(config, salt, chosen.steps, installed, plain)
    cassettes: dict[str, Path] = {}
    results: dict[str, StepResult] = {}
    with TemporaryDirectory() as folder:
        out = Path(folder)
        if watch is not None:
            manager.register(watch, "watch")
        roots = Config(graph_url=config.graph_url, azure_url=config.azure_url)
        report = run(manager, chosen, roots, out=out / "read", tape=Survey(apis))
        manager.unregister(name="watch")
        failed = {type: _failure(report.of(type), apis) for type in types if report.of(type).verdict in _DID}
        cut = Cut(apis, keep)
        modules = _modules(chosen, types)
        tapes = _Tapes(manager, cut, out / "tapes")
        for kind in (False, True):
            for name, steps in modules.items():
                of_kind = [step.name for step in steps if step.is_relationship is kind]
                if good := [type for type in of_kind if report.of(type).verdict not in _DID]:
                    results |= tapes.record(name, good)
        tapes.play_back(list(results))
        for name, steps in modules.items():
            if (out / "tapes" / name).is_file():
                kept = usable_folder((to / name).parent) / name.name
                shutil.copyfile(out / "tapes" / name, kept)
                cassettes |= {step.name: kept for step in steps if step.name in results}
    results = {type: results[type] for type in types if type in results}
    cassettes = {type: cassettes[type] for type in types if type in cassettes}
    seen = sum(api.seen for api in apis)
    return Recording(cassettes, results, failed, seen, len(cut.kept), cut.plain_values(), _beside(to, cassettes))


def _beside(folder: Path, cassettes: Mapping[str, Path]) -> Mapping[Path, int]:
    """Return the other cassettes of a folder, with how many of the requests of these they answer as well."""
    written = set(cassettes.values())
    asked = {key for path in written for key in read(path)}
    others = sorted({*folder.rglob("*.yaml")} - written)
    return {path: count for path in others if (count := len(asked & read(path).keys()))} if asked else {}


def _modules(chosen: Plan, types: Sequence[str]) -> dict[Path, list[Step]]:
    """Return the steps that are recorded, by the name of their module's cassette."""
    found: dict[Path, list[Step]] = {}
    for step in chosen.steps:
        if step.name in types:
            found.setdefault(cassette_name(step), []).append(step)
    return found


class _Tapes:
    """The cassettes that are being recorded: first what entities are made of, each where its module is."""

    def __init__(self, manager: pluggy.PluginManager, cut: Cut, folder: Path) -> None:
        self._manager, self._cut, self._folder = manager, cut, folder
        self._taken: dict[Path, list[Interaction]] = {}
        self._made: dict[str, tuple[str, list[bytes]]] = {}

    def record(self, name: Path, types: Sequence[str]) -> dict[str, StepResult]:
        """Add what types ask for to the cassette of their module, and return the verdicts."""
        tape = Record(self._folder / name, self._cut, Replay(*self._paths()), self._taken.get(name, ()))
        report, made = self._run(types, tape)
        self._made |= made
        self._taken[name] = tape.taken
        return {type: report.of(type) for type in types}

    def play_back(self, types: Sequence[str]) -> None:
        """Play types back on all cassettes.

        Raises:
            CassetteError: one gives other records than when it was recorded.
        """
        if types:
            _, made = self._run(types, Replay(*self._paths()))
            for type in types:
                if made[type] != self._made[type]:
                    problem = "played back, it gives other records: its step does not do the same each time"
                    raise CassetteError(f"{type}: {problem}")

    def _run(self, types: Sequence[str], tape: Tape) -> tuple[Report, dict[str, tuple[str, list[bytes]]]]:
        """Run types, and return for each its verdict and its records."""
        chosen = plan(self._manager, only=types)
        with TemporaryDirectory() as folder:
            report = run(self._manager, chosen, Config(), out=Path(folder), tape=tape)
            with closing(Store(Path(folder) / "graph.db")) as store:
                made = {step.name: list(store.records(step)) for step in chosen.steps if step.name in types}
        return report, {type: (report.of(type).verdict, records) for type, records in made.items()}

    def _paths(self) -> list[Path]:
        return [self._folder / name for name, taken in self._taken.items() if taken]


def _failure(result: StepResult, apis: Sequence[RecordedApi]) -> str:
    said = "".join(f"\n  {refusal}" for api in apis for refusal in api.refusals)
    return f"it {_DID[result.verdict]}: {result.reason}{said}"


_DID = {"failed": "failed", "skipped": "was skipped"}
