"""The policy on requests for an administrator's consent, and who decides on them."""

import re
from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps._forms import objects_in

POLICY = "azure_admin_consent_request_policy"
_ID = r"([^/?'()]+)"
_REVIEWERS = {
    "reviewerUserIds": re.compile(rf"(?:^|/)users(?:/|\('){_ID}"),
    "reviewerGroupIds": re.compile(rf"(?:^|/)groups(?:/|\('){_ID}"),
    "reviewerRoleIds": re.compile(r"roleDefinitionId eq '([^']+)'"),
}
_IDS = {
    "azure_ad_role_definition": "reviewerRoleIds",
    "azure_user": "reviewerUserIds",
    "azure_user_group": "reviewerGroupIds",
}


@entity_step("ControlPolicy", permissions=["Policy.Read.All"], needs=["azure_account"])
def azure_admin_consent_request_policy(ctx: Context) -> Iterator[Entity]:
    """Whether users may ask administrators to consent to an application, and who decides."""
    policy = ctx.graph.get("/policies/adminConsentRequestPolicy", select=None)
    queries = [each["query"] for each in objects_in(policy, "reviewers") if each.get("query")]
    tenant = ctx.one("azure_account").properties["id"]
    yield Entity(
        f"{POLICY}:{tenant}",
        policy,
        id=tenant,
        name="Admin consent request policy",
        category="config",
        **{name: sorted(_ids(form, queries)) for name, form in _REVIEWERS.items()},
    )


def _ids(form: re.Pattern[str], queries: list[str]) -> set[str]:
    return {match[1] for query in queries if (match := form.search(query))}


@relationship_family(POLICY, "ASSIGNED", list(_IDS), per_row=True)
def azure_admin_consent_request_policy_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, the members of a group, or those who have a role, decide on requests for an administrator's consent."""
    for policy in ctx.entities(from_type):
        for id in policy.properties.get(_IDS[to_type]) or ():
            yield Relationship(policy.key, id, relation="reviewer")
