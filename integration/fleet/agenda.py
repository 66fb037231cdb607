"""Which tenant is begun next, and whom it is of no use to ask: decisions alone, without Dask and without a network."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from integration.fleet.outcomes import TenantOutcome
from integration.fleet.tenants import Tenant

_REFUSALS = 5
"""So many tenants in a row in which a credential is refused end its use: a thousand would look like an attack."""
_SILENCES = 10
_PROBE_EVERY, _PROBE_FOR = 60.0, 900.0
_AGAIN = ("throttled", "unreachable")
"""What may be over later in the same run: such a tenant is begun once more, after all others."""


@dataclass
class _Credential:
    at_work: int = 0
    proven: bool = False
    refusals: int = 0
    reason: str = ""


class Agenda:
    """The tenants that are left, in order, and those in hand.

    Until it has been good once, a credential is tried in few tenants at a time. Where nothing answers any more, one
    tenant a minute tries whether that is over.

    Args:
        tenants: in the order in which they are begun.
        clock: tells the time.
    """

    def __init__(self, tenants: Sequence[Tenant], clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting = list(tenants)
        self._at_work: dict[str, Tenant] = {}
        self._suspects: list[Tenant] = []
        self._tried_again: set[str] = set()
        self._credentials: dict[str, _Credential] = {tenant.credential: _Credential() for tenant in tenants}
        self._clock = clock
        self._silences = 0
        self._silent_since: float | None = None
        self._next_probe = 0.0

    def is_done(self) -> bool:
        """Tell whether no tenant is left and none in hand."""
        return not (self._waiting or self._at_work or self._suspects)

    def is_silent_for_good(self) -> bool:
        """Tell whether nothing has answered for so long that the run is to end."""
        return self._silent_since is not None and self._clock() - self._silent_since > _PROBE_FOR

    def next(self) -> Tenant | None:
        """Return the tenant to begin now; ``None`` where that has to wait."""
        if self._silent_since is not None and (self._at_work or self._clock() < self._next_probe):
            return None
        for place, tenant in enumerate(self._waiting):
            credential = self._credentials[tenant.credential]
            if credential.proven or credential.at_work < _REFUSALS - credential.refusals:
                del self._waiting[place]
                return self._begun(tenant)
        if self._suspects and not self._waiting and not self._at_work:
            return self._begun(self._suspects.pop(0))
        return None

    def signed_in(self, name: str) -> None:
        """Say that a tenant's credential was good."""
        if tenant := self._at_work.get(name):
            credential = self._credentials[tenant.credential]
            credential.proven, credential.refusals = True, 0

    def ended(self, outcome: TenantOutcome) -> TenantOutcome | None:
        """Say what became of a tenant; ``None`` where it will be begun once more."""
        tenant = self._ended(outcome.tenant)
        credential = self._credentials[tenant.credential]
        if outcome.blames_the_credential:
            credential.refusals += 1
            credential.proven = False
            credential.reason = outcome.reason
        elif outcome.is_success:
            credential.proven, credential.refusals = True, 0
        self._heard(outcome)
        if outcome.word in _AGAIN and tenant.name not in self._tried_again:
            self._tried_again.add(tenant.name)
            self._waiting.append(tenant)
            return None
        return outcome

    def lost(self, outcome: TenantOutcome) -> TenantOutcome | None:
        """Say that workers died over a tenant; the first time it is put aside, to be read alone at the end."""
        tenant = self._ended(outcome.tenant)
        key = f"lost {tenant.name}"
        if key in self._tried_again:
            return outcome
        self._tried_again.add(key)
        self._suspects.append(tenant)
        return None

    def not_asked(self) -> Iterator[TenantOutcome]:
        """Yield what becomes of tenants whose credential is not used any more."""
        refused = {name for name, credential in self._credentials.items() if credential.refusals >= _REFUSALS}
        if refused and self._waiting:
            left = []
            for tenant in self._waiting:
                if tenant.credential in refused:
                    reason = self._credentials[tenant.credential].reason
                    told = f"not asked: its credential was refused in {_REFUSALS} tenants in a row: {reason}"
                    yield TenantOutcome(tenant=tenant.name, word="denied", reason=told)
                else:
                    left.append(tenant)
            self._waiting = left

    def _begun(self, tenant: Tenant) -> Tenant:
        self._at_work[tenant.name] = tenant
        self._credentials[tenant.credential].at_work += 1
        self._next_probe = self._clock() + _PROBE_EVERY
        return tenant

    def _ended(self, name: str) -> Tenant:
        tenant = self._at_work.pop(name)
        self._credentials[tenant.credential].at_work -= 1
        return tenant

    def _heard(self, outcome: TenantOutcome) -> None:
        """Note whether anything answers."""
        if outcome.word == "unreachable":
            self._silences += 1
            if self._silences >= _SILENCES and self._silent_since is None:
                self._silent_since = self._clock()
        else:
            self._silences, self._silent_since = 0, None
