"""What subscriptions answered that recordings of them show, in shapes that no documentation tells, becomes records."""

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

BUS = "Microsoft.ServiceBus/namespaces"


REGIONS = [("East US", "eastus"), ("EastUs", "eastus"), ("West US 2", "westus2"), ("global", "global")]


@pytest.mark.parametrize(("told", "expected"), REGIONS)
def test_a_resource_is_in_a_region_by_the_same_name_as_others(
    place: Place, azure: Azure, told: str, expected: str
) -> None:
    id = place.put(BUS, "bus", {"status": "Active"})
    place.tenant.tables["resources"][id.lower()]["location"] = told
    assert verdicts(azure.run("azure_service_bus_namespace")) == {"complete"}
    bus = entities("azure_service_bus_namespace")["bus"]
    assert (bus["location"], bus["region"]) == (expected, expected)


@pytest.mark.parametrize(("told", "expected"), [*REGIONS, (None, "westeurope")])
def test_a_child_is_in_a_region_by_the_same_name_as_its_parent(
    place: Place, azure: Azure, told: str | None, expected: str
) -> None:
    namespace = place.put(BUS, "bus", {"status": "Active"})
    place.tenant.add_child(namespace, "/queues", "q", {"status": "Active"}, location=told)
    assert verdicts(azure.run("azure_service_bus_queue")) == {"complete"}
    queue = entities("azure_service_bus_queue")["q"]
    assert (queue["location"], queue["region"]) == (expected, expected)
