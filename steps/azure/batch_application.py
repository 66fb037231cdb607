"""Programs and certificates of accounts of Batch."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import properties_of, resource

_ACCOUNT = "microsoft.batch/batchaccounts"
_APPLICATIONS = Children(_ACCOUNT, "/applications", "2023-11-01")
_CERTIFICATES = Children(_ACCOUNT, "/certificates", "2023-11-01")
_READ = ["Microsoft.Batch/batchAccounts/applications/read"]
_READ_CERTIFICATES = ["Microsoft.Batch/batchAccounts/certificates/read"]


@entity_step("Process", permissions=_READ, per_row=True, on_demand=True)
def azure_batch_application(ctx: Context) -> Iterator[Entity]:
    """A program that an account of Batch runs."""
    for row in _APPLICATIONS.rows(ctx):
        name = properties_of(row).get("displayName") or row["name"]
        yield resource(row, name=name, displayName=name)


@entity_step("Certificate", permissions=_READ_CERTIFICATES, per_row=True, on_demand=True)
def azure_batch_certificate(ctx: Context) -> Iterator[Entity]:
    """A certificate that an account of Batch gives to its machines; never its key."""
    for row in _CERTIFICATES.rows(ctx):
        yield resource(row)


@relationship_step("azure_batch_account", "HAS", "azure_batch_application", permissions=_READ, per_row=True)
def azure_batch_account_has_application(ctx: Context) -> Iterator[Relationship]:
    """An account of Batch runs a program."""
    yield from _APPLICATIONS.in_parents(ctx)


@relationship_step(
    "azure_batch_account", "HAS", "azure_batch_certificate", permissions=_READ_CERTIFICATES, per_row=True
)
def azure_batch_account_has_certificate(ctx: Context) -> Iterator[Relationship]:
    """An account of Batch gives a certificate to its machines."""
    yield from _CERTIFICATES.in_parents(ctx)
