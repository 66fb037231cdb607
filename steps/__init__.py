"""The built-in steps: one module per type."""

from collections.abc import Iterator

from integration import Step, hookimpl
from integration.plugins import steps_in


@hookimpl
def integration_steps() -> Iterator[Step]:
    """Contribute every step of this package."""
    return steps_in(__name__)
