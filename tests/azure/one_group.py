"""A resource group in a tenant with one subscription, which a test puts resources into, and what is made of these."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.azure.reading import Azure, verdicts
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import TENANT_ID, Subscription

S = "00000000-0000-4000-8000-000000000101"


@pytest.fixture
def place() -> Place:
    """A resource group in a tenant with one subscription."""
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", TENANT_ID))
    return Place(tenant, f"/subscriptions/{S}/resourceGroups/RG", "westeurope", TENANT_ID)


@pytest.fixture
def azure(place: Place) -> Iterator[Azure]:
    with AzureSimulator(place.tenant) as simulator:
        yield Azure(simulator, {})


def entities(type: str) -> dict[str, dict[str, Any]]:
    """The properties of the entities of a type by name."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        found = database.execute("SELECT properties FROM entities WHERE _type = ?", (type,))
        return {each["name"]: each for each in (json.loads(text) for (text,) in found)}


def check_told(azure: Azure, type: str, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Read a type, check some properties of the one entity that there is, and return them all."""
    assert verdicts(azure.run(type)) == {"complete"}
    (found,) = entities(type).values()
    assert {name: found.get(name) for name in expected} == expected
    return found
