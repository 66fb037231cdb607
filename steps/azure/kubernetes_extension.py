"""What Azure puts into clusters of Kubernetes: extensions, and configurations that Flux keeps."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import object_at, properties_of

_TABLE, _PROVIDER = "kubernetesconfigurationresources", "microsoft.kubernetesconfiguration"
_EXTENSION, _FLUX = f"{_PROVIDER}/extensions", f"{_PROVIDER}/fluxconfigurations"
_READ = ["Microsoft.KubernetesConfiguration/extensions/read"]
_READ_FLUX = ["Microsoft.KubernetesConfiguration/fluxConfigurations/read"]


@entity_step("Application", permissions=_READ, per_row=True)
def azure_kubernetes_extension(ctx: Context) -> Iterator[Entity]:
    """An extension of a cluster of Kubernetes, in Azure or elsewhere, that Azure puts in and keeps up to date."""
    for row in ctx.azure.table(_TABLE, type=_EXTENSION):
        own = object_at(row, "identity") or object_at(properties_of(row), "aksAssignedIdentity")
        yield _entity(row, identityType=own.get("type"), principalId=own.get("principalId"))


@entity_step("Configuration", permissions=_READ_FLUX, per_row=True)
def azure_kubernetes_flux_configuration(ctx: Context) -> Iterator[Entity]:
    """What a cluster of Kubernetes takes from a repository by itself, such as its applications, by Flux."""
    for row in ctx.azure.table(_TABLE, type=_FLUX):
        yield _entity(row)


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_kubernetes_extension",
    type="azure_cluster_has_extension",
    permissions=_READ,
    per_row=True,
)
def azure_cluster_has_extension(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Kubernetes, in Azure or elsewhere, has an extension."""
    for row in ctx.azure.table(_TABLE, type=_EXTENSION):
        yield Relationship(scope_of(row["id"], _PROVIDER), arm_key(row["id"]))


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_kubernetes_flux_configuration",
    type="azure_cluster_has_flux_configuration",
    permissions=_READ_FLUX,
    per_row=True,
)
def azure_cluster_has_flux_configuration(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Kubernetes, in Azure or elsewhere, takes something from a repository."""
    for row in ctx.azure.table(_TABLE, type=_FLUX):
        yield Relationship(scope_of(row["id"], _PROVIDER), arm_key(row["id"]))


def _entity(row: Any, /, **computed: Any) -> Entity:
    known = {"name": row["name"], "displayName": row["name"], "webLink": portal_link(row), **computed}
    return Entity(arm_key(row["id"]), row, **known, clusterId=scope_of(row["id"], _PROVIDER), active=_is_active(row))


def _is_active(row: Any) -> bool | None:
    """Tell whether Flux is not told to rest; ``None`` for what cannot be."""
    suspended = properties_of(row).get("suspend")
    return None if suspended is None else not suspended
