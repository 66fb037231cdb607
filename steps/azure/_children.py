"""What is read below each resource of a type, by a request for each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from integration import Context, Entity, Relationship
from integration.errors import GraphError
from integration.values import arm_key
from steps.azure._resource import filled_in, properties_of, resource, texts_at

_ALL = "0.0.0.0", "255.255.255.255"  # noqa: S104 - nothing is bound to it
_ALL6 = "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

T = TypeVar("T")
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


def of_several(*lists: Iterator[T]) -> Iterator[T]:
    """Yield what several lists give: where some are refused, what the others do, and the type is partial.

    Raises:
        GraphError: all are refused.
    """
    refused = []
    for each in lists:
        try:
            yield from each
        except GraphError as error:  # noted by the context that the list comes from
            refused.append(error)
    if len(refused) == len(lists):
        raise refused[0]


def below_scopes(ctx: Context, below: str, api_version: str, *types: str) -> Iterator[Any]:
    """Yield what is below subscriptions, or scopes of other types, each once: some tell what is around them, too."""
    seen = set()
    for type in types or (SUBSCRIPTION,):
        for _, row in ctx.azure.children(type, below, api_version=api_version, table="resourcecontainers"):
            if (key := arm_key(row["id"])) not in seen:
                seen.add(key)
                yield row


def setting(row: Any, /, **computed: Any) -> Entity:
    """Return the entity of the only child of its kind of a resource, which is shown by the resource's name."""
    return resource(row, displayName=row["id"].split("/")[-3], **computed)


def cors_origins(row: Any) -> list[str]:
    """Return the web sites whose scripts may reach a service of a storage account, sorted."""
    return sorted({*texts_at(properties_of(row), "cors", "corsRules[]", "allowedOrigins[]")} - {""})


def firewall_rule(row: Any, /, start: str = "startIpAddress", end: str = "endIpAddress", **computed: Any) -> Entity:
    """Return the entity of a range of addresses that a firewall lets in."""
    told = tuple(str(properties_of(row).get(name)).lower() for name in (start, end))
    return resource(row, category=["host"], allowsInternet=told in (_ALL, _ALL6), **computed)


def lets_azure_in(row: Any) -> bool:
    """Tell whether a rule of a database server stands for all that runs in Azure, whosever it is."""
    return all(properties_of(row).get(name) == _ALL[0] for name in ("startIpAddress", "endIpAddress"))


def mail_addresses(holder: Any, name: str) -> list[str] | None:
    """Return addresses of mail, of which some tools write several into one text, with semicolons between them."""
    texts = filled_in(holder, name)
    return None if texts is None else [each.strip() for text in texts for each in text.split(";") if each.strip()]
