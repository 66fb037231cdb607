"""What is known of all tenants: ``fleet.json``, the order of the next run, and the exit code of this one."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from integration.errors import OutputError
from integration.fleet.outcomes import WORST_FIRST, TenantOutcome, shared_types
from integration.fleet.tenants import Tenant
from integration.text.discretion import logger

FORMAT = 1
_LONG = 300.0
"""Seconds after which a tenant counts as heavy."""
_KEPT = ("word", "reason", "codes", "run", "seconds", "read", "changed", "types", "first", "version")

_TEXT, _NUMBER = {"type": "string"}, {"type": "number", "minimum": 0}
_TIME = {"type": ["integer", "null"], "minimum": 0, "maximum": 253_402_300_799_999}
"""Epoch milliseconds, up to the year 9999."""
_TENANT = {
    "type": "object",
    "properties": {
        "word": _TEXT,
        "reason": _TEXT,
        "codes": {"type": "array", "items": {"type": "integer"}},
        "seconds": _NUMBER,
        "changed": {"type": "object", "additionalProperties": {"type": "integer"}},
        "types": {"type": "object", "additionalProperties": {"type": ["array", "integer"], "items": _TEXT}},
        "lastSuccess": _TIME,
        "lastSeconds": _NUMBER,
    },
}
_FORM = {
    "type": "object",
    "required": ["tenants"],
    "properties": {
        "run": _TEXT,
        "endedOn": _TIME,
        "tenants": {"type": "object", "additionalProperties": _TENANT},
    },
}
"""Of ``fleet.json``, as far as it is read here; another version may have written more into it."""

_log = logger("integration")


def understood(data: bytes, where: str) -> Mapping[str, Any]:
    """Return what ``fleet.json`` says; nothing where it is damaged, since the next run can do without it.

    Args:
        data: its content.
        where: it, for the log.

    Raises:
        OutputError: a later version of this product has written it, in a way that this one does not know.
    """
    with suppress(orjson.JSONDecodeError):
        found = orjson.loads(data)
        if isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT:
            raise OutputError(f"{where}: a later version of this product has written it: use that one")
        if _form().is_valid(found):
            for tenant in found["tenants"].values():
                if "types" in tenant:
                    tenant["types"] = shared_types(tenant["types"])
            return dict(found)
    _log.warning("%s is damaged: what became of the tenants is known again after the next run", where)
    return {}


@cache
def _form() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_FORM)


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
        kept |= {"types": outcome.types} if outcome.types else {}
        kept |= {"endedOn": outcome.ended_on} if outcome.ended_on else {}
        if outcome.is_success:
            kept |= {"lastSuccess": outcome.ended_on, "lastSeconds": outcome.seconds}
        else:
            kept |= {name: before[name] for name in ("lastSuccess", "lastSeconds") if name in before}
        tenants[outcome.tenant] = kept
    return {"format": FORMAT, "run": run, "endedOn": round(time.time() * 1000) if ended else None, "tenants": tenants}


def without(told: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """Return what is known of all tenants but one."""
    return {**told, "tenants": {name: each for name, each in told.get("tenants", {}).items() if name != tenant}}


def counts(words: Iterable[str]) -> dict[str, int]:
    """Return how many tenants had each outcome, the worst first."""
    found = Counter(words)
    return {word: found[word] for word in WORST_FIRST if found[word]}


def types_of(tenants: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the matrix of types: in how many tenants each one has which verdict but complete, the worst first."""
    found: dict[str, Counter[str]] = {}
    for each in tenants.values():
        for verdict, names in each.get("types", {}).items():
            if isinstance(names, list | tuple):
                for name in names:
                    found.setdefault(name, Counter())[verdict] += 1
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
