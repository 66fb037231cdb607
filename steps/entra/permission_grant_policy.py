"""Permission grant policies."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps._words import listed

_CONDITIONS = (
    "permissionType",
    "permissionClassification",
    "resourceApplication",
    "permissions",
    "clientApplicationIds",
    "clientApplicationTenantIds",
    "clientApplicationPublisherIds",
    "clientApplicationsFromVerifiedPublisherOnly",
    "certifiedClientApplicationsOnly",
)


@entity_step("AccessPolicy", permissions=["Policy.Read.PermissionGrant"], per_row=True)
def azure_permission_grant_policy(ctx: Context) -> Iterator[Entity]:
    """A rule on which permissions may be granted to which applications by consent."""
    path = "/policies/permissionGrantPolicies"
    for policy in ctx.graph.list(path, select=None, expand="includes,excludes", top=None):
        yield Entity(
            f"azure_permission_grant_policy:{policy['id']}",
            policy,
            name=policy.get("displayName") or policy["id"],
            includeConditions=[_line(each) for each in listed(policy, "includes")],
            excludeConditions=[_line(each) for each in listed(policy, "excludes")],
        )


def _line(conditions: dict[str, Any]) -> str:
    """Return a set of conditions as a line, such as ``permissionType=delegated permissionClassification=low``."""
    values = {name: conditions.get(name) for name in _CONDITIONS}
    return " ".join(f"{name}={_text(value)}" for name, value in values.items() if value not in (None, []))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(sorted(value)) if isinstance(value, list) else str(value)
