"""Declaring a type: one step makes the records of one ``_type``."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from integration.errors import DeclarationError
from integration.sdk.ends import area_of
from integration.sdk.model import Entity, Relationship, relationship_type

if TYPE_CHECKING:
    from integration.sdk.context import Context

EntityFunction: TypeAlias = "Callable[[Context], Iterator[Entity]]"
RelationshipFunction: TypeAlias = "Callable[[Context], Iterator[Relationship]]"
FamilyFunction: TypeAlias = "Callable[[Context, str, str], Iterator[Relationship]]"
_RESERVED = r"con|prn|aux|nul|com[0-9]|lpt[0-9]"
"""Names that no file has on Windows, whatever its suffix. Source: Microsoft, Naming Files, Paths, and Namespaces."""

StepFunction: TypeAlias = "EntityFunction | RelationshipFunction"


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """The declaration of one type, and the pluggy plugin registered under its name.

    Attributes:
        name: the ``_type`` of its records; also the name of its module, schema and cassette.
        class_name: JupiterOne class: ``"User"`` for an entity, ``"HAS"`` for a relationship.
        run: generator function that takes a ``Context``; yields ``Entity`` or ``Relationship`` objects.
        permissions: Graph application permissions without which the step cannot run.
        optional: Graph application permissions that only enrich its records.
        licences: service plans such as ``AAD_PREMIUM_P2``, of which the tenant must have one; empty: needs none.
        needs: names of the types that must be collected before.
        per_row: each record is made of one object alone, so that a later run hands over only objects that changed. Such
            a step keeps nothing from one object to the next.
        on_demand: it runs only where somebody asks for it, or for what needs it, by name.
        ends: for a relationship, the types that it leads from and to, or what ``any_of`` gives; ``None`` for an entity.
        after: types that it may lead to and does not need, and that come first where they run; a plan names them.
    """

    name: str
    class_name: str
    run: StepFunction
    permissions: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    per_row: bool = False
    on_demand: bool = False
    ends: tuple[str, str] | None = None
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``DeclarationError`` for a name or class not of JupiterOne's form, or a function without docstring."""
        class_form = r"[A-Z][A-Za-z]*" if self.ends is None else r"[A-Z]+"
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.name) or len(self.name) < 3:
            raise self.fault(f"{self.name!r} is not a type name: write it in snake_case, such as vendor_resource")
        if re.fullmatch(_RESERVED, self.name):
            raise self.fault(
                f"{self.name!r} is not a type name: Windows has no files of that name; call it vendor_resource"
            )
        if not re.fullmatch(class_form, self.class_name):
            raise self.fault(f"{self.class_name!r} is not a JupiterOne class: write User for an entity, HAS for a verb")
        if not (self.run.__doc__ or "").strip():
            raise self.fault("the step's function needs a docstring: its first line is the description that users see")

    def __dir__(self) -> list[str]:
        """Return nothing: pluggy looks for hooks in all that is listed here, and a step has none."""
        return []

    @property
    def awaited(self) -> tuple[str, ...]:
        """The types that come before it: those that it needs, and those that it may lead to."""
        return (*self.needs, *self.after)

    @property
    def is_relationship(self) -> bool:
        """Whether the step makes relationships."""
        return self.ends is not None

    @property
    def description(self) -> str:
        """The first line of the function's docstring."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    @property
    def module(self) -> str:
        """The module that declares the step, named below its package: ``entra.group``; for a lone one, its name."""
        package, _, module = self.run.__module__.partition(".")
        return module or package

    @property
    def source(self) -> Path:
        """The file that declares the step."""
        return Path(inspect.getsourcefile(inspect.unwrap(self.run)) or "<unknown>")

    def fault(self, problem: str) -> DeclarationError:
        """Return an error that names the step and its file."""
        return DeclarationError(f"{self.source}: {self.name}: {problem}")


def entity_step(
    class_name: str,
    *,
    permissions: Iterable[str] = (),
    optional: Iterable[str] = (),
    licences: Iterable[str] = (),
    needs: Iterable[str] = (),
    per_row: bool = False,
    on_demand: bool = False,
) -> Callable[[EntityFunction], Step]:
    """Declare a step that yields entities; the function's name is the type.

    Args:
        class_name: JupiterOne class of the entities, such as ``"User"``.
        permissions: Graph application permissions that it cannot do without.
        optional: Graph application permissions that only enrich the entities.
        licences: service plans, such as ``AAD_PREMIUM_P2``, one of which the tenant must have; a tenant that is known
            to have none of them is not asked.
        needs: types that must be collected before, because the step reads them through its context.
        per_row: each entity is made of one object that Graph gives, and of nothing that the step kept from others:
            later runs call the function with the objects that changed.
        on_demand: leave it out of a run, with all that needs it, unless it is named: for what costs a request for each
            of very many objects, or what few want.
    """

    def declare(function: EntityFunction) -> Step:
        return Step(
            name=function.__name__,
            class_name=class_name,
            run=function,
            permissions=tuple(permissions),
            optional=tuple(optional),
            licences=tuple(licences),
            needs=_unique(needs),
            per_row=per_row,
            on_demand=on_demand,
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
        DeclarationError: the function's name is not the type.
    """
    expected = type or relationship_type(from_type, verb, to_type)

    def declare(function: RelationshipFunction) -> Step:
        step = Step(
            name=function.__name__,
            class_name=verb,
            run=function,
            permissions=tuple(permissions),
            licences=tuple(licences),
            needs=_unique([*(end for end in (from_type, to_type) if area_of(end) is None), *needs]),
            per_row=per_row,
            ends=(from_type, to_type),
        )
        if step.name != expected:
            raise step.fault(f"{from_type} {verb} {to_type} is called {expected!r}: rename the function and its files")
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
        from_types: type or types of the entities that the relationships start from.
        verb: JupiterOne relationship class, such as ``"HAS"``.
        to_types: type or types of the entities that they lead to.
        permissions: Graph application permissions that the steps cannot do without.
        licences: as for ``entity_step``.
        needs: further types that must be collected before.
        per_row: as for ``relationship_step``.
        types: the ``_type`` of a pair of ends, where it is not the one that JupiterOne derives.
    """
    sources = [from_types] if isinstance(from_types, str) else list(from_types)
    targets = [to_types] if isinstance(to_types, str) else list(to_types)

    def declare(function: FamilyFunction) -> tuple[Step, ...]:
        return tuple(
            Step(
                name=(types or {}).get((source, target)) or relationship_type(source, verb, target),
                class_name=verb,
                run=_for_ends(function, source, target),
                permissions=tuple(permissions),
                licences=tuple(licences),
                needs=_unique([source, target, *needs]),
                per_row=per_row,
                ends=(source, target),
            )
            for source in sources
            for target in targets
        )

    return declare


def _for_ends(function: FamilyFunction, source: str, target: str) -> RelationshipFunction:
    @wraps(function)
    def run(ctx: "Context") -> Iterator[Relationship]:
        return function(ctx, source, target)

    return run


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
