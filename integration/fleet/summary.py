"""What is known of all tenants: with what a run found, for the order of the next one and the exit code of this one."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from integration.fleet.outcomes import WORST_FIRST, TenantOutcome
from integration.fleet.tenants import Tenant

_LONG = 300.0
"""Seconds after which a tenant counts as heavy."""
_KEPT = ("word", "reason", "codes", "run", "seconds", "read", "changed", "types", "first", "version")


def ordered(tenants: Iterable[Tenant], told: Mapping[str, Any]) -> list[Tenant]:
    """Return tenants in the order in which they are begun: never read, then the longest first, then the oldest.

    One that took long is heavy from then on.

    Args:
        tenants: of the file.
        told: what is known from earlier runs.
    """
    known = told.get("tenants", {})

    def place(tenant: Tenant) -> tuple[bool, float, float]:
        found = known.get(tenant.name, {})
        return bool(found.get("lastSuccess")), -found.get("lastSeconds", 0.0), found.get("lastSuccess", 0)

    def weighed(tenant: Tenant) -> Tenant:
        long = known.get(tenant.name, {}).get("lastSeconds", 0.0) > _LONG
        return replace(tenant, heavy=tenant.heavy or long)

    return sorted(map(weighed, tenants), key=place)


def updated(
    told: Mapping[str, Any], outcomes: Iterable[TenantOutcome], run: str, *, ended: bool = True
) -> dict[str, Any]:
    """Return what is known of all tenants with what a run found.

    Args:
        told: what was known before.
        outcomes: of the run so far.
        run: its id.
        ended: nothing more will come of it.
    """
    tenants = dict(told.get("tenants", {}))
    found = list(outcomes)
    for outcome in found:
        before = tenants.get(outcome.tenant, {})
        values = outcome.as_json()
        kept: dict[str, Any] = {name: values[name] for name in _KEPT if name in values}
        kept |= {"endedOn": outcome.ended_on} if outcome.ended_on else {}
        if outcome.is_success:
            kept |= {"lastSuccess": outcome.ended_on, "lastSeconds": outcome.seconds}
        else:
            kept |= {name: before[name] for name in ("lastSuccess", "lastSeconds") if name in before}
        tenants[outcome.tenant] = kept
    return {"run": run, "endedOn": round(time.time() * 1000) if ended else None, "tenants": tenants}


def without(told: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """Return what is known of all tenants but one."""
    return {**told, "tenants": {name: each for name, each in told.get("tenants", {}).items() if name != tenant}}


def counts(words: Iterable[str]) -> dict[str, int]:
    """Return how many tenants had each outcome, the worst first."""
    found = Counter(words)
    return {word: found[word] for word in WORST_FIRST if found[word]}


def types_of(tenants: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the matrix of types: in how many tenants each one has which verdict but complete, the worst first."""
    lists = Counter(
        (verdict, tuple(names))
        for each in tenants.values()
        for verdict, names in each.get("types", {}).items()
        if not isinstance(names, int)
    )  # so few among thousands of tenants that the names in them are counted once for all
    found: dict[str, Counter[str]] = {}
    for (verdict, names), count in lists.items():
        for name in names:
            found.setdefault(name, Counter())[verdict] += count
    worst = sorted(found.items(), key=lambda pair: (-pair[1]["failed"], -pair[1]["partial"], -pair[1]["skipped"], pair))
    return {name: dict(verdicts) for name, verdicts in worst}


def exit_code(
    outcomes: Sequence[TenantOutcome], *, fail_on_partial: bool = False, max_failed: float = 0.0, stopped: bool = False
) -> int:
    """Return how the command ends.

    Args:
        outcomes: one for each tenant.
        fail_on_partial: count a partial tenant as failed.
        max_failed: percent of the tenants that may fail without a word.
        stopped: somebody stopped the run.

    Returns:
        0: no more failed than may; 2: every tenant was denied; 3: the run was stopped, or ended early; else 1.
    """
    words = Counter(outcome.word for outcome in outcomes)
    if stopped or words["left"]:
        return 3
    if words["denied"] == len(outcomes) > 0:
        return 2
    fine = words["ok"] + words["busy"] + (0 if fail_on_partial else words["partial"])
    failed = len(outcomes) - fine
    return 1 if failed > max_failed / 100 * len(outcomes) else 0
