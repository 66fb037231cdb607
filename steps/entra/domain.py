"""Domains of the tenant."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from steps._words import says

NEVER = 2_147_483_647
"""How many days a password is valid where passwords never expire (domain resource type)."""


@entity_step("Service", permissions=["Domain.Read.All"], per_row=True)
def azure_domain(ctx: Context) -> Iterator[Entity]:
    """A domain of the tenant, verified or not, that names of users and addresses may end with."""
    for domain in ctx.graph.list("/domains", top=None):
        days = domain["passwordValidityPeriodInDays"]
        yield Entity(
            f"azure_domain:{domain['id']}",
            domain,
            category=["infrastructure"],
            function=["IAM"],
            isFederated=says(domain["authenticationType"], "Federated"),
            passwordsNeverExpire=None if days is None else days == NEVER,
        )
