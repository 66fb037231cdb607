"""Loading: this package's steps and everybody's come through entry points of the group ``integration``."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pluggy

from integration.config.handed import check_handed
from integration.errors import ConfigurationError, DeclarationError, IntegrationError, PlanError
from integration.sdk.installed import imported, installed, owner
from integration.sdk.manager import Manager
from integration.sdk.plan import Plan, order, types_named
from integration.sdk.schema import load_schemas
from integration.sdk.step import Step
from integration.sdk.vocabulary import misspelt_names
from integration.text.visible import brief


def load(*plugins: object) -> pluggy.PluginManager:
    """Return a fresh plugin manager that holds every installed plugin, and every step under its type name.

    Args:
        plugins: modules, objects or steps to register beside the installed ones.

    Raises:
        DeclarationError: a plugin, step or schema is declared wrongly, or two of them declare the same type.
    """
    manager = Manager()
    for entry_point in installed():
        plugin = imported(entry_point)
        if not isinstance(plugin, Step) and not manager.has_hooks(plugin):
            raise DeclarationError(
                f"the package {owner(entry_point)}: {entry_point.value} is neither a step nor a plugin with hooks: "
                f"write its entry point as module:{entry_point.name}"
            )
        manager.register(plugin, entry_point.name)
    for plugin in plugins:
        manager.register(plugin)
    steps = declared_steps(manager)
    for step in steps:
        for fault in misspelt_names(step):
            raise step.fault(fault)
    _check_apart(steps)
    load_schemas(steps)
    return manager


def _check_apart(steps: Iterable[Step]) -> None:
    """Refuse two types that relate the same two types in the same class.

    Their relationships have the same keys, and JupiterOne applies no job that has a key twice (Sync jobs API reference,
    ignoreDuplicates).
    """
    known: dict[object, Step] = {}
    for step in steps:
        if not step.ends or step.areas:
            continue
        other = known.setdefault((step.ends, step.class_name), step)
        if other is not step:
            related = f"{step.ends[0]} {step.class_name} {step.ends[1]}"
            raise step.fault(
                f"{other.name} relates {related} as well ({other.source}), and relationships of both would have the"
                " same key: yield them in one type, or give this one another class"
            )


def plan(manager: pluggy.PluginManager, *, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Plan:
    """Return what a run would do: the order, and what falls away.

    Args:
        manager: from ``load``; a type blocked in it (``set_blocked``) is skipped.
        only: choose these types and what they need; all where empty. The name of a module, such as ``entra.group``, or
            of an area stands for all of its types.
        skip: leave these types out, also those that ``only`` names, and with them all that needs them.

    Raises:
        UnknownType: a name in ``only`` or ``skip`` that nothing has.
        PlanError: a step needs a type that no step declares, steps need each other, or a list of names is a text.
    """
    chosen, unwanted = _names("only", only), _names("skip", skip)
    declared = tuple(declared_steps(manager))
    blocked = tuple(name for name, plugin in manager.list_name_plugin() if plugin is None)
    return _planned(declared, blocked, chosen, unwanted)


@lru_cache
def _planned(steps: tuple[Step, ...], blocked: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...]) -> Plan:
    """Return a plan, made once: it takes a look at all types, and a process may run it for thousands of tenants."""
    left_out = [*blocked, *types_named(skip, steps, blocked)]
    return order(steps, only=types_named(only, steps, blocked), skip=list(dict.fromkeys(left_out)))


def declared_steps(manager: pluggy.PluginManager) -> list[Step]:
    """Return every step that is registered and not blocked, sorted by type name."""
    where, remedy = "declared_steps, plan or run", "give what load returned"
    check_handed(where, manager=(manager, pluggy.PluginManager, remedy))
    if not hasattr(manager.hook, "integration_steps"):
        raise ConfigurationError([f"{where}: manager knows no hook of this package: {remedy}"])
    return list(_sorted_steps(frozenset(manager.get_plugins())))


@lru_cache(4)
def _sorted_steps(plugins: frozenset[object]) -> tuple[Step, ...]:
    steps = [plugin for plugin in plugins if isinstance(plugin, Step)]
    return tuple(sorted(steps, key=lambda step: step.name))


def _names(what: str, names: object) -> tuple[str, ...]:
    """Return a list of names; some callers give what can be gone through once."""
    if isinstance(names, str):
        raise PlanError(f"{what} is a text: write a list, such as [{brief(names)!r}]")
    if not isinstance(names, Iterable):
        raise PlanError(f"{what} is of the type {type(names).__name__}: write a list of names")
    listed = tuple(names)
    if strange := [type(name).__name__ for name in listed if not isinstance(name, str)]:
        raise PlanError(f"{what} holds something of the type {strange[0]}: write names of types")
    if "" in listed:
        raise PlanError(f"{what} holds an empty name: leave it out, or write the name of a type")
    return listed


def steps_in(package: str) -> Iterator[Step]:
    """Yield the steps of the modules of a package, whatever folders they are sorted into.

    A module declares one type or more, each by a function of the type's name. One whose name starts with ``_`` declares
    none, and helps others.

    Raises:
        DeclarationError: a module cannot be imported, or declares no type.
    """
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if module.name.rpartition(".")[2].startswith("_"):
            continue
        if module.ispkg:
            yield from steps_in(module.name)
        else:
            yield from _steps_of(module.name)


def questions_in(package: str, name: str = "*questions.toml") -> Iterator[Path]:
    """Yield the files of questions in a package, and in the folders below it, by the pattern of their names."""
    for folder in importlib.import_module(package).__path__:
        yield from sorted(Path(folder).rglob(name))


def _steps_of(name: str) -> list[Step]:
    try:
        module = importlib.import_module(name)
    except (IntegrationError, KeyboardInterrupt):
        raise
    except BaseException as error:
        path, line = _path_of(name), ""
        if isinstance(error, SyntaxError):  # in a module that this one imports, perhaps
            path, line = error.filename or path, f" (line {error.lineno})"
        raise DeclarationError(f"{path}: it cannot be imported: {type(error).__name__}: {error}{line}") from error
    values = [each for value in vars(module).values() for each in (value if isinstance(value, tuple) else (value,))]
    steps = [value for value in values if isinstance(value, Step) and value.run.__module__ == name]
    if not steps:
        raise DeclarationError(f"{module.__file__}: it declares no type: write a step, or begin the file's name with _")
    return steps


def _path_of(name: str) -> str:
    spec = importlib.util.find_spec(name)
    return (spec and spec.origin) or name
