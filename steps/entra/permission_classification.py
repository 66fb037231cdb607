"""How the tenant classifies delegated permissions: users may consent to those of low impact where a policy says so."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.entra._apps import READ, SERVICE_PRINCIPALS, part_key

SCOPE, CLASSIFICATION = "azure_oauth2_permission_scope", "azure_delegated_permission_classification"


@entity_step("Configuration", permissions=READ, needs=["azure_service_principal"], per_row=True, on_demand=True)
def azure_delegated_permission_classification(ctx: Context) -> Iterator[Entity]:
    """How much the tenant finds that a delegated permission lets an application do: low, medium or high."""
    for resource, row in _classifications(ctx):
        name = row["permissionName"] or row["permissionId"] or row["id"]
        yield Entity(
            part_key(CLASSIFICATION, resource, row["id"]),
            row,
            name=name,
            displayName=f"{name}: {row['classification']}" if row["classification"] else name,
            resourceId=resource,
        )


@relationship_step(SCOPE, "HAS", CLASSIFICATION, permissions=READ, per_row=True)
def azure_oauth2_permission_scope_has_delegated_permission_classification(ctx: Context) -> Iterator[Relationship]:
    """A delegated permission is classified."""
    for resource, row in _classifications(ctx):
        if row["permissionId"]:
            key = part_key(CLASSIFICATION, resource, row["id"])
            yield Relationship(part_key(SCOPE, resource, row["permissionId"]), key)


def _classifications(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a service principal and how one of its permissions is classified: Graph has no common list."""
    select = ("id", "classification", "permissionId", "permissionName")
    return ctx.graph.related(SERVICE_PRINCIPALS, "delegatedPermissionClassifications", select=select)
