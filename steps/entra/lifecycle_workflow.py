"""Lifecycle workflows: what is done with the accounts of those who join, move and leave."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import expanded, object_at, text_in

WORKFLOW = "azure_lifecycle_workflow"
READ = ["LifecycleWorkflows-Workflow.ReadBasic.All"]
PLANS = ["Entra_Identity_Governance"]
"""The service plan with lifecycle workflows: P2 alone lacks them (Microsoft Entra ID Governance licensing)."""


@entity_step("Workflow", permissions=READ, licences=PLANS, per_row=True)
def azure_lifecycle_workflow(ctx: Context) -> Iterator[Entity]:
    """A workflow that is run for whoever joins, moves or leaves: for whom, when, and whether it is on."""
    for row in _workflows(ctx):
        name = row["displayName"] or row["id"]
        yield Entity(row["id"], row, name=name, displayName=name)


@relationship_step("azure_user", "CREATED", WORKFLOW, permissions=READ, licences=PLANS, per_row=True)
def azure_user_created_lifecycle_workflow(ctx: Context) -> Iterator[Relationship]:
    """A user made a workflow."""
    for row in _workflows(ctx):
        if author := text_in(object_at(expanded(row, "createdBy"), "createdBy"), "id"):
            yield Relationship(author, row["id"])


def _workflows(ctx: Context) -> Iterator[Any]:
    """Yield the workflows and who made them, which is all that Graph expands in a list (List workflows)."""
    path = "/identityGovernance/lifecycleWorkflows/workflows"
    return ctx.graph.list(path, schema=WORKFLOW, also=["displayName"], expand="createdBy", top=None)
