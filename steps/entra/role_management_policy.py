"""What Privileged Identity Management asks for when a directory role is activated or assigned."""

from collections.abc import Iterator
from typing import Any

from integration import (
    Context,
    Entity,
    Relationship,
    ServiceUnavailable,
    entity_step,
    relationship_family,
    relationship_step,
)
from steps.entra._pim_rules import APPROVER_KEYS, POLICIES, WITH_RULES, approvers_of, ruled, rules_of
from steps.entra._roles import PIM, name_of, role_names

READ = ["RoleManagementPolicy.Read.Directory"]
"""``RoleManagement.Read.Directory`` does as well; ``Directory.Read.All`` does not, although it reads roles."""
_OF_ROLES = "scopeId eq '/' and scopeType eq 'DirectoryRole'"


@entity_step("ControlPolicy", permissions=READ, licences=PIM, needs=["azure_ad_role_definition"])
def azure_role_management_policy(ctx: Context) -> Iterator[Entity]:
    """What a directory role takes to be activated or assigned: approval, multifactor authentication, a reason."""
    roles = role_names(ctx)
    for row in _policies(ctx):
        role = name_of(row, roles)
        yield Entity(
            row["id"],
            row,
            name=role,
            displayName=f"Policy of {role}",
            category="config",
            **ruled(rules_of(row)),
        )


@relationship_step(
    "azure_role_management_policy",
    "RESTRICTS",
    "azure_ad_role_definition",
    permissions=READ,
    licences=PIM,
    per_row=True,
)
def azure_role_management_policy_restricts_ad_role_definition(ctx: Context) -> Iterator[Relationship]:
    """A policy is the one of a directory role."""
    for row in _policies(ctx):
        if row["roleDefinitionId"]:
            yield Relationship(row["id"], row["roleDefinitionId"])


@relationship_family(
    "azure_role_management_policy",
    "ASSIGNED",
    list(APPROVER_KEYS),
    permissions=READ,
    licences=PIM,
    per_row=True,
)
def azure_role_management_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who approves activations; where it names nobody, privileged administrators do."""
    for row in _policies(ctx):
        for approver in sorted(approvers_of(rules_of(row), APPROVER_KEYS[to_type])):
            yield Relationship(row["id"], approver)


@relationship_step(
    "azure_role_management_policy", "USES", "azure_conditional_access_authorization_context", per_row=True
)
def azure_role_management_policy_uses_conditional_access_authorization_context(ctx: Context) -> Iterator[Relationship]:
    """Who activates a role has to meet what conditional access asks for in an authentication context."""
    for policy in ctx.entities("azure_role_management_policy"):
        if context := policy.properties.get("activationAuthenticationContext"):
            yield Relationship(policy.key, f"azure_conditional_access_authorization_context:{context}")


def _policies(ctx: Context) -> Iterator[Any]:
    """Yield the policies of all directory roles with their rules.

    Where Graph cannot serve the rules of one role, it serves none of them at once: each role is asked for by itself.
    """
    try:
        yield from list(_listed(ctx, _OF_ROLES))
    except ServiceUnavailable:
        for row in list(ctx.graph.list(POLICIES, select=["roleDefinitionId"], filter=_OF_ROLES, top=None)):
            role = row["roleDefinitionId"]
            try:
                yield from list(_listed(ctx, f"{_OF_ROLES} and roleDefinitionId eq '{role}'"))
            except ServiceUnavailable:
                ctx.log.warning("Graph cannot serve the rules of the role %s", role)


def _listed(ctx: Context, filter: str) -> Iterator[Any]:
    """Yield policies with their rules, which Graph gives by such a filter alone."""
    also = ["roleDefinitionId"]
    return ctx.graph.list(
        POLICIES, schema="azure_role_management_policy", also=also, filter=filter, expand=WITH_RULES, top=None
    )
