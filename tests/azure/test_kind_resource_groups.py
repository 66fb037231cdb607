"""Each resource is told to be in its resource group, whatever type it has here."""

from types import SimpleNamespace
from typing import Any

import pytest

from integration import Entity, load, plan
from tests.azure.one_group import azure, place
from tests.azure.reading import Azure, edges
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

GROUP, BEGINNING = "azure_resource_group", "azure_resource_group_has_"


def test_each_type_of_resources_that_are_below_no_other_is_in_resource_groups() -> None:
    steps = plan(load()).steps
    held = {step.ends[1] for step in steps if step.ends and step.ends[0] == GROUP and step.class_name == "HAS"}
    types = {step.name for step in steps if any(each.count("/") == 1 for each in step.resources)}
    assert len(types) > 100
    assert not sorted(types - held)


def test_which_group_a_resource_is_in_is_read_of_its_key_and_no_resource_is_read_again_for_that() -> None:
    key = "/subscriptions/one/resourcegroups/two/providers/three/four/five"
    only_entities: Any = SimpleNamespace(entities=lambda type: iter([Entity(key)]))
    steps = [step for step in plan(load()).steps if step.name.startswith(BEGINNING)]
    assert len(steps) > 100
    for step in steps:
        made: list[Any] = list(step.records(only_entities))
        assert [(each.from_key, each.to_key) for each in made] == [("/subscriptions/one/resourcegroups/two", key)]


@pytest.mark.parametrize(
    ("of", "type"),
    [
        ("microsoft.network/firewallpolicies", "network_firewall_policy"),
        ("microsoft.synapse/workspaces", "synapse_workspace"),
    ],
)
def test_a_resource_is_in_its_group(place: Place, azure: Azure, of: str, type: str) -> None:
    id = place.put(of, "one", {})
    report = azure.run(f"{BEGINNING}{type}")
    assert report.of(f"{BEGINNING}{type}").verdict == "complete"
    assert edges() == {(place.id.lower(), id.lower())}
