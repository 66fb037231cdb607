"""What Azure tells no name of is called by the last part of its id: no type of resources lacks it."""

import pytest

from integration import load, plan
from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, keys, verdicts
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import TENANT_ID, row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area


def test_each_type_is_made_of_resources_of_which_their_id_alone_is_told(place: Place, azure: Azure) -> None:
    """One resource of each type, all of it null but where it is and of which type."""
    steps = [step for step in plan(load()).steps if step.module.startswith("azure.") and not step.on_demand]
    for type in {each.lower() for step in steps for each in step.resources if "/" in each}:
        id = place.of(type, "/".join("x" * type.count("/")))
        told = {"id": id, "type": type, "subscriptionId": S, "resourceGroup": "rg", "tenantId": TENANT_ID}
        place.tenant.add({**dict.fromkeys(row_of(id, type)), **told})
    report = azure.run(*(step.name for step in steps))
    read = [result for result in report.results if "a token for Azure alone" not in result.reason]
    assert len(read) > 500
    assert [(result.type, result.reason) for result in read if result.verdict != "complete"] == []
    assert entities("azure_vm")["x"]["displayName"] == "x"


@pytest.mark.parametrize("name", [None, ""])
@pytest.mark.parametrize(
    "id",
    [
        f"/subscriptions/{S}/resourceGroups/RG/providers/A.B/c/d/providers/E.F/g/h/providers/Contoso.Maps/atlases/one",
        f"/subscriptions/{S}/providers/Contoso.Maps/atlases/one/",
        "/providers/Contoso.Maps/atlases/one",
    ],
)
def test_a_resource_is_called_by_its_id_wherever_it_is(place: Place, azure: Azure, id: str, name: str | None) -> None:
    place.tenant.add(row_of(id, "Contoso.Maps/atlases", name=name, properties=None, tenantId=TENANT_ID))
    assert verdicts(azure.run("azure_resource")) == {"complete"}
    assert entities("azure_resource")["one"]["name"] == "one"
    assert keys("azure_resource") == {id.lower().rstrip("/")}
