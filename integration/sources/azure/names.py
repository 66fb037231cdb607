"""Names as Azure Resource Graph has them, also where a provider writes them otherwise, or leaves them out."""

from collections.abc import Mapping
from typing import Any


def region_of(located: Mapping[str, Any]) -> Any:
    """Return the name of the region that something is in, ``eastus``, where its provider may write ``East US``."""
    location = located.get("location")
    return location.replace(" ", "").lower() if isinstance(location, str) else location


def name_in(id: str) -> str:
    """Return the name of what has an id: its last part, which a row without a name has in place of one."""
    return id.rstrip("/").rpartition("/")[2]


def type_in(id: str) -> str | None:
    """Return the type that an id tells, in lower case; ``None`` where it is that of no resource of a provider.

    Some lists leave the type out, such as those of maintenance configurations of Kubernetes clusters.
    Source: Azure Resource Manager, answers of Microsoft.ContainerService of 2024.
    """
    _, below, named = id.rstrip("/").rpartition("/providers/")
    provider, *steps = named.split("/")
    return "/".join([provider, *steps[::2]]).lower() if below and steps else None
