"""Resources of all the types that have none of their own here."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key, epoch_ms
from steps.azure._resource import identities_of, in_groups, key_of, resource

_OTHERS = "*"
_READ = ["*/read"]
_SKU = ("name", "tier", "size", "family")
_PLAN = ("publisher", "product", "name")
_TIMES = ("timeCreated", "creationTime", "createdAt", "creationDate", "createDate", "createdTime")
_TLS = ("minimumTlsVersion", "minimalTlsVersion", "minTlsVersion")


@entity_step("Resource", permissions=_READ, per_row=True, resources=[_OTHERS])
def azure_resource(ctx: Context) -> Iterator[Entity]:
    """A resource of Azure whose type is not among those that are told apart here."""
    for row in ctx.azure.resources(_OTHERS):
        properties = _object(row["properties"])
        connections = properties.get("privateEndpointConnections")
        sku, plan, identity = _object(row["sku"]), _object(row["plan"]), _object(row["identity"])
        more: dict[str, Any] = {
            **{f"sku.{name}": _text(sku.get(name)) for name in _SKU},
            **{f"plan.{name}": _text(plan.get(name)) for name in _PLAN},
            "networkAcls.defaultAction": _text(_object(properties.get("networkAcls")).get("defaultAction")),
        }
        yield resource(
            row,
            kind=row["kind"] or None,
            managedBy=row["managedBy"] or None,
            extendedLocation=_text(_object(row["extendedLocation"]).get("name")),
            identityType=_text(identity.get("type")),
            principalId=_text(identity.get("principalId")),
            userAssignedIdentityIds=identities_of({"identity": identity}) or None,
            createdOn=_created_on(properties),
            provisioningState=_text(properties.get("provisioningState")),
            publicNetworkAccess=_text(properties.get("publicNetworkAccess")),
            minimumTlsVersion=_first(properties, _TLS),
            disableLocalAuth=_flag(properties.get("disableLocalAuth")),
            privateEndpointConnections=len(connections) if isinstance(connections, list) else None,
            encryptionKeySource=_text(_object(properties.get("encryption")).get("keySource")),
            **more,
        )


@relationship_step("azure_resource_group", "HAS", "azure_resource", permissions=_READ, per_row=True)
def azure_resource_group_has_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource is in a resource group."""
    yield from in_groups(each for each in ctx.entities("azure_resource") if "/resourcegroups/" in each.key)


@relationship_step(
    any_of("azure"), "HAS", "azure_resource", type="azure_parent_has_resource", permissions=_READ, per_row=True
)
def azure_parent_has_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource is a part of another one, below which its id is."""
    for row in ctx.azure.resources(_OTHERS):
        key = arm_key(row["id"])
        if row["type"].count("/") > 1:
            yield Relationship(key.rsplit("/", 2)[0], key)


@relationship_step(
    any_of("azure"), "MANAGES", "azure_resource", type="azure_manager_manages_resource", permissions=_READ, per_row=True
)
def azure_manager_manages_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource was made for another one, which manages it."""
    for row in ctx.azure.resources(_OTHERS):
        if manager := key_of(row["managedBy"]):
            yield Relationship(manager, arm_key(row["id"]))


def _object(value: Any) -> dict[str, Any]:
    """Return an object; nothing of what a type has there instead."""
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    """Return a text; nothing of what a type has there instead."""
    return value if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _first(properties: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the first text that properties have under one of several names."""
    return next(filter(None, (_text(properties.get(name)) for name in names)), None)


def _created_on(properties: dict[str, Any]) -> int | None:
    """Return when a resource was made, which types write under different names, some not as a time."""
    told = epoch_ms(_first(properties, _TIMES))
    return told if isinstance(told, int) else None
