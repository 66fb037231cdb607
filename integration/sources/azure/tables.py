"""What is asked for of the tables of Azure Resource Graph, and which of it is read together."""

from integration.sources.azure.partitions import Partition
from integration.sources.azure.resource_graph import LARGEST
from integration.sources.request import Request

_SOURCE = "azure:"
RESOURCES = f"{_SOURCE}{LARGEST}"
"""The path of the table of all resources."""
CONTAINERS = f"{_SOURCE}resourcecontainers"
"""The path of the table of management groups, subscriptions and resource groups."""
_CROWDED = frozenset({"policyresources", "securityresources"})
"""Tables with types of which there are many rows for each resource (policy states, subassessments): of these, only the
types that somebody asks for are read, each by itself."""


def of_table(table: str, type: str, filter: str = "") -> Request:
    """Return the request for the rows of a type in a table, or for those of which a filter is true."""
    place = f"{_SOURCE}{table}/{type}" if filter or table in _CROWDED else f"{_SOURCE}{table}"
    return Request("part", place, part=type, top=None, source="azure", filter=filter)


def whole_of(request: Request) -> Partition:
    """Return what is read for a request, in one part: a table, or one type of it."""
    table, _, type = request.path.removeprefix(_SOURCE).partition("/")
    return Partition(table, type=type, filter=request.filter)
