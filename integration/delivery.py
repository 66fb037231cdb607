"""Bringing destinations up to date: with the graph that a run has made, or with the one that is there."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pluggy

from integration.errors import OutputError
from integration.guard import withhold
from integration.output import locked
from integration.plugins import declared_steps, plan
from integration.report import Report, StepResult
from integration.sinks import Graph, Sink, make_sinks
from integration.step import Step
from integration.store import Store


def deliver(sinks: Sequence[Sink], graph: Graph, steps: Sequence[Step], report: Report) -> dict[str, str]:
    """Have each destination brought up to date; one that fails harms neither the graph nor the others.

    Returns:
        URL and reason of each destination that did not get the graph.
    """
    failed = {}
    for sink in sinks:
        try:
            sink.write(graph, steps, report)
        except OutputError as error:
            failed[sink.url] = str(error)
    return failed


def existing(out: Path) -> Path:
    """Return the graph's file in the folder of a run.

    Raises:
        OutputError: there is none.
    """
    path = out / "graph.db"
    if not path.is_file():
        raise OutputError(f"{path}: there is no graph: run integration run first, or name its folder with --out")
    return path


def push(
    manager: pluggy.PluginManager,
    urls: Sequence[str],
    *,
    out: Path | str = ".integration",
    allow_mass_delete: bool = False,
) -> Report:
    """Send the graph of the last run to destinations.

    Args:
        manager: from ``load``.
        urls: the destinations.
        out: folder of ``graph.db``.
        allow_mass_delete: let them delete what types have lost, however much it is.

    Returns:
        The verdicts of that run, and what became of the destinations.

    Raises:
        ConfigurationError: a destination is not known.
        OutputError: there is no graph, or a destination cannot be used.
    """
    path = existing(Path(out))
    sinks = make_sinks(manager, urls)
    with locked(path.parent), closing(Store(path)) as store:
        withheld = withhold(store, allow=allow_mass_delete)
        results = tuple(
            StepResult(type=name, verdict=verdict, reason=reason, count=count)
            for name, verdict, reason, count in store.verdicts()
        )
        judged = {result.type for result in results}
        steps = plan(manager).steps
        known = {*store.types(), *(step.name for step in declared_steps(manager))}
        others = tuple(sorted(known - judged))
        report = Report(results=results, not_chosen=others, withheld=withheld)
        failed = deliver(sinks, store, steps, report)
        return Report(results=results, not_chosen=others, withheld=withheld, failed_sinks=failed)
