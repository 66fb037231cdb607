"""What became of a tenant, by one word, and what is told of it: a task's result, small and of JSON's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any

from integration.errors import CredentialsError, FolderInUse, IntegrationError, Interrupted, Unreachable
from integration.fleet.store import StoreSilent
from integration.sdk.report import Report

WORDS: Mapping[str, str] = {
    "ok": "all that was asked for was read, or is known not to be readable",
    "partial": "a type is not whole",
    "failed": "a type or a destination failed, deletions are withheld, or settings cannot be used",
    "throttled": "it was throttled for as long as a run waits",
    "denied": "Microsoft refused the credential, or the application is not known or consented to",
    "gone": "there is no such tenant, or none any more",
    "unreachable": "a service, or the store of states, did not answer",
    "busy": "another run works on the tenant",
    "lost": "the workers that read it died",
    "stopped": "the run was to end, or took too long",
    "left": "nobody began to read it",
}
"""What each outcome means."""
WORST_FIRST = tuple("lost failed denied gone unreachable throttled stopped left busy partial ok".split())
SUCCESSES = ("ok", "partial")
_OF_THE_PROCESS = ("peakMemory",)
_GONE = {90002, 900023}
_REFUSED_SECRETS = {7000215, 7000222, 7000216, 700024, 700027, 70021, 700211, 700212, 700213}


@dataclass(frozen=True, kw_only=True)
class TenantOutcome:
    """What became of a tenant.

    Attributes:
        tenant: its name.
        word: one of ``WORDS``.
        reason: a sentence; empty where all is well.
        codes: AADSTS numbers, where the sign-in service gave any.
        run: the id of the fleet's run.
        seconds: how long it took.
        ended_on: epoch milliseconds.
        read: how the tenant was read, and what that cost, in a few numbers.
        changed: how many records came, changed and went.
        types: types by verdict, those that are complete by their number alone.
        first: it had never been read.
        version: of the product.
        again: this run had read it already.
    """

    tenant: str
    word: str
    reason: str = ""
    codes: Sequence[int] = ()
    run: str = ""
    seconds: float = 0.0
    ended_on: int = 0
    read: Mapping[str, float] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, Sequence[str] | int] = field(default_factory=dict)
    first: bool = False
    version: str = ""
    again: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the tenant's graph is up to date now."""
        return self.word in SUCCESSES

    @property
    def is_done(self) -> bool:
        """Whether the fleet's run is through with the tenant, and was not ended before all destinations had it."""
        return self.word != "stopped"

    @property
    def blames_the_credential(self) -> bool:
        """Whether the proof itself was refused: so it will be in every tenant."""
        return self.word == "denied" and (not self.codes or bool(_REFUSED_SECRETS.intersection(self.codes)))

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values, without what is empty."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value or name in ("tenant", "word")}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "TenantOutcome":
        """Return what ``as_json`` gave, also that of another version, as far as it is known here."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in found.items() if name in known}
        return cls(**values | {"types": shared_types(found.get("types", {}))})


def shared_types(types: Mapping[str, Any]) -> dict[str, Sequence[str] | int]:
    """Return types by verdict, those of many tenants as one: thousands without a licence lack the same types."""
    return {verdict: names if isinstance(names, int) else _one(tuple(names)) for verdict, names in types.items()}


@lru_cache(1_000)
def _one(names: tuple[str, ...]) -> tuple[str, ...]:
    return names


def outcome_of_report(tenant: str, report: Report) -> TenantOutcome:
    """Return what a run's report says."""
    types: dict[str, Sequence[str] | int] = {}
    for verdict in ("failed", "partial", "skipped"):
        if names := [each.type for each in report.results if each.verdict == verdict and not each.left_out]:
            types[verdict] = names
    types["complete"] = sum(each.verdict == "complete" for each in report.results)
    changed: dict[str, int] = {}
    for counts in report.changes.values():
        for what, count in counts.items():
            changed[what] = changed.get(what, 0) + count
    word, reason = _word(report)
    return TenantOutcome(
        tenant=tenant,
        word=word,
        reason=reason,
        seconds=round(report.seconds, 3),
        ended_on=report.started_on + round(report.seconds * 1000),
        read=_numbers(report.reading),
        changed=changed,
        types=types,
        first=report.first,
    )


def outcome_of_error(tenant: str, error: IntegrationError) -> TenantOutcome:
    """Return what an error that ended a run, or kept it from beginning, means."""
    codes = error.codes if isinstance(error, CredentialsError) else ()
    word = "failed"
    if isinstance(error, CredentialsError):
        word = "gone" if _GONE.intersection(codes) else "denied"
    elif isinstance(error, Unreachable | StoreSilent):
        word = "unreachable"
    elif isinstance(error, FolderInUse):
        word = "busy"
    elif isinstance(error, Interrupted):
        word = "stopped"
    return TenantOutcome(tenant=tenant, word=word, reason=str(error), codes=tuple(codes))


def _word(report: Report) -> tuple[str, str]:
    failed = [each for each in report.results if each.verdict == "failed"]
    if failed and all("Throttled" in each.errors for each in failed):
        return "throttled", f"{failed[0].type}: {failed[0].reason}"
    if report.exit_code():
        sinks = [f"{url}: {reason}" for url, reason in report.failed_sinks.items()]
        counted_on = [each for each in report.results if each.because_of_failure]
        reasons = [f"{each.type}: {each.reason}" for each in (*failed, *counted_on)]
        return "failed", (sinks + reasons + list(report.withheld.values()))[0]
    partial = next((each for each in report.results if each.verdict == "partial"), None)
    return ("partial", f"{partial.type}: {partial.reason}") if partial else ("ok", "")


def _numbers(reading: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a run's cost, which add up over tenants."""
    return {
        name: round(value, 3)
        for name, value in reading.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name not in _OF_THE_PROCESS
    }
