"""Recording a type: a live tenant read, scrubbed, cut, and written as the cassette that its step is tested with.

A first run reads the tenant and keeps the answers in memory, scrubbed. They are cut to a few objects, and a second run
on what is left is what the cassette records. A third plays the cassette back, and has to make the same records.
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
from integration.recording.cut import Cut
from integration.recording.pseudonyms import Pseudonyms
from integration.recording.scrub import Scrubber, literals_of
from integration.recording.survey import Survey
from integration.recording.tape import Record
from integration.sdk.plan import Plan
from integration.sdk.plugins import plan
from integration.sdk.report import Report, StepResult
from integration.sources.signin import tokens_for
from integration.store.store import Store
from integration.tapes.tapes import Replay, Tape


@dataclass(frozen=True)
class Recording:
    """What became of some types.

    Attributes:
        cassettes: the file of each type that was recorded.
        results: the verdict on each of them, with how many records its cassette gives.
        failed: why the others were not recorded.
        seen: objects that Graph gave.
        kept: objects that are left of them.
        plain: by property, values that were not replaced.
    """

    cassettes: Mapping[str, Path]
    results: Mapping[str, StepResult]
    failed: Mapping[str, str]
    seen: int
    kept: int
    plain: Mapping[str, frozenset[str]]


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
    """Record what steps, and what they need, ask of Graph: each as a cassette ``<type>.yaml`` that plays back alone.

    Cassettes that are recorded together hold the same objects, so that they play back together as well.

    Args:
        manager: from ``load``.
        types: names of installed steps.
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
    chosen = plan(manager, only=types)
    scrubber = Scrubber(Pseudonyms(salt), literals_of(chosen.steps), plain)
    tokens = tokens_for(config)
    tokens.token()
    survey = Survey(scrubber, tokens)
    cassettes, results = {}, {}
    with TemporaryDirectory() as folder:
        out = Path(folder)
        if watch is not None:
            manager.register(watch, "watch")
        report = run(manager, chosen, Config(graph_url=config.graph_url), out=out / "read", tape=survey)
        manager.unregister(name="watch")
        failed = {type: _failure(report.of(type), survey) for type in types if report.of(type).verdict in _DID}
        cut = Cut(survey.taken, keep, scrubber.is_plain)
        for type in (type for type in types if type not in failed):
            results[type] = _record(manager, type, cut, out)
        for type in results:
            cassettes[type] = usable_folder(to) / f"{type}.yaml"
            shutil.copyfile(out / f"{type}.yaml", cassettes[type])
    return Recording(cassettes, results, failed, survey.seen, len(cut.kept), cut.plain_values())


def _record(manager: pluggy.PluginManager, type: str, cut: Cut, folder: Path) -> StepResult:
    """Write the cassette of a type, play it back, and return the verdict.

    Raises:
        CassetteError: it gives other records when it is played back.
    """
    chosen = plan(manager, only=[type])
    path = folder / f"{type}.yaml"
    recorded, records = _run(manager, chosen, folder / "cut", Record(path, cut))
    played, again = _run(manager, chosen, folder / "played", Replay(path))
    if records != again or recorded.of(type).verdict != played.of(type).verdict:
        raise CassetteError(f"{type}: played back, it gives other records: its step does not do the same each time")
    return recorded.of(type)


def _run(manager: pluggy.PluginManager, chosen: Plan, out: Path, tape: Tape) -> tuple[Report, dict[str, list[bytes]]]:
    report = run(manager, chosen, Config(), out=out, tape=tape)
    with closing(Store(out / "graph.db")) as store:
        return report, {step.name: list(store.records(step)) for step in chosen.steps}


def _failure(result: StepResult, survey: Survey) -> str:
    said = "".join(f"\n  Graph said: {refusal}" for refusal in survey.refusals)
    return f"it {_DID[result.verdict]}: {result.reason}{said}"


_DID = {"failed": "failed", "skipped": "was skipped"}
