"""What ``integration doctor`` finds: one finding for each thing that it looks at."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing that a run needs, and how it is.

    Attributes:
        check: its name.
        state: ``ok``; ``warning`` where a run may succeed; ``problem`` where it does not.
        found: what is there.
        remedy: what to do; empty where it is ``ok``.
    """

    check: str
    state: State
    found: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding as JSON values."""
        return asdict(self)


def ok(check: str, found: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Return a finding that a run may live with."""
    return Finding(check, "warning", found, remedy)


def problem(check: str, found: str, remedy: str) -> Finding:
    """Return a finding that keeps a run from succeeding."""
    return Finding(check, "problem", found, remedy)
