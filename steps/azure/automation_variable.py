"""Values that scripts of automation accounts share."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource

_VARIABLES = Children("microsoft.automation/automationaccounts", "/variables", "2023-11-01")
_READ = ["Microsoft.Automation/automationAccounts/variables/read"]


@entity_step("Configuration", permissions=_READ, per_row=True, on_demand=True)
def azure_automation_variable(ctx: Context) -> Iterator[Entity]:
    """A value that scripts of an automation account share: whether it is encrypted; the value itself is never kept."""
    for row in _VARIABLES.rows(ctx):
        yield resource(row)


@relationship_step("azure_automation_account", "HAS", "azure_automation_variable", permissions=_READ, per_row=True)
def azure_automation_account_has_variable(ctx: Context) -> Iterator[Relationship]:
    """An automation account has a value that its scripts share."""
    yield from _VARIABLES.in_parents(ctx)
