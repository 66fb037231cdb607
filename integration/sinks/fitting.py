"""Records whose keys a destination cannot hold: they are left out with a word, lest they cost the others."""

from collections.abc import Iterable, Iterator

from integration.sdk.changes import Change
from integration.sdk.step import Step
from integration.text.discretion import logger
from integration.text.visible import visible

_SHOWN = 60
_log = logger("integration.sinks")


def fitting(step: Step, changes: Iterable[Change], longest: int, *, nul: bool = True) -> Iterator[Change]:
    """Yield the changes of records that a destination can hold, and say at the end how many others there are.

    Args:
        step: their type.
        changes: what became of them.
        longest: bytes of a record's keys, those of a relationship's ends together, that an index takes.
        nul: whether a key may hold the character U+0000.
    """
    left, example = 0, ""
    for change in changes:
        key = "".join(change.ends)
        if (len(key) * 4 <= longest or len(key.encode()) <= longest) and (nul or "\0" not in key):
            yield change
        else:
            left += 1
            example = example or f"{visible(key[:_SHOWN])}{'…' * (len(key) > _SHOWN)}"
    if left:
        why = f"their keys are longer than {longest:,} bytes" + ("" if nul else " or hold a NUL character")
        _log.warning("%s: %d records stay away from the destination, such as %s: %s", step.name, left, example, why)
