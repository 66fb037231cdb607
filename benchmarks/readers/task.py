"""What a reader is given and what it tells. It imports the standard library only, so that it costs a reader nothing."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Task:
    """A tenant to read.

    Attributes:
        url: root of Graph, without version.
        token: bearer token.
        users: properties of users to select, separated by commas.
        groups: properties of groups to select, separated by commas.
        every: read the members of one group in so many.
    """

    url: str
    token: str
    users: str
    groups: str
    every: int = 1


@dataclass(frozen=True)
class Sample:
    """What the members of one group in so many took.

    Attributes:
        seconds: by the clock.
        cpu_seconds: of the processor.
        requests: that were sent.
        resource_units: that Graph charged.
    """

    seconds: float
    cpu_seconds: float
    requests: int
    resource_units: int


@dataclass(frozen=True)
class Tally:
    """How much was read.

    Attributes:
        users: how many.
        groups: how many.
        memberships: how many, of all kinds of members.
        sample: where only some groups' members were read: what these took.
    """

    users: int
    groups: int
    memberships: int
    sample: Sample | None = None


def main(read: Callable[[Task], Tally]) -> None:
    """Read what the command line's task names, and print the tally."""
    print(json.dumps(asdict(read(Task(**json.loads(sys.argv[1]))))))


def tally_of(output: str) -> Tally:
    """Return the tally that a reader printed."""
    content = json.loads(output)
    sample = content.pop("sample")
    return Tally(**content, sample=Sample(**sample) if sample else None)
