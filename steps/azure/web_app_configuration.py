"""How web apps and functions are set up, of which the list of apps tells little."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import joined, keys_of, object_at, objects_in, properties_of, says, texts_in

_TABLE, _TYPES = "appserviceresources", ("microsoft.web/sites/config", "microsoft.web/sites/slots/config")
_READ = ["Microsoft.Web/sites/config/read"]
_SUBNET = "vnetsubnetresourceid"
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
            ipSecurityRestrictions=_told(told, "ipsecurityrestrictions"),
            scmIpSecurityRestrictions=_told(told, "scmipsecurityrestrictions"),
            allowedSubnetIds=_subnets(told),
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


def _told(told: Mapping[str, Any], name: str) -> list[str] | None:
    """Return who may come in or not, as ``Allow address``, in the order of the rules; ``None`` where none are told."""
    if told.get(name) is None:
        return None
    whose = [{**rule, "whose": rule.get("ipaddress") or rule.get(_SUBNET)} for rule in _rules(told, name)]
    return joined(whose, " ", "action", "whose")


def _subnets(told: Mapping[str, Any]) -> list[str]:
    """Return the keys of the subnets that rules let in."""
    rules = _rules(told, "ipsecurityrestrictions")
    return keys_of(rule.get(_SUBNET) for rule in rules if says(rule.get("action"), "allow"))


def _rules(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return rules in their order, with names in small letters: Azure also writes them large."""
    rules = objects_in(told, name) if told.get(name) is not None else []
    lowered: list[Mapping[str, Any]] = [{name.lower(): value for name, value in rule.items()} for rule in rules if rule]
    return sorted(lowered, key=lambda rule: rule.get("priority") or 0)
