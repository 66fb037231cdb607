"""A resource group of the demo's tenant, that resources are put into."""

from typing import Any

from tests.simulator.azure.tenant import AzureTenant, row_of


class Place:
    """A resource group.

    Args:
        tenant: has it.
        id: of the resource group.
        region: where its resources are.
        tenant_id: id of the tenant that the rows name.
    """

    def __init__(self, tenant: AzureTenant, id: str, region: str, tenant_id: str) -> None:
        self.tenant, self.id, self._region, self._tenant_id = tenant, id, region, tenant_id

    def of(self, type: str, name: str) -> str:
        """The id of a resource here: ``Microsoft.Network/virtualNetworks`` and ``vnet``, or ``a/b`` for one below."""
        provider, *kinds = type.split("/")
        steps = zip(kinds, name.split("/"), strict=True)
        return "/".join([self.id, "providers", provider, *(part for step in steps for part in step)])

    def put(self, type: str, name: str, properties: dict[str, Any], *, table: str = "", **given: Any) -> str:
        """Put a resource there whose deployment succeeded, and return its id."""
        id = self.of(type, name)
        more = {"tenantId": self._tenant_id, "location": self._region, **given}
        known = {"provisioningState": "Succeeded", **properties}
        self.tenant.add(row_of(id, type, properties=known, **more), table)
        return id


def part(id: str, properties: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A part that is told with its resource, such as a subnet."""
    return {"id": id, "name": id.rpartition("/")[2], "properties": properties, **given}


def to(id: str) -> dict[str, str]:
    """A reference to a resource."""
    return {"id": id}
