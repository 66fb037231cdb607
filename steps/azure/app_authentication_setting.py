"""How apps have people sign in before they let them in, which Azure tells of each app by itself."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._ids import portal_link
from steps.azure._principals import applications
from steps.azure._resource import object_at, properties_of, says, texts_at

_APPS = [
    Children(type, "/config/authsettingsV2", "2023-12-01")
    for type in ("microsoft.web/sites", "microsoft.web/sites/slots")
]
_READ = ["Microsoft.Web/sites/config/read"]


@entity_step("Configuration", permissions=_READ, per_row=True, on_demand=True)
def azure_app_authentication_setting(ctx: Context) -> Iterator[Entity]:
    """Whether an app has Azure ask people to sign in before they reach it, and with whom; it may do so by itself."""
    for row in _rows(ctx):
        app = _app(row)
        properties = properties_of(row)
        name, providers = app.rpartition("/")[2], object_at(properties, "identityProviders")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            appId=app,
            allowsAnonymous=_lets_anybody_in(properties),
            identityProviders=sorted(_enabled(providers)),
            webLink=portal_link({"tenantId": row["tenantId"], "id": app}),
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_app_authentication_setting",
    type="azure_app_has_authentication_setting",
    permissions=_READ,
    per_row=True,
)
def azure_app_has_authentication_setting(ctx: Context) -> Iterator[Relationship]:
    """An app, or a slot of one, has people sign in in this way."""
    for apps in _APPS:
        yield from apps.in_parents(ctx)


@relationship_step("azure_app_authentication_setting", "USES", "azure_service_principal", permissions=_READ)
def azure_app_authentication_setting_uses_service_principal(ctx: Context) -> Iterator[Relationship]:
    """People sign in to an app by an application of Microsoft Entra."""
    known = applications(ctx)
    for row in _rows(ctx):
        names = ("identityProviders", "azureActiveDirectory", "registration", "clientId")
        for client in texts_at(properties_of(row), *names):
            if principal := known.get(client.lower()):
                yield Relationship(arm_key(row["id"]), principal)


def _rows(ctx: Context) -> Iterator[Any]:
    for apps in _APPS:
        yield from apps.rows(ctx)


def _app(row: Any) -> str:
    return arm_key(row["id"]).partition("/config/")[0]


def _enabled(providers: dict[str, Any]) -> Iterator[str]:
    """Yield the names of those whom people may sign in with: an app is known to them, and nobody switched them off."""
    own = object_at(providers, "customOpenIdConnectProviders")
    for name, told in (*providers.items(), *own.items()):
        known = object_at(told, "registration").values() if isinstance(told, dict) else ()
        if any(known) and told.get("enabled") is not False:
            yield name


def _lets_anybody_in(properties: dict[str, Any]) -> bool | None:
    """Tell whether an app is reached by those who did not sign in; ``None`` where Azure does not say."""
    is_on = object_at(properties, "platform").get("enabled")
    told = object_at(properties, "globalValidation")
    if is_on is None:
        return None
    action = told.get("unauthenticatedClientAction")
    return not is_on or told.get("requireAuthentication") is False or says(action, "allowanonymous")
