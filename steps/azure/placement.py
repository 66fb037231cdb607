"""Where machines stand to each other: in availability sets, near one another, on hosts of one's own, and reserved.

Source: Azure Resource Manager, Microsoft.Compute availabilitySets, proximityPlacementGroups, hostGroups and
capacityReservationGroups.
"""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    in_groups,
    key_at,
    key_of,
    keys_in,
    object_at,
    objects_in,
    properties_of,
    resource,
)
from steps.azure.vm import VM, reserved_by
from steps.azure.vm_scale_set import SCALE_SET

_TYPES = {
    "azure_availability_set": "microsoft.compute/availabilitysets",
    "azure_capacity_reservation_group": "microsoft.compute/capacityreservationgroups",
    "azure_dedicated_host_group": "microsoft.compute/hostgroups",
    "azure_proximity_placement_group": "microsoft.compute/proximityplacementgroups",
}
_RESERVATION = "microsoft.compute/capacityreservationgroups/capacityreservations"
_HOST = "microsoft.compute/hostgroups/hosts"
_PLACED = {"azure_vm": VM, "azure_vm_scale_set": SCALE_SET}


@entity_step(
    "Group",
    permissions=["Microsoft.Compute/availabilitySets/read"],
    per_row=True,
    resources=[_TYPES["azure_availability_set"]],
)
def azure_availability_set(ctx: Context) -> Iterator[Entity]:
    """Machines of which not all are down at once."""
    for row in ctx.azure.resources(_TYPES["azure_availability_set"]):
        yield resource(
            row,
            virtualMachineIds=keys_in(row, "virtualMachines"),
            proximityPlacementGroupId=key_at(properties_of(row), "proximityPlacementGroup"),
        )


@entity_step(
    "Group",
    permissions=["Microsoft.Compute/proximityPlacementGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_proximity_placement_group"]],
)
def azure_proximity_placement_group(ctx: Context) -> Iterator[Entity]:
    """Machines that are kept near each other."""
    for row in ctx.azure.resources(_TYPES["azure_proximity_placement_group"]):
        yield resource(row)


@entity_step(
    "Group",
    permissions=["Microsoft.Compute/capacityReservationGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_capacity_reservation_group"]],
)
def azure_capacity_reservation_group(ctx: Context) -> Iterator[Entity]:
    """Reserved room for machines, which some subscriptions may use."""
    for row in ctx.azure.resources(_TYPES["azure_capacity_reservation_group"]):
        shared = objects_in(object_at(properties_of(row), "sharingProfile"), "subscriptionIds")
        told = [key_of(each) for each in shared]
        yield resource(row, sharedSubscriptionIds=[key.rpartition("/")[2] for key in told if key])


@entity_step(
    "Resource",
    permissions=["Microsoft.Compute/capacityReservationGroups/capacityReservations/read"],
    per_row=True,
    resources=[_RESERVATION],
)
def azure_capacity_reservation(ctx: Context) -> Iterator[Entity]:
    """Reserved room for some machines of one size."""
    for row in ctx.azure.resources(_RESERVATION):
        yield resource(row, virtualMachineIds=keys_in(row, "virtualMachinesAssociated"))


@entity_step(
    "Group",
    permissions=["Microsoft.Compute/hostGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_dedicated_host_group"]],
)
def azure_dedicated_host_group(ctx: Context) -> Iterator[Entity]:
    """Hosts that run the machines of one customer alone."""
    for row in ctx.azure.resources(_TYPES["azure_dedicated_host_group"]):
        yield resource(row)


@entity_step("Host", permissions=["Microsoft.Compute/hostGroups/hosts/read"], per_row=True, resources=[_HOST])
def azure_dedicated_host(ctx: Context) -> Iterator[Entity]:
    """A physical server that runs the machines of one customer alone."""
    for row in ctx.azure.resources(_HOST):
        yield resource(row, virtualMachineIds=keys_in(row, "virtualMachines"))


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_placement(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What says where machines stand is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_capacity_reservation_group", "HAS", "azure_capacity_reservation", per_row=True)
def azure_capacity_reservation_group_has_reservation(ctx: Context) -> Iterator[Relationship]:
    """Room is reserved in a group."""
    yield from below_parents(ctx.entities("azure_capacity_reservation"))


@relationship_step("azure_capacity_reservation_group", "ALLOWS", "azure_subscription", per_row=True)
def azure_capacity_reservation_group_allows_subscription(ctx: Context) -> Iterator[Relationship]:
    """Machines of another subscription may stand in the rooms of a group."""
    for group in ctx.entities("azure_capacity_reservation_group"):
        for id in group.properties.get("sharedSubscriptionIds") or ():
            yield Relationship(group.key, arm_key(f"/subscriptions/{id}"))


@relationship_step("azure_dedicated_host_group", "HAS", "azure_dedicated_host", per_row=True)
def azure_dedicated_host_group_has_host(ctx: Context) -> Iterator[Relationship]:
    """A host is in a group."""
    yield from below_parents(ctx.entities("azure_dedicated_host"))


@relationship_step("azure_availability_set", "HAS", "azure_vm", per_row=True)
def azure_availability_set_has_vm(ctx: Context) -> Iterator[Relationship]:
    """A machine is one of those of which not all are down at once."""
    for row in ctx.azure.resources(VM):
        if holder := key_at(properties_of(row), "availabilitySet"):
            yield Relationship(holder, arm_key(row["id"]))


@relationship_family("azure_proximity_placement_group", "HAS", [*_PLACED, "azure_availability_set"], per_row=True)
def azure_proximity_placement_group_has_member(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Machines are kept near others."""
    for row in ctx.azure.resources({**_PLACED, **_TYPES}[to_type]):
        if holder := key_at(properties_of(row), "proximityPlacementGroup"):
            yield Relationship(holder, arm_key(row["id"]))


@relationship_step("azure_vm", "USES", "azure_capacity_reservation", per_row=True)
def azure_vm_uses_capacity_reservation(ctx: Context) -> Iterator[Relationship]:
    """A machine stands in reserved room of its size, in the group of such rooms that it names."""
    for reservation in ctx.entities("azure_capacity_reservation"):
        for machine in reservation.properties.get("virtualMachineIds") or ():
            yield Relationship(machine, reservation.key)


@relationship_step("azure_vm", "USES", "azure_dedicated_host")
def azure_vm_uses_dedicated_host(ctx: Context) -> Iterator[Relationship]:
    """A machine runs on a host, which tells so where Azure chose it."""
    pairs = {(key, arm_key(row["id"])) for row in ctx.azure.resources(_HOST) for key in keys_in(row, "virtualMachines")}
    for row in ctx.azure.resources(VM):
        if host := key_at(properties_of(row), "host"):
            pairs.add((arm_key(row["id"]), host))
    for machine, host in sorted(pairs):
        yield Relationship(machine, host)


@relationship_family(list(_PLACED), "USES", "azure_dedicated_host_group", per_row=True)
def azure_machines_use_dedicated_host_group(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Azure chooses a host of a group for machines."""
    for row in ctx.azure.resources(_PLACED[from_type]):
        if group := key_at(properties_of(row), "hostGroup"):
            yield Relationship(arm_key(row["id"]), group)


@relationship_family(list(_PLACED), "USES", "azure_capacity_reservation_group", per_row=True)
def azure_machines_use_capacity_reservation_group(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Machines stand in reserved room."""
    for row in ctx.azure.resources(_PLACED[from_type]):
        properties = properties_of(row)
        if group := reserved_by(object_at(properties, "virtualMachineProfile") or properties):
            yield Relationship(arm_key(row["id"]), group)
