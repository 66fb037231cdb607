"""What was decided in access reviews: of each time that one takes place, whose access stays and whose goes.

Graph gives the decisions of each time by themselves, and Microsoft keeps them for long, so that none of this is read
unless it is asked for.
"""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.errors import NotFound
from steps._forms import object_at, text_in
from steps._words import says
from steps.entra._packages import GOVERNANCE
from steps.entra.access_review import READ

DEFINITION = "azure_access_review_definition"
INSTANCE, DECISION = "azure_access_review_instance", "azure_access_review_decision"
_DEFINITIONS = "/identityGovernance/accessReviews/definitions"
_WHOSE = {"azure_user": "userIdentity", "azure_service_principal": "servicePrincipalIdentity"}
"""What a decision says of whose access it is about. Source: accessReviewInstanceDecisionItem, ``principal``."""
_WHAT = {
    "azure_access_packages_policy": "AccessPackageAssignmentPolicy",
    "azure_service_principal": "ServicePrincipal",
    "azure_user_group": "Group",
}
"""What a decision says of what the access is to. Source: accessReviewInstanceDecisionItemResource, ``type``."""
_NOBODY = "00000000-0000-0000-0000-000000000000"
_INSTANCE = ("id", "startDateTime", "endDateTime", "status")
_DECISION = (
    "id", "appliedBy", "appliedDateTime", "applyResult", "decision", "principal", "principalLink", "recommendation",
    "resource", "resourceLink", "reviewedBy", "reviewedDateTime",
)  # fmt: skip
"""All but the reviewers' reasons (``justification``), in which people write about people."""


@entity_step("Review", permissions=READ, licences=GOVERNANCE, needs=[DEFINITION], on_demand=True)
def azure_access_review_instance(ctx: Context) -> Iterator[Entity]:
    """An access review that takes place at a time: one of a series, or the only one; Graph keeps those of before."""
    names = {definition.key: str(definition.properties["name"]) for definition in ctx.entities(DEFINITION)}
    for definition, row in _instances(ctx):
        name = names.get(definition, row["id"])
        yield Entity(row["id"], row, name=name, displayName=name, title=name, definitionId=definition)


@relationship_step(DEFINITION, "HAS", INSTANCE, permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_review_definition_has_instance(ctx: Context) -> Iterator[Relationship]:
    """A series of reviews has one that takes place at a time."""
    for definition, row in _instances(ctx):
        yield Relationship(definition, row["id"])


@entity_step("Review", permissions=READ, licences=GOVERNANCE, needs=[INSTANCE], on_demand=True)
def azure_access_review_decision(ctx: Context) -> Iterator[Entity]:
    """Whether somebody's access to something stays, as reviewers or the system decided, or that nobody has yet."""
    for instance, row in _decisions(ctx):
        whose, what = object_at(row, "principal"), object_at(row, "resource")
        title = f"access is {row['decision'] or 'NotReviewed'}"
        yield Entity(
            row["id"],
            row,
            name=row["id"],
            displayName=whose.get("displayName") or row["id"],
            title=title,
            instanceId=instance,
            principalId=_principal(row) or None,
            principalType=_kind(whose) or None,
            resourceId=what.get("id") or _last(row, "resourceLink") or None,
            reviewedById=_somebody(row, "reviewedBy"),
            appliedById=_somebody(row, "appliedBy"),
        )


@relationship_step(INSTANCE, "HAS", DECISION, permissions=READ, licences=GOVERNANCE)
def azure_access_review_instance_has_decision(ctx: Context) -> Iterator[Relationship]:
    """A review has a decision about each access that it looks at."""
    for instance, row in _decisions(ctx):
        yield Relationship(instance, row["id"])


@relationship_family(DECISION, "REVIEWED", list(_WHOSE), permissions=READ, licences=GOVERNANCE, needs=[INSTANCE])
def azure_access_review_decision_reviewed(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A decision is about the access of a user or of an application's service principal."""
    for _, row in _decisions(ctx):
        if says(_kind(object_at(row, "principal")), _WHOSE[to_type]) and (principal := _principal(row)):
            yield Relationship(row["id"], principal)


@relationship_family(DECISION, "EVALUATES", list(_WHAT), permissions=READ, licences=GOVERNANCE, needs=[INSTANCE])
def azure_access_review_decision_evaluates(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A decision is about the access to a group, an application or an access package, by that one's policy."""
    for _, row in _decisions(ctx):
        what = object_at(row, "resource")
        if says(what.get("type"), _WHAT[to_type]) and (id := text_in(what, "id")):
            yield Relationship(row["id"], id)


@relationship_step("azure_user", "PERFORMED", DECISION, permissions=READ, licences=GOVERNANCE, needs=[INSTANCE])
def azure_user_performed_access_review_decision(ctx: Context) -> Iterator[Relationship]:
    """A user decided, as a reviewer; what the system decided nobody did."""
    for _, row in _decisions(ctx):
        if reviewer := _somebody(row, "reviewedBy"):
            yield Relationship(reviewer, row["id"])


def _instances(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a series and each review of it: one read serves all types."""
    return ctx.graph.related(_DEFINITIONS, "instances", select=_INSTANCE)


def _decisions(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a review and each decision in it, series by series: one read serves all types.

    Raises:
        NotFound: Graph knows no series; of one that went meanwhile there are no decisions to be missed.
    """
    gone, is_known = None, False
    for definition in sorted({str(instance.properties["definitionId"]) for instance in ctx.entities(INSTANCE)}):
        try:
            yield from ctx.graph.related(f"{_DEFINITIONS}/{definition}/instances", "decisions", select=_DECISION)
            is_known = True
        except NotFound as error:
            gone = error
    if gone and not is_known:
        raise gone


def _principal(row: Any) -> str:
    """Return whose access a decision is about; an empty text where it does not say."""
    return text_in(object_at(row, "principal"), "id") or _last(row, "principalLink")


def _kind(identity: Any) -> str:
    return text_in(identity, "@odata.type").rpartition(".")[2]


def _last(row: Any, name: str) -> str:
    """Return the id that a link ends with; an empty text where there is no link."""
    return text_in(row, name).rstrip("/").rpartition("/")[2]


def _somebody(row: Any, name: str) -> str | None:
    """Return the id of who did something; ``None`` where nobody did, which Graph writes as zeros, or the system."""
    id = object_at(row, name).get("id")
    return None if id in (None, "", _NOBODY) else str(id)
