"""What is read below each resource of a type, by a request for each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integration import Context, Relationship
from integration.values import arm_key

SUBSCRIPTION = "microsoft.resources/subscriptions"
MANAGEMENT_GROUP = "microsoft.management/managementgroups"


@dataclass(frozen=True)
class Children:
    """Where the children of the resources of a type are.

    Attributes:
        type: of the resources.
        below: path below each of them.
        api_version: of that.
    """

    type: str
    below: str
    api_version: str

    def rows(self, ctx: Context) -> Iterator[Any]:
        """Yield the children."""
        for _, row in ctx.azure.children(self.type, self.below, api_version=self.api_version):
            yield row

    def in_parents(self, ctx: Context) -> Iterator[Relationship]:
        """Yield a relationship from the resource of each child to the child."""
        for parent, row in ctx.azure.children(self.type, self.below, api_version=self.api_version):
            yield Relationship(parent, arm_key(row["id"]))


def below_scopes(ctx: Context, below: str, api_version: str, *types: str) -> Iterator[Any]:
    """Yield what is below subscriptions, or scopes of other types, each once: some tell what is around them, too."""
    seen = set()
    for type in types or (SUBSCRIPTION,):
        for _, row in ctx.azure.children(type, below, api_version=api_version, table="resourcecontainers"):
            if (key := arm_key(row["id"])) not in seen:
                seen.add(key)
                yield row
