"""Regions of Azure: mapped entities, each once, however they are written."""

import json
from pathlib import Path

import pytest

from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import TENANT_ID, Subscription, row_of

pytestmark = pytest.mark.every_area

S = "00000000-0000-4000-8000-00000000010{}"


def test_regions_are_told_once_and_mapped_for_jupiterone() -> None:
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    for number in (1, 2):
        tenant.add_subscription(Subscription(S.format(number), "Production", TENANT_ID))
    kind = "Microsoft.Resources/subscriptions/resourceGroups"
    for number, name, location in ((1, "a", "westeurope"), (1, "b", "WestEurope"), (2, "c", "West Europe")):
        row = row_of(f"/subscriptions/{S.format(number)}/resourceGroups/{name}", kind, location=location)
        tenant.add(row, "resourcecontainers")
    place = Place(tenant, f"/subscriptions/{S.format(1)}/resourceGroups/a", "East US", TENANT_ID)
    watcher = place.put("Microsoft.Network/networkWatchers", "nw", {}).lower()
    with AzureSimulator(tenant) as simulator:
        report = Azure(simulator, {}).run("azure.location", to=("files:files",))
    assert verdicts(report) == {"complete"}
    west, east = "azure_location_westeurope", "azure_location_eastus"
    assert keys("azure_location") == {west, east}
    assert edges() == {
        (f"/subscriptions/{S.format(1)}", west),
        (f"/subscriptions/{S.format(2)}", west),
        (east, watcher),
    }
    (line,) = Path("files/relationships/azure_location_has_network_watcher.jsonl").read_text().splitlines()
    mapping = json.loads(line)["_mapping"]
    assert (mapping["relationshipDirection"], mapping["sourceEntityKey"]) == ("REVERSE", watcher)
    assert (mapping["targetFilterKeys"], mapping["targetEntity"]["_key"]) == ([["_key"]], east)
