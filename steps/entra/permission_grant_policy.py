"""Permission grant policies."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps._forms import objects_in, text_in, texts_in

_TEXTS = ("permissionType", "permissionClassification", "resourceApplication")
_LISTS = ("permissions", "clientApplicationIds", "clientApplicationTenantIds", "clientApplicationPublisherIds")
_FLAGS = ("clientApplicationsFromVerifiedPublisherOnly", "certifiedClientApplicationsOnly")


@entity_step("AccessPolicy", permissions=["Policy.Read.PermissionGrant"], per_row=True)
def azure_permission_grant_policy(ctx: Context) -> Iterator[Entity]:
    """A rule on which permissions may be granted to which applications by consent."""
    path = "/policies/permissionGrantPolicies"
    for policy in ctx.graph.list(path, select=None, expand="includes,excludes", top=None):
        yield Entity(
            f"azure_permission_grant_policy:{policy['id']}",
            policy,
            name=policy.get("displayName") or policy["id"],
            includeConditions=[_line(each) for each in objects_in(policy, "includes")],
            excludeConditions=[_line(each) for each in objects_in(policy, "excludes")],
        )


def _line(conditions: dict[str, Any]) -> str:
    """Return a set of conditions as a line, such as ``permissionType=delegated permissionClassification=low``."""
    values = {name: text_in(conditions, name) for name in _TEXTS}
    values |= {name: ",".join(sorted(texts_in(conditions, name))) for name in _LISTS}
    values |= {name: str(conditions[name]).lower() for name in _FLAGS if conditions.get(name) is not None}
    return " ".join(f"{name}={value}" for name, value in values.items() if value)
