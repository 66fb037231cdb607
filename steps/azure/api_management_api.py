"""APIs that services of API Management offer."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import properties_of, resource, text_in

_APIS = Children("microsoft.apimanagement/service", "/apis", "2022-08-01")
_READ = ["Microsoft.ApiManagement/service/apis/read"]


@entity_step("ApplicationEndpoint", permissions=_READ, per_row=True, on_demand=True)
def azure_api_management_api(ctx: Context) -> Iterator[Entity]:
    """An API that a service of API Management offers."""
    for row in _APIS.rows(ctx):
        properties = properties_of(row)
        name = properties.get("displayName") or row["name"]
        path = text_in(properties, "path")  # an empty one is that of the service itself
        yield resource(row, displayName=name, path=path, address=path)


@relationship_step("azure_api_management_service", "HAS", "azure_api_management_api", permissions=_READ, per_row=True)
def azure_api_management_service_has_api(ctx: Context) -> Iterator[Relationship]:
    """A service of API Management offers an API."""
    yield from _APIS.in_parents(ctx)
