"""Telling plugins how a run goes: one that cannot listen harms neither the run nor the others."""

import logging
import threading
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from integration.sdk.progress import Progress
    from integration.sdk.report import Report, StepResult
    from integration.sdk.step import Step

_log = logging.getLogger("integration")


class Observers:
    """Calls the hooks that only observe, plugin by plugin; what one of them raises is logged once, and costs nothing.

    Args:
        manager: holds the plugins.
    """

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self._lock = threading.Lock()
        self._callers: dict[str, list[tuple[str, pluggy.HookCaller]]] = {}
        self._faulty: set[tuple[str, str]] = set()

    def step_started(self, step: "Step") -> None:
        """A step starts."""
        self._tell("integration_step_started", step=step)

    def step_finished(self, result: "StepResult") -> None:
        """A step has its verdict."""
        self._tell("integration_step_finished", result=result)

    def pages_read(self, progress: "Progress") -> None:
        """A collection is further than it was."""
        self._tell("integration_pages_read", progress=progress)

    def waits(self, seconds: float) -> None:
        """Graph is not asked for some time."""
        self._tell("integration_waits", seconds=seconds)

    def run_finished(self, report: "Report") -> None:
        """The run has ended."""
        self._tell("integration_run_finished", report=report)

    def _tell(self, hook: str, **given: Any) -> None:
        for plugin, caller in self._of(hook):
            try:
                caller(**given)
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises
                self._note(plugin, hook, error)

    def _of(self, hook: str) -> list[tuple[str, pluggy.HookCaller]]:
        with self._lock:
            if hook not in self._callers:
                self._callers[hook] = list(self._found(hook))
            return self._callers[hook]

    def _found(self, hook: str) -> Iterator[tuple[str, pluggy.HookCaller]]:
        """Yield each plugin that implements a hook, the last one first, with what calls it alone."""
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        plugins = {each.plugin_name: each.plugin for each in reversed(implementations)}
        for name, plugin in plugins.items():
            others = [other for other in plugins.values() if other is not plugin]
            shown = type(plugin).__qualname__ if name == str(id(plugin)) else name  # which pluggy calls it by
            yield shown, self._manager.subset_hook_caller(hook, others)

    def _note(self, plugin: str, hook: str, error: Exception) -> None:
        """Log what a plugin raised, without its words, which may hold secrets of the host."""
        with self._lock:
            if (plugin, hook) in self._faulty:
                return
            self._faulty.add((plugin, hook))
        place = traceback.extract_tb(error.__traceback__)[-1]
        _log.warning(
            "the hook %s of the plugin %s raised %s (%s, line %s): the run goes on without it",
            hook,
            plugin,
            type(error).__name__,
            place.filename,
            place.lineno,
        )
