"""How long ago something was, by a clock that may have been wrong when that was noted, or may be wrong now."""

import math
import time

_STEP = 300.0
"""Seconds by which a clock that is kept right may still be set back."""
_RECENT = 3_600.0
"""Seconds after which a run goes on late with what one that was cut short has read."""


def age(then: object) -> float:
    """Return how many seconds ago something was.

    Args:
        then: when it was, epoch seconds, as a number or as text.

    Returns:
        The seconds; infinity where that is not known: it lies in the future, or is no time at all.
    """
    try:
        seconds = time.time() - float(then)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.inf
    return max(0.0, seconds) if seconds >= -_STEP else math.inf


def is_recent(then: object) -> bool:
    """Tell whether a run that was at work then may go on now as if it had not stopped; ``then`` as ``age`` takes it."""
    return age(then) <= _RECENT
