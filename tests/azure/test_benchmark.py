"""What the benchmark of Azure measures is there: a tenant of the size that was asked for, read by listing it too."""

from collections.abc import Iterator
from contextlib import closing

import orjson
import pytest

from benchmarks.azure.lists import Client, read
from benchmarks.azure.server import Listing, Partitioned, stats
from benchmarks.azure.tenant import large_tenant
from integration import Step
from tests.azure.reading import Azure, keys, verdicts
from tests.simulator.azure import AzureSimulator
from tests.simulator.azure.made_up import ASSIGNMENT, VM


@pytest.fixture
def simulator() -> Iterator[AzureSimulator]:
    tenant = large_tenant(1_500, 5, 300)
    with AzureSimulator(tenant) as simulator:
        simulator.graph = Partitioned(tenant)
        simulator.manager = manager = Listing(tenant, simulator.graph)
        manager.simulator = simulator
        yield simulator


def test_a_large_tenant_is_as_large_as_was_asked_for(simulator: AzureSimulator) -> None:
    tenant = simulator.tenant
    assert 1_250 < len(tenant.ids()) <= 1_500
    assert len(tenant.subscriptions) == 5
    assert len(tenant.ids(ASSIGNMENT, "authorizationresources")) >= 300
    assert min(len(orjson.dumps(row)) for row in tenant.tables["resources"].values()) >= 2_000


def test_it_is_read_by_queries_and_by_lists(simulator: AzureSimulator, steps: dict[str, Step]) -> None:
    azure = Azure(simulator, steps)
    assert verdicts(azure.run("contoso_machine")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    queries = stats(simulator)["queries"]
    simulator.requests.clear()
    with closing(Client(simulator.url, simulator.token)) as client:
        assert read(client) > len(simulator.tenant.ids(VM))
    assert stats(simulator)["requests"] > 100 * queries
