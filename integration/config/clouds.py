"""Microsoft's clouds: where the APIs and the sign-in service of a tenant are.

Source: Microsoft Graph, National cloud deployments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

GLOBAL_GRAPH = "https://graph.microsoft.com"
GLOBAL_AZURE = "https://management.azure.com"
GLOBAL_AUTHORITY = "https://login.microsoftonline.com"
_US_AZURE = "https://management.usgovcloudapi.net"


@dataclass(frozen=True)
class Cloud:
    """A national cloud: the roots of Graph and Azure Resource Manager, and the sign-in authority of its tenants."""

    graph: str
    authority: str
    azure: str


CLOUDS: Mapping[str, Cloud] = {
    "global": Cloud(GLOBAL_GRAPH, GLOBAL_AUTHORITY, GLOBAL_AZURE),
    "usgov": Cloud("https://graph.microsoft.us", "https://login.microsoftonline.us", _US_AZURE),
    "usgov-dod": Cloud("https://dod-graph.microsoft.us", "https://login.microsoftonline.us", _US_AZURE),
    "china": Cloud(
        "https://microsoftgraph.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
    ),
}
"""Clouds by name: global (GCC too), US Government L4 (GCC High) and L5 (DoD), China operated by 21Vianet."""


def audience(root: str, default: str = GLOBAL_GRAPH) -> str:
    """Return what a token must be for, to be good at the root of an API.

    Each national cloud has its own; any other host stands in for the global cloud, whose tokens it is given.

    Args:
        root: of Graph, or of Azure Resource Manager.
        default: that of the global cloud.
    """
    roots = {_host(each): each for cloud in CLOUDS.values() for each in (cloud.graph, cloud.azure)}
    return roots.get(_host(root), default)


def azure_of(graph: str) -> str:
    """Return the root of Azure Resource Manager in the cloud of a Graph root; empty where that is of no cloud."""
    roots = {_host(cloud.graph): cloud.azure for cloud in CLOUDS.values()}
    return roots.get(_host(graph), "")


@lru_cache
def clouds_of(url: str) -> frozenset[str]:
    """Return the names of the clouds that a service is of; none where its host is of no cloud."""
    host = _host(url)
    return frozenset(
        name for name, cloud in CLOUDS.items() if host in map(_host, (cloud.graph, cloud.azure, cloud.authority))
    )


@lru_cache
def _host(url: str) -> str:
    """Return the host of a URL, with its port where that is not the usual one; names of hosts have no case."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}{'' if parts.port in (None, 443) else f':{parts.port}'}"
    except ValueError:
        return url
