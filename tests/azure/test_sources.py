"""What disks, apps and scale sets hold, run and are reached by leads to where it comes from."""

from typing import Any

import pytest

from integration.sdk.model import relationship_type
from tests.azure.one_group import azure, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SETS, NET = "Microsoft.Compute/virtualMachineScaleSets", "Microsoft.Network"
DISKS = {"azure_managed_disk": "Microsoft.Compute/disks", "azure_snapshot": "Microsoft.Compute/snapshots"}
REGISTRY = "Crweb.azurecr.example"
IMAGE = {"image": "crweb.azurecr.example/shop/web:1"}
PUBLIC = {"image": "nginx:latest"}


@pytest.mark.parametrize("to_type", DISKS)
@pytest.mark.parametrize("from_type", DISKS)
def test_a_copy_leads_to_what_it_was_made_from(place: Place, azure: Azure, from_type: str, to_type: str) -> None:
    source = place.put(DISKS[from_type], "first", {"creationData": {"createOption": "Empty"}})
    told = {"creationData": {"createOption": "Copy", "sourceResourceId": source.upper()}}
    copy = place.put(DISKS[to_type], "second", told)
    restored = {"creationData": {"sourceResourceId": f"{place.id}/providers/Microsoft.Compute/restorePoints/r"}}
    place.put(DISKS[to_type], "restored", restored)
    place.put(DISKS[to_type], "odd", {"creationData": None})
    name = relationship_type(from_type, "GENERATED", to_type)
    assert verdicts(azure.run(name)) == {"complete"}
    assert edges() == {(source.lower(), copy.lower())}


@pytest.mark.parametrize(
    ("type", "of", "properties", "of_holder", "kind"),
    [
        ("container", "Microsoft.ContainerInstance/containerGroups",
         {"containers": [{"name": "web", "properties": IMAGE}, {"name": "log", "properties": PUBLIC}]},
         "/containers/web", ""),
        ("container_group", "Microsoft.ContainerInstance/containerGroups",
         {"imageRegistryCredentials": [{"server": f"https://{REGISTRY}"}, {"server": "other.example"}]}, "", ""),
        ("container_app", "Microsoft.App/containerApps", {"template": {"containers": [IMAGE, PUBLIC, IMAGE]}}, "", ""),
        ("container_app", "Microsoft.App/containerApps", {"configuration": {"registries": [{"server": REGISTRY}]}},
         "", ""),
        ("container_app_job", "Microsoft.App/jobs", {"template": {"containers": [IMAGE]}}, "", ""),
        ("web_app", "Microsoft.Web/sites", {"siteConfig": {"linuxFxVersion": f"DOCKER|{IMAGE['image']}"}}, "", "app"),
        ("function_app", "Microsoft.Web/sites", {"siteConfig": {"linuxFxVersion": f"DOCKER|{IMAGE['image']}"}},
         "", "functionapp"),
    ],
)  # fmt: skip
def test_what_is_run_leads_to_the_registry_that_it_comes_from(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], of_holder: str, kind: str
) -> None:
    registry = place.put("Microsoft.ContainerRegistry/registries", "crweb", {"loginServer": REGISTRY})
    place.put("Microsoft.ContainerRegistry/registries", "unnamed", {})
    holder = place.put(of, "one", properties, kind=kind)
    place.put(of, "none", {}, kind=kind)
    name = relationship_type(f"azure_{type}", "USES", "azure_container_registry")
    report = azure.run(name)
    assert verdicts(report) == {"complete"}
    assert report.of(name).count == 1
    assert edges() == {(f"{holder}{of_holder}".lower(), registry.lower())}


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("azure_security_group_protects_vm_scale_set", "/Groups/One"),
        ("azure_application_security_group_protects_vm_scale_set", "/Asg/One"),
        ("azure_lb_backend_pool_connects_vm_scale_set", "/Lb/Pools/One"),
        ("azure_application_gateway_backend_pool_connects_vm_scale_set", "/Gateway/Pools/One"),
    ],
)
def test_a_scale_set_is_protected_and_reached_by_what_its_machines_are_in(
    place: Place, azure: Azure, name: str, end: str
) -> None:
    address = {
        "applicationSecurityGroups": [to("/Asg/One"), None],
        "loadBalancerBackendAddressPools": [to("/Lb/Pools/One")],
        "applicationGatewayBackendAddressPools": [to("/Gateway/Pools/One")],
    }
    inner = {"networkSecurityGroup": to("/Groups/One"), "ipConfigurations": [part("/a", address), part("/b", address)]}
    interfaces = [part("/n", inner), part("/m", {"networkSecurityGroup": None, "ipConfigurations": None})]
    profile = {"networkProfile": {"networkInterfaceConfigurations": interfaces}}
    machines = place.put(SETS, "web", {"virtualMachineProfile": profile})
    place.put(SETS, "idle", {"virtualMachineProfile": None})
    report = azure.run(name)
    assert report.of(name).verdict == "complete"
    assert edges() == {(end.lower(), machines.lower())}


def test_what_defender_for_iot_finds_is_kept_in_a_workspace(place: Place, azure: Azure) -> None:
    workspace = place.put("Microsoft.OperationalInsights/workspaces", "logs", {})
    solution = place.put("Microsoft.Security/iotSecuritySolutions", "iot", {"workspace": workspace.upper()})
    place.put("Microsoft.Security/iotSecuritySolutions", "alone", {"workspace": ""})
    assert verdicts(azure.run("azure_iot_security_solution_uses_log_analytics_workspace")) == {"complete"}
    assert edges() == {(solution.lower(), workspace.lower())}
