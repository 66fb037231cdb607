"""Policies of access packages: who may ask for one, who approves that, and when what was given ends."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import epoch_ms
from steps._forms import objects_in, values_in
from steps.entra._packages import GOVERNANCE, READ, id_of, policies, subjects

_KEYS = {"azure_user": "userId", "azure_user_group": "groupId"}
"""How a set of subjects names a user, and the group whose members it is."""
_MAY_ASK = {**_KEYS, "azure_connected_organization": "connectedOrganizationId"}
"""How a set of subjects names these, and other organizations, whose people may ask."""
_PREFIX = "#microsoft.graph."


@entity_step("AccessPolicy", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_packages_policy(ctx: Context) -> Iterator[Entity]:
    """Who may ask for an access package, who approves that, and when what was given ends."""
    for policy in policies(ctx):
        name = policy["displayName"] or policy["id"]
        approvers, allowed = _approvers(policy), values_in(policy, "specificAllowedTargets")
        ends = epoch_ms((policy["expiration"] or {}).get("endDateTime"))
        yield Entity(
            policy["id"],
            policy,
            name=name,
            displayName=name,
            expirationEndOn=ends,
            expirationEndDateTimeOn=ends,
            approverUserIds=subjects(approvers, "userId"),
            approverGroupIds=subjects(approvers, "groupId"),
            approverKinds=_kinds(approvers),
            allowedUserIds=subjects(allowed, "userId"),
            allowedGroupIds=subjects(allowed, "groupId"),
            allowedConnectedOrganizationIds=subjects(allowed, "connectedOrganizationId"),
        )


@relationship_step(
    "azure_access_packages_services",
    "HAS",
    "azure_access_packages_policy",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
    type="azure_access_packages_services_has_policy",
)
def azure_access_packages_services_has_policy(ctx: Context) -> Iterator[Relationship]:
    """An access package can be asked for as a policy says."""
    for policy in policies(ctx):
        if package := id_of(policy, "accessPackage"):
            yield Relationship(package, policy["id"])


@relationship_family(
    "azure_access_packages_policy", "ASSIGNED", list(_KEYS), permissions=READ, licences=GOVERNANCE, per_row=True
)
def azure_access_packages_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who approves requests; one that was deleted can approve no more."""
    for policy in policies(ctx):
        for approver in subjects(_approvers(policy), _KEYS[to_type]):
            yield Relationship(policy["id"], approver)


@relationship_family(
    "azure_access_packages_policy", "ALLOWS", list(_MAY_ASK), permissions=READ, licences=GOVERNANCE, per_row=True
)
def azure_access_packages_policy_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who may ask for its package; nobody in particular where it is for all of a kind."""
    for policy in policies(ctx):
        for subject in subjects(values_in(policy, "specificAllowedTargets"), _MAY_ASK[to_type]):
            yield Relationship(policy["id"], subject)


@relationship_step(
    "azure_user_group", "ASSIGNED", "azure_access_packages_services", permissions=READ, licences=GOVERNANCE
)
def azure_user_group_assigned_access_packages_services(ctx: Context) -> Iterator[Relationship]:
    """The members of a group may ask for an access package; what they were given is with the users."""
    pairs = {
        (group, package)
        for policy in policies(ctx)
        if (package := id_of(policy, "accessPackage"))
        for group in subjects(values_in(policy, "specificAllowedTargets"), "groupId")
    }
    for group, package in sorted(pairs):
        yield Relationship(group, package, relation="may request")


def _approvers(policy: Any) -> list[Any]:
    """Return whom the stages of approval name; nobody where none is asked for."""
    stages = objects_in(policy["requestApprovalSettings"] or {}, "stages")
    return [each for stage in stages for each in objects_in(stage, "primaryApprovers")]


def _kinds(approvers: list[Any]) -> list[str]:
    """Return of which kinds approvers are, such as requestorManager: of most, who it is follows from the request."""
    return sorted({str(each.get("@odata.type")).removeprefix(_PREFIX) for each in approvers if each.get("@odata.type")})
