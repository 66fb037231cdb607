"""Azure Virtual Desktop: machines, and the desktops and applications that run on them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    in_groups,
    key_at,
    keys_in,
    private_endpoints_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_virtual_desktop_host_pool": "microsoft.desktopvirtualization/hostpools",
    "azure_virtual_desktop_application_group": "microsoft.desktopvirtualization/applicationgroups",
    "azure_virtual_desktop_workspace": "microsoft.desktopvirtualization/workspaces",
}
_TABLE, _HOST = "desktopvirtualizationresources", "microsoft.desktopvirtualization/hostpools/sessionhosts"
_HOST_READ = ["Microsoft.DesktopVirtualization/hostpools/sessionhosts/read"]


@entity_step(
    "Cluster",
    permissions=["Microsoft.DesktopVirtualization/hostPools/read"],
    per_row=True,
    resources=[_TYPES["azure_virtual_desktop_host_pool"]],
)
def azure_virtual_desktop_host_pool(ctx: Context) -> Iterator[Entity]:
    """Machines that people's desktops run on."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_desktop_host_pool"]):
        yield resource(row, privateEndpointIds=private_endpoints_of(row))


@entity_step(
    "Group",
    permissions=["Microsoft.DesktopVirtualization/applicationGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_virtual_desktop_application_group"]],
)
def azure_virtual_desktop_application_group(ctx: Context) -> Iterator[Entity]:
    """Desktops or applications that people are given together."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_desktop_application_group"]):
        yield resource(
            row,
            hostPoolId=key_at(properties_of(row), "hostPoolArmPath"),
            workspaceId=key_at(properties_of(row), "workspaceArmPath"),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.DesktopVirtualization/workspaces/read"],
    per_row=True,
    resources=[_TYPES["azure_virtual_desktop_workspace"]],
)
def azure_virtual_desktop_workspace(ctx: Context) -> Iterator[Entity]:
    """What shows people their desktops and applications."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_desktop_workspace"]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["remote-access"],
            privateEndpointIds=private_endpoints_of(row),
            applicationGroupIds=keys_in(row, "applicationGroupReferences"),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_virtual_desktop(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A part of Azure Virtual Desktop is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@entity_step("Host", permissions=_HOST_READ, per_row=True)
def azure_virtual_desktop_session_host(ctx: Context) -> Iterator[Entity]:
    """A machine of a host pool, on which people's desktops run."""
    for row in ctx.azure.table(_TABLE, type=_HOST):
        name = row["name"].rpartition("/")[2]
        machine = key_at(properties_of(row), "resourceId")
        yield resource(row, name=name, displayName=name, virtualMachineId=machine)


@relationship_step("azure_virtual_desktop_host_pool", "HAS", "azure_virtual_desktop_session_host", per_row=True)
def azure_virtual_desktop_host_pool_has_session_host(ctx: Context) -> Iterator[Relationship]:
    """A machine is in a host pool."""
    yield from below_parents(ctx.entities("azure_virtual_desktop_session_host"))


@relationship_step("azure_virtual_desktop_session_host", "USES", "azure_vm", per_row=True)
def azure_virtual_desktop_session_host_uses_vm(ctx: Context) -> Iterator[Relationship]:
    """A machine of a host pool is a virtual machine."""
    for row in ctx.azure.table(_TABLE, type=_HOST):
        if machine := key_at(properties_of(row), "resourceId"):
            yield Relationship(arm_key(row["id"]), machine)


@relationship_step("azure_virtual_desktop_application_group", "USES", "azure_virtual_desktop_host_pool", per_row=True)
def azure_virtual_desktop_application_group_uses_host_pool(ctx: Context) -> Iterator[Relationship]:
    """Desktops or applications run on machines of a host pool."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_desktop_application_group"]):
        if pool := key_at(properties_of(row), "hostPoolArmPath"):
            yield Relationship(arm_key(row["id"]), pool)


@relationship_step("azure_virtual_desktop_workspace", "HAS", "azure_virtual_desktop_application_group", per_row=True)
def azure_virtual_desktop_workspace_has_application_group(ctx: Context) -> Iterator[Relationship]:
    """A workspace shows desktops or applications."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_desktop_workspace"]):
        for group in keys_in(row, "applicationGroupReferences"):
            yield Relationship(arm_key(row["id"]), group)
