"""Conditional access as a service of the tenant, and what it has."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family

SERVICE = "azure_conditional_access_service"


@entity_step("Service", needs=["azure_account", "azure_conditional_access_policy"])
def azure_conditional_access_service(ctx: Context) -> Iterator[Entity]:
    """Conditional access as a service of the tenant, which has its policies."""
    yield Entity(
        f"{SERVICE}:{ctx.one('azure_account').key}",
        name="Conditional Access Service",
        category=["other"],
        function=["access-review"],
    )


@relationship_family(
    SERVICE,
    "HAS",
    [
        "azure_conditional_access_policy",
        "azure_conditional_access_authorization_context",
        "azure_conditional_access_template",
    ],
    per_row=True,
)
def azure_conditional_access_service_has(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Conditional access has a policy, an authentication context or a template."""
    service = ctx.one(from_type)
    for entity in ctx.entities(to_type):
        yield Relationship(service.key, entity.key)
