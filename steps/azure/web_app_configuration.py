"""How web apps and functions are set up, of which the list of apps tells little."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import joined, object_at, objects_in, properties_of, texts_in

_TABLE, _TYPES = "appserviceresources", ("microsoft.web/sites/config", "microsoft.web/sites/slots/config")
_READ = ["Microsoft.Web/sites/config/read"]
_COPIED = (
    "acrUseManagedIdentityCreds",
    "alwaysOn",
    "detailedErrorLoggingEnabled",
    "ftpsState",
    "healthCheckPath",
    "http20Enabled",
    "httpLoggingEnabled",
    "ipSecurityRestrictionsDefaultAction",
    "javaVersion",
    "linuxFxVersion",
    "localMySqlEnabled",
    "minTlsCipherSuite",
    "minTlsVersion",
    "netFrameworkVersion",
    "nodeVersion",
    "phpVersion",
    "powerShellVersion",
    "publicNetworkAccess",
    "pythonVersion",
    "remoteDebuggingEnabled",
    "requestTracingEnabled",
    "scmIpSecurityRestrictionsDefaultAction",
    "scmIpSecurityRestrictionsUseMain",
    "scmMinTlsVersion",
    "scmType",
    "use32BitWorkerProcess",
    "vnetRouteAllEnabled",
    "webSocketsEnabled",
    "windowsFxVersion",
)


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_web_app_configuration(ctx: Context) -> Iterator[Entity]:
    """How a web app, a function app or a slot is set up: versions, encryption, and who may reach it."""
    for row in _rows(ctx):
        told = {name.lower(): value for name, value in properties_of(row).items()}
        cors = {name.lower(): value for name, value in object_at(told, "cors").items()}
        app = _app(row)
        name = f"{app.rpartition('/')[2]}/web"
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            appId=app,
            authEnabled=told.get("siteauthenabled"),
            corsAllowedOrigins=texts_in(cors, "allowedorigins") if cors.get("allowedorigins") is not None else None,
            corsSupportCredentials=cors.get("supportcredentials"),
            ipSecurityRestrictions=_rules(told, "ipsecurityrestrictions"),
            scmIpSecurityRestrictions=_rules(told, "scmipsecurityrestrictions"),
            webLink=portal_link({"tenantId": row["tenantId"], "id": app}),
            **{each: told.get(each.lower()) for each in _COPIED},
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_web_app_configuration",
    type="azure_app_has_configuration",
    permissions=_READ,
    per_row=True,
)
def azure_app_has_configuration(ctx: Context) -> Iterator[Relationship]:
    """A web app, a function app or a slot is set up in this way."""
    for row in _rows(ctx):
        yield Relationship(_app(row), arm_key(row["id"]))


def _rows(ctx: Context) -> Iterator[Any]:
    """Yield what is set up of each app by the name of web; others hold what it signs in with."""
    for type in _TYPES:
        for row in ctx.azure.table(_TABLE, type=type):
            if arm_key(row["id"]).endswith("/config/web"):
                yield row


def _app(row: Any) -> str:
    """Return the key of the app or slot."""
    return arm_key(row["id"]).rsplit("/", 2)[0]


def _rules(told: Mapping[str, Any], name: str) -> list[str] | None:
    """Return who may come in or not, as ``Allow address``, in the order of the rules, whose names may be large."""
    if told.get(name) is None:
        return None
    rules = objects_in(told, name)
    lowered: list[Mapping[str, Any]] = [{name.lower(): value for name, value in rule.items()} for rule in rules if rule]
    ordered = sorted(lowered, key=lambda rule: rule.get("priority") or 0)
    whose = [{**rule, "whose": rule.get("ipaddress") or rule.get("vnetsubnetresourceid")} for rule in ordered]
    return joined(whose, " ", "action", "whose")
