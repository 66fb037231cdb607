"""What protects the machines of scale sets, and what leads to them: uniform ones have no interfaces of their own."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_family
from integration.values import arm_key
from steps.azure._resource import keys_of, object_at, objects_in, parts_of, properties_of, references_in
from steps.azure.vm_scale_set import SCALE_SET

_ON_INTERFACES = {"azure_security_group": "networkSecurityGroup"}
_ON_ADDRESSES = {
    "azure_application_security_group": "applicationSecurityGroups",
    "azure_lb_backend_pool": "loadBalancerBackendAddressPools",
    "azure_application_gateway_backend_pool": "applicationGatewayBackendAddressPools",
}
"""Types of what interfaces are told to be in, and the property that tells it. Source: Azure Resource Manager,
VirtualMachineScaleSetNetworkConfiguration and VirtualMachineScaleSetIPConfiguration."""


@relationship_family(
    ["azure_security_group", "azure_application_security_group"], "PROTECTS", "azure_vm_scale_set", per_row=True
)
def azure_group_protects_vm_scale_set(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """The rules of a group, or those that name it, hold for the machines of a scale set."""
    yield from _joined(ctx, from_type)


@relationship_family(
    ["azure_lb_backend_pool", "azure_application_gateway_backend_pool"],
    "CONNECTS",
    "azure_vm_scale_set",
    per_row=True,
)
def azure_pool_connects_vm_scale_set(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """The machines of a scale set are in a pool that a balancer or a gateway leads to."""
    yield from _joined(ctx, from_type)


def _joined(ctx: Context, type: str) -> Iterator[Relationship]:
    """Yield a relationship from each group or pool of a type that a scale set's machines are in to the scale set."""
    for row in ctx.azure.resources(SCALE_SET):
        network = object_at(properties_of(row), "virtualMachineProfile", "networkProfile")
        interfaces = objects_in(network, "networkInterfaceConfigurations")
        if type in _ON_INTERFACES:
            told = [properties_of(each).get(_ON_INTERFACES[type]) for each in interfaces]
        else:
            addresses = (properties_of(each) for one in interfaces for each in parts_of(one, "ipConfigurations"))
            told = [each for address in addresses for each in references_in(address, _ON_ADDRESSES[type])]
        for key in keys_of(told):
            yield Relationship(key, arm_key(row["id"]))
