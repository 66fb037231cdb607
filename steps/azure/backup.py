"""Vaults of Azure Backup, and what is copied into them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    identities_of,
    in_groups,
    key_at,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    resource,
    text_in,
    texts_in,
)

_TYPES = {
    "azure_backup_vault": "microsoft.dataprotection/backupvaults",
}
_BACKUPS = "recoveryservicesresources"
_INSTANCE = "microsoft.dataprotection/backupvaults/backupinstances"
_POLICY = "microsoft.dataprotection/backupvaults/backuppolicies"
_POLICY_READ = ["Microsoft.DataProtection/backupVaults/backupPolicies/read"]
_INSTANCE_READ = ["Microsoft.DataProtection/backupVaults/backupInstances/read"]


@entity_step(
    "Backup",
    permissions=["Microsoft.DataProtection/backupVaults/read"],
    per_row=True,
    resources=[_TYPES["azure_backup_vault"]],
)
def azure_backup_vault(ctx: Context) -> Iterator[Entity]:
    """A vault that keeps copies of disks, databases, blobs and clusters."""
    for row in ctx.azure.resources(_TYPES["azure_backup_vault"]):
        yield resource(row, userAssignedIdentityIds=identities_of(row))


@relationship_step("azure_resource_group", "HAS", "azure_backup_vault", per_row=True)
def azure_resource_group_has_backup_vault(ctx: Context) -> Iterator[Relationship]:
    """A vault of Azure Backup is in a resource group."""
    yield from in_groups(ctx.entities("azure_backup_vault"))


@entity_step("Backup", permissions=_INSTANCE_READ, per_row=True)
def azure_backup_instance(ctx: Context) -> Iterator[Entity]:
    """Copies of a disk, a database, blobs or a cluster in a vault of Azure Backup."""
    for row in ctx.azure.table(_BACKUPS, type=_INSTANCE):
        properties = properties_of(row)
        name = properties.get("friendlyName") or row["name"]
        known = {"name": name, "displayName": name, "vaultId": arm_key(row["id"]).rsplit("/", 2)[0]}
        yield resource(row, **known, sourceResourceId=_source(row), policyId=_policy(row))


@entity_step("Configuration", permissions=_POLICY_READ, per_row=True)
def azure_backup_vault_policy(ctx: Context) -> Iterator[Entity]:
    """How often a vault of Azure Backup copies something, and how long copies are kept."""
    for row in ctx.azure.table(_BACKUPS, type=_POLICY):
        rules = parts_of(row, "policyRules")
        schedules = [object_at(rule, "trigger", "schedule") for rule in rules]
        kept = [_kept(rule) for rule in rules if rule.get("isDefault")]
        yield resource(
            row,
            vaultId=arm_key(row["id"]).rsplit("/", 2)[0],
            repeatingTimeIntervals=[
                each for of in schedules for each in texts_in(of, "repeatingTimeIntervals") if each
            ],
            timeZone=next((of["timeZone"] for of in schedules if of.get("timeZone")), None),
            defaultRetention=next((duration for duration in kept if duration), None),
            retentions=[f"{text_in(rule, 'name')}={duration}" for rule in rules if (duration := _kept(rule))],
        )


@relationship_step("azure_backup_vault", "HAS", "azure_backup_vault_policy", permissions=_POLICY_READ, per_row=True)
def azure_backup_vault_has_policy(ctx: Context) -> Iterator[Relationship]:
    """A vault of Azure Backup has a policy."""
    yield from below_parents(ctx.entities("azure_backup_vault_policy"))


@relationship_step(
    "azure_backup_instance", "USES", "azure_backup_vault_policy", permissions=_INSTANCE_READ, per_row=True
)
def azure_backup_instance_uses_vault_policy(ctx: Context) -> Iterator[Relationship]:
    """Copies of something are made by a policy."""
    for row in ctx.azure.table(_BACKUPS, type=_INSTANCE):
        if policy := _policy(row):
            yield Relationship(arm_key(row["id"]), policy)


@relationship_step("azure_backup_vault", "HAS", "azure_backup_instance", permissions=_INSTANCE_READ, per_row=True)
def azure_backup_vault_has_instance(ctx: Context) -> Iterator[Relationship]:
    """Copies are in a vault of Azure Backup."""
    yield from below_parents(ctx.entities("azure_backup_instance"))


@relationship_step(
    "azure_backup_instance",
    "PROTECTS",
    any_of("azure"),
    type="azure_backup_instance_protects_resource",
    permissions=_INSTANCE_READ,
    per_row=True,
)
def azure_backup_instance_protects_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource is copied into a vault of Azure Backup."""
    for row in ctx.azure.table(_BACKUPS, type=_INSTANCE):
        if source := _source(row):
            yield Relationship(arm_key(row["id"]), source)


def _source(row: Any) -> str | None:
    """Return the key of what is copied."""
    return key_at(object_at(properties_of(row), "dataSourceInfo"), "resourceID")


def _policy(row: Any) -> str | None:
    """Return the key of the policy by which copies are made."""
    return key_at(object_at(properties_of(row), "policyInfo"), "policyId")


def _kept(rule: dict[str, Any]) -> str | None:
    """Return for how long copies are kept by a rule; ``None`` where it is about something else."""
    told = (object_at(each, "deleteAfter").get("duration") for each in objects_in(rule, "lifecycles"))
    return next((duration for duration in told if duration), None)
