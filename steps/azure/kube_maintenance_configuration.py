"""When Kubernetes clusters may be changed by Azure, and which resources have roles inside of them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import (
    key_at,
    named_by,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    resource,
    text_in,
    values_in,
)

_CLUSTER = "microsoft.containerservice/managedclusters"
_CONFIGURATIONS = Children(_CLUSTER, "/maintenanceConfigurations", "2024-05-01")
_BINDINGS = Children(_CLUSTER, "/trustedAccessRoleBindings", "2024-05-01")
_READ = ["Microsoft.ContainerService/managedClusters/maintenanceConfigurations/read"]
_READ_BINDINGS = ["Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings/read"]


@entity_step("Cluster", permissions=_READ, per_row=True, on_demand=True)
def azure_kube_maintenance_configuration(ctx: Context) -> Iterator[Entity]:
    """When a Kubernetes cluster may be changed by Azure."""
    for row in _CONFIGURATIONS.rows(ctx):
        window = object_at(properties_of(row), "maintenanceWindow")
        kept_free = [*parts_of(row, "notAllowedTime"), *objects_in(window, "notAllowedDates")]
        spans = [f"{text_in(span, 'start')}/{text_in(span, 'end')}" for span in kept_free]
        schedule = object_at(window, "schedule")
        kind = next((kind for kind in schedule if object_at(schedule, kind)), None)
        hours = [_hours(each) for each in parts_of(row, "timeInWeek")]
        day = schedule[kind].get("dayOfWeek") if kind else None
        yield resource(row, timeInWeek=hours, notAllowedTime=spans, scheduleType=kind, dayOfWeek=day)


@entity_step("AccessPolicy", permissions=_READ_BINDINGS, per_row=True, on_demand=True)
def azure_kube_cluster_role_binding(ctx: Context) -> Iterator[Entity]:
    """A resource of Azure that has roles inside of a Kubernetes cluster."""
    for row in _BINDINGS.rows(ctx):
        source = key_at(properties_of(row), "sourceResourceId")
        yield resource(row, sourceResourceId=source, clusterName=row["id"].split("/")[-3])


@relationship_step(
    "azure_kubernetes_cluster", "HAS", "azure_kube_maintenance_configuration", permissions=_READ, per_row=True
)
def azure_kubernetes_cluster_has_kube_maintenance_configuration(ctx: Context) -> Iterator[Relationship]:
    """A Kubernetes cluster may be changed at some times."""
    yield from _CONFIGURATIONS.in_parents(ctx)


@relationship_step(
    "azure_kubernetes_cluster", "CONTAINS", "azure_kube_cluster_role_binding", permissions=_READ_BINDINGS, per_row=True
)
def azure_kubernetes_cluster_contains_kube_cluster_role_binding(ctx: Context) -> Iterator[Relationship]:
    """A Kubernetes cluster gives roles to a resource."""
    yield from _BINDINGS.in_parents(ctx)


@relationship_step(
    "azure_kube_cluster_role_binding",
    "ASSIGNED",
    any_of("azure"),
    type="azure_kube_cluster_role_binding_assigned_resource",
    permissions=_READ_BINDINGS,
    per_row=True,
)
def azure_kube_cluster_role_binding_assigned_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource, such as a workspace of Machine Learning or a vault of backups, has roles inside of a cluster."""
    yield from named_by(ctx.entities("azure_kube_cluster_role_binding"), "sourceResourceId")


def _hours(each: Any) -> str:
    """Return a day and its hours, such as ``Sunday 1 2 3``."""
    return " ".join(str(part) for part in (each.get("day"), *values_in(each, "hourSlots")) if part is not None)
