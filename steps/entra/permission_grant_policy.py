"""Permission grant policies."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps._forms import expanded, objects_in, text_in, texts_in

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
            includeConditions=_lines(policy, "includes"),
            excludeConditions=_lines(policy, "excludes"),
        )


def _lines(policy: Any, name: str) -> list[str] | None:
    """Return the sets of conditions that came with a policy; ``None`` where they did not come."""
    lines = [_line(each) for each in objects_in(expanded(policy, name), name)]
    return lines if name in policy else None


def _line(conditions: dict[str, Any]) -> str:
    """Return a set of conditions as a line, such as ``permissionType=delegated permissionClassification=low``."""
    values = {name: text_in(conditions, name) for name in _TEXTS}
    values |= {name: ",".join(sorted(texts_in(conditions, name))) for name in _LISTS}
    values |= {name: str(conditions[name]).lower() for name in _FLAGS if conditions.get(name) is not None}
    return " ".join(f"{name}={value}" for name, value in values.items() if value)
