"""Definitions of Azure Policy: rules for resources, and initiatives, which are sets of them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import key_at, object_at, parts_of, properties_of, text_in

POLICIES = "policyresources"
ASSIGNMENT = "microsoft.authorization/policyassignments"
SET_READ = ["Microsoft.Authorization/policySetDefinitions/read"]
DEFINITION_READ = ["Microsoft.Authorization/policyDefinitions/read"]
_DEFINITION = "microsoft.authorization/policydefinitions"
_SET = "microsoft.authorization/policysetdefinitions"
_OF_MICROSOFT = {"builtin", "static"}


@entity_step("Rule", permissions=DEFINITION_READ)
def azure_policy_definition(ctx: Context) -> Iterator[Entity]:
    """A rule of Azure Policy: of Microsoft's thousands those that an assignment uses, and all of the organization."""
    used = _assigned(ctx) | {key for row in _sets(ctx) for key in _members(row)}
    for row in ctx.azure.table(POLICIES, type=_DEFINITION):
        if arm_key(row["id"]) in used or not _is_of_microsoft(row):
            yield _entity(row)


@entity_step("Ruleset", permissions=SET_READ)
def azure_policy_set_definition(ctx: Context) -> Iterator[Entity]:
    """An initiative, a set of rules of Azure Policy: of Microsoft's those that an assignment uses."""
    for row in _sets(ctx):
        yield _entity(row)


@relationship_step("azure_policy_set_definition", "CONTAINS", "azure_policy_definition", permissions=SET_READ)
def azure_policy_set_definition_contains_definition(ctx: Context) -> Iterator[Relationship]:
    """A rule is in an initiative."""
    for row in _sets(ctx):
        for key, names in _members(row).items():
            yield Relationship(arm_key(row["id"]), key, policyDefinitionReferenceId=", ".join(sorted(names)) or None)


def _entity(row: Any) -> Entity:
    name = properties_of(row).get("displayName") or row["name"]
    version = {"version": properties_of(row).get("version")}
    metadata = version | object_at(properties_of(row), "metadata")
    said = {name: None if metadata.get(name) is None else str(metadata[name]) for name in ("category", "version")}
    return Entity(arm_key(row["id"]), row, name=row["name"], displayName=name, webLink=portal_link(row), **said)


def _sets(ctx: Context) -> Iterator[Any]:
    """Yield the rows of the initiatives that are told: of Microsoft's those that are assigned, and all others."""
    assigned = _assigned(ctx)
    for row in ctx.azure.table(POLICIES, type=_SET):
        if arm_key(row["id"]) in assigned or not _is_of_microsoft(row):
            yield row


def _assigned(ctx: Context) -> set[str]:
    """Return the keys of what is assigned: rules and initiatives."""
    rows = ctx.azure.table(POLICIES, type=ASSIGNMENT)
    return {key for row in rows if (key := key_at(properties_of(row), "policyDefinitionId"))}


def _members(row: Any) -> dict[str, set[str]]:
    """Return the keys of the rules of an initiative, with the names that each has there."""
    found: dict[str, set[str]] = {}
    for part in parts_of(row, "policyDefinitions"):
        if key := key_at(part, "policyDefinitionId"):
            found.setdefault(key, set()).update({text_in(part, "policyDefinitionReferenceId")} - {""})
    return found


def _is_of_microsoft(row: Any) -> bool:
    return text_in(properties_of(row), "policyType").lower() in _OF_MICROSOFT
