"""The plugin manager of a host: what nobody would call, or is spelt wrongly, is refused when it is handed over."""

import inspect
from typing import Any

import pluggy

from integration.errors import DeclarationError, UnknownType
from integration.sdk import hookspecs
from integration.sdk.hooks import PROJECT
from integration.sdk.installed import naming
from integration.sdk.step import Step
from integration.text.nearest import nearest
from integration.text.visible import brief


class Manager(pluggy.PluginManager):
    """pluggy's plugin manager with the hooks of this package; ``load`` makes one and fills it."""

    def __init__(self) -> None:
        super().__init__(PROJECT)
        self.add_hookspecs(hookspecs)

    def register(self, plugin: object, name: str | None = None) -> str | None:
        """Register a step under its type's name, or a plugin and the steps that it contributes.

        What is registered already stays as it is.

        Args:
            plugin: a step, or a module or object with hooks.
            name: of a plugin; its own where ``None``.

        Returns:
            Its name; ``None`` where that is blocked.

        Raises:
            DeclarationError: it has no hooks, or one that nobody would call, or its name is taken.
        """
        if isinstance(plugin, Step):
            return self._register_step(plugin, name or plugin.name)
        if self.is_registered(plugin):
            return self.get_name(plugin)
        self._check_hooked(plugin)
        if name is not None and (other := self.get_plugin(name)) is not None:
            raise DeclarationError(
                f"the plugin {called(plugin)} cannot be called {name}, as {called(other)} is: give it another name"
            )
        try:
            given = super().register(plugin, name)
            self.check_pending()
        except pluggy.PluginValidationError as error:
            fault = self._unheard(plugin, error)
            if self.is_registered(plugin):
                self.unregister(plugin)
            raise fault from None
        for step in self._contributed(plugin):
            self.register(step)
        return given

    def set_blocked(self, name: str) -> None:
        """Leave out a type, or a plugin, by its name.

        Raises:
            UnknownType: nothing has that name; says the nearest one.
        """
        known = [each for each, _ in self.list_name_plugin()]
        if name not in known:
            near = nearest(str(name), known) or ": plan takes modules and areas in skip"
            raise UnknownType(f"set_blocked: no step or plugin is called {brief(str(name))}{near}")
        super().set_blocked(name)

    def has_hooks(self, plugin: object) -> bool:
        """Tell whether an object has functions that are marked as hooks."""
        return any(self.parse_hookimpl_opts(plugin, name) for name in dir(plugin))

    def _register_step(self, step: Step, name: str) -> str | None:
        if name != step.name:
            raise step.fault(f"it is registered as {name}: register it as {step.name}")
        other = self.get_plugin(name)
        if other is step:
            return name
        if other is not None:
            declared = other.source if isinstance(other, Step) else f"the plugin {name}"
            raise step.fault(f"the type is declared twice, also by {declared}: rename or uninstall one of them")
        return super().register(step, name)

    def _check_hooked(self, plugin: object) -> None:
        if not self.has_hooks(plugin):
            held = vars(plugin).items() if inspect.ismodule(plugin) else ()
            for name in (name for name, value in held if isinstance(value, Step)):
                raise DeclarationError(
                    f"the plugin {called(plugin)} is a module with steps: hand over each of them, such as {name}"
                )
            raise DeclarationError(
                f"the plugin {called(plugin)} is neither a step nor has hooks: mark its functions with @hookimpl"
            )
        if inspect.isclass(plugin) and any(
            self.parse_hookimpl_opts(plugin, name) and _wants_self(inspect.getattr_static(plugin, name))
            for name in dir(plugin)
        ):
            raise DeclarationError(
                f"the plugin {called(plugin)} is a class whose hooks want an object: register {called(plugin)}()"
            )

    def _unheard(self, plugin: object, error: pluggy.PluginValidationError) -> DeclarationError:
        """Return what is wrong with a plugin one of whose hooks cannot be called, or would be by nobody."""
        callers = [caller for caller in self.get_hookcallers(plugin) or () if not caller.has_spec()]
        for unknown in (each.name for each in callers if not all(own.optionalhook for own in each.get_hookimpls())):
            known = [caller.name for caller in vars(self.hook).values() if caller.has_spec()]
            return DeclarationError(
                f"the plugin {called(plugin)} implements the hook {unknown}, which is none: nobody would call it"
                f"{nearest(unknown, known)}"
            )
        reason = str(error).splitlines()[-1]
        return DeclarationError(
            f"the plugin {called(plugin)} has a hook with other arguments than it is handed: {reason}"
        )

    def _contributed(self, plugin: object) -> list[Step]:
        """Return the steps that a plugin contributes through its hook.

        Raises:
            DeclarationError: the hook failed, or gave something else; names the plugin.
        """
        hook = self.hook.integration_steps
        contributors = [each.plugin for each in hook.get_hookimpls() if not (each.hookwrapper or each.wrapper)]
        if plugin not in contributors:
            return []
        alone = self.subset_hook_caller(hook.name, [each for each in contributors if each is not plugin])
        with naming(f"the plugin {called(plugin)}: its hook integration_steps failed"):
            steps = [step for contributed in alone() for step in contributed]
        if strange := [each for each in steps if not isinstance(each, Step)]:
            raise DeclarationError(
                f"the plugin {called(plugin)}: its hook integration_steps gave something of the type "
                f"{type(strange[0]).__name__}: give what entity_step and relationship_step make"
            )
        return steps


def called(plugin: object) -> str:
    """Return what people call a plugin: a module or class by its name, an object by that of its class."""
    return str(getattr(plugin, "__name__", type(plugin).__qualname__))


def _wants_self(function: Any) -> bool:
    return inspect.isfunction(function) and next(iter(inspect.signature(function).parameters), "") == "self"
