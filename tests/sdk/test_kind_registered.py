"""What a host registers, or blocks, after ``load`` is looked at as what it hands to ``load``."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from integration import DeclarationError, Step, UnknownType, declared_steps, hookimpl, load, plan
from steps.entra import user
from tests.support import entity


class Watch:
    @hookimpl
    def integration_step_finished(self, result: object) -> None:
        """Hear of a verdict."""


class Misspelt:
    @hookimpl
    def integration_step_finishd(self, result: object) -> None:
        """Be called by nobody."""


class Renamed:
    @hookimpl
    def integration_step_finished(self, outcome: object) -> None:
        """Want what is not handed over."""


class Unmarked:
    def integration_step_finished(self, result: object) -> None:
        """Be no hook, for want of its mark."""


class Contributes:
    @hookimpl
    def integration_steps(self) -> Iterable[Step]:
        return [entity("contoso_badge")]


WRONG: list[tuple[Any, str]] = [
    (Misspelt(), r"integration_step_finishd, which is none: .* \(did you mean integration_step_finished\?\)"),
    (Renamed(), "has a hook with other arguments than it is handed: .*outcome"),
    (Unmarked(), "the plugin Unmarked is neither a step nor has hooks: mark its functions with @hookimpl"),
    (Watch, r"the plugin Watch is a class whose hooks want an object: register Watch\(\)"),
    (None, "the plugin NoneType is neither a step nor has hooks"),
    (user, r"the plugin steps\.entra\.user is a module with steps: hand over each of them, such as azure_user"),
    ("acme", "the plugin str is neither a step nor has hooks"),
]


@pytest.mark.parametrize(("plugin", "told"), WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("hand_over", [load, lambda plugin: load().register(plugin)], ids=["load", "register"])
def test_a_plugin_that_would_never_be_heard_of_is_refused(
    hand_over: Callable[[object], object], plugin: object, told: str
) -> None:
    with pytest.raises(DeclarationError, match=told):
        hand_over(plugin)


def test_a_refused_plugin_is_not_half_there() -> None:
    manager = load()
    for plugin, _ in WRONG[:2]:
        with pytest.raises(DeclarationError):
            manager.register(plugin)
        assert not manager.is_registered(plugin)
    watch = Watch()
    manager.register(watch)
    assert [each.plugin for each in manager.hook.integration_step_finished.get_hookimpls()] == [watch]


def test_steps_that_a_plugin_contributes_later_are_there_too() -> None:
    manager = load()
    manager.register(Contributes())
    assert [step.name for step in plan(manager, only=["contoso_badge"]).steps] == ["contoso_badge"]


def test_what_is_registered_already_stays_as_it_is() -> None:
    watch, step = Watch(), entity("contoso_badge")
    manager = load(watch, watch)
    assert [manager.register(step), manager.register(step)] == ["contoso_badge"] * 2
    assert declared_steps(manager).count(step) == 1
    assert len(manager.hook.integration_step_finished.get_hookimpls()) == 1


def test_a_name_has_one_owner() -> None:
    manager = load()
    manager.register(Watch(), "watch")
    with pytest.raises(DeclarationError, match="the plugin Watch cannot be called watch, as Watch is: give it another"):
        manager.register(Watch(), "watch")
    with pytest.raises(DeclarationError, match="it is registered as badge: register it as contoso_badge"):
        manager.register(entity("contoso_badge"), "badge")
    with pytest.raises(DeclarationError, match="the type is declared twice"):
        manager.register(entity("azure_user"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("azure_usr", r"called azure_usr \(did you mean azure_user\?\)$"),
        ("entra.group", "called entra.group: plan takes modules and areas in skip"),
        (None, "called None"),
        (1, "called 1"),
    ],
)
def test_what_is_blocked_is_there(name: Any, told: str) -> None:
    with pytest.raises(UnknownType, match=f"^set_blocked: no step or plugin is {told}"):
        load().set_blocked(name)


def test_what_is_blocked_stays_out_when_it_comes_again() -> None:
    manager = load()
    step = manager.get_plugin("azure_user")
    manager.set_blocked("azure_user")
    manager.set_blocked("azure_user")
    assert manager.register(step) is None
    assert "azure_user" not in [each.name for each in declared_steps(manager)]
