"""What runs, in which order, and what falls away: a pure function of the declarations."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from operator import attrgetter
from types import MappingProxyType

from integration.errors import DependencyCycle, PlanError, UnknownType
from integration.sdk.step import OTHERS, Step
from integration.text.nearest import nearest
from integration.text.phrases import some
from integration.text.visible import brief

_ON_DEMAND = "off by default; --only with the name of the type reads it"


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which each comes after all that it needs.

    Attributes:
        steps: what runs, in order; the same declarations always give the same order.
        skipped: the name of each type that does not run, and why.
        not_chosen: names of the types that ``only`` leaves out.
        resources: types of Azure resources of which a step makes entities, whether it runs or not: they are of no other
            type in one run and of this one in the next.
        of_others: names of the types that are made of all others; they give way where one gets a type of its own.
    """

    steps: tuple[Step, ...]
    skipped: Mapping[str, str]
    not_chosen: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    of_others: tuple[str, ...] = ()

    @cached_property
    def types(self) -> frozenset[str]:
        """Names of all types that there are, whether they run or not."""
        return frozenset([*(step.name for step in self.steps), *self.skipped, *self.not_chosen])


def order(steps: Iterable[Step], *, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Plan:
    """Order ``steps``.

    Args:
        steps: all declarations.
        only: choose these types and what they need or want; where empty all but those that run on demand.
        skip: leave these types out, and with them all that needs them; they need not be declared.

    Raises:
        UnknownType: a name in ``only`` that no step declares.
        PlanError: a step needs or wants a type that no step declares, or leads to an area without entities.
        DependencyCycle: steps that need or want each other.
    """
    declared = _declared(tuple(steps))
    known, entities = declared.known, declared.entities
    names = dict.fromkeys([*known, *skip])
    for name in only:
        if name not in names:
            raise UnknownType(f"no step declares the type {brief(name)}{nearest(name, names)}")
    chosen = _closure(only or names, known, names)
    off = {} if only else dict.fromkeys((name for name, step in known.items() if step.on_demand), _ON_DEMAND)
    left_out = off | dict.fromkeys((name for name in skip if name in chosen), "as asked")
    ordered = []
    waiting = {
        name: _with_what_comes_first(known[name], entities) for name in chosen if name in known and name not in left_out
    }
    for name in _sorted({name: [each for each in step.awaited if each in chosen] for name, step in waiting.items()}):
        if name not in waiting:
            continue
        missing = [need for need in waiting[name].needs if need in left_out]
        if missing:
            left_out[name] = f"needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} skipped"
        else:
            ordered.append(waiting[name])
    runs = {step.name for step in ordered}
    ordered = [
        replace(step, after=tuple(each for each in step.after if each in runs)) if step.after else step
        for step in ordered
    ]
    return Plan(
        tuple(ordered),
        MappingProxyType(left_out),
        tuple(sorted([name for name in names if name not in chosen])),
        declared.resources,
        declared.of_others,
    )


@dataclass(frozen=True)
class _Declared:
    """What is found by a look at all declarations, of which many plans are made: one for each type, for the pages.

    Attributes:
        known: the declarations by their names, sorted.
        entities: names of the entities of each area that relationships lead to as a whole.
        resources: as in ``Plan``.
        of_others: as in ``Plan``.
    """

    known: Mapping[str, Step]
    entities: Mapping[str, Sequence[str]]
    resources: tuple[str, ...]
    of_others: tuple[str, ...]


@lru_cache(4)
def _declared(steps: tuple[Step, ...]) -> _Declared:
    """Raise ``PlanError`` where a step leads to an area without entities."""
    known = {step.name: step for step in sorted(steps, key=attrgetter("name"))}
    return _Declared(
        known,
        _entities_by_area(known.values()),
        tuple(sorted({type for step in known.values() for type in step.resources} - {OTHERS})),
        tuple(name for name, step in known.items() if OTHERS in step.resources),
    )


def _entities_by_area(steps: Collection[Step]) -> Mapping[str, Sequence[str]]:
    leading = [step for step in steps if step.areas]
    entities: dict[str, list[str]] = {area: [] for step in leading for area in step.areas}
    for step in steps if entities else ():
        area = step.module.partition(".")[0]
        if area in entities and not step.is_relationship:
            entities[area].append(step.name)
    for step in leading:
        if strange := sorted(area for area in step.areas if not entities[area]):
            areas = {each.module.partition(".")[0] for each in steps if not each.is_relationship}
            which = f"{strange[0]}{nearest(strange[0], areas)}"
            raise PlanError(f"{step.name} leads to any type of an area that no step has an entity of: {which}")
    return entities


def _with_what_comes_first(step: Step, entities: Mapping[str, Sequence[str]]) -> Step:
    """Return a step, with the types that it wants and the entities of the areas that it leads to."""
    if not (step.areas or step.wants):
        return step
    leads_to = {name for area in step.areas for name in entities[area]}
    return replace(step, after=tuple(sorted({*step.wants, *leads_to} - {*step.needs})))


def types_named(names: Collection[str], steps: Collection[Step], further: Collection[str] = ()) -> list[str]:
    """Return the types that are meant by names of types, of modules such as ``entra.group``, and of areas.

    Args:
        names: what somebody wrote.
        steps: all declarations.
        further: types beside these.

    Raises:
        UnknownType: nothing has a name; says the nearest one, or those that have it in theirs.
    """
    known = _names(tuple(steps))
    found: list[str] = []
    for name in names:
        is_type = name in known or name in further
        meant = [name] if is_type else sorted(step.name for step in steps if name in step.places)
        if not meant:
            there = {*known, *further, *(place for step in steps for place in step.places)}
            near = nearest(name, sorted(there)) or _with_the_word(name, there)
            raise UnknownType(f"no step declares the type {brief(name)}{near}")
        found += meant
    return list(dict.fromkeys(found))


def _with_the_word(word: str, names: Iterable[str]) -> str:
    """Say which names have a word in them, the shortest first: modules, or types where no module has it."""
    wanted = re.sub(r"[\s-]", "_", word.casefold())
    having = sorted((name for name in names if wanted in name), key=lambda name: ("." not in name, len(name), name))
    found = [name for name in having if ("." in name) == ("." in having[0])]
    if found:
        return f": {some(found)} {'has' if len(found) == 1 else 'have'} that in the name"
    return ": integration types lists those that there are"


@lru_cache(4)
def _names(steps: tuple[Step, ...]) -> frozenset[str]:
    return frozenset(step.name for step in steps)


def _closure(wanted: Iterable[str], known: Mapping[str, Step], names: Collection[str]) -> set[str]:
    """Return ``wanted`` and all that it needs or wants."""
    found: set[str] = set()
    pending = [(name, "") for name in wanted]
    while pending:
        name, needed_by = pending.pop()
        if name not in names:
            raise PlanError(f"{needed_by} needs {name}, which no step declares{nearest(name, names)}")
        if name not in found:
            found.add(name)
            step = known.get(name)
            pending.extend((other, name) for other in ((*step.needs, *step.wants) if step else ()))
    return found


def _sorted(needs: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Return the names in dependency order, alphabetically where that leaves a choice."""
    sorter = TopologicalSorter({name: sorted(needs[name]) for name in sorted(needs)})
    try:
        sorter.prepare()
    except CycleError as error:
        raise DependencyCycle(tuple(reversed(error.args[1]))) from None
    ordered = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered.extend(ready)
        sorter.done(*ready)
    return ordered
