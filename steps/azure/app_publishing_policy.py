"""Whether apps let people put code into them with a password, which Azure tells of each app by itself."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._ids import portal_link

_APPS = [
    Children(type, "/basicPublishingCredentialsPolicies", "2023-12-01")
    for type in ("microsoft.web/sites", "microsoft.web/sites/slots")
]
_READ = ["Microsoft.Web/sites/basicPublishingCredentialsPolicies/read"]


@entity_step("Configuration", permissions=_READ, per_row=True, on_demand=True)
def azure_app_publishing_policy(ctx: Context) -> Iterator[Entity]:
    """Whether people may put code into an app with a user name and a password."""
    for row in _rows(ctx):
        app = arm_key(row["id"]).rsplit("/", 2)[0]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=f"{app.rpartition('/')[2]}/{row['name']}",
            appId=app,
            webLink=portal_link({"tenantId": row["tenantId"], "id": app}),
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_app_publishing_policy",
    type="azure_app_has_publishing_policy",
    permissions=_READ,
    per_row=True,
)
def azure_app_has_publishing_policy(ctx: Context) -> Iterator[Relationship]:
    """An app, or a slot of one, lets people put code into it in this way."""
    for apps in _APPS:
        yield from apps.in_parents(ctx)


def _rows(ctx: Context) -> Iterator[Any]:
    for apps in _APPS:
        yield from apps.rows(ctx)
