"""``jsonl:-``: the graph as JSON lines on standard output, for other programs."""

import sys
from collections.abc import Sequence

from integration.errors import OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.mapped import MappedGraph

URL = "jsonl:-"


class JsonlSink:
    """Writes whole JupiterOne objects, one a line: the types in the order of the plan, each sorted by key."""

    url = URL

    def check(self) -> None:
        """Do nothing: standard output is there."""

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Write the lines."""
        try:
            mapped = MappedGraph(graph, steps)
            for step in mapped.steps:
                for record in mapped.records(step):
                    sys.stdout.buffer.write(record + b"\n")
            sys.stdout.buffer.flush()
        except OSError as error:
            raise OutputError(f"standard output: cannot be written: {error.strerror}") from None
