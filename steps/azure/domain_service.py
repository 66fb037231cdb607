"""Managed domains of Microsoft Entra Domain Services."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    in_groups,
    joined,
    keys_of,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    resource,
    text_in,
    texts_at,
    whether,
)

_DOMAIN = "microsoft.aad/domainservices"


@entity_step("Service", permissions=["Microsoft.AAD/domainServices/read"], per_row=True, resources=[_DOMAIN])
def azure_domain_service(ctx: Context) -> Iterator[Entity]:
    """A managed domain of Active Directory, into which Microsoft Entra writes users, groups and hashes of passwords.

    Source: AzureHound, ``models/azure/domain_service.go``; Azure Resource Manager, Microsoft.AAD/domainServices, which
    has told the subnet in ``subnetId`` up to its version of 2017.
    """
    for row in ctx.azure.resources(_DOMAIN):
        properties, replicas = properties_of(row), parts_of(row, "replicaSets")
        ldaps = object_at(properties, "ldapsSettings")
        trusts = objects_in(object_at(properties, "resourceForestSettings"), "settings")
        is_reached = [whether(ldaps.get(name), "enabled") for name in ("ldaps", "externalAccess")]
        yield resource(
            row,
            category=["infrastructure"],
            function=["IAM"],
            public=None if None in is_reached and False not in is_reached else all(is_reached),
            subnetIds=keys_of([text_in(properties, "subnetId"), *texts_at(replicas, "subnetId")]),
            controllerIpAddresses=[
                *texts_at(properties, "domainControllerIpAddress[]"),
                *texts_at(replicas, "domainControllerIpAddress[]"),
            ],
            publicIpAddresses=list(texts_at(replicas, "externalAccessIpAddress")),
            trusts=joined(trusts, "=", "trustedDomainFqdn", "trustDirection"),
            trustedDnsServers=[
                address.strip()
                for text in texts_at(trusts, "remoteDnsIps")
                for address in text.split(",")
                if address.strip()
            ],
            replicaLocations=list(texts_at(replicas, "location")),
        )


@relationship_step("azure_resource_group", "HAS", "azure_domain_service", per_row=True)
def azure_resource_group_has_domain_service(ctx: Context) -> Iterator[Relationship]:
    """A managed domain is in a resource group."""
    yield from in_groups(ctx.entities("azure_domain_service"))
