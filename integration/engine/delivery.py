"""Bringing destinations up to date: with the graph that a run has made, or with the one that is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from integration.config.settings import Config
from integration.disk.folder import locked
from integration.errors import IntegrationError, Interrupted, OutputError
from integration.sdk.changes import Change
from integration.sdk.mass_deletion import UNTIL, Guard
from integration.sdk.plugins import declared_steps, plan
from integration.sdk.report import Report, StepResult
from integration.sdk.sink import Sink, StoredGraph
from integration.sdk.step import Step
from integration.sdk.stopping import Stopping
from integration.sinks import failure, make_sinks
from integration.store.losses import withhold
from integration.store.store import Store

_REMEDY = "integration push brings it up to date"
_STOPPED = f"stopped before it was written whole: {_REMEDY}"
_OFTEN = 100
T = TypeVar("T")


@dataclass(frozen=True)
class Delivery:
    """What became of the destinations.

    Attributes:
        failed: URL and reason of each one that did not get the graph.
        withheld: what some would lose, or why that is not known, by URL and type.
    """

    failed: Mapping[str, str]
    withheld: Mapping[str, Mapping[str, str]]

    def told(self, report: Report) -> Report:
        """Return a report of the run with what became of the destinations."""
        reasons: dict[str, list[str]] = {}
        for url, types in self.withheld.items():
            for type, reason in types.items():
                reasons.setdefault(type, []).append(f"{url} {reason}")
        withheld = {
            type: f"{'; '.join(each)}: nothing of it is deleted there {UNTIL}" for type, each in reasons.items()
        }
        withheld = {**report.withheld, **withheld}
        return replace(report, failed_sinks=self.failed, withheld=withheld, withheld_at=self.withheld)


def deliver(
    sinks: Sequence[Sink],
    graph: StoredGraph,
    steps: Sequence[Step],
    report: Report,
    *,
    mass_delete: float = Config.mass_delete,
    allow_mass_delete: bool = False,
    moved: Mapping[str, int] | None = None,
    stopping: Stopping | None = None,
) -> Delivery:
    """Have each destination brought up to date; one that fails harms neither the graph nor the others.

    Args:
        sinks: the destinations.
        graph: holds the records.
        steps: their types.
        report: the verdicts.
        mass_delete: percent of the records of a type that a destination holds; more than that is a mass deletion.
        allow_mass_delete: let them delete what the graph has no more, however much it is.
        moved: how many records of types are of another one now.
        stopping: tells when nothing more is to be written.
    """
    stopping = stopping or Stopping()
    failed: dict[str, str] = {}
    withheld: dict[str, Mapping[str, str]] = {}
    for sink in sinks:
        guard = Guard(mass_delete, allow_mass_delete, moved or {})
        if stopping.asked():
            failed[sink.url] = f"stopped before it was written: {_REMEDY}"
            continue
        try:
            with stopping.interrupts.raising():
                sink.write(_Watched(graph, stopping), steps, replace(report, guard=guard))
        except KeyboardInterrupt:
            if not stopping.asked():
                raise
            failed[sink.url] = _STOPPED
        except (SystemExit, Exception) as error:  # noqa: BLE001 - a package's code: its fault is not the run's
            failed[sink.url] = _reason(sink.url, error, stopping)
        if guard.withheld:
            withheld[sink.url] = guard.withheld
    return Delivery(failed, withheld)


def _reason(url: str, error: BaseException, stopping: Stopping) -> str:
    """Return why a destination has failed; an interrupt that nobody asked for is a fault of its own."""
    if isinstance(error, Interrupted):
        return _STOPPED if stopping.asked() else failure(url, error)
    return str(error) if isinstance(error, IntegrationError) else failure(url, error)


class _Watched:
    """The graph as a sink reads it, until the run is to end."""

    def __init__(self, graph: StoredGraph, stopping: Stopping) -> None:
        self._graph, self._stopping = graph, stopping

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def records(self, step: Step) -> Iterator[bytes]:
        return self._watched(self._graph.records(step))

    def changes(self, step: Step, since: int) -> Iterator[Change]:
        return self._watched(self._graph.changes(step, since))

    def _watched(self, records: Iterator[T]) -> Iterator[T]:
        for number, record in enumerate(records):
            if number % _OFTEN == 0:
                self._stopping.check()
            yield record


def existing(out: Path) -> Path:
    """Return the graph's file in the folder of a run.

    Raises:
        OutputError: there is none.
    """
    path = out / "graph.db"
    if not path.is_file():
        raise _no_graph(path)
    return path


def _no_graph(path: Path) -> OutputError:
    return OutputError(f"{path}: there is no graph: run integration run first, or name its folder with --out")


def push(
    manager: pluggy.PluginManager,
    urls: Sequence[str],
    *,
    out: Path | str = ".integration",
    mass_delete: float = Config.mass_delete,
    allow_mass_delete: bool = False,
    compare_all: bool = False,
) -> Report:
    """Send the graph of the last run to destinations.

    Args:
        manager: from ``load``.
        urls: the destinations.
        out: folder of ``graph.db``.
        mass_delete: percent of the records of a type that a destination holds; more than that is a mass deletion.
        allow_mass_delete: let them delete what the graph has no more, however much it is.
        compare_all: have them compare all that they hold with the graph, not only what has changed since they got it,
            so that what somebody else has changed there is as in the graph again.

    Returns:
        The verdicts of that run, and what became of the destinations.

    Raises:
        ConfigurationError: a destination is not known.
        OutputError: there is no graph, or a destination cannot be used.
    """
    path = existing(Path(out))
    sinks = make_sinks(manager, urls)
    with locked(path.parent), closing(Store(path)) as store:
        if not store.revisions():  # the first run was interrupted, or the file is empty
            raise _no_graph(path)
        withheld = withhold(store, allow=allow_mass_delete)
        declared = {step.name for step in declared_steps(manager)}
        results = tuple(
            StepResult(type=name, verdict=verdict, reason=reason, count=count)
            for name, verdict, reason, count in store.verdicts()
            if name in declared
        )
        judged = {result.type for result in results}
        steps = plan(manager).steps
        known = {*store.types(), *declared}
        others = tuple(sorted(known - judged))
        report = Report(results=results, not_chosen=others, withheld=withheld, compare_all=compare_all)
        delivery = deliver(sinks, store, steps, report, mass_delete=mass_delete, allow_mass_delete=allow_mass_delete)
        return delivery.told(report)
