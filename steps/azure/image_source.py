"""Which registries the images come from that containers and apps run."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_family

_TOLD: dict[str, tuple[str, ...]] = {
    "azure_container": ("image",),
    "azure_container_app": ("images", "registryServers"),
    "azure_container_app_job": ("images",),
    "azure_container_group": ("imageRegistryServers",),
    "azure_function_app": ("linuxFxVersion",),
    "azure_web_app": ("linuxFxVersion",),
}
"""Types of what runs images, and the properties that tell these, or the registry by itself."""


@relationship_family(list(_TOLD), "USES", "azure_container_registry")
def azure_host_of_images_uses_container_registry(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What is run comes from a registry: whoever writes to that decides what runs."""
    registries: dict[str, str] = {}
    for registry in ctx.entities(to_type):
        if server := registry.properties.get("loginServer"):
            registries[server.lower()] = registry.key
    for host in ctx.entities(from_type):
        told = [text for name in _TOLD[from_type] for text in _texts(host.properties.get(name))]
        for key in dict.fromkeys(registries.get(_server(text)) for text in told):
            if key:
                yield Relationship(host.key, key)


def _texts(told: str | list[str] | None) -> list[str]:
    return [told] if isinstance(told, str) else told or []


def _server(image: str) -> str:
    """Return the name of the server in an image such as ``shop.azurecr.io/web:1``, of an app ``DOCKER|`` before it."""
    return image.rpartition("|")[2].rpartition("://")[2].partition("/")[0].lower()
