"""What subscriptions answered that recordings of them show, in shapes that no documentation tells, becomes records."""

import pytest

from integration.values import arm_key
from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, to
from tests.simulator.azure.tenant import TENANT_ID

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

BUS, REDIS = "Microsoft.ServiceBus/namespaces", "Microsoft.Cache/Redis"


@pytest.mark.parametrize(
    ("told", "expected"),
    [("East US", "eastus"), ("EastUs", "eastus"), ("West US 2", "westus2"), ("global", "global"), (None, "westeurope")],
)
def test_a_child_is_in_a_region_by_the_same_name_as_its_parent(
    place: Place, azure: Azure, told: str | None, expected: str
) -> None:
    namespace = place.put(BUS, "bus", {"status": "Active"})
    place.tenant.add_child(namespace, "/queues", "q", {"status": "Active"}, location=told)
    assert verdicts(azure.run("azure_service_bus_queue")) == {"complete"}
    queue = entities("azure_service_bus_queue")["q"]
    assert (queue["location"], queue["region"]) == (expected, expected)


def test_a_cache_is_linked_with_one_in_another_group(place: Place, azure: Azure) -> None:
    elsewhere = Place(place.tenant, f"/subscriptions/{S}/resourceGroups/RG-Second", "westus", TENANT_ID)
    first, second = place.of(REDIS, "first"), elsewhere.of(REDIS, "second")
    place.put(REDIS, "first", {"linkedServers": [to(f"{first}/linkedServers/second")], "accessKeys": None})
    elsewhere.put(REDIS, "second", {"linkedServers": [to(f"{second}/linkedServers/first")], "accessKeys": None})
    assert verdicts(azure.run("azure_redis_cache_connects_cache")) == {"complete"}
    ends = arm_key(first), arm_key(second)
    assert edges() == {ends, ends[::-1]}
