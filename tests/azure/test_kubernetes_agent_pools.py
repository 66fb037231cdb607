"""A cluster's nodes are told pool by pool, with the machines that they are and the group that these are in."""

import pytest

from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

CLUSTER, SCALE_SET = "Microsoft.ContainerService/managedClusters", "Microsoft.Compute/virtualMachineScaleSets"
POOLS = "azure_kubernetes_agent_pool"
USED = f"{POOLS}_uses_vm_scale_set"
NODES = f"/subscriptions/{S}/resourceGroups/MC_RG_aks"


def cluster(place: Place, **given: object) -> str:
    return place.put(CLUSTER, "aks", {"nodeResourceGroup": "MC_rg_AKS", **given})


def nodes(place: Place, name: str, tags: dict[str, str] | None, group: str = NODES) -> str:
    id = f"{group}/providers/{SCALE_SET}/{name}"
    place.tenant.add(row_of(id, SCALE_SET, location="westeurope", properties={}, tags=tags))
    return id


def test_each_pool_of_a_cluster_is_told_by_itself(place: Place, azure: Azure) -> None:
    system = {
        "name": "agentpool",
        "count": 1,
        "type": "VirtualMachineScaleSets",
        "powerState": {"code": "Running"},
        "availabilityZones": ["1", "2"],
        "vnetSubnetID": "/Nodes",
        "podSubnetID": "/Pods",
        "securityProfile": {"enableVTPM": False, "sshAccess": "Disabled"},
    }
    bare = {"name": "Old", "powerState": None, "availabilityZones": None, "securityProfile": None, "vnetSubnetID": None}
    id = cluster(place, agentPoolProfiles=[system, bare, None, {"name": None}])
    report = azure.run("azure_kubernetes_cluster_has_agent_pool", "azure_subnet_has_kubernetes_agent_pool")
    assert verdicts(report) == {"complete"}
    found = entities(POOLS)
    assert {name: found["agentpool"].get(name) for name in ("count", "poolType", "powerState", "vtpmEnabled")} == {
        "count": 1,
        "poolType": "VirtualMachineScaleSets",
        "powerState": "Running",
        "vtpmEnabled": False,
    }
    assert (found["agentpool"]["type"], found["agentpool"]["resourceGroup"]) == (f"{CLUSTER}/agentPools".lower(), "rg")
    assert (found["agentpool"]["subnetIds"], found["Old"]["subnetIds"]) == (["/nodes", "/pods"], [])
    assert keys(POOLS) == {f"{id}/agentpools/{name}".lower() for name in ("agentpool", "old")}
    assert {(id.lower(), key) for key in keys(POOLS)} < edges()


def test_a_pool_s_machines_are_found_by_their_group_and_its_name(place: Place, azure: Azure) -> None:
    id = cluster(place, agentPoolProfiles=[{"name": "agentpool"}, {"name": "gpu"}])
    first = nodes(place, "aks-1", {"AKS-managed-poolName": "AgentPool"})
    nodes(place, "own", {"aks-managed-poolName": "other"})
    nodes(place, "plain", None)
    nodes(place, "elsewhere", {"aks-managed-poolName": "agentpool"}, group=place.id)
    assert azure.run(USED).of(USED).count == 1
    assert (f"{id}/agentPools/agentpool".lower(), first.lower()) in edges()


def test_a_cluster_that_does_not_tell_its_group_has_no_machines(place: Place, azure: Azure) -> None:
    place.put(CLUSTER, "aks", {"nodeResourceGroup": None, "agentPoolProfiles": [{"name": "agentpool"}]})
    nodes(place, "aks-1", {"aks-managed-poolName": "agentpool"})
    report = azure.run(USED)
    assert (report.of(USED).verdict, report.of(USED).count) == ("complete", 0)


def test_a_group_is_managed_by_what_it_was_made_for(place: Place, azure: Azure) -> None:
    id = cluster(place)
    groups = "Microsoft.Resources/subscriptions/resourceGroups"
    place.tenant.add(row_of(NODES, groups, properties={}, managedBy=id.upper()))
    place.tenant.add(row_of(place.id, groups, properties={}, managedBy=""))
    managed = "azure_manager_manages_resource_group"
    report = azure.run(managed, "azure_kubernetes_cluster")
    assert (report.of(managed).verdict, report.of(managed).count) == ("complete", 1)
    assert (id.lower(), NODES.lower()) in edges()
