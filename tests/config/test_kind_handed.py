"""What a host hands over that cannot be used is told at once, by its name and without its value."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from integration import (
    ConfigurationError,
    DeclarationError,
    PlanError,
    Replay,
    declared_steps,
    entity_step,
    handle,
    load,
    plan,
    run,
)
from integration.config.settings import Config
from integration.tapes.places import demo_folder
from integration.testing import check_step, replay, run_steps
from tests.support import nothing

MANAGER = load()
PLAN = plan(MANAGER, only=["azure_account"])
NESTED: list[Any] = []
NESTED.append(NESTED)
ODD: list[Any] = [1, True, 1.5, "x", b"x", object(), int, {}, {1: 2}, [None], {"x"}, lambda: 0, "a\0b", "\ud800"]


def event(**config: Any) -> dict[str, Any]:
    return {"instance": {"id": "i", "name": "n", "config": config}}


EVENTS: dict[str, Any] = {
    "the event: a name in it is of the type int": {1: 2},
    "the event: is of the type bytes": b"{}",
    "the event: is of the type mappingproxy": MappingProxyType({}),
    "the event: expected object": None,
    "instance: is of the type set": {"instance": {1}},
    "instance.config: a name in it is of the type NoneType": event() | {"instance": {"config": {None: 1}}},
    "instance.config.only: is of the type tuple": event(only=("azure_user",)),
    "instance.config.only.0: is of the type Path": event(only=[Path("x")]),
    "instance.config.clientSecret: holds half a character": event(clientSecret="a-secret-\ud800"),
    "the event is nested too deep": event(only=NESTED),
}


@pytest.mark.parametrize("told", EVENTS)
def test_what_an_event_cannot_hold_is_named(told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        handle(EVENTS[told])
    assert any(fault.startswith(told.replace("Path", type(Path()).__name__)) for fault in caught.value.faults)
    assert "a-secret" not in str(caught.value)


CALLS: dict[str, Callable[[Any], object]] = {
    "declared_steps, plan or run: manager": declared_steps,
    "run: plan": lambda odd: run(MANAGER, odd, Config()),
    "run: config": lambda odd: run(MANAGER, PLAN, odd),
    "run: tape": lambda odd: run(MANAGER, PLAN, Config(), tape=odd),
    "run: stop": lambda odd: run(MANAGER, PLAN, Config(), stop=odd),
    "Replay.folder: step": lambda odd: Replay.folder("x", [odd]),
    "run_steps: source": lambda odd: run_steps("azure_account", source=odd),
}


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("told", CALLS)
def test_an_argument_of_another_type_is_named(told: str, odd: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"\n  - {told}( 1)? (is|holds) .*: give "):
        CALLS[told](odd)
    assert not list(Path().iterdir())


@pytest.mark.parametrize("odd", [None, 1, True, b"x", "a\0b", "\ud800", [], Path("a\0b")], ids=range(8))
def test_a_folder_that_is_none_is_named(odd: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: run(MANAGER, PLAN, Config(), out=odd),
        lambda: Replay(odd),
        lambda: Replay.folder(odd),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match=r": (out|path 1|folder) (is|holds) .*: name a "):
            call()


@pytest.mark.parametrize("odd", [None, 1, "azure_user", {1: 2}, [None], [[]], [{}], [b"x"]], ids=range(8))
@pytest.mark.parametrize("which", ["only", "skip"])
def test_names_that_are_none_are_told(which: str, odd: Any) -> None:
    with pytest.raises(PlanError, match=rf"^{which} (is|holds) .*: write "):
        plan(MANAGER, **{which: odd})


@pytest.mark.parametrize("name", vars(Config()))
@pytest.mark.parametrize("odd", [object(), b"x", {1: 2}, [None], "\ud800"], ids=range(5))
def test_a_setting_of_another_type_is_named(name: str, odd: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^the settings cannot be used:\n  - Config: {name} (is|holds) [^\n]*$"
    ):
        Config(**{name: odd})


@pytest.mark.parametrize("odd", [None, 1, b"x", []], ids=range(4))
def test_authors_are_told_likewise(odd: Any) -> None:
    for call in (replay, check_step):
        with pytest.raises(ConfigurationError, match=r"type (is|holds) .*: give the name of a type"):
            call(odd)
    if not isinstance(odd, list | bytes):
        with pytest.raises(DeclarationError, match=r"nothing: permissions is of the type .*: write a list"):
            entity_step("User", permissions=odd)(nothing)


def test_what_is_right_is_taken() -> None:
    given: Any = ["azure_account"]
    config = Config(only=given, mass_delete=5, to=("files:copy",), instance_id=None)
    tape = Replay.folder(demo_folder(), PLAN.steps)
    assert run(load(), PLAN, config, tape=tape, stop=threading.Event(), out=Path("out")).exit_code() == 0
