"""What Privileged Identity Management asks for when a role or a membership is activated or assigned.

Sources: unifiedRoleManagementPolicyRule resource type; Rules for PIM, which says what the id of each rule means.
"""

from typing import Any

from steps._forms import expanded, object_at, objects_in, required_text, texts_in

POLICIES = "/policies/roleManagementPolicyAssignments"
WITH_RULES = "policy($expand=rules)"
APPROVER_KEYS = {"azure_user": "userId", "azure_user_group": "groupId"}
"""Where the id of an approver is, by the type that it leads to."""


def ruled(rules: dict[str, Any]) -> dict[str, Any]:
    """Return what the rules of a policy say, as properties; none where the rules did not come."""
    if not rules:
        return {}
    activating = texts_in(rules.get("Enablement_EndUser_Assignment", {}), "enabledRules")
    assigning = texts_in(rules.get("Enablement_Admin_Assignment", {}), "enabledRules")
    context = rules.get("AuthenticationContext_EndUser_Assignment", {})
    return {
        "approvalRequired": _approval(rules).get("isApprovalRequired"),
        "approverUserIds": sorted(approvers_of(rules, "userId")),
        "approverGroupIds": sorted(approvers_of(rules, "groupId")),
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


def rules_of(row: Any) -> dict[str, Any]:
    """Return the rules of a policy by their ids, which say what is ruled for whom: each caller has its own."""
    policy = object_at(expanded(row, "policy"), "policy")
    rules = objects_in(expanded(policy, "rules"), "rules") if policy else []
    return {required_text(rule, "id"): rule for rule in rules}


def _approval(rules: dict[str, Any]) -> Any:
    return object_at(rules.get("Approval_EndUser_Assignment", {}), "setting")


def approvers_of(rules: dict[str, Any], key: str) -> set[str]:
    """Return the ids of who approves activations.

    Args:
        rules: as ``rules_of`` gives them.
        key: where an approver's id is: ``userId`` or ``groupId``.
    """
    stages = objects_in(_approval(rules), "approvalStages")
    return {each[key] for stage in stages for each in objects_in(stage, "primaryApprovers") if each.get(key)}


def _permanent(rules: dict[str, Any], rule: str) -> bool | None:
    required = rules.get(rule, {}).get("isExpirationRequired")
    return None if required is None else not required


def _notified(rules: dict[str, Any]) -> set[str]:
    """Return the addresses that are told of what happens to a role beside its usual administrators."""
    told = (rule for name, rule in rules.items() if name.startswith("Notification_Admin_"))
    return {address for rule in told for address in texts_in(rule, "notificationRecipients")}
