"""A step starts when what it needs has its verdict, and what it will read is asked for before that."""

import importlib
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from integration import Report, Step, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.sdk.report import StepResult
from integration.text.secret import Secret
from tests.little_tenant import GROUPS, LittleTenant, Said, members, serving
from tests.support import write

NUMBERS = count(1)
PATIENCE = 10.0
"""Seconds until a test gives up; what passes does not wait for them."""
SCHEMA = '{"properties": {"name": {"type": "string", "description": "What it is called."}}}'
MODULE = '''
import threading

from integration import Entity, Relationship, Step, entity_step, relationship_step

seen, elsewhere = threading.Event(), threading.Event()


@entity_step("Key")
def contoso_slow(ctx):
    """Answered late."""
    for row in ctx.graph.list("/slow"):
        yield Entity(row["id"], name="slow")


@entity_step("Key")
def contoso_fast(ctx):
    """Answered at once."""
    for row in ctx.graph.list("/fast"):
        yield Entity(row["id"], name="fast")


def of_slow(ctx):
    """Needs what is slow."""
    for entity in ctx.entities("contoso_slow"):
        yield Relationship(entity.key, entity.key)


many = [
    Step(name=f"slow_{verb.lower()}", class_name=verb, run=of_slow, needs=("contoso_slow",), ends=("contoso_slow",) * 2)
    for verb in "ALLOWS ASSIGNED CONNECTS CONTAINS HAS MANAGES MONITORS OWNS TRUSTS USES".split()
]


def list_late(ctx):
    """Reads what is slow, as others do."""
    for row in ctx.graph.list("/slow"):
        yield Entity(row["id"], name="late")


late = [Step(name=f"contoso_late_{n}", class_name="Key", run=list_late) for n in range(30)]


@relationship_step("contoso_fast", "USES", "contoso_fast", type="contoso_zone_uses_fast")
def contoso_zone_uses_fast(ctx):
    """Needs what is fast, and comes last in the plan."""
    for entity in ctx.entities("contoso_fast"):
        yield Relationship(entity.key, entity.key)


@entity_step("Key")
def contoso_parent(ctx):
    """Asks for something else before it lists the parents."""
    ctx.log.warning("begins")
    ctx.graph.get("/first")
    for row in ctx.graph.list("/parents", select=["id"]):
        yield Entity(row["id"], name="parent")


@relationship_step("contoso_parent", "HAS", "contoso_parent")
def contoso_parent_has_parent(ctx):
    """Reads a relation of these parents."""
    for parent, row in ctx.graph.related("/parents", "kids"):
        yield Relationship(parent, row["id"])


@relationship_step("contoso_slow", "HAS", "contoso_fast")
def contoso_slow_has_fast(ctx):
    """Reads a relation whose parents are listed at once."""
    for parent, row in ctx.graph.related("/fast", "kids"):
        yield Relationship(row["id"], parent)
    seen.set()


@entity_step("Key")
def contoso_patient(ctx):
    """Goes on whatever its first request raises."""
    try:
        found = list(ctx.graph.list("/fast"))
    except Exception:
        found = []
    yield Entity("patient", name=str(len(found)))


@entity_step("Key")
def contoso_elsewhere(ctx):
    """Has read what it reads, and waits for something else."""
    list(ctx.graph.list("/fast"))
    yield Entity("elsewhere", name=str(elsewhere.wait(10)))


@relationship_step("contoso_fast", "MANAGES", "contoso_fast", type="contoso_teller")
def contoso_teller(ctx):
    """Says that this is there now."""
    for entity in ctx.entities("contoso_fast"):
        yield Relationship(entity.key, entity.key)
    elsewhere.set()


@entity_step("Key")
def contoso_broken(ctx):
    """Raises before it asks for anything."""
    raise ValueError("broken")
    yield
'''


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Step]:
    name = f"contoso_readiness_{next(NUMBERS)}"
    monkeypatch.syspath_prepend(write(tmp_path, {f"{name}.py": MODULE}))
    module = vars(importlib.import_module(name))
    found = {step.name: step for step in [*module.values(), *module["many"], *module["late"]] if isinstance(step, Step)}
    write(tmp_path, {f"{type}.json": "{}" if step.is_relationship else SCHEMA for type, step in found.items()})
    return found


class Watch:
    """Notes when steps start and finish."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.finished = {"contoso_zone_uses_fast": threading.Event()}
        self._awaited: list[tuple[int, str, threading.Event]] = []

    def when_started(self, count: int, prefix: str, event: threading.Event) -> None:
        """Have an event set when so many steps have started whose names begin so."""
        self._awaited.append((count, prefix, event))

    @hookimpl
    def integration_step_started(self, step: Step) -> None:
        self.seen.append(("started", step.name))
        for most, prefix, event in self._awaited:
            if sum(what == "started" and name.startswith(prefix) for what, name in self.seen) >= most:
                event.set()

    @hookimpl
    def integration_step_finished(self, result: StepResult) -> None:
        self.seen.append(("finished", result.type))
        if result.type in self.finished:
            self.finished[result.type].set()


def read(tenant: LittleTenant, *plugins: Any, only: tuple[str, ...] = ()) -> Report:
    manager = load(*plugins)
    config = Config(graph_url=tenant.url, access_token=Secret("token"))
    return run(manager, plan(manager, only=only), config, out="out")


def verdicts(report: Report) -> dict[str, str]:
    return {result.type: result.verdict for result in report.results}


def hold(tenant: LittleTenant, path: str, until: threading.Event) -> list[bool]:
    """Have a path answered only after an event, and return a list of whether that came."""
    came: list[bool] = []

    def answer(_: str) -> Said | None:
        came.append(until.wait(PATIENCE))
        return None

    tenant.says[path] = answer
    return came


def asked(tenant: LittleTenant, path: str, times: int = 1) -> threading.Event:
    """Return an event that is set when a path is asked for."""
    left, event = [times], threading.Event()

    def answer(_: str) -> Said | None:
        left[0] -= 1
        if left[0] <= 0:
            event.set()
        return None

    tenant.says[path] = answer
    return event


def test_steps_that_wait_do_not_keep_a_ready_one_from_starting(tenant: LittleTenant, steps: dict[str, Step]) -> None:
    watch = Watch()
    came = hold(tenant, "/slow", watch.finished["contoso_zone_uses_fast"])
    chosen = [
        name
        for name in steps
        if name.startswith("slow_") or name in ("contoso_slow", "contoso_fast", "contoso_zone_uses_fast")
    ]
    report = read(tenant, watch, *steps.values(), only=tuple(chosen))
    assert verdicts(report) == dict.fromkeys(chosen, "complete")
    assert came == [True]


def test_a_step_that_waits_for_something_of_its_own_does_not_keep_a_ready_one_from_starting(
    tenant: LittleTenant, steps: dict[str, Step]
) -> None:
    chosen = ["contoso_elsewhere", "contoso_fast", "contoso_teller"]
    report = read(tenant, *(steps[name] for name in chosen), only=tuple(chosen))
    assert verdicts(report) == dict.fromkeys(chosen, "complete")
    with closing(sqlite3.connect("out/graph.db")) as graph:
        (name,) = graph.execute("SELECT properties ->> 'name' FROM entities WHERE _key = 'elsewhere'").fetchone()
    assert name == "True"


def test_steps_that_wait_for_what_is_read_do_not_keep_a_ready_one_from_starting(
    tenant: LittleTenant, steps: dict[str, Step]
) -> None:
    watch = Watch()
    many = threading.Event()
    watch.when_started(10, "contoso_late", many)
    first = hold(tenant, "/fast", many)
    came = hold(tenant, "/slow", watch.finished["contoso_zone_uses_fast"])
    chosen = [name for name in steps if name.startswith(("contoso_late", "contoso_fast", "contoso_zone"))]
    report = read(tenant, watch, *steps.values(), only=tuple(chosen))
    assert verdicts(report) == dict.fromkeys(chosen, "complete")
    assert (first, came) == ([True], [True])


def test_a_step_starts_after_all_that_it_needs(tenant: LittleTenant) -> None:
    watch = Watch()
    report = read(tenant, watch)
    for result in report.results:
        start = watch.seen.index(("started", result.type))
        assert all(watch.seen.index(("finished", need)) < start for need in result.needs)


def test_a_first_run_asks_for_members_while_users_are_still_listed(tenant: LittleTenant) -> None:
    came = hold(tenant, "/users", asked(tenant, members(GROUPS[0])))
    report = read(tenant)
    assert set(verdicts(report).values()) == {"complete"}
    assert came == [True]
    assert tenant.count("/groups") == 1


def test_a_first_run_makes_relationships_while_what_they_lead_to_is_still_listed(
    tenant: LittleTenant, steps: dict[str, Step]
) -> None:
    seen = steps["contoso_slow"].run.__globals__["seen"]
    tenant.says["/fast"] = lambda _: (200, {}, {"value": [{"id": "one"}]})
    tenant.always("/fast/one/kids", 200, {"value": [{"@odata.type": "#microsoft.graph.user", "id": "two"}]})
    came: list[bool] = []

    def slow(_: str) -> Said:
        came.append(seen.wait(PATIENCE))
        return 200, {}, {"value": [{"id": "two"}]}

    tenant.says["/slow"] = slow
    watch = Watch()
    report = read(tenant, watch, *steps.values(), only=("contoso_slow_has_fast",))
    assert came == [True]
    assert report.of("contoso_slow_has_fast").count == 1
    assert not report.of("contoso_slow_has_fast").problems
    assert watch.seen.index(("finished", "contoso_slow")) < watch.seen.index(("started", "contoso_slow_has_fast"))


def test_a_later_run_asks_for_changed_members_while_changed_users_are_still_listed(tenant: LittleTenant) -> None:
    read(tenant)
    came = hold(tenant, "/users/delta", asked(tenant, "/groups/delta", times=2))
    report = read(tenant)
    assert {result.notes for result in report.results} == {("unchanged",)}
    assert came == [True]


def test_parents_that_no_step_has_asked_for_yet_are_not_listed_ahead(
    tenant: LittleTenant, steps: dict[str, Step]
) -> None:
    tenant.always("/first", 200, {"id": "first"})
    tenant.always("/parents", 200, {"value": [{"id": "one"}]})
    tenant.always("/parents/one/kids", 200, {"value": [{"@odata.type": "#microsoft.graph.user", "id": "one"}]})
    report = read(tenant, *steps.values(), only=("contoso_parent_has_parent",))
    assert verdicts(report) == {"contoso_parent": "complete", "contoso_parent_has_parent": "complete"}
    assert report.of("contoso_parent_has_parent").count == 1
    assert tenant.count("/parents") == 1
    assert tenant.count("/first") == 1


def test_what_nobody_will_read_does_not_hold_the_run_up(tenant: LittleTenant) -> None:
    over = threading.Event()
    came = hold(tenant, members(GROUPS[0]), over)
    tenant.always("/users", 403, {"error": {"code": "Authorization_RequestDenied", "message": "No."}})
    report = read(tenant, only=("azure_user_group_has_user",))
    over.set()
    assert verdicts(report) == {
        "azure_user": "failed",
        "azure_user_group": "complete",
        "azure_user_group_has_user": "skipped",
    }
    assert False not in came


def test_what_a_step_does_before_its_first_request_shows_once(
    tenant: LittleTenant, steps: dict[str, Step], caplog: pytest.LogCaptureFixture
) -> None:
    tenant.says["/fast"] = lambda _: (200, {}, {"value": [{"id": "one"}, {"id": "two"}]})
    tenant.always("/first", 200, {"id": "first"})
    with caplog.at_level(logging.INFO, logger="integration"):
        report = read(
            tenant, *steps.values(), only=("contoso_patient", "contoso_broken", "contoso_parent", "contoso_fast")
        )
    assert verdicts(report) == {
        "contoso_patient": "complete",
        "contoso_broken": "failed",
        "contoso_parent": "complete",
        "contoso_fast": "complete",
    }
    assert "ValueError: broken" in report.of("contoso_broken").reason
    messages = [record.getMessage() for record in caplog.records]
    assert messages.count("begins") == 1
    assert messages.count("contoso_broken failed") == 1
    assert tenant.count("/fast") == 1
