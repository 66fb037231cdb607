"""Whose tokens user-assigned identities take in place of secrets."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource

_IDENTITY = "microsoft.managedidentity/userassignedidentities"
_CREDENTIALS = Children(_IDENTITY, "/federatedIdentityCredentials", "2023-01-31")
_READ = ["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read"]


@entity_step("AccessPolicy", permissions=_READ, per_row=True, on_demand=True)
def azure_user_assigned_identity_credential(ctx: Context) -> Iterator[Entity]:
    """Whose tokens a user-assigned identity takes in place of a secret, such as those of a repository's workflows."""
    for row in _CREDENTIALS.rows(ctx):
        yield resource(row)


@relationship_step(
    "azure_user_assigned_identity", "HAS", "azure_user_assigned_identity_credential", permissions=_READ, per_row=True
)
def azure_user_assigned_identity_has_credential(ctx: Context) -> Iterator[Relationship]:
    """An identity takes the tokens of somebody else."""
    yield from _CREDENTIALS.in_parents(ctx)
