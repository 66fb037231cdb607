"""What a host hands over that cannot be used is told at once, by its name and without its value."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pluggy
import pytest

from integration import (
    ConfigurationError,
    DeclarationError,
    Live,
    NotReported,
    PlanError,
    Replay,
    Report,
    UnknownType,
    declared_steps,
    entity_step,
    handle,
    load,
    plan,
    run,
)
from integration.config.settings import Config, from_environment
from integration.sdk.report import StepResult
from integration.tapes.places import demo_folder
from integration.testing import check_step, replay, run_steps
from integration.text.secret import Secret
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
    "instance.config.only: holds a character that cannot be seen": event(only=["azure_user", "azure\0user"]),
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


@pytest.mark.parametrize("odd", [None, 1, True, b"x", "a\0b", "\ud800", [], Path("a\0b"), ""], ids=range(9))
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


FORMS: dict[str, dict[str, Any]] = {
    r"in_flight must be at least 1": {"in_flight": 0},
    r"in_flight must be at most 64": {"in_flight": 65},
    r"mass_delete must be at most 100": {"mass_delete": 101},
    r"mass_delete must be a finite number": {"mass_delete": float("nan")},
    r"full_every must be more than 0": {"full_every": -1},
    r"instance_id must not be empty": {"instance_id": ""},
    r"instance_name holds a character that cannot be seen": {"instance_name": "a\nb"},
    r"graph_url is not a URL such as https://graph\.": {"graph_url": "graph.microsoft.com"},
    r"graph_url must not be empty": {"graph_url": ""},
    r"azure_url is not a URL such as https://man": {"azure_url": "https://[::1"},
    r"authority is not a URL such as https://login\.": {"authority": " https://login.contoso.example"},
    r"authority must begin with https://": {"authority": "http://login.contoso.example"},
    r"graph_url must hold neither": {"graph_url": "https://ada:pass@graph.contoso.example"},
    r"directory_id is neither a GUID nor": {"directory_id": "../common"},
    r"client_id holds a character": {"client_id": "a\nb"},
    r"these are of different clouds: graph_url is of china, azure_url .*, authority is of global": {
        "graph_url": "https://microsoftgraph.chinacloudapi.cn", "client_secret": Secret("a-secret"),
    },
    r"unknown: clientid \(did you mean client_id\?\)": {"clientid": "c"},
    r"client_secret is of the type str: wrap the text, as Secret": {"client_secret": "a-secret"},
    r"access_token is of the type type": {"access_token": Secret},
}  # fmt: skip


@pytest.mark.parametrize("told", FORMS)
def test_a_setting_that_no_event_takes_is_taken_from_no_host(told: str) -> None:
    told, given = told.replace("of the type type", "the class Secret itself"), FORMS[told]
    with pytest.raises(ConfigurationError, match=rf"\n  - Config: {told}") as caught:
        Config(**given)
    assert "a-secret" not in str(caught.value)
    assert "pass" not in str(caught.value)
    with pytest.raises(ConfigurationError):
        replace(Config(), **given)


def test_a_host_that_names_a_root_with_its_version_means_the_root() -> None:
    config = Config(graph_url="https://graph.microsoft.us/v1.0/", authority="https://login.microsoftonline.us/")
    assert (config.graph_url, config.authority) == ("https://graph.microsoft.us", "https://login.microsoftonline.us")
    assert config.azure_url == "https://management.usgovcloudapi.net"
    assert Config(graph_url="http://127.0.0.1:9").azure_url == ""


def test_a_host_may_have_every_run_read_all() -> None:
    assert Config(full_every=0).full_every == 0


@pytest.mark.parametrize("odd", [None, 1, "A=b", [("A", "b")], {1: "b"}, {b"A": b"b"}, {"A": 1}, {"A": None}])
def test_an_environment_that_is_none_is_named(odd: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"\n  - from_environment: environment(: A| is|: a name) .*(write|give) "
    ):
        from_environment(odd)
    if not isinstance(odd, dict | None):
        with pytest.raises(ConfigurationError, match=r"\n  - from_environment: flags is of the type .*: give settings"):
            from_environment({"INTEGRATION_ACCESS_TOKEN": "token"}, odd)


@pytest.mark.parametrize("wrong", [Live, Replay, threading.Event], ids=lambda kind: kind.__name__)
def test_a_class_is_no_object_of_it(wrong: Any) -> None:
    which = "stop" if wrong is threading.Event else "tape"
    with pytest.raises(ConfigurationError, match=rf"run: {which} is the class {wrong.__name__} itself: give "):
        run(MANAGER, PLAN, Config(), **{which: wrong})


class Asked:
    """A host's event that works some times, and then no more."""

    def __init__(self, times: int) -> None:
        self.times = times

    def is_set(self) -> bool:
        self.times -= 1
        if self.times < 0:
            raise ConnectionRefusedError
        return False


def test_a_stop_that_cannot_be_asked_is_named_before_anything_is_made() -> None:
    with pytest.raises(ConfigurationError, match=r"run: stop cannot be asked .* \(ConnectionRefusedError\): give a "):
        run(MANAGER, PLAN, Config(), stop=Asked(0))
    assert not list(Path().iterdir())


def test_a_run_goes_on_where_nobody_can_end_it_any_more(caplog: pytest.LogCaptureFixture) -> None:
    tape = Replay.folder(demo_folder(), PLAN.steps)
    assert run(MANAGER, PLAN, Config(), tape=tape, stop=Asked(1), out=Path("out")).exit_code() == 0
    assert caplog.messages == ["stop cannot be asked any more (ConnectionRefusedError): the run goes on"]


def test_a_plan_of_another_manager_is_none_of_this_one() -> None:
    manager = load()
    manager.set_blocked("azure_account")
    with pytest.raises(ConfigurationError, match="run: plan has azure_account, which manager does not hold, or blocks"):
        run(manager, PLAN, Config())
    assert not list(Path().iterdir())


@pytest.mark.parametrize("settings", [{"only": ["azure_user"]}, {"skip": ["azure_account"]}], ids=str)
def test_settings_that_choose_otherwise_than_the_plan_are_not_passed_over(settings: dict[str, Any]) -> None:
    chosen = plan(MANAGER, only=["azure_account", "azure_user", "azure_device"])
    with pytest.raises(
        ConfigurationError, match=r"run: plan has azure_\w+, which config leaves out: make it by plan\("
    ):
        run(MANAGER, chosen, Config(**settings))
    with pytest.raises(UnknownType, match=r"azure_usr \(did you mean azure_user\?\)"):
        run(MANAGER, chosen, Config(only=("azure_usr",)))


def test_a_manager_that_load_did_not_make_is_named() -> None:
    for call in (lambda odd: plan(odd), lambda odd: run(odd, PLAN, Config())):
        with pytest.raises(ConfigurationError, match="manager knows no hook of this package: give what load returned"):
            call(pluggy.PluginManager("integration"))


def test_a_report_tells_the_type_that_somebody_meant() -> None:
    report = Report(results=(StepResult(type="azure_user", verdict="complete"),), not_chosen=("azure_device",))
    for odd, told in {
        "azure_usr": r"azure_usr \(did you mean azure_user\?\)$",
        "azure_device": "not asked for",
    }.items():
        with pytest.raises(NotReported, match=told):
            report.of(odd)
    nothing_at_all: Any = None
    with pytest.raises(KeyError, match=r"a type None$"):
        report.of(nothing_at_all)


@pytest.mark.parametrize("odd", [None, b"token"])
def test_a_secret_that_is_no_text_is_told(odd: Any) -> None:
    with pytest.raises(TypeError, match=rf"a secret is a text, not of the type {type(odd).__name__}"):
        Secret(odd)


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
