"""What data factories connect to, which data they know there, and what they do with it."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import named_in, object_at, properties_of, resource

_FACTORY, _VERSION = "microsoft.datafactory/factories", "2018-06-01"
_PARTS = {
    "azure_data_factory_dataset": Children(_FACTORY, "/datasets", _VERSION),
    "azure_data_factory_linked_service": Children(_FACTORY, "/linkedServices", _VERSION),
    "azure_data_factory_pipeline": Children(_FACTORY, "/pipelines", _VERSION),
}
_READ = [f"Microsoft.DataFactory/factories/{each}/read" for each in ("datasets", "linkedServices", "pipelines")]
_DATASETS, _SERVICES, _PIPELINES = ([each] for each in _READ)


@entity_step("Configuration", permissions=_SERVICES, per_row=True, on_demand=True)
def azure_data_factory_linked_service(ctx: Context) -> Iterator[Entity]:
    """What a data factory connects to, such as a database; never with what it signs in."""
    for row in _PARTS["azure_data_factory_linked_service"].rows(ctx):
        yield resource(row)


@entity_step("DataCollection", permissions=_DATASETS, per_row=True, on_demand=True)
def azure_data_factory_dataset(ctx: Context) -> Iterator[Entity]:
    """Which data of a linked service a data factory reads or writes, by its kind alone."""
    for row in _PARTS["azure_data_factory_dataset"].rows(ctx):
        yield resource(row)


@entity_step("Workflow", permissions=_PIPELINES, per_row=True, on_demand=True)
def azure_data_factory_pipeline(ctx: Context) -> Iterator[Entity]:
    """Work that a data factory does step by step, by the kinds of its steps alone."""
    for row in _PARTS["azure_data_factory_pipeline"].rows(ctx):
        yield resource(
            row,
            activityTypes=sorted(set(named_in(properties_of(row), "activities", "type"))),
            parameterNames=sorted(object_at(properties_of(row), "parameters")),
        )


@relationship_family("azure_data_factory", "HAS", list(_PARTS), permissions=_READ, per_row=True)
def azure_data_factory_has_part(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A data factory has a linked service, a dataset or a pipeline."""
    yield from _PARTS[to_type].in_parents(ctx)


@relationship_step(
    "azure_data_factory_dataset", "USES", "azure_data_factory_linked_service", permissions=_DATASETS, per_row=True
)
def azure_data_factory_dataset_uses_linked_service(ctx: Context) -> Iterator[Relationship]:
    """A dataset is data of a linked service, of which it tells the name in their factory."""
    of = _PARTS["azure_data_factory_dataset"]
    for factory, row in ctx.azure.children(of.type, of.below, api_version=of.api_version):
        if service := _service(row):
            yield Relationship(arm_key(row["id"]), f"{factory}/linkedservices/{service.lower()}")


def _service(row: Any) -> str | None:
    """Return the name of the linked service of a dataset; ``None`` where it has none."""
    reference = object_at(properties_of(row), "linkedServiceName")
    return reference.get("referenceName") or None
