"""Tokens by which somebody reaches a registry of containers without Microsoft Entra, and what they permit."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import active, key_at, properties_of, resource

_REGISTRY = "microsoft.containerregistry/registries"
_TOKENS = Children(_REGISTRY, "/tokens", "2023-07-01")
_MAPS = Children(_REGISTRY, "/scopeMaps", "2023-07-01")
_READ = ["Microsoft.ContainerRegistry/registries/tokens/read"]
_READ_MAPS = ["Microsoft.ContainerRegistry/registries/scopeMaps/read"]


@entity_step("AccessKey", permissions=_READ, per_row=True, on_demand=True)
def azure_container_registry_token(ctx: Context) -> Iterator[Entity]:
    """A name by which somebody signs in to a registry with a password, which is a secret and not read."""
    for row in _TOKENS.rows(ctx):
        yield resource(row, active=active(row), scopeMapId=key_at(properties_of(row), "scopeMapId"))


@entity_step("AccessRole", permissions=_READ_MAPS, per_row=True, on_demand=True)
def azure_container_registry_scope_map(ctx: Context) -> Iterator[Entity]:
    """What tokens of a registry may do with which of its repositories."""
    for row in _MAPS.rows(ctx):
        yield resource(row)


@relationship_step("azure_container_registry", "HAS", "azure_container_registry_token", permissions=_READ, per_row=True)
def azure_container_registry_has_token(ctx: Context) -> Iterator[Relationship]:
    """A registry has a token."""
    yield from _TOKENS.in_parents(ctx)


@relationship_step(
    "azure_container_registry", "HAS", "azure_container_registry_scope_map", permissions=_READ_MAPS, per_row=True
)
def azure_container_registry_has_scope_map(ctx: Context) -> Iterator[Relationship]:
    """A registry says what tokens may do."""
    yield from _MAPS.in_parents(ctx)


@relationship_step(
    "azure_container_registry_token", "ASSIGNED", "azure_container_registry_scope_map", permissions=_READ, per_row=True
)
def azure_container_registry_token_assigned_scope_map(ctx: Context) -> Iterator[Relationship]:
    """A token may do what is said there."""
    for row in _TOKENS.rows(ctx):
        if scope_map := key_at(properties_of(row), "scopeMapId"):
            yield Relationship(arm_key(row["id"]), scope_map)
