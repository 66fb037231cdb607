"""Keys of the customer's own that encrypt namespaces of Event Hubs."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import listed, part_of, properties_of
from steps.azure._vaults import host_of, vaults_by_host
from steps.azure.messaging import EVENT_HUB_NAMESPACE


@entity_step("Key", permissions=["Microsoft.EventHub/namespaces/read"], per_row=True)
def azure_event_hub_key(ctx: Context) -> Iterator[Entity]:
    """A key in a vault, of which the namespace tells the name, that encrypts a namespace of Event Hubs."""
    for row, key in _keys(ctx):
        told = {**key, "id": _id(row, key), "name": key["keyName"]}
        yield part_of(row, told, namespaceId=arm_key(row["id"]), webLink=portal_link(row))


@relationship_step("azure_event_hub_namespace", "HAS", "azure_event_hub_key", per_row=True)
def azure_event_hub_namespace_has_key(ctx: Context) -> Iterator[Relationship]:
    """A key encrypts a namespace of Event Hubs."""
    for row, key in _keys(ctx):
        yield Relationship(arm_key(row["id"]), arm_key(_id(row, key)))


@relationship_step("azure_event_hub_key", "USES", "azure_keyvault_service")
def azure_event_hub_key_uses_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """A key is in a vault, whose address the namespace tells."""
    vaults = vaults_by_host(ctx)
    for row, key in _keys(ctx):
        if vault := vaults.get(host_of(key.get("keyVaultUri"))):
            yield Relationship(arm_key(_id(row, key)), vault)


def _keys(ctx: Context) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield each namespace with each key that encrypts it."""
    for row in ctx.azure.resources(EVENT_HUB_NAMESPACE):
        encryption = properties_of(row).get("encryption") or {}
        for key in filter(None, listed(encryption, "keyVaultProperties")):
            if key.get("keyName"):
                yield row, key


def _id(row: Any, key: dict[str, Any]) -> str:
    """Return an id for a key in its namespace, which Azure gives none: several vaults may have one of its name."""
    return f"{row['id']}/encryption/{(key.get('keyVaultUri') or '').rstrip('/').lower()}/keys/{key['keyName']}"
