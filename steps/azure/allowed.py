"""Whom, and what, services let in that name them one by one, past their firewalls or by themselves."""

from collections.abc import Iterator

from integration import Context, Relationship, any_of, relationship_family
from integration.values import arm_key
from steps.azure._principals import object_id

_PRINCIPALS = {
    "azure_app_authentication_setting": ("allowedGroupIds", "allowedPrincipalIds"),
    "azure_hdinsight_cluster": ("kafkaRestGroupId",),
    "azure_healthcare_fhir_service": ("allowedObjectIds",),
    "azure_healthcare_service": ("allowedObjectIds",),
}
"""Types of what names whom in Microsoft Entra it lets in, and the properties that tell their object ids."""
_RESOURCES = {
    "azure_cosmosdb_account": "networkAclBypassResourceIds",
    "azure_storage_account": "networkRuleSet.resourceAccessIds",
}
"""Types of what names resources that its firewall lets in, and the property that tells their ids."""
_ANY = "*"
"""What stands in an id for all resources of a type in a subscription, or a tenant: such an id is of no resource."""


@relationship_family(
    list(_PRINCIPALS),
    "ALLOWS",
    any_of("entra"),
    types={(type, any_of("entra")): f"{type}_allows_principal" for type in _PRINCIPALS},
    per_row=True,
)
def azure_service_allows_principal(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, the members of a group or a service principal may use a service, which names them itself."""
    for service in ctx.entities(from_type):
        told = [service.properties.get(name) or () for name in _PRINCIPALS[from_type]]
        ids = [id for each in told for id in ([each] if isinstance(each, str) else each)]
        for principal in dict.fromkeys(map(object_id, ids)):
            if principal:
                yield Relationship(service.key, principal)


@relationship_family(
    list(_RESOURCES),
    "ALLOWS",
    any_of("azure"),
    types={(type, any_of("azure")): f"{type}_allows_resource" for type in _RESOURCES},
    per_row=True,
)
def azure_service_allows_resource(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource reaches a service past its firewall, which names it."""
    for service in ctx.entities(from_type):
        for key in dict.fromkeys(map(arm_key, service.properties.get(_RESOURCES[from_type]) or ())):
            if _ANY not in key:
                yield Relationship(service.key, key)
