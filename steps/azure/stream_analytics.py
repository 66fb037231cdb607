"""Jobs that go through events as they come."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import identities_of, in_groups, key_at, properties_of, resource, whether

STREAMING_JOB = "microsoft.streamanalytics/streamingjobs"


@entity_step(
    "Workflow",
    permissions=["Microsoft.StreamAnalytics/streamingjobs/read"],
    per_row=True,
    resources=[STREAMING_JOB],
)
def azure_stream_analytics_job(ctx: Context) -> Iterator[Entity]:
    """A job that goes through events as they come, and writes what it finds; its query is left out."""
    for row in ctx.azure.resources(STREAMING_JOB):
        properties = properties_of(row)
        yield resource(
            row,
            active=whether(properties.get("jobState"), "running"),
            clusterId=key_at(properties, "cluster"),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_stream_analytics_job", per_row=True)
def azure_resource_group_has_stream_analytics_job(ctx: Context) -> Iterator[Relationship]:
    """A job is in a resource group."""
    yield from in_groups(ctx.entities("azure_stream_analytics_job"))
