"""Role assignments: who has a role, and where, whatever is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import Context, DeclarationError, Relationship, Report, any_of, load, plan, relationship_step, run
from integration.config.settings import Config
from integration.sdk.plan import order
from integration.sdk.plugins import declared_steps
from integration.terminal.drawing import draw_model
from integration.text.secret import Secret
from integration.values import arm_key
from steps.azure.role_definition import role_key
from tests.simulator.azure import AzureSimulator
from tests.simulator.azure.demo import azure_demo_tenant

pytestmark = pytest.mark.every_area

SCOPES = "azure_role_assignment_allows_any_scope"
VM = "microsoft.compute/virtualmachines"


def read(simulator: AzureSimulator, *types: str, out: str = "out") -> Report:
    manager = load()
    config = Config(azure_url=simulator.url, azure_access_token=Secret(simulator.token))
    return run(manager, plan(manager, only=types), config, out=out)


def test_it_comes_after_all_that_it_may_lead_to_and_needs_none_of_them() -> None:
    steps = declared_steps(load())
    planned = order(steps).steps
    of_azure = {step.name for step in planned if step.module.startswith("azure.") and not step.is_relationship}
    names = [step.name for step in planned]
    (scopes,) = (step for step in planned if step.name == SCOPES)
    assert {"azure_vm", "azure_subscription"} < of_azure <= {*scopes.awaited}
    assert max(map(names.index, of_azure)) < names.index(SCOPES)
    fewer = order(steps, skip=["azure_vm"])
    (scopes,) = (step for step in fewer.steps if step.name == SCOPES)
    assert "azure_vm" not in scopes.awaited
    assert order(steps, only=[SCOPES]).skipped == {}
    (drawn,) = [
        line for line in draw_model(order(steps), "model-dot") if '"azure_role_assignment" -> "azure.*"' in line
    ]
    assert "ALLOWS" in drawn


def test_a_relationship_to_anything_has_a_name_of_its_own() -> None:
    with pytest.raises(DeclarationError, match="acme_tag_has_anything"):

        @relationship_step("acme_tag", "HAS", any_of("acme"), type="acme_tag_has_anything")
        def acme_tag_has_it(ctx: Context) -> Iterator[Relationship]:
            """A tag is on something."""
            return iter(())


@pytest.mark.parametrize("above", ["", "/subscriptions/s", "/providers/Microsoft.Management/managementGroups/g"])
@pytest.mark.parametrize("after", ["", "/"])
def test_a_role_has_one_key_however_its_id_is_written(above: str, after: str) -> None:
    id = f"{above}/providers/Microsoft.Authorization/RoleDefinitions/ABC{after}"
    assert role_key(id) == "/providers/microsoft.authorization/roledefinitions/abc"


def test_a_scope_that_is_gone_is_counted_and_comes_back() -> None:
    tenant = azure_demo_tenant()
    (machine,) = (
        row for row in tenant.tables["resources"].values() if row["name"] == "vm-web-01" and row["type"] == VM
    )
    with AzureSimulator(tenant) as simulator:
        first = read(simulator, SCOPES, "azure_vm").of(SCOPES)
        assert (first.verdict, first.problems) == ("complete", {})
        tenant.remove([machine["id"]])
        second = read(simulator, SCOPES, "azure_vm").of(SCOPES)
        assert second.notes == ("unchanged",)
        assert second.problems["danglingEnds"] == {"count": 1, "examples": [arm_key(machine["id"])]}
        tenant.add(machine)
        third = read(simulator, SCOPES, "azure_vm").of(SCOPES)
        assert third.problems == first.problems
        assert (third.count, Path("out/graph.db").exists()) == (5, True)
