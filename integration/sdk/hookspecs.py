"""The hooks that a plugin can implement, all with the prefix ``integration_``."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from integration.sdk.hooks import hookspec

if TYPE_CHECKING:
    from integration.sdk.progress import Progress
    from integration.sdk.report import Report, StepResult
    from integration.sdk.sink import Sink
    from integration.sdk.step import Step
    from integration.sdk.stopping import Stopping


@hookspec
def integration_steps() -> "Iterable[Step]":
    """Called once, when the plugin is registered, as ``load`` does: return the steps that it contributes."""
    raise AssertionError("a specification is not called")


@hookspec
def integration_questions() -> "Iterable[Path]":
    """Called when a question is asked: return the TOML files of questions that the plugin contributes."""
    raise AssertionError("a specification is not called")


@hookspec
def integration_fleet_questions() -> "Iterable[Path]":
    """Called when many tenants are asked: return the TOML files of such questions, in the SQL of PostgreSQL."""
    raise AssertionError("a specification is not called")


@hookspec(firstresult=True)
def integration_sink(url: str, instance_id: str | None, stopping: "Stopping") -> "Sink | None":
    """Called for each destination of a run: return a sink for the URL, or ``None`` where its scheme is not yours.

    ``instance_id`` is that of the integration instance whose event the run handles, or the one that is set.
    ``stopping`` is for a sink that waits: ``stopping.check()`` raises where the run is to end, and a function for which
    ``with stopping.telling(function):`` holds is called then. A hook may leave both arguments out.
    """


@hookspec
def integration_step_started(step: "Step") -> None:
    """Called when a step starts, from the thread that runs it."""


@hookspec
def integration_pages_read(progress: "Progress") -> None:
    """Called when a collection begins to be read, after pages of it, and when nothing more will come: how far it is.

    It is called from the thread that reads.
    """


@hookspec
def integration_waits(seconds: float) -> None:
    """Called before Graph is not asked for some seconds, because it throttles or does not answer well.

    Requests that are not concerned go on meanwhile. It is called from the thread that was answered so.
    """


@hookspec
def integration_step_finished(result: "StepResult") -> None:
    """Called when a step has its verdict, from the thread that ran it; not for types that the plan skips."""


@hookspec
def integration_run_finished(report: "Report") -> None:
    """Called once at the end of every run that started, also one that ended early."""
