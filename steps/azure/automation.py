"""Services that run what somebody wrote down, with rights of their own."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    named_in,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_automation_account": "microsoft.automation/automationaccounts",
    "azure_data_factory": "microsoft.datafactory/factories",
    "azure_logic_app_workflow": "microsoft.logic/workflows",
}


@entity_step(
    "Service",
    permissions=["Microsoft.Automation/automationAccounts/read"],
    per_row=True,
    resources=[_TYPES["azure_automation_account"]],
)
def azure_automation_account(ctx: Context) -> Iterator[Entity]:
    """An automation account, which runs scripts."""
    yield from _services(ctx, "azure_automation_account")


@entity_step(
    "Service",
    permissions=["Microsoft.DataFactory/factories/read"],
    per_row=True,
    resources=[_TYPES["azure_data_factory"]],
)
def azure_data_factory(ctx: Context) -> Iterator[Entity]:
    """A data factory, which copies and changes data."""
    yield from _services(ctx, "azure_data_factory")


@entity_step(
    "Workflow",
    permissions=["Microsoft.Logic/workflows/read"],
    per_row=True,
    resources=[_TYPES["azure_logic_app_workflow"]],
)
def azure_logic_app_workflow(ctx: Context) -> Iterator[Entity]:
    """A workflow of Logic Apps: steps that run when something happens; what they do is left out."""
    for row in ctx.azure.resources(_TYPES["azure_logic_app_workflow"]):
        control = object_at(properties_of(row), "accessControl", "triggers")
        callers = named_in(control, "allowedCallerIpAddresses", "addressRange")
        yield resource(
            row,
            integrationAccountId=key_at(properties_of(row), "integrationAccount"),
            integrationServiceEnvironmentId=key_at(properties_of(row), "integrationServiceEnvironment"),
            allowedCallerIpAddresses=callers if control.get("allowedCallerIpAddresses") is not None else None,
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_automation(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service that runs what somebody wrote is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


def _services(ctx: Context, type: str) -> Iterator[Entity]:
    for row in ctx.azure.resources(_TYPES[type]):
        yield resource(row, category=["infrastructure"], function=["workload-management"], **_reached(row))


def _reached(row: Any) -> dict[str, Any]:
    """Return who may reach a service, and what it may be."""
    return {"privateEndpointIds": private_endpoints_of(row), "userAssignedIdentityIds": identities_of(row)}
