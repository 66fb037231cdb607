"""Loading: this package's steps and everybody's come through entry points of the group ``integration``."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pluggy

from integration.config.handed import check_handed
from integration.errors import DeclarationError, IntegrationError, PlanError
from integration.sdk import hookspecs
from integration.sdk.hooks import PROJECT
from integration.sdk.installed import imported, installed, naming, owner
from integration.sdk.plan import Plan, order, types_named
from integration.sdk.schema import load_schemas
from integration.sdk.step import Step
from integration.sdk.vocabulary import misspelt_names
from integration.text.nearest import nearest
from integration.text.visible import brief


def load(*plugins: object) -> pluggy.PluginManager:
    """Return a fresh plugin manager that holds every installed plugin, and every step under its type name.

    Args:
        plugins: modules, objects or steps to register beside the installed ones.

    Raises:
        DeclarationError: a plugin, step or schema is declared wrongly, or two of them declare the same type.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    for entry_point in installed():
        plugin = imported(entry_point)
        if not isinstance(plugin, Step) and not _has_hooks(manager, plugin):
            raise DeclarationError(
                f"the package {owner(entry_point)}: {entry_point.value} is neither a step nor a plugin with hooks: "
                f"write its entry point as module:{entry_point.name}"
            )
        _register(manager, plugin, entry_point.name)
    for plugin in plugins:
        if not isinstance(plugin, Step) and not _has_hooks(manager, plugin):
            raise DeclarationError(
                f"the plugin {_called(plugin)} is neither a step nor has hooks: mark its functions with @hookimpl"
            )
        _register(manager, plugin, plugin.name if isinstance(plugin, Step) else None)
    _check_hooks(manager)
    for step in _contributions(manager):
        _register(manager, step, step.name)
    steps = declared_steps(manager)
    for step in steps:
        for fault in misspelt_names(step):
            raise step.fault(fault)
    load_schemas(steps)
    return manager


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
    blocked = tuple(name for name, plugin in manager.list_name_plugin() if plugin is None)
    return _planned(tuple(declared_steps(manager)), blocked, chosen, unwanted)


@lru_cache
def _planned(steps: tuple[Step, ...], blocked: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...]) -> Plan:
    """Return a plan, made once: it takes a look at all types, and a process may run it for thousands of tenants."""
    left_out = [*blocked, *types_named(skip, steps, blocked)]
    return order(steps, only=types_named(only, steps, blocked), skip=list(dict.fromkeys(left_out)))


def declared_steps(manager: pluggy.PluginManager) -> list[Step]:
    """Return every step that is registered and not blocked, sorted by type name."""
    check_handed("declared_steps, plan or run", manager=(manager, pluggy.PluginManager, "give what load returned"))
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


def _called(plugin: object) -> str:
    """Return what people call a plugin: a module or class by its name, an object by that of its class."""
    return str(getattr(plugin, "__name__", type(plugin).__qualname__))


def _has_hooks(manager: pluggy.PluginManager, plugin: object) -> bool:
    return any(manager.parse_hookimpl_opts(plugin, name) for name in dir(plugin))


def _check_hooks(manager: pluggy.PluginManager) -> None:
    """Refuse a hook that nobody calls: its plugin would be installed, and never heard of.

    Raises:
        DeclarationError: a plugin implements a hook that is not specified, and not marked ``optionalhook``.
    """
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        plugin = error.plugin
        known = [caller.name for caller in vars(manager.hook).values() if caller.has_spec()]
        callers = [caller for caller in manager.get_hookcallers(plugin) or () if not caller.has_spec()]
        unknown = next(each.name for each in callers if not all(own.optionalhook for own in each.get_hookimpls()))
        raise DeclarationError(
            f"the plugin {_called(plugin)} implements the hook {unknown}, which is none: nobody would call it"
            f"{nearest(unknown, known)}"
        ) from None


def _contributions(manager: pluggy.PluginManager) -> list[Step]:
    """Return the steps that plugins contribute through their hook.

    Raises:
        DeclarationError: a plugin's hook failed, or gave something else; names it.
    """
    hook = manager.hook.integration_steps
    contributors = [each.plugin for each in hook.get_hookimpls() if not (each.hookwrapper or each.wrapper)]
    steps: list[Step] = []
    for plugin in reversed(contributors):
        alone = manager.subset_hook_caller(hook.name, [each for each in contributors if each is not plugin])
        with naming(f"the plugin {_called(plugin)}: its hook integration_steps failed"):
            found = [step for contributed in alone() for step in contributed]
        if strange := [each for each in found if not isinstance(each, Step)]:
            raise DeclarationError(
                f"the plugin {_called(plugin)}: its hook integration_steps gave something of the type "
                f"{type(strange[0]).__name__}: give what entity_step and relationship_step make"
            )
        steps += found
    return steps


def _register(manager: pluggy.PluginManager, plugin: object, name: str | None) -> None:
    other = manager.get_plugin(name) if name else None
    if isinstance(plugin, Step) and other is not None:
        if other is plugin:
            return
        declared = other.source if isinstance(other, Step) else f"the plugin {name}"
        raise plugin.fault(f"the type is declared twice, also by {declared}: rename or uninstall one of them")
    try:
        manager.register(plugin, name=name)
    except pluggy.PluginValidationError as error:
        reason = str(error).splitlines()[-1]
        raise DeclarationError(
            f"the plugin {_called(plugin)} has a hook with other arguments than it is handed: {reason}"
        ) from None
