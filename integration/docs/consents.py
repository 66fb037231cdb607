"""What it takes to read a type with all that it needs: permissions to grant, and licences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from integration.sdk.plan import Plan
from integration.sdk.step import Step
from integration.sources.msgraph.permissions import of_graph, review


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a plan takes.

    Attributes:
        grant: the smallest set of Graph's permissions without which a type falls away, then actions of Azure.
        of_graph: those of them that are Graph's.
        enrich: what to grant besides, for every property.
        demanded: every permission of Graph that its types name.
        licence: service plans, in words; empty where none is needed.
    """

    grant: Sequence[str]
    of_graph: Sequence[str]
    enrich: Sequence[str]
    demanded: Sequence[str]
    licence: str


def consent_of(plan: Plan) -> Consent:
    """Return what it takes to read all types of a plan."""
    compared = review(plan, ())
    return Consent(
        grant=(*compared.to_grant, *_actions(plan.steps)),
        of_graph=compared.to_grant,
        enrich=compared.to_enrich,
        demanded=[demand.permission for demand in compared.demands],
        licence=licence_of(plan.steps),
    )


def needed_by(name: str, plan: Plan) -> Plan:
    """Return a plan for one type without what others only want: that is read beside it where it can be."""
    needed = {name}
    for step in reversed(plan.steps):
        needed |= set(step.needs) if step.name in needed else set()
    return replace(plan, steps=tuple(step for step in plan.steps if step.name in needed))


def licence_of(steps: Sequence[Step]) -> str:
    """Say which service plans a tenant must have for some types: one of each group."""
    groups = {step.licences for step in steps if step.licences}
    return ", and ".join(" or ".join(f"`{name}`" for name in group) for group in sorted(groups))


def _actions(steps: Sequence[Step]) -> list[str]:
    named = {name for step in steps for name in step.permissions}
    return sorted(named - set(of_graph(named)))
