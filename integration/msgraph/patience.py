"""How long one request is tried."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request is tried.

    Attributes:
        deadline: seconds in all; a longer Retry-After ends the request at once.
        attempts: tries where the server fails, the connection breaks or the answer is garbled.
        first_wait: seconds before the second try where Graph names no Retry-After; doubles each time.
        max_wait: longest such wait, in seconds.
        exchange: seconds for one of these tries, from its connection to the last byte of its answer.
        timeout: seconds to wait for a connection, and for each piece of an answer.
    """

    deadline: float = 900.0
    attempts: int = 6
    first_wait: float = 0.5
    max_wait: float = 30.0
    timeout: tuple[float, float] = (10.0, 120.0)
    exchange: float = 300.0

    def wait(self, attempt: int) -> float:
        """Return the jittered seconds to wait after the ``attempt``-th failure."""
        longest = min(self.max_wait, self.first_wait * 2.0 ** (attempt - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
