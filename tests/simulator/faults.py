"""What can go wrong on purpose, and when it does."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

RetryAfterForm = Literal["integer", "fractional", "date", "missing"]


@dataclass(frozen=True)
class Faults:
    """Which faults strike, and how often.

    A float is a rate, 0.0 to 1.0, decided by seed, request and how often it was asked, so the order of arrival does not
    matter. An int is a count: the first so many requests after the first ``after`` are struck. A rate strikes the same
    request at most ``limit`` times, so that a client that retries gets through. What cannot be survived by retrying
    stands in the second group.
    """

    status_500: float = 0
    """500 generalException."""
    status_503: float = 0
    """503 serviceNotAvailable with Retry-After."""
    status_504: float = 0
    """504 with an empty body and no Retry-After."""
    status_429: float = 0
    """429 TooManyRequests of the request itself, an envelope of a batch included."""
    inner_429: float = 0
    """429 of a request inside a batch."""
    inner_503: float = 0
    """503 of a request inside a batch, without Retry-After."""
    reset: float = 0
    """The connection is reset in the middle of the body."""
    truncated: float = 0
    """The connection is closed in the middle of the body, short of Content-Length."""
    malformed: float = 0
    """A 200 whose JSON breaks off, with a matching Content-Length."""
    slow: float = 0
    """The second half of the body comes ``slow_seconds`` late."""
    expired_token_401: float = 0
    """401 InvalidAuthenticationToken; a token that was issued here is dead from then on. A rate strikes once."""
    expired_page: float = 0
    """400 Directory_ExpiredPageToken for a $skiptoken, which stays dead."""
    intermittent_403: float = 0
    """403 Authentication_RequestFromNonPremiumTenantOrB2CTenant."""
    empty_pages: float = 0
    """An empty page with a next link, before the page that was asked for."""
    repeated_objects: float = 0
    """A page that begins with the last object of the page before; a first page that ends with its own first."""
    delta_gone: float = 0
    """410 resyncRequired with Location for a delta token."""
    delta_expired: float = 0
    """400 syncStateNotFound for a delta token."""
    delta_replays: float = 0
    """A delta page that repeats its first object at its end; a delta round that repeats what the last one told."""
    expand_fewer: float = 0
    """Parents with more than $expand's cap, of which it gives half, so that nothing tells that there are more."""
    vanished: float = 0
    """Groups that are deleted from the tenant when their members are first asked for (404)."""

    foreign_next_link: float = 0
    """The next link leads to another host."""
    repeated_next_link: float = 0
    """The next link of a continuation leads to itself."""
    stripped_members: float = 0
    """Members come with @odata.type and id only, other properties null."""
    silent_restores: bool = False
    """Restoring a user tells nothing about its memberships in the groups' delta."""
    delta_without_service_principals: bool = False
    """members@delta omits service principals, as /members does."""
    delta_omits_groups: bool = False
    """A first round with a $filter tells nothing of every other object."""
    delta_lists_deleted: bool = False
    """members@delta of a first round lists members that are deleted and may be restored."""

    forbidden: Mapping[str, str] = field(default_factory=dict)
    """Path prefix, such as /groups, to the code of its 403, such as Authorization_RequestDenied."""
    absent: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Path prefix to the status and code of a feature that the cloud or the tenant does not have, such as
    (400, "BadRequest") or (404, "")."""
    broken_200: frozenset[str] = frozenset()
    """Paths, as of one application's federatedIdentityCredentials, whose 200 ends in an error object: no JSON."""
    cut_short: str = ""
    """A regular expression: what is asked for by a URL in which it is found breaks off, however often that is tried."""
    expand_cap: int = 20
    """How many related objects $expand returns at most."""
    retry_after: RetryAfterForm = "integer"
    """How Retry-After is written on 429 and 503."""
    retry_after_seconds: float = 1.0
    """Retry-After of faults; that of real throttling follows from the budget."""
    slow_seconds: float = 0.3
    after: int = 0
    limit: int = 2
    seed: int = 0

    @classmethod
    def survivable(cls, rate: float, seed: int = 0) -> "Faults":
        """Every fault that a well-behaved client survives with the whole tenant read, at one rate."""
        rates: dict[str, Any] = dict.fromkeys(SURVIVABLE, rate)
        return cls(**rates, seed=seed)


NAMES = tuple(each.name for each in fields(Faults))
RATES = NAMES[: NAMES.index("silent_restores")]
SURVIVABLE = RATES[: RATES.index("expand_fewer")]
SWITCHES = ("silent_restores", "delta_without_service_principals", "delta_omits_groups", "delta_lists_deleted")


class Injector:
    """Decides which request a fault strikes, and counts the strikes in ``fired``."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.fired: Counter[str] = Counter()
        self._seen: Counter[tuple[str, str]] = Counter()
        self._struck: Counter[tuple[str, str]] = Counter()
        self._scripted: Counter[str] = Counter()

    def strikes(self, name: str, key: str, limit: int | None = None) -> bool:
        """Whether the fault strikes this request, known by its key; ``limit`` replaces that of the faults."""
        rate = getattr(self.faults, name)
        if not rate:
            return False
        hit = (
            self._next_of_count(name, rate)
            if isinstance(rate, int)
            else self._draw(name, key, rate, limit or self.faults.limit)
        )
        self.fired[name] += hit
        return hit

    def chosen(self, name: str, key: str) -> bool:
        """Whether the fault strikes this key, now and every time. A count chooses the first so many keys."""
        rate = getattr(self.faults, name)
        if not rate:
            return False
        place = (name, key)
        if place not in self._struck:
            self._struck[place] = (
                self._next_of_count(name, rate) if isinstance(rate, int) else self._chance(name, key) < rate
            )
            self.fired[name] += self._struck[place]
        return bool(self._struck[place])

    def _next_of_count(self, name: str, amount: int) -> bool:
        self._scripted[name] += 1
        return self.faults.after < self._scripted[name] <= self.faults.after + amount

    def _draw(self, name: str, key: str, rate: float, limit: int) -> bool:
        place = (name, key)
        if self._struck[place] >= limit:
            return False
        self._seen[place] += 1
        hit = self._chance(name, key, self._seen[place]) < rate
        self._struck[place] += hit
        return hit

    def _chance(self, *parts: object) -> float:
        text = "\0".join(map(str, (self.faults.seed, *parts))).encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big") / 2**56
