"""What each type of Microsoft Entra declares to need is enough to read it whole, and what it needs."""

from collections import defaultdict

import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.text.secret import Secret
from tests.simulator import Simulator, Sizes, synthetic_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()


def types_by_permissions() -> dict[tuple[str, ...], list[str]]:
    """The types that are read with the same permissions, those of what they need included."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for step in declared_steps(MANAGER):
        if step.module.startswith("entra."):
            needed = {
                name for each in plan(MANAGER, only=[step.name]).steps for name in (*each.permissions, *each.optional)
            }
            found[tuple(sorted(needed))].append(step.name)
    return found


TYPES = types_by_permissions()


@pytest.mark.every_type
@pytest.mark.parametrize("roles", TYPES, ids=" ".join)
def test_declared_permissions_are_enough(roles: tuple[str, ...]) -> None:
    tenant = synthetic_tenant(60, 12, 150, seed=9, sizes=Sizes.of(60))
    with Simulator(tenant, roles=roles) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        report = run(MANAGER, plan(MANAGER, only=TYPES[roles]), config, out="out")
    assert {result.type: result.reason for result in report.results if result.verdict != "complete"} == {}
