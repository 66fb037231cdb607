"""What Privileged Identity Management asks for when somebody becomes a member or an owner of a group for a time."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps._words import composed
from steps.entra._pim_rules import APPROVER_KEYS, POLICIES, WITH_RULES, approvers_of, ruled, rules_of
from steps.entra._roles import PIM
from steps.entra.privileged_access_group import ASSIGNABLE, tell_what_is_not_asked

POLICY = "azure_privileged_access_group_policy"
_READ = ["RoleManagementPolicy.Read.AzureADGroup"]
_SELECT = ("id", "policyId", "scopeId", "scopeType", "roleDefinitionId")


@entity_step("ControlPolicy", permissions=_READ, licences=PIM, needs=["azure_user_group"], on_demand=True)
def azure_privileged_access_group_policy(ctx: Context) -> Iterator[Entity]:
    """What it takes to become a member or an owner of a group by PIM: approval, multifactor authentication, a time."""
    for row in _policies(ctx):
        name = composed(": ", row["roleDefinitionId"], row["scopeId"]) or row["id"]
        displayed = f"Policy of {name}"
        yield Entity(row["id"], row, name=name, displayName=displayed, category="config", **ruled(rules_of(row)))
    tell_what_is_not_asked(ctx)


@relationship_step(POLICY, "RESTRICTS", "azure_user_group", permissions=_READ, licences=PIM, per_row=True)
def azure_privileged_access_group_policy_restricts_user_group(ctx: Context) -> Iterator[Relationship]:
    """A policy is the one of the members or of the owners of a group: accessId says of which."""
    for row in _policies(ctx):
        if row["scopeId"]:
            yield Relationship(row["id"], row["scopeId"], accessId=row["roleDefinitionId"])


@relationship_family(POLICY, "ASSIGNED", list(APPROVER_KEYS), permissions=_READ, licences=PIM, per_row=True)
def azure_privileged_access_group_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who approves activations."""
    for row in _policies(ctx):
        for approver in sorted(approvers_of(rules_of(row), APPROVER_KEYS[to_type])):
            yield Relationship(row["id"], approver)


@relationship_step(POLICY, "USES", "azure_conditional_access_authorization_context", per_row=True)
def azure_privileged_access_group_policy_uses_conditional_access_authorization_context(
    ctx: Context,
) -> Iterator[Relationship]:
    """Who activates a membership has to meet what conditional access asks for in an authentication context."""
    for policy in ctx.entities(POLICY):
        if context := policy.properties.get("activationAuthenticationContext"):
            yield Relationship(policy.key, f"azure_conditional_access_authorization_context:{context}")


def _policies(ctx: Context) -> Iterator[Any]:
    """Yield the policies of groups that can be assigned to roles: Graph gives them group by group alone."""
    by = "scopeId eq '{id}' and scopeType eq 'Group'"
    for _, row in ctx.graph.related(
        "/groups", POLICIES, select=_SELECT, filter=by, expand=WITH_RULES, among=ASSIGNABLE
    ):
        yield row
