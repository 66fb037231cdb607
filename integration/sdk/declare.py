"""Declaring types: the decorators that make a step of a function."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from integration.sdk.declared import (
    check_mapping,
    check_names,
    function_fault,
    function_name,
    listed_classes,
    listed_names,
    unique,
)
from integration.sdk.ends import area_of
from integration.sdk.model import Relationship, relationship_type
from integration.sdk.step import EntityFunction, RelationshipFunction, Step

if TYPE_CHECKING:
    from integration.sdk.context import Context

FamilyFunction: TypeAlias = "Callable[[Context, str, str], Iterator[Relationship]]"


def entity_step(
    classes: str | Sequence[str],
    *,
    permissions: Iterable[str] = (),
    optional: Iterable[str] = (),
    licences: Iterable[str] = (),
    outlasts_licence: bool = False,
    needs: Iterable[str] = (),
    wants: Iterable[str] = (),
    per_row: bool = False,
    on_demand: bool = False,
    target_filter_keys: Iterable[str] = (),
    resources: Iterable[str] = (),
) -> Callable[[EntityFunction], Step]:
    """Declare a step that yields entities; the function's name is the type.

    Args:
        classes: JupiterOne class of the entities, such as ``"User"``, or several, such as ``["DataStore", "Disk"]``.
        permissions: Graph application permissions that it cannot do without.
        optional: Graph application permissions that only enrich the entities.
        licences: service plans, such as ``AAD_PREMIUM_P2``, one of which the tenant must have; a tenant that is known
            to have none of them is not asked.
        outlasts_licence: what it reads was made with a licence, and stays there and in force when that has ended: a
            tenant without is asked all the same. Only where it refuses, or has nothing, is the type not licensed.
        needs: types that must be collected before, because the step reads them through its context.
        wants: types that it reads in the same way, and without which it runs too: where one is not permitted, not
            licensed or left out, the step sees the entities that an earlier run collected, or none.
        per_row: each entity is made of one object that Graph gives, and of nothing that the step kept from others:
            later runs call the function with the objects that changed.
        on_demand: leave it out of a run, with all that needs it, unless it is named: for what costs a request for each
            of very many objects, or what few want.
        target_filter_keys: for entities outside of what is read, such as an address on the internet: the properties by
            which JupiterOne finds the one that it may have from elsewhere.
        resources: types of Azure resources, such as ``microsoft.compute/virtualmachines``, each of which becomes an
            entity here: others are collected by whichever step says ``*``.

    Raises:
        DeclarationError: a name is not of its form, a list of names is a text, or the function has no docstring.
    """
    first, *further = listed_classes(classes)

    def declare(function: EntityFunction) -> Step:
        return Step(
            name=function_name(function),
            class_name=first,
            run=function,
            permissions=listed_names(function, "permissions", permissions),
            optional=listed_names(function, "optional", optional),
            licences=listed_names(function, "licences", licences),
            outlasts_licence=outlasts_licence,
            needs=listed_names(function, "needs", needs),
            wants=listed_names(function, "wants", wants),
            per_row=per_row,
            on_demand=on_demand,
            further_classes=tuple(further),
            target_filter_keys=listed_names(function, "target_filter_keys", target_filter_keys),
            resources=unique(type.lower() for type in listed_names(function, "resources", resources)),
        )

    return declare


def relationship_step(
    from_type: str,
    verb: str,
    to_type: str,
    *,
    permissions: Iterable[str] = (),
    licences: Iterable[str] = (),
    needs: Iterable[str] = (),
    per_row: bool = False,
    type: str | None = None,
) -> Callable[[RelationshipFunction], Step]:
    """Declare a step that yields relationships; it needs the two types that it connects without saying so.

    Args:
        from_type: type of the entities that the relationships start from; ``any_of(area)`` for any of an area.
        verb: JupiterOne relationship class, such as ``"HAS"``.
        to_type: type of the entities that they lead to; ``any_of(area)`` for any of an area.
        permissions: Graph application permissions that it cannot do without.
        licences: as for ``entity_step``.
        needs: further types that must be collected before.
        per_row: as for ``entity_step``; the object may be an entity of another type too.
        type: the ``_type``, only where JupiterOne does not derive it from the three names, or an end is of any type.

    Raises:
        DeclarationError: the function's name is not the type; and as for ``entity_step``.
    """

    def declare(function: RelationshipFunction) -> Step:
        name = function_name(function)
        check_names(function, from_type=from_type, verb=verb, to_type=to_type, type=name if type is None else type)
        expected = type or relationship_type(from_type, verb, to_type)
        step = Step(
            name=name,
            class_name=verb,
            run=function,
            permissions=listed_names(function, "permissions", permissions),
            licences=listed_names(function, "licences", licences),
            needs=unique(
                [
                    *(end for end in (from_type, to_type) if area_of(end) is None),
                    *listed_names(function, "needs", needs),
                ]
            ),
            per_row=per_row,
            ends=(from_type, to_type),
        )
        if step.name != expected:
            meant = None if type else _ends_in(step.name, from_type, verb, to_type)
            other = f"name the ends {' and '.join(meant)}" if meant else "correct what it is declared with"
            raise step.fault(
                f"{from_type} {verb} {to_type} is called {expected!r}: rename the function and its files, or {other}"
            )
        return step

    return declare


def relationship_family(
    from_types: str | Iterable[str],
    verb: str,
    to_types: str | Iterable[str],
    *,
    permissions: Iterable[str] = (),
    licences: Iterable[str] = (),
    needs: Iterable[str] = (),
    per_row: bool = False,
    types: Mapping[tuple[str, str], str] | None = None,
) -> Callable[[FamilyFunction], tuple[Step, ...]]:
    """Declare a step for each pair of ends between which one function yields the same relationship.

    Each has its own name, its own verdict, and what it needs; the function is called with the pair that is wanted.

    Args:
        from_types: type or types of the entities that the relationships start from, or what ``any_of`` gives.
        verb: JupiterOne relationship class, such as ``"HAS"``.
        to_types: type or types of the entities that they lead to, or what ``any_of`` gives.
        permissions: Graph application permissions that the steps cannot do without.
        licences: as for ``entity_step``.
        needs: further types that must be collected before.
        per_row: as for ``relationship_step``.
        types: the ``_type`` of a pair of ends, where JupiterOne does not derive it, or an end is of any type.

    Raises:
        DeclarationError: as for ``entity_step``.
    """

    def declare(function: FamilyFunction) -> tuple[Step, ...]:
        function_name(function)
        check_names(function, verb=verb)
        sources = listed_names(function, "from_types", [from_types] if isinstance(from_types, str) else from_types)
        targets = listed_names(function, "to_types", [to_types] if isinstance(to_types, str) else to_types)
        if not (sources and targets):
            raise function_fault(function, "it has no ends: name a type, or several, for each of the two")
        check_mapping(function, "types", types)
        named = {
            (source, target): (types or {}).get((source, target)) or relationship_type(source, verb, target)
            for source in sources
            for target in targets
        }
        granted = listed_names(function, "permissions", permissions)
        licensed = listed_names(function, "licences", licences)
        needed = listed_names(function, "needs", needs)
        return tuple(
            Step(
                name=name,
                class_name=verb,
                run=_for_ends(function, *ends),
                permissions=granted,
                licences=licensed,
                needs=unique([*(end for end in ends if area_of(end) is None), *needed]),
                per_row=per_row,
                ends=ends,
            )
            for ends, name in named.items()
        )

    return declare


def _for_ends(function: FamilyFunction, source: str, target: str) -> RelationshipFunction:
    @wraps(function)
    def run(ctx: "Context") -> Iterator[Relationship]:
        return function(ctx, source, target)

    return run


def _ends_in(name: str, from_type: str, verb: str, to_type: str) -> tuple[str, str] | None:
    """Return the ends that a relationship's name tells, where one of them is almost what is declared."""
    before, _, after = name.partition(f"_{verb.lower()}_")
    vendors = accumulate(before.split("_"), "{}_{}".format)
    targets = [to_type, *(f"{vendor}_{after}" for vendor in vendors), after]
    fitting = {
        f"{source} {target}": (source, target)
        for source in (from_type, before)
        for target in targets
        if relationship_type(source, verb, target) == name
    }
    close = get_close_matches(f"{from_type} {to_type}", fitting, n=1, cutoff=0.8)
    return fitting[close[0]] if close else None
