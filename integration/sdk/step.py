"""The declaration of a type: one step makes the records of one ``_type``."""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from integration.errors import DeclarationError, RecordError
from integration.sdk.ends import area_of
from integration.sdk.model import Entity, Relationship

if TYPE_CHECKING:
    from integration.sdk.context import Context

EntityFunction: TypeAlias = "Callable[[Context], Iterator[Entity]]"
RelationshipFunction: TypeAlias = "Callable[[Context], Iterator[Relationship]]"
_RESERVED = r"con|prn|aux|nul|com[0-9]|lpt[0-9]"
"""Names that no file has on Windows, whatever its suffix. Source: Microsoft, Naming Files, Paths, and Namespaces."""

OTHERS = "*"
"""Stands for the types of Azure resources that no step names."""

StepFunction: TypeAlias = "EntityFunction | RelationshipFunction"


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """The declaration of one type, and the pluggy plugin registered under its name.

    Attributes:
        name: the ``_type`` of its records; also the name of its module, schema and cassette.
        class_name: JupiterOne class: ``"User"`` for an entity, ``"HAS"`` for a relationship; of several the first.
        run: generator function that takes a ``Context``; yields ``Entity`` or ``Relationship`` objects.
        permissions: Graph application permissions without which the step cannot run.
        optional: Graph application permissions that only enrich its records.
        licences: service plans such as ``AAD_PREMIUM_P2``, of which the tenant must have one; empty: needs none.
        outlasts_licence: what it reads stays there when the licence has ended, so that a tenant without is asked too.
        needs: names of the types that must be collected before.
        wants: names of the types of which it reads what entities there are, and without which it runs too.
        per_row: each record is made of one object alone, so that a later run hands over only objects that changed. Such
            a step keeps nothing from one object to the next.
        on_demand: it runs only where somebody asks for it, or for what needs it, by name.
        ends: for a relationship, the types that it leads from and to, or what ``any_of`` gives; ``None`` for an entity.
        after: types that it wants, or may lead to, and does not need, and that come first where they run; a plan names
            them.
        further_classes: the other classes of entities that have several.
        target_filter_keys: for entities outside of what is read, the properties by which JupiterOne finds them: what
            relates something to them is a mapped relationship there. Empty for entities that are read.
        resources: types of Azure resources that it makes an entity of each of; ``*``: of those that no other step does.
    """

    name: str
    class_name: str
    run: StepFunction
    permissions: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    outlasts_licence: bool = False
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    per_row: bool = False
    on_demand: bool = False
    ends: tuple[str, str] | None = None
    after: tuple[str, ...] = ()
    further_classes: tuple[str, ...] = ()
    target_filter_keys: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``DeclarationError`` for a name or class not of JupiterOne's form, or an unfit function."""
        class_form = r"[A-Z][A-Za-z]*" if self.ends is None else r"[A-Z]+"
        if not _is_like(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.name) or len(self.name) < 3:
            raise self.fault(f"{self.name!r} is not a type name: write it in snake_case, such as vendor_resource")
        if re.fullmatch(_RESERVED, self.name):
            raise self.fault(
                f"{self.name!r} is not a type name: Windows has no files of that name; call it vendor_resource"
            )
        for name in self.classes:
            if not _is_like(class_form, name):
                raise self.fault(f"{name!r} is not a JupiterOne class: write User for an entity, HAS for a verb")
        if not (self.run.__doc__ or "").strip():
            remedy = "start Python without -OO" if sys.flags.optimize > 1 else "its first line is what users see of it"
            raise self.fault(f"the step's function needs a docstring: {remedy}")
        if not _takes_context(self.run):
            raise self.fault("the step's function is called with a Context alone: write def "
                             f"{self.run.__name__}(ctx: Context)")  # fmt: skip
        if inspect.isasyncgenfunction(self.run) or inspect.iscoroutinefunction(self.run):
            raise self.fault(f"the step's function is async, which no run waits for: write def {self.run.__name__}")
        for name in ("per_row", "on_demand", "outlasts_licence"):
            if not isinstance(getattr(self, name), bool):
                raise self.fault(f"{name} is {getattr(self, name)!r}: write True or False")
        for type in self.resources:
            if type != OTHERS and not re.fullmatch(r"[\w.-]+(/[\w.-]+)+", type):
                raise self.fault(f"{type!r} is no type of Azure resources: write 'microsoft.compute/virtualmachines'")

    def records(self, context: "Context") -> "Iterator[Entity | Relationship]":
        """Return what the step yields, as it is asked for.

        Raises:
            RecordError: its function gives nothing that could be gone through, since it has no ``yield``.
        """
        made: object = self.run(context)
        if not isinstance(made, Iterable):
            raise RecordError(f"{self.source}: {self.name} gives {type(made).__name__}: write yield before each record")
        return iter(made)

    def __dir__(self) -> list[str]:
        """Return nothing: pluggy looks for hooks in all that is listed here, and a step has none."""
        return []

    @property
    def awaited(self) -> tuple[str, ...]:
        """The types that come before it: those that it needs, and those that it wants or may lead to."""
        return (*self.needs, *self.after)

    @property
    def classes(self) -> tuple[str, ...]:
        """Its JupiterOne classes; a relationship has one."""
        return (self.class_name, *self.further_classes)

    @property
    def is_relationship(self) -> bool:
        """Whether the step makes relationships."""
        return self.ends is not None

    @property
    def description(self) -> str:
        """The first line of the function's docstring."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def areas(self) -> frozenset[str]:
        """The areas of which an entity of any type may be at one of its ends."""
        return frozenset(area for end in self.ends or () if (area := area_of(end)))

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The names that stand for it and its neighbours: its module's, and its area's where it is in one."""
        area, _, rest = self.module.partition(".")
        return (self.module, area) if rest else (self.module,)

    @property
    def module(self) -> str:
        """The module that declares the step, named below its package: ``entra.group``; for a lone one, its name."""
        package, _, module = self.run.__module__.partition(".")
        return module or package

    @property
    def about(self) -> str:
        """The first line of what its module says of itself; empty where that says nothing."""
        return (getattr(sys.modules.get(self.run.__module__), "__doc__", None) or "").strip().partition("\n")[0]

    @property
    def source(self) -> Path:
        """The file that declares the step."""
        return file_of(self.run)

    def fault(self, problem: str) -> DeclarationError:
        """Return an error that names the step and its file."""
        return DeclarationError(f"{self.source}: {self.name}: {problem}")


def _takes_context(function: Callable[..., object]) -> bool:
    """Tell whether a function can be called with one argument, as far as it shows what it takes."""
    if inspect.isfunction(function) and (function.__code__.co_argcount, function.__code__.co_kwonlyargcount) == (1, 0):
        return True  # as nearly all do: to look at what one shows takes fifty times as long
    try:
        inspect.signature(function, follow_wrapped=False).bind(None)  # a family wraps one that takes more
    except TypeError:
        return False
    except ValueError:  # it is built in, and shows nothing
        return True
    return True


def _is_like(form: str, name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(form, name) is not None


_sources: dict[str, Path] = {}
"""Files of steps by what Python calls them; a file is looked for once, however many types it declares."""


@cache
def file_of(function: Callable[..., object]) -> Path:
    """Return the file that declares a function."""
    plain = inspect.unwrap(function)
    file = inspect.getfile(plain)
    if file not in _sources:
        _sources[file] = Path(inspect.getsourcefile(plain) or "<unknown>")
    return _sources[file]
