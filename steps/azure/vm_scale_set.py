"""Scale sets: machines that are all made the same way."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    key_of,
    keys_at,
    keys_of,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    references_in,
    resource,
)
from steps.azure.vm import VM, reserved_by

SCALE_SET = "microsoft.compute/virtualmachinescalesets"
_POOLS = ("loadBalancerBackendAddressPools", "loadBalancerInboundNatPools")


@entity_step(
    ["Deployment", "Group"],
    permissions=["Microsoft.Compute/virtualMachineScaleSets/read"],
    per_row=True,
    resources=[SCALE_SET],
)
def azure_vm_scale_set(ctx: Context) -> Iterator[Entity]:
    """A set of virtual machines that are made alike, and as many as needed."""
    for row in ctx.azure.resources(SCALE_SET):
        profile = object_at(properties_of(row), "virtualMachineProfile")
        disk = object_at(profile, "storageProfile", "osDisk")
        network = object_at(profile, "networkProfile")
        interfaces = objects_in(network, "networkInterfaceConfigurations")
        image, probe = object_at(profile, "storageProfile").get("imageReference"), network.get("healthProbe")
        addresses = [properties_of(each) for one in interfaces for each in parts_of(one, "ipConfigurations")]
        yield resource(
            row,
            usesManagedDisks=bool(disk["managedDisk"]) if "managedDisk" in disk else None,
            subnetIds=keys_at(addresses, "subnet"),
            networkSecurityGroupIds=keys_at(map(properties_of, interfaces), "networkSecurityGroup"),
            loadBalancerIds=_balancers(addresses),
            hasPublicAddresses=any(object_at(each, "publicIPAddressConfiguration") for each in addresses),
            dedicatedHostGroupId=key_at(properties_of(row), "hostGroup"),
            capacityReservationGroupId=reserved_by(profile),
            proximityPlacementGroupId=key_at(properties_of(row), "proximityPlacementGroup"),
            userAssignedIdentityIds=identities_of(row),
            **{
                "virtualMachineProfile.networkProfile.healthProbe.id": key_of(probe),
                "virtualMachineProfile.storageProfile.imageReference.id": key_of(image),
            },
        )


@relationship_step("azure_resource_group", "HAS", "azure_vm_scale_set", per_row=True)
def azure_resource_group_has_vm_scale_set(ctx: Context) -> Iterator[Relationship]:
    """A scale set is in a resource group."""
    yield from in_groups(ctx.entities("azure_vm_scale_set"))


@relationship_step("azure_vm", "USES", "azure_vm_scale_set", per_row=True)
def azure_vm_uses_scale_set(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine is one of a scale set; those of uniform scale sets are no resources of their own."""
    for row in ctx.azure.resources(VM):
        if scale_set := key_at(properties_of(row), "virtualMachineScaleSet"):
            yield Relationship(arm_key(row["id"]), scale_set)


def _balancers(addresses: list[dict[str, Any]]) -> list[str]:
    """Return the keys of the load balancers of which some configurations are in pools: of machines, or of ports."""
    pools = keys_of(pool for each in addresses for name in _POOLS for pool in references_in(each, name))
    return list(dict.fromkeys(pool.rsplit("/", 2)[0] for pool in pools))
