"""What a tenant has no licence for, or does not have at all, is told apart from what is refused, and fails no run."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran
from tests.support import write

STEPS = '''
from integration import Entity, entity_step


@entity_step("AccessPolicy", permissions=["RoleEligibilitySchedule.Read.Directory"], licences=["AAD_PREMIUM"])
def contoso_eligible(ctx):
    """Something that premium tenants have."""
    for row in ctx.graph.list("/roleManagement/directory/roleEligibilityScheduleInstances", select=()):
        yield Entity(row["id"], name=row["id"])


@entity_step("Device", permissions=["Device.Read.All"])
def contoso_machine(ctx):
    """A machine."""
    for row in ctx.graph.list("/devices", select=()):
        yield Entity(row["id"], name=row["id"])
'''
NAMED = '{"properties": {"name": {"type": "string", "description": "Its name."}}}'
PATH = "/roleManagement/directory/roleEligibilityScheduleInstances"
Asks = Callable[..., Ran]


@pytest.fixture
def asks(graph: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Asks:
    """What runs the two steps against the server, in one folder."""
    files = {"licensed.py": STEPS, "contoso_eligible.json": NAMED, "contoso_machine.json": NAMED}
    monkeypatch.syspath_prepend(str(write(Path("package"), files)))
    monkeypatch.delitem(sys.modules, "licensed", raising=False)
    module = importlib.import_module("licensed")
    graph.add("/devices", {"id": "device-0001"})
    graph.add(PATH, {"id": "eligible-0001"})

    def run(*, only: tuple[str, ...] = ()) -> Ran:
        steps = (module.contoso_eligible, module.contoso_machine)
        names = only or ("contoso_eligible", "contoso_machine")
        return run_steps(*names, source=graph, out=Path("out"), config=Config(only=only), manager=load(*steps))

    return run


def buys(graph: GraphServer, *plans: str, status: str | None = "Enabled") -> None:
    services: list[dict[str, Any]] = [{"servicePlanName": plan, "provisioningStatus": "Success"} for plan in plans]
    graph.add("/subscribedSkus", {"id": "sku-000001", "capabilityStatus": status, "servicePlans": services})


@pytest.mark.parametrize("plan", ["AAD_PREMIUM", "AAD_PREMIUM_P2"])
def test_what_the_tenant_has_bought_is_read(plan: str, graph: GraphServer, asks: Asks) -> None:
    buys(graph, "EXCHANGE", plan)
    assert asks().verdicts == {"contoso_eligible": "complete", "contoso_machine": "complete"}


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_what_the_tenant_has_not_bought_is_not_asked_for_and_fails_no_run(
    status: str, graph: GraphServer, asks: Asks
) -> None:
    buys(graph, "EXCHANGE", *(["AAD_PREMIUM"] if status == "Suspended" else []), status=status)
    ran = asks()
    result = ran.report.of("contoso_eligible")
    assert (result.verdict, result.reason) == ("skipped", "not licensed: the tenant has no AAD_PREMIUM")
    assert ran.verdicts["contoso_machine"] == "complete"
    assert (ran.report.exit_code(), ran.report.exit_code(fail_on_skipped=True)) == (0, 1)
    assert not any(PATH in request for request in graph.requests)


def test_where_licences_are_not_told_the_answer_tells(graph: GraphServer, asks: Asks) -> None:
    graph.fail("/subscribedSkus", status=403, code="Authorization_RequestDenied")
    assert asks().verdicts["contoso_eligible"] == "complete"


@pytest.mark.parametrize(
    ("status", "code", "begins"),
    [
        (400, "AadPremiumLicenseRequired", "not licensed: "),
        (403, "NoLicense", "not licensed: "),
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "not licensed: "),
        (404, "Request_ResourceNotFound", "not there: "),
    ],
)
def test_what_only_the_answer_tells_skips_the_type(
    status: int, code: str, begins: str, graph: GraphServer, asks: Asks
) -> None:
    graph.fail(PATH, status=status, code=code)
    ran = asks()
    result = ran.report.of("contoso_eligible")
    assert result.verdict == "skipped"
    assert result.reason.startswith(begins)
    assert ran.report.exit_code() == 0


def test_a_refusal_that_nothing_foretold_is_a_failure(graph: GraphServer, asks: Asks) -> None:
    graph.fail(PATH, status=403, code="Authorization_RequestDenied")
    ran = asks()
    assert (ran.verdicts["contoso_eligible"], ran.report.exit_code()) == ("failed", 1)


def test_a_type_that_was_there_and_is_no_longer_licensed_fails_the_run_and_keeps_its_records(
    graph: GraphServer, asks: Asks
) -> None:
    buys(graph, "AAD_PREMIUM")
    assert len(asks().records["contoso_eligible"]) == 1
    buys(graph, "EXCHANGE")
    ran = asks()
    assert (ran.verdicts["contoso_eligible"], ran.report.exit_code()) == ("skipped", 1)
    assert len(ran.records["contoso_eligible"]) == 1


def test_a_type_that_is_named_and_not_licensed_fails_the_run(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "EXCHANGE")
    assert asks(only=("contoso_eligible",)).report.exit_code() == 1


def test_a_product_counts_where_nothing_says_that_it_is_not_in_use(graph: GraphServer, asks: Asks) -> None:
    buys(graph, "AAD_PREMIUM", status=None)
    assert asks().verdicts["contoso_eligible"] == "complete"


@pytest.mark.parametrize(
    "sku",
    [
        {"servicePlans": {"servicePlanName": "EXCHANGE"}},
        {"servicePlans": ["EXCHANGE"]},
        {"servicePlans": "EXCHANGE"},
        {"servicePlans": [], "capabilityStatus": ["Enabled"]},
    ],
    ids=str,
)
def test_products_that_are_not_told_as_documented_cost_no_run(
    sku: dict[str, Any], graph: GraphServer, asks: Asks
) -> None:
    buys(graph, "AAD_PREMIUM")
    graph.add("/subscribedSkus", {"id": "contoso_odd", **sku})
    assert asks().verdicts == {"contoso_eligible": "complete", "contoso_machine": "complete"}


def test_what_is_not_told_as_documented_is_not_taken_for_no_licence(graph: GraphServer, asks: Asks) -> None:
    graph.add("/subscribedSkus", {"id": "contoso_odd", "servicePlans": {"servicePlanName": "EXCHANGE"}})
    assert asks().verdicts["contoso_eligible"] == "complete"
