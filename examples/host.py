"""Runs the integration inside another program; ``--demo`` reads a fictional tenant, without settings."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from integration import ConfigurationError, Replay, Report, Step, hookimpl, load, plan, run
from integration.config import Config, from_environment
from integration.sdk.report import StepResult
from integration.sdk.sink import StoredGraph
from integration.tapes.places import demo_folder


class Tally:
    """A destination of the host's own."""

    url = "tally:"

    def check(self) -> None:
        """Nothing can be wrong with it."""

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        print({step.name: sum(1 for _ in graph.records(step)) for step in steps})


class Host:
    @hookimpl
    def integration_sink(self, url: str) -> Tally | None:
        return Tally() if url == Tally.url else None

    @hookimpl
    def integration_step_finished(self, result: StepResult) -> None:
        print(f"{result.type}: {result.verdict}, records: {result.count}\n", end="")  # whole, also of many threads


manager = load(Host())  # a pluggy manager: every plugin that is installed, through its entry point, and the host
manager.set_blocked("azure_user_group_has_group")
is_demo = "--demo" in sys.argv
tape = Replay.folder(demo_folder()) if is_demo else None
try:
    config = replace(Config() if is_demo else from_environment(os.environ), to=("tally:",))
    raise SystemExit(run(manager, plan(manager), config, out="graph", tape=tape).exit_code())
except ConfigurationError as error:
    raise SystemExit(str(error)) from None
