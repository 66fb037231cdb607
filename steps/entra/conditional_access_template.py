"""Templates of conditional access policies."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from steps._words import words_of


@entity_step(
    "AccessPolicy",
    permissions=["Policy.Read.All"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
    on_demand=True,
)
def azure_conditional_access_template(ctx: Context) -> Iterator[Entity]:
    """A policy that Microsoft proposes to every tenant."""
    for template in ctx.graph.list("/identity/conditionalAccess/templates", select=None, top=None):
        yield Entity(
            f"azure_conditional_access_template:{template['id']}",
            template,
            name=template.get("name") or template["id"],
            scenarios=words_of(template.get("scenarios")),
        )
