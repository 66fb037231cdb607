"""What a graph lacks, why, and what to do about it, in words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.html.kinds import CONTAINERS, Kind
from integration.sdk.step import Step
from integration.store.read import ReadableStore
from integration.terminal.untaken import untaken

_MEANINGS = {
    "complete": "the graph holds all that there is",
    "partial": "some of it is missing",
    "skipped": "it was not read; what an earlier run found is still shown",
    "failed": "it could not be read; what an earlier run found is still shown",
    "left out": "the last run was not asked for it; what an earlier run found is still shown",
}
_PROBLEMS = {
    "duplicateKeys": "left out because another record has the same key",
    "danglingEnds": "kept and counted, although they lead to something that was not collected",
    "rejectedRecords": "rejected because they do not fit the schema",
    "leftOut": "not covered by the type",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the last run says of one type.

    Attributes:
        name: the type.
        class_name: its JupiterOne class.
        is_relationship: whether its records are relationships.
        description: what it is.
        verdict: ``complete``, ``partial``, ``skipped``, ``failed``, or ``left out``: the run was not asked for it.
        reason: why it is not complete; empty where it is.
        remedy: what to do about that; empty where the reason says so itself.
        count: how many records the graph holds.
        notes: sentences that do not change the verdict.
    """

    name: str
    class_name: str
    is_relationship: bool
    description: str
    verdict: str
    reason: str
    remedy: str
    count: int
    notes: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """The verdict in words."""
        return _MEANINGS[self.verdict]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A permission that steps declare, and whether the last run had it.

    Attributes:
        name: of an application permission of Microsoft Graph.
        state: ``had`` (it, or a broader one), ``missing`` or ``not known``.
        needed_by: types that cannot be read without it.
        enriches: types that only lose properties without it.
    """

    name: str
    state: str
    needed_by: tuple[str, ...]
    enriches: tuple[str, ...]


def outcomes(
    graph: ReadableStore,
    kinds: Sequence[Kind],
    steps: Sequence[Step],
    summary: Mapping[str, Any],
    dangling: Mapping[str, int],
) -> list[Outcome]:
    """Return what became of each type, by name: of those that the last run read, and of all others that are known.

    Args:
        graph: holds the verdicts.
        kinds: its types.
        steps: all declarations.
        summary: ``summary.json`` of the run that made the graph; empty where there is none.
        dangling: how many relationships of each type lack an end.
    """
    declared = {step.name: step for step in steps}
    held = {kind.name: kind for kind in kinds}
    said = {result["id"]: result for result in summary.get("integrationStepResults", ())}
    withheld = graph.withheld()
    permissions = {name for step in steps for name in (*step.permissions, *step.optional)}
    unasked = {name for name, result in said.items() if result.get("leftOut")}
    judged = {
        name: ("left out" if name in unasked else str(verdict), reason) for name, verdict, reason, _ in graph.verdicts()
    }
    others = dict.fromkeys({*held, *declared} - judged.keys(), ("left out", "the last run was not asked for it"))
    found = []
    for name, (verdict, reason) in sorted({**judged, **others}.items()):
        step, kind = declared.get(name), held.get(name)
        what = step or kind
        notes = [*_notes(said.get(name, {}), dangling.get(name, 0))]
        if name in withheld:
            before = f"it had {withheld[name]:,} records before it lost too many"
            notes.append(f"{before}: destinations keep them until a run with --allow-mass-delete")
        found.append(
            Outcome(
                name=name,
                class_name=what.class_name if what else "",
                is_relationship=what is not None and what.is_relationship,
                description=step.description if step else "No installed step declares this type any more.",
                verdict=verdict,
                reason=reason,
                remedy=_remedy(verdict, reason, sorted(permissions & _named(reason))),
                count=kind.count if kind else 0,
                notes=tuple(notes),
            )
        )
    return found


def permissions(
    steps: Sequence[Step], found: Sequence[Outcome], summary: Mapping[str, Any]
) -> tuple[list[Permission], bool]:
    """Return the permissions of the types that the last run was asked for, by name, and whether its token told them.

    Where the summary does not say what the token had, because that was no JWT: a type that was read shows that what it
    needs was there, a complete one also what enriches it, and a reason names one that was missing.
    """
    granted = summary.get("reading", {}).get("permissions", {}).get("granted")
    asked = {outcome.name: outcome for outcome in found if outcome.verdict != "left out"}
    chosen = [step for step in steps if step.name in asked]
    names = sorted({name for step in chosen for name in (*step.permissions, *step.optional)})
    return [
        Permission(
            name=name,
            state=_state(name, chosen, asked) if granted is None else "had" if name in granted else "missing",
            needed_by=tuple(step.name for step in chosen if name in step.permissions),
            enriches=tuple(step.name for step in chosen if name in step.optional),
        )
        for name in names
    ], granted is not None


def doubtful_memberships(steps: Sequence[Step], found: Sequence[Outcome]) -> list[str]:
    """Return which types of memberships are not complete, so that paths through them may be missing."""
    verdicts = {outcome.name: outcome.verdict for outcome in found}
    containers = {step.name for step in steps if step.class_name in CONTAINERS}
    memberships = [step.name for step in steps if step.class_name == "HAS" and step.ends and step.ends[0] in containers]
    return [f"{name} ({verdicts[name]})" for name in memberships if verdicts[name] != "complete"]


def unrepresented(summary: Mapping[str, Any], found: Sequence[Outcome]) -> list[str]:
    """Return what was read but is in no record, such as members of a kind that no type takes."""
    all_read = all(outcome.verdict in ("complete", "partial") for outcome in found)
    return [*untaken(summary.get("reading", {}).get("notRepresented", {}), all_read)]


def fits(graph: ReadableStore, summary: Mapping[str, Any]) -> bool:
    """Tell whether a summary is of the run that made the graph: it ended well, with the same verdicts and counts."""
    said = {
        (result.get("id"), result.get("verdict"), result.get("reason"), result.get("count"))
        for result in summary.get("integrationStepResults", ())
    }
    return bool(said) and not summary.get("error") and said == set(graph.verdicts())


def _notes(result: Mapping[str, Any], dangling: int) -> Iterator[str]:
    """Yield what stands beside a verdict; how many relationships lack an end the graph knows better than a summary."""
    problems = result.get("problems", {})
    counts = {name: problem.get("count", 0) for name, problem in problems.items()} | {"danglingEnds": dangling}
    for name, count in counts.items():
        examples = ", ".join(map(str, problems.get(name, {}).get("examples", ())))
        if count:
            yield f"{_PROBLEMS.get(name, name)}: {count:,}{f', such as {examples}' if examples else ''}"


def _remedy(verdict: str, reason: str, named: Sequence[str]) -> str:
    """Return what to do; ``named`` are permissions that the reason speaks of."""
    if verdict == "complete":
        return ""
    if named:
        return f"Grant {', '.join(named)} to the app registration, have an administrator consent, and run again."
    if verdict == "skipped" or "--only" in reason:
        return ""
    if verdict == "left out":
        return "Run without --skip and --only to read it."
    return "See the reason, and run again; integration doctor looks for what is wrong around the program."


def _named(reason: str) -> set[str]:
    """Return what may be the names of permissions in a reason."""
    return set(re.findall(r"\w+(?:\.\w+)+", reason))


def _state(name: str, steps: Sequence[Step], found: Mapping[str, Outcome]) -> str:
    touched = [step for step in steps if name in (*step.permissions, *step.optional)]
    if any(name in _named(found[step.name].reason) for step in touched):
        return "missing"
    shows = {step.name: ("complete", "partial") if name in step.permissions else ("complete",) for step in touched}
    return "had" if any(found[type].verdict in verdicts for type, verdicts in shows.items()) else "not known"
