"""Names as Azure Resource Graph has them, also where a provider writes them otherwise, or leaves them out."""


def region_name(told: str) -> str:
    """Return the name of a region: ``eastus``, where its provider writes ``East US``."""
    return told.replace(" ", "").lower()


def type_in(id: str) -> str | None:
    """Return the type that an id tells, in lower case; ``None`` where it is that of no resource of a provider.

    Some lists leave the type out, such as those of maintenance configurations of Kubernetes clusters.
    Source: Azure Resource Manager, answers of Microsoft.ContainerService of 2024.
    """
    _, below, named = id.rstrip("/").rpartition("/providers/")
    provider, *steps = named.split("/")
    return "/".join([provider, *steps[::2]]).lower() if below and steps else None
