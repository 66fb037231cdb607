"""What recovery services vaults keep copies of."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import key_of, properties_of

_TABLE = "recoveryservicesresources"
_ITEM = "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems"
_READ = ["Microsoft.RecoveryServices/vaults/backupProtectedItems/read"]


@entity_step("Backup", permissions=_READ, per_row=True)
def azure_backup_item(ctx: Context) -> Iterator[Entity]:
    """A machine, a database or a share that a recovery services vault keeps copies of, or has kept copies of."""
    for row in ctx.azure.table(_TABLE, type=_ITEM):
        of = properties_of(row)
        name = of.get("friendlyName") or row["name"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            vaultId=_vault(row["id"]),
            sourceResourceId=key_of(of.get("sourceResourceId")),
            policyId=key_of(of.get("policyId")),
            webLink=portal_link(row),
        )


@relationship_step("azure_recovery_vault", "HAS", "azure_backup_item", permissions=_READ, per_row=True)
def azure_recovery_vault_has_backup_item(ctx: Context) -> Iterator[Relationship]:
    """A vault keeps copies of something."""
    for row in ctx.azure.table(_TABLE, type=_ITEM):
        yield Relationship(_vault(row["id"]), arm_key(row["id"]))


@relationship_step(
    "azure_backup_item",
    "PROTECTS",
    any_of("azure"),
    type="azure_backup_item_protects_resource",
    permissions=_READ,
    per_row=True,
)
def azure_backup_item_protects_resource(ctx: Context) -> Iterator[Relationship]:
    """Copies are of a resource, such as a virtual machine."""
    for row in ctx.azure.table(_TABLE, type=_ITEM):
        if source := key_of(properties_of(row).get("sourceResourceId")):
            yield Relationship(arm_key(row["id"]), source)


def _vault(id: str) -> str:
    """Return the key of the vault that an item is in."""
    return arm_key(id).partition("/backupfabrics/")[0]
