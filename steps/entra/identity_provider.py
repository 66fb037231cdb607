"""Identity providers that people from outside may sign in with."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step

_SUFFIX = "IdentityProvider"


@entity_step("Configuration", permissions=["IdentityProvider.Read.All"], per_row=True)
def azure_identity_provider(ctx: Context) -> Iterator[Entity]:
    """A provider, such as Google or codes by mail, by which guests sign in who have no account of Microsoft Entra."""
    for provider in ctx.graph.list("/identity/identityProviders", top=None):
        yield Entity(
            f"azure_identity_provider:{provider['id']}",
            provider,
            name=provider["displayName"] or provider["id"],
            providerKind=_kind(provider.get("@odata.type")),
        )


def _kind(type: Any) -> str | None:
    """Return which of Graph's types a provider is, such as ``social``; ``None`` where Graph does not say."""
    return str(type).rpartition(".")[2].removesuffix(_SUFFIX) or None if type else None
