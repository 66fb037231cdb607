"""The policy by which Microsoft 365 groups end that nobody renews."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step(
    "ControlPolicy",
    permissions=["Directory.Read.All"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
)
def azure_group_lifecycle_policy(ctx: Context) -> Iterator[Entity]:
    """How long Microsoft 365 groups live unless they are renewed, and which ones."""
    for policy in ctx.graph.list("/groupLifecyclePolicies", select=None, top=None):
        addresses = (each.strip() for each in (policy.get("alternateNotificationEmails") or "").split(";"))
        yield Entity(
            policy["id"],
            policy,
            name="Group lifecycle policy",
            category="config",
            alternateNotificationEmails=[each for each in addresses if each],
        )
