"""Access reviews: whose access is looked at again and again, by whom, and what becomes of it."""

import re
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps._forms import object_at, objects_in, text_in
from steps.entra._packages import GOVERNANCE

READ = ["AccessReview.Read.All"]
_ID = r"([0-9A-Za-z-]{10,})"
_NAMED = {
    "azure_access_packages_services": re.compile(rf"\baccessPackageId eq '{_ID}'", re.IGNORECASE),
    "azure_ad_role_definition": re.compile(rf"(?:/roleDefinitions/|\broleDefinitionId eq '){_ID}", re.IGNORECASE),
    "azure_service_principal": re.compile(rf"/servicePrincipals/{_ID}", re.IGNORECASE),
    "azure_user_group": re.compile(rf"/groups/{_ID}", re.IGNORECASE),
}
"""How the queries of a scope name one thing (Configure the scope of your access review definition, Microsoft Graph)."""
_PARTS = ("principalScopes", "resourceScopes")
"""Of a scope that is made of who has access and to what (principalResourceMembershipsScope)."""


@entity_step("Review", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_review_definition(ctx: Context) -> Iterator[Entity]:
    """A series of access reviews: whose access to what is looked at, by whom, and what becomes of it."""
    for row in _definitions(ctx):
        name = row["displayName"] or row["id"]
        yield Entity(row["id"], row, name=name, displayName=name, title=name, **_asked(row))


@relationship_family(
    "azure_access_review_definition", "REVIEWED", list(_NAMED), permissions=READ, licences=GOVERNANCE, per_row=True
)
def azure_access_review_definition_reviewed(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A series of reviews is about one group, application, directory role or access package."""
    for row in _definitions(ctx):
        for id in sorted({id for query in _queries(row) for id in _NAMED[to_type].findall(query)}):
            yield Relationship(row["id"], id)


def _definitions(ctx: Context) -> Iterator[Any]:
    """Yield the series of reviews: one read serves all types."""
    also, page = ["displayName", "scope", "instanceEnumerationScope", "stageSettings"], 100
    path = "/identityGovernance/accessReviews/definitions"
    return ctx.graph.list(path, schema="azure_access_review_definition", also=also, top=page)


def _asked(row: Any) -> dict[str, list[str]]:
    """Return the queries that say what is reviewed, and who reviews in the stages of a review that has some."""
    reviewers = [each for stage in objects_in(row, "stageSettings") for each in objects_in(stage, "reviewers")]
    return {"scopeQueries": _queries(row), "stageReviewerQueries": _texts(reviewers)}


def _queries(row: Any) -> list[str]:
    """Return the queries that say what is reviewed: of a scope, its parts, and of what there is one review each for."""
    scopes = [object_at(row, name) for name in ("scope", "instanceEnumerationScope")]
    parts = [part for scope in scopes for name in _PARTS for part in objects_in(scope, name)]
    return _texts([*scopes, *parts])


def _texts(scopes: list[dict[str, Any]]) -> list[str]:
    return sorted({text_in(scope, "query") for scope in scopes} - {""})
