"""What goes wrong on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Fault:
    """Strikes the requests of one endpoint: the first ``times`` of them after the first ``after``.

    ``on`` is jobs (start), job (how it is), entities, relationships, events, finalize or abort.
    """

    on: str
    status: int = 503
    """0 resets the connection."""
    code: str = "SCRIPTED"
    message: str = "as the test asks"
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    after: int = 0
    applied: bool = False
    """The request is carried out before the fault strikes."""
    seen: int = 0

    def strikes(self, endpoint: str) -> bool:
        """Whether the fault strikes this request."""
        if endpoint != self.on:
            return False
        self.seen += 1
        return self.after < self.seen <= self.after + self.times
