"""Jobs of Azure Container Apps."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    properties_of,
    resource,
)

_TYPES = {
    "azure_container_app_job": "microsoft.app/jobs",
}


@entity_step(
    "Process", permissions=["Microsoft.App/jobs/read"], per_row=True, resources=[_TYPES["azure_container_app_job"]]
)
def azure_container_app_job(ctx: Context) -> Iterator[Entity]:
    """A task of Azure Container Apps that runs when it is time, when something happens, or when somebody starts it."""
    for row in ctx.azure.resources(_TYPES["azure_container_app_job"]):
        yield resource(
            row,
            userAssignedIdentityIds=identities_of(row),
            environmentId=key_at(properties_of(row), "environmentId"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_container_app_job", per_row=True)
def azure_resource_group_has_container_app_job(ctx: Context) -> Iterator[Relationship]:
    """A job of Azure Container Apps is in a resource group."""
    yield from in_groups(ctx.entities("azure_container_app_job"))


@relationship_step("azure_container_app_environment", "HAS", "azure_container_app_job", per_row=True)
def azure_container_app_environment_has_job(ctx: Context) -> Iterator[Relationship]:
    """A job runs in an environment."""
    for row in ctx.azure.resources(_TYPES["azure_container_app_job"]):
        if environment := key_at(properties_of(row), "environmentId"):
            yield Relationship(environment, arm_key(row["id"]))
