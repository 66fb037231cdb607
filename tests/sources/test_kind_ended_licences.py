"""What stays in force when its licence has ended is read all the same, and what is refused then is not licensed."""

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from integration import load
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.sdk.step import Step
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran
from tests.support import write

STEPS = '''
from integration import Entity, entity_step


@entity_step(
    "AccessPolicy", permissions=["Policy.Read.All"], licences=["AAD_PREMIUM"], outlasts_licence=True, per_row=True
)
def contoso_in_force(ctx):
    """Something that premium tenants make, and that stays in force."""
    for row in ctx.graph.list("/identity/conditionalAccess/policies", also=["displayName"]):
        yield Entity(row["id"], name=row["displayName"])
'''
SCHEMA = '{"required": ["name"], "properties": {"name": {"type": "string", "description": "Its name."}}}'
TYPE, PATH = "contoso_in_force", "/identity/conditionalAccess/policies"
LACK = "not licensed: the tenant has no AAD_PREMIUM: "
Asks = Callable[..., Ran]
MANAGER = load()


@pytest.fixture
def asks(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Asks:
    """What runs the step against the server, in one folder."""
    monkeypatch.syspath_prepend(str(write(Path("package"), {"ended.py": STEPS, f"{TYPE}.json": SCHEMA})))
    monkeypatch.delitem(sys.modules, "ended", raising=False)
    manager = load(importlib.import_module("ended").contoso_in_force)
    return lambda: run_steps(TYPE, source=graph, out=Path("out"), config=Config(), manager=manager)


def buys(graph: GraphServer, status: str) -> None:
    plans = [{"servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}]
    graph.add("/subscribedSkus", {"id": "sku-000001", "capabilityStatus": status, "servicePlans": plans})


def policies(graph: GraphServer, *ids: str) -> None:
    """Have the tenant hold these policies, and none of those that it held before."""
    for id in ("policy-0001", "policy-0002", "policy-0003"):
        with suppress(LookupError):
            graph.remove(PATH, id)
    graph.add(PATH, *({"id": id, "displayName": id} for id in ids))


@pytest.mark.parametrize("status", ["Suspended", "Deleted", "LockedOut"])
def test_what_stays_in_force_is_complete_and_a_later_run_follows_it(
    status: str, graph: GraphServer, asks: Asks
) -> None:
    buys(graph, status)
    for ids in (["policy-0001", "policy-0002"], ["policy-0002", "policy-0003"], ["policy-0002", "policy-0003"]):
        policies(graph, *ids)
        ran = asks()
        assert (ran.verdicts[TYPE], ran.report.exit_code()) == ("complete", 0)
        assert [row["_key"] for row in ran.records[TYPE]] == ids


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("code", ["AccessDenied", "Forbidden", "BadRequest", ""])
def test_a_refusal_in_whatever_words_is_for_want_of_the_licence_and_fails_nothing(
    status: int, code: str, graph: GraphServer, asks: Asks
) -> None:
    buys(graph, "Suspended")
    graph.fail(PATH, status=status, code=code)
    ran = asks()
    result = ran.report.of(TYPE)
    assert (result.verdict, result.to_grant, ran.report.exit_code()) == ("skipped", (), 0)
    assert result.reason.startswith(LACK)
    assert str(status) in result.reason


def test_a_refusal_that_names_the_licence_is_told_by_what_the_tenant_lacks(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "Suspended")
    graph.fail(PATH, status=403, code="NoLicense")
    assert asks().report.of(TYPE).reason == "not licensed: the tenant has no AAD_PREMIUM"


def test_a_tenant_that_has_nothing_left_of_it_is_not_licensed(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "Suspended")
    policies(graph)
    ran = asks()
    result = ran.report.of(TYPE)
    assert (result.verdict, result.reason, ran.report.exit_code()) == ("skipped", f"{LACK}Graph lists nothing", 0)


@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("before", ["Enabled", "Suspended"])
def test_what_was_there_and_is_not_told_any_more_is_kept(
    before: str, refused: bool, graph: GraphServer, asks: Asks
) -> None:
    buys(graph, before)
    policies(graph, "policy-0001")
    asks()
    buys(graph, "Suspended")
    if refused:
        graph.fail(PATH, status=403, code="AccessDenied")
    else:
        policies(graph)
    for _ in range(2):
        ran = asks()
        assert (ran.verdicts[TYPE], ran.report.exit_code()) == ("skipped", 1)
        assert [row["_key"] for row in ran.records[TYPE]] == ["policy-0001"]
    assert TYPE in ran.report.incomplete


def test_what_had_nothing_while_it_was_licensed_is_not_licensed_afterwards(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "Enabled")
    policies(graph)
    assert asks().verdicts[TYPE] == "complete"
    buys(graph, "Suspended")
    ran = asks()
    assert (ran.verdicts[TYPE], ran.report.exit_code()) == ("skipped", 0)


def test_records_that_the_schema_rejects_are_not_taken_for_nothing(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "Suspended")
    graph.add(PATH, {"id": "policy-0001", "displayName": 5})
    assert asks().verdicts[TYPE] == "partial"


def test_a_fault_of_the_service_is_no_want_of_a_licence(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "Suspended")
    graph.fail(PATH, status=501, code="NotImplemented")
    ran = asks()
    assert (ran.verdicts[TYPE], ran.report.exit_code()) == ("failed", 1)


@pytest.mark.parametrize(
    "step", [step for step in declared_steps(MANAGER) if step.outlasts_licence], ids=lambda step: step.name
)
def test_what_outlasts_its_licence_names_one_and_is_read_by_itself(step: Step) -> None:
    assert step.licences
    assert not step.needs
