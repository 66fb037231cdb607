"""Microsoft's clouds: where the APIs and the sign-in service of a tenant are.

Source: Microsoft Graph, National cloud deployments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

GLOBAL_GRAPH = "https://graph.microsoft.com"
GLOBAL_AUTHORITY = "https://login.microsoftonline.com"


@dataclass(frozen=True)
class Cloud:
    """A national cloud: the Graph root and the sign-in authority of its tenants."""

    graph: str
    authority: str


CLOUDS: Mapping[str, Cloud] = {
    "global": Cloud(GLOBAL_GRAPH, GLOBAL_AUTHORITY),
    "usgov": Cloud("https://graph.microsoft.us", "https://login.microsoftonline.us"),
    "usgov-dod": Cloud("https://dod-graph.microsoft.us", "https://login.microsoftonline.us"),
    "china": Cloud("https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
}
"""Clouds by name: global (GCC too), US Government L4 (GCC High) and L5 (DoD), China operated by 21Vianet."""


def resource(graph: str) -> str:
    """Return what a token must be for, to be good at a Graph root.

    Each national cloud has its own; any other host stands in for the global cloud, whose tokens it is given.
    """
    roots = {urlsplit(cloud.graph).netloc: cloud.graph for cloud in CLOUDS.values()}
    return roots.get(urlsplit(graph).netloc, GLOBAL_GRAPH)
