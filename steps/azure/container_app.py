"""Container apps, and the environments that they run in."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    key_of,
    named_in,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_APP = "microsoft.app/containerapps"
_TYPES = {"azure_container_app": _APP, "azure_container_app_environment": "microsoft.app/managedenvironments"}


@entity_step("Application", permissions=["Microsoft.App/containerApps/read"], per_row=True, resources=[_APP])
def azure_container_app(ctx: Context) -> Iterator[Entity]:
    """An app of Azure Container Apps; of the variables and secrets of its containers nothing is read."""
    for row in ctx.azure.resources(_APP):
        properties = properties_of(row)
        ingress = object_at(properties, "configuration", "ingress")
        rules = named_in(ingress, "ipSecurityRestrictions", "ipAddressRange")
        environment = properties.get("environmentId") or properties.get("managedEnvironmentId")
        yield resource(
            row,
            public=_is_public(ingress),
            ipSecurityRestrictions=rules if ingress else None,
            environmentId=key_of(environment),
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Cluster",
    permissions=["Microsoft.App/managedEnvironments/read"],
    per_row=True,
    resources=[_TYPES["azure_container_app_environment"]],
)
def azure_container_app_environment(ctx: Context) -> Iterator[Entity]:
    """What some container apps run in, with a network that they share."""
    for row in ctx.azure.resources(_TYPES["azure_container_app_environment"]):
        network = object_at(properties_of(row), "vnetConfiguration")
        subnet = key_at(network, "infrastructureSubnetId")
        yield resource(
            row,
            subnetId=subnet,
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_container_app(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A container app or an environment is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_container_app_environment", "HAS", "azure_container_app", per_row=True)
def azure_container_app_environment_has_app(ctx: Context) -> Iterator[Relationship]:
    """A container app runs in an environment."""
    for row in ctx.azure.resources(_APP):
        properties = properties_of(row)
        if environment := key_at(properties, "environmentId") or key_at(properties, "managedEnvironmentId"):
            yield Relationship(environment, arm_key(row["id"]))


def _is_public(ingress: Mapping[str, Any]) -> bool | None:
    """Tell whether an app is reached from outside its environment, at its port or at a further one."""
    told = [ingress.get("external"), *named_in(ingress, "additionalPortMappings", "external")]
    known = [each for each in told if each is not None]
    return any(known) if known else None
