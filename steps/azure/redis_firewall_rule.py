"""Which addresses caches of Redis let in."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children, firewall_rule

_RULES = Children("microsoft.cache/redis", "/firewallRules", "2023-08-01")
_READ = ["Microsoft.Cache/redis/firewallRules/read"]


@entity_step("Firewall", permissions=_READ, per_row=True, on_demand=True)
def azure_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that may reach a cache of Redis."""
    for row in _RULES.rows(ctx):
        yield firewall_rule(row, "startIP", "endIP", isStateful=False)


@relationship_step("azure_redis_cache", "HAS", "azure_firewall_rule", permissions=_READ, per_row=True)
def azure_redis_cache_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A cache of Redis lets in a range of addresses."""
    yield from _RULES.in_parents(ctx)
