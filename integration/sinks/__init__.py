"""Destinations of the graph: one module each, found by the scheme of a URL through the hook ``integration_sink``."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pluggy

from integration.errors import ConfigurationError
from integration.hookspecs import hookimpl
from integration.report import Report
from integration.step import Step


class Graph(Protocol):
    """The graph as a sink reads it."""

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""

    def records(self, step: Step) -> Iterator[bytes]:
        """Yield the type's whole JupiterOne objects as JSON, sorted by ``_key``."""


class Sink(Protocol):
    """A destination of the graph.

    Attributes:
        url: what it was made from, without secrets: for messages.
    """

    url: str

    def check(self) -> None:
        """Raise ``OutputError`` where the destination cannot be used; called before anything is read."""

    def write(self, graph: Graph, steps: Sequence[Step], report: Report) -> None:
        """Bring the destination up to date.

        Args:
            graph: holds the records.
            steps: the types that the run chose, in order.
            report: its verdicts; of a type in ``report.incomplete`` nothing may be deleted.

        Raises:
            OutputError: the destination did not take it.
        """


def make_sinks(manager: pluggy.PluginManager, urls: Sequence[str]) -> list[Sink]:
    """Return a sink for each URL.

    Raises:
        ConfigurationError: no plugin makes a sink of a URL.
        OutputError: a destination cannot be used.
    """
    sinks = []
    faults = []
    for url in urls:
        sink: Sink | None = manager.hook.integration_sink(url=url)
        if sink is None:
            faults.append(f"no installed plugin knows the destination {url.partition(':')[0]}: write files:DIR, say")
        else:
            sinks.append(sink)
    if faults:
        raise ConfigurationError(faults)
    for sink in sinks:
        sink.check()
    return sinks


@hookimpl
def integration_sink(url: str) -> Sink | None:
    """Make the built-in sinks."""
    scheme, _, rest = url.partition(":")
    if scheme == "files" and rest:
        from integration.sinks.files import FilesSink

        return FilesSink(rest)
    return None
