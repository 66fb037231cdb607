"""Authentication contexts of conditional access."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step(
    "Resource",
    permissions=["AuthenticationContext.Read.All"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
)
def azure_conditional_access_authorization_context(ctx: Context) -> Iterator[Entity]:
    """An authentication context: a label that applications put on what they protect, and that policies apply to."""
    path = "/identity/conditionalAccess/authenticationContextClassReferences"
    for context in ctx.graph.list(path, select=None, top=None):
        yield Entity(
            f"azure_conditional_access_authorization_context:{context['id']}",
            context,
            name=context.get("displayName") or context["id"],
        )
