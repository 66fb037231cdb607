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
from steps._forms import expanded, object_at, objects_in, texts_in
from steps.entra._roles import PIM, name_of, role_names

READ = ["RoleManagementPolicy.Read.Directory"]
"""``RoleManagement.Read.Directory`` does as well; ``Directory.Read.All`` does not, although it reads roles."""
_PATH = "/policies/roleManagementPolicyAssignments"
_OF_ROLES = "scopeId eq '/' and scopeType eq 'DirectoryRole'"
_APPROVER_KEYS = {"azure_user": "userId", "azure_user_group": "groupId"}


@entity_step("ControlPolicy", permissions=READ, licences=PIM, needs=["azure_ad_role_definition"])
def azure_role_management_policy(ctx: Context) -> Iterator[Entity]:
    """What a directory role takes to be activated or assigned: approval, multifactor authentication, a reason."""
    roles = role_names(ctx)
    for row in _policies(ctx):
        rules = _rules(row)
        role = name_of(row, roles)
        yield Entity(
            row["id"],
            row,
            name=role,
            displayName=f"Policy of {role}",
            category="config",
            **(_ruled(rules) if rules else {}),
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
    list(_APPROVER_KEYS),
    permissions=READ,
    licences=PIM,
    per_row=True,
)
def azure_role_management_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who approves activations; where it names nobody, privileged administrators do."""
    for row in _policies(ctx):
        for approver in sorted(_approvers(_rules(row), _APPROVER_KEYS[to_type])):
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
        for row in list(ctx.graph.list(_PATH, select=["roleDefinitionId"], filter=_OF_ROLES, top=None)):
            role = row["roleDefinitionId"]
            try:
                yield from list(_listed(ctx, f"{_OF_ROLES} and roleDefinitionId eq '{role}'"))
            except ServiceUnavailable:
                ctx.log.warning("Graph cannot serve the rules of the role %s", role)


def _listed(ctx: Context, filter: str) -> Iterator[Any]:
    """Yield policies with their rules, which Graph gives by such a filter alone."""
    also, expand = ["roleDefinitionId"], "policy($expand=rules)"
    return ctx.graph.list(
        _PATH, schema="azure_role_management_policy", also=also, filter=filter, expand=expand, top=None
    )


def _ruled(rules: dict[str, Any]) -> dict[str, Any]:
    """Return what the rules of a policy say, as properties."""
    activating = texts_in(rules.get("Enablement_EndUser_Assignment", {}), "enabledRules")
    assigning = texts_in(rules.get("Enablement_Admin_Assignment", {}), "enabledRules")
    context = rules.get("AuthenticationContext_EndUser_Assignment", {})
    return {
        "approvalRequired": _approval(rules).get("isApprovalRequired"),
        "approverUserIds": sorted(_approvers(rules, "userId")),
        "approverGroupIds": sorted(_approvers(rules, "groupId")),
        "activationRequiresMfa": "MultiFactorAuthentication" in activating,
        "activationRequiresJustification": "Justification" in activating,
        "activationRequiresTicket": "Ticketing" in activating,
        "activationMaximumDuration": rules.get("Expiration_EndUser_Assignment", {}).get("maximumDuration"),
        "activationAuthenticationContext": context.get("claimValue") if context.get("isEnabled") else None,
        "permanentEligibilityAllowed": _permanent(rules, "Expiration_Admin_Eligibility"),
        "permanentActiveAllowed": _permanent(rules, "Expiration_Admin_Assignment"),
        "assignmentRequiresMfa": "MultiFactorAuthentication" in assigning,
        "assignmentRequiresJustification": "Justification" in assigning,
        "notifiedAdministrators": sorted(_notified(rules)),
    }


def _rules(row: Any) -> dict[str, Any]:
    """Return the rules of a policy by their ids, which say what is ruled for whom: each caller has its own."""
    policy = object_at(expanded(row, "policy"), "policy")
    return {rule["id"]: rule for rule in objects_in(expanded(policy, "rules"), "rules")} if policy else {}


def _approval(rules: dict[str, Any]) -> Any:
    return object_at(rules.get("Approval_EndUser_Assignment", {}), "setting")


def _approvers(rules: dict[str, Any], key: str) -> set[str]:
    stages = objects_in(_approval(rules), "approvalStages")
    return {each[key] for stage in stages for each in objects_in(stage, "primaryApprovers") if each.get(key)}


def _permanent(rules: dict[str, Any], rule: str) -> bool | None:
    required = rules.get(rule, {}).get("isExpirationRequired")
    return None if required is None else not required


def _notified(rules: dict[str, Any]) -> set[str]:
    """Return the addresses that are told of what happens to a role beside its usual administrators."""
    told = (rule for name, rule in rules.items() if name.startswith("Notification_Admin_"))
    return {address for rule in told for address in texts_in(rule, "notificationRecipients")}
