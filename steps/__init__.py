"""The built-in types, sorted into areas, and what can be asked of the graph that they make."""

from collections.abc import Iterator
from pathlib import Path

from integration import Step, hookimpl
from integration.sdk.plugins import questions_in, steps_in


@hookimpl
def integration_steps() -> Iterator[Step]:
    """Contribute every step of this package."""
    return steps_in(__name__)


@hookimpl
def integration_questions() -> Iterator[Path]:
    """Contribute the questions of each area."""
    return questions_in(__name__)


@hookimpl
def integration_fleet_questions() -> Iterator[Path]:
    """Contribute the questions of each area about many tenants."""
    return questions_in(__name__, "across_tenants.toml")
