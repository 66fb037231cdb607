"""What recovery services vaults keep copies of, how often and how long."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import below_parents, key_at, object_at, parts_of, properties_of, resource, says

_TABLE = "recoveryservicesresources"
_ITEM = "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems"
_POLICY = "microsoft.recoveryservices/vaults/backuppolicies"
_READ = ["Microsoft.RecoveryServices/vaults/backupProtectedItems/read"]
_READ_POLICY = ["Microsoft.RecoveryServices/vaults/backupPolicies/read"]
_KEPT = {
    "dailyRetentionDays": "dailySchedule",
    "weeklyRetentionWeeks": "weeklySchedule",
    "monthlyRetentionMonths": "monthlySchedule",
    "yearlyRetentionYears": "yearlySchedule",
}


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
            sourceResourceId=key_at(of, "sourceResourceId"),
            policyId=key_at(of, "policyId"),
            webLink=portal_link(row),
        )


@entity_step("Configuration", permissions=_READ_POLICY, per_row=True)
def azure_backup_policy(ctx: Context) -> Iterator[Entity]:
    """How often a recovery services vault copies something, and how long copies are kept."""
    for row in ctx.azure.table(_TABLE, type=_POLICY):
        yield resource(row, vaultId=arm_key(row["id"]).rsplit("/", 2)[0], **_told(row))


@relationship_step("azure_recovery_vault", "HAS", "azure_backup_policy", permissions=_READ_POLICY, per_row=True)
def azure_recovery_vault_has_backup_policy(ctx: Context) -> Iterator[Relationship]:
    """A vault has a policy."""
    yield from below_parents(ctx.entities("azure_backup_policy"))


@relationship_step("azure_backup_item", "USES", "azure_backup_policy", permissions=_READ, per_row=True)
def azure_backup_item_uses_policy(ctx: Context) -> Iterator[Relationship]:
    """Copies of something are made by a policy."""
    for row in ctx.azure.table(_TABLE, type=_ITEM):
        if policy := key_at(properties_of(row), "policyId"):
            yield Relationship(arm_key(row["id"]), policy)


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
        if source := key_at(properties_of(row), "sourceResourceId"):
            yield Relationship(arm_key(row["id"]), source)


def _told(row: Any) -> dict[str, Any]:
    """Return how often whole copies are made and how long they are kept; of databases a part of the policy tells it."""
    parts = (part for part in parts_of(row, "subProtectionPolicy") if says(part.get("policyType"), "full"))
    whole = next(parts, properties_of(row))
    schedule = object_at(whole, "schedulePolicy")
    kept = object_at(whole, "retentionPolicy") or object_at(whole, "vaultRetentionPolicy", "vaultRetention")
    durations = {name: object_at(kept, of, "retentionDuration") for name, of in _KEPT.items()}
    told = {name: duration.get("count") for name, duration in durations.items()}
    return {"scheduleRunFrequency": schedule.get("scheduleRunFrequency"), **told}


def _vault(id: str) -> str:
    """Return the key of the vault that an item is in."""
    return arm_key(id).partition("/backupfabrics/")[0]
