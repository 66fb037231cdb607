"""Requests for access packages: who asked for what, and what became of it."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import expanded, object_at, text_in
from steps.entra._packages import GOVERNANCE, MANAGEMENT, READ, id_of, requests

_STAGES = f"{MANAGEMENT}/accessPackageAssignmentApprovals/{{id}}/stages"


@entity_step("Requirement", permissions=READ, licences=GOVERNANCE, per_row=True, on_demand=True)
def azure_access_packages_request(ctx: Context) -> Iterator[Entity]:
    """Somebody asked for an access package, or for its end: Microsoft keeps all requests, so that they only grow."""
    for request in requests(ctx):
        title = "Access Package Request"
        yield Entity(request["id"], request, name=request["id"], displayName=request["id"], title=title)


@relationship_step(
    "azure_user",
    "CREATED",
    "azure_access_packages_request",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
)
def azure_user_created_access_packages_request(ctx: Context) -> Iterator[Relationship]:
    """A user made a request."""
    for request in requests(ctx):
        if requestor := text_in(object_at(expanded(request, "requestor"), "requestor"), "objectId"):
            yield Relationship(requestor, request["id"])


@relationship_step(
    "azure_access_packages_services",
    "HAS",
    "azure_access_packages_request",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
)
def azure_access_packages_services_has_request(ctx: Context) -> Iterator[Relationship]:
    """A request is for an access package."""
    for request in requests(ctx):
        if package := id_of(request, "accessPackage"):
            yield Relationship(package, request["id"])


@entity_step(
    "Review",
    permissions=READ,
    licences=GOVERNANCE,
    needs=["azure_access_packages_request"],
    per_row=True,
    on_demand=True,
)
def azure_access_packages_approver(ctx: Context) -> Iterator[Entity]:
    """Somebody decided about a request for an access package, or is asked to: a stage of its approval."""
    for request, stage in _stages(ctx):
        reviewer = object_at(stage, "reviewedBy")
        yield Entity(
            _approver_key(stage),
            stage,
            name=text_in(reviewer, "userPrincipalName") or stage["id"],
            displayName=text_in(reviewer, "displayName") or stage["id"],
            title=f"request is {stage['reviewResult'] or 'NotReviewed'}",
            requestId=request,
        )


@relationship_step(
    "azure_access_packages_request",
    "HAS",
    "azure_access_packages_approver",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
)
def azure_access_packages_request_has_approver(ctx: Context) -> Iterator[Relationship]:
    """Somebody decided about a request, or is asked to."""
    for request, stage in _stages(ctx):
        yield Relationship(request, _approver_key(stage))


@relationship_step(
    "azure_access_packages_approver",
    "IS",
    "azure_user",
    permissions=READ,
    licences=GOVERNANCE,
    needs=["azure_access_packages_request"],
    per_row=True,
    type="azure_access_packages_approver_is_user",
)
def azure_access_packages_approver_is_user(ctx: Context) -> Iterator[Relationship]:
    """Who decided about a request is a user."""
    for _, stage in _stages(ctx):
        if reviewer := text_in(object_at(stage, "reviewedBy"), "id"):
            yield Relationship(_approver_key(stage), reviewer)


def _approver_key(stage: Any) -> str:
    """Return the key of a stage."""
    return f"{stage['id']}/requestApproverKey"


def _stages(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a request and a stage of its approval: Graph gives these request by request alone."""
    select = ("id", "reviewResult", "status", "reviewedBy", "reviewedDateTime")
    return ctx.graph.related(f"{MANAGEMENT}/assignmentRequests", _STAGES, select=select)
