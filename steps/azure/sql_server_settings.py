"""What is set for SQL servers and their databases: who is let in, what is written down, and how they are encrypted."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children, firewall_rule, lets_azure_in, of_several, setting
from steps.azure._resource import filled_in, key_at, properties_of, whether
from steps.azure._sql_settings import alert_policy, vulnerability_assessment
from steps.azure._vaults import host_of
from steps.azure.sql_server import SQL_DATABASE, SQL_SERVER
from steps.azure.storage_account import accounts_by_host

_RULES = Children(SQL_SERVER, "/firewallRules", "2021-11-01")
_RULES6 = Children(SQL_SERVER, "/ipv6FirewallRules", "2021-11-01")
_SUBNETS = Children(SQL_SERVER, "/virtualNetworkRules", "2021-11-01")
_AUDITING = Children(SQL_SERVER, "/auditingSettings/default", "2021-11-01")
_PROTECTORS = Children(SQL_SERVER, "/encryptionProtector/current", "2021-11-01")
_ALERTS = Children(SQL_SERVER, "/securityAlertPolicies/default", "2021-11-01")
_ASSESSMENTS = Children(SQL_SERVER, "/vulnerabilityAssessments/default", "2021-11-01")
_ENTRA_ONLY = Children(SQL_SERVER, "/azureADOnlyAuthentications/Default", "2021-11-01")
_ENDS6 = ("startIPv6Address", "endIPv6Address")
_ENCRYPTION = Children(SQL_DATABASE, "/transparentDataEncryption/current", "2021-11-01")
_READ_RULES = [
    "Microsoft.Sql/servers/firewallRules/read",
    "Microsoft.Sql/servers/ipv6FirewallRules/read",
    "Microsoft.Sql/servers/virtualNetworkRules/read",
]
_READ_AUDITING = ["Microsoft.Sql/servers/auditingSettings/read"]
_READ_PROTECTORS = ["Microsoft.Sql/servers/encryptionProtector/read"]
_READ_ALERTS = ["Microsoft.Sql/servers/securityAlertPolicies/read"]
_READ_ASSESSMENTS = ["Microsoft.Sql/servers/vulnerabilityAssessments/read"]
_READ_ENTRA_ONLY = ["Microsoft.Sql/servers/azureADOnlyAuthentications/read"]
_READ_ENCRYPTION = ["Microsoft.Sql/servers/databases/transparentDataEncryption/read"]


@entity_step("Firewall", permissions=_READ_RULES, per_row=True, on_demand=True)
def azure_sql_server_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses, of version 4 or 6, or a subnet that may reach a SQL server."""
    yield from of_several(_rules(ctx), _rules_of_version_6(ctx), _subnets(ctx))


@entity_step("Configuration", permissions=_READ_AUDITING, per_row=True, on_demand=True)
def azure_sql_server_auditing_setting(ctx: Context) -> Iterator[Entity]:
    """Whether a SQL server writes down what is done in its databases, and where."""
    for row in _AUDITING.rows(ctx):
        yield setting(row, auditActionsAndGroups=filled_in(properties_of(row), "auditActionsAndGroups"))


@entity_step("Configuration", permissions=_READ_PROTECTORS, per_row=True, on_demand=True)
def azure_sql_server_encryption_protector(ctx: Context) -> Iterator[Entity]:
    """The key that protects the keys by which the databases of a SQL server are encrypted."""
    for row in _PROTECTORS.rows(ctx):
        yield setting(row)


@entity_step("Configuration", permissions=_READ_ALERTS, per_row=True, on_demand=True)
def azure_sql_server_security_alert_policy(ctx: Context) -> Iterator[Entity]:
    """Whether Microsoft Defender watches a SQL server, and who is told."""
    for row in _ALERTS.rows(ctx):
        yield alert_policy(row)


@entity_step("Configuration", permissions=_READ_ASSESSMENTS, per_row=True, on_demand=True)
def azure_sql_server_vulnerability_assessment(ctx: Context) -> Iterator[Entity]:
    """Whether the databases of a SQL server are looked through for weaknesses, and who is told."""
    for row in _ASSESSMENTS.rows(ctx):
        yield vulnerability_assessment(row)


@entity_step("Configuration", permissions=_READ_ENTRA_ONLY, per_row=True, on_demand=True)
def azure_sql_server_entra_only_authentication(ctx: Context) -> Iterator[Entity]:
    """Whether only Microsoft Entra signs in to a SQL server, and no password, as the server's setting tells it."""
    for row in _ENTRA_ONLY.rows(ctx):
        yield setting(row)


@entity_step("Configuration", permissions=_READ_ENCRYPTION, per_row=True, on_demand=True)
def azure_sql_database_encryption(ctx: Context) -> Iterator[Entity]:
    """Whether a database of Azure SQL is encrypted where it is stored."""
    for row in _ENCRYPTION.rows(ctx):
        yield setting(row, encrypted=whether(properties_of(row).get("state"), "enabled"))


@relationship_step("azure_sql_server", "HAS", "azure_sql_server_firewall_rule", permissions=_READ_RULES, per_row=True)
def azure_sql_server_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A SQL server lets in a range of addresses, or a subnet."""
    yield from of_several(*(rules.in_parents(ctx) for rules in (_RULES, _RULES6, _SUBNETS)))


@relationship_step(
    "azure_sql_server", "HAS", "azure_sql_server_auditing_setting", permissions=_READ_AUDITING, per_row=True
)
def azure_sql_server_has_auditing_setting(ctx: Context) -> Iterator[Relationship]:
    """A SQL server writes down what is done."""
    yield from _AUDITING.in_parents(ctx)


@relationship_step("azure_sql_server_auditing_setting", "USES", "azure_storage_account", permissions=_READ_AUDITING)
def azure_sql_server_auditing_setting_uses_storage_account(ctx: Context) -> Iterator[Relationship]:
    """What is done on a SQL server is written down in a storage account, whose address tells which."""
    accounts = accounts_by_host(ctx)
    for row in _AUDITING.rows(ctx):
        if account := accounts.get(host_of(properties_of(row).get("storageEndpoint"))):
            yield Relationship(arm_key(row["id"]), account)


@relationship_step(
    "azure_sql_server", "HAS", "azure_sql_server_encryption_protector", permissions=_READ_PROTECTORS, per_row=True
)
def azure_sql_server_has_encryption_protector(ctx: Context) -> Iterator[Relationship]:
    """A key protects the databases of a SQL server."""
    yield from _PROTECTORS.in_parents(ctx)


@relationship_step(
    "azure_sql_server", "HAS", "azure_sql_server_security_alert_policy", permissions=_READ_ALERTS, per_row=True
)
def azure_sql_server_has_security_alert_policy(ctx: Context) -> Iterator[Relationship]:
    """A SQL server is watched."""
    yield from _ALERTS.in_parents(ctx)


@relationship_step(
    "azure_sql_server", "HAS", "azure_sql_server_vulnerability_assessment", permissions=_READ_ASSESSMENTS, per_row=True
)
def azure_sql_server_has_vulnerability_assessment(ctx: Context) -> Iterator[Relationship]:
    """A SQL server is looked through for weaknesses."""
    yield from _ASSESSMENTS.in_parents(ctx)


@relationship_step(
    "azure_sql_server", "HAS", "azure_sql_server_entra_only_authentication", permissions=_READ_ENTRA_ONLY, per_row=True
)
def azure_sql_server_has_entra_only_authentication(ctx: Context) -> Iterator[Relationship]:
    """A SQL server lets in who Microsoft Entra knows alone, or passwords too."""
    yield from _ENTRA_ONLY.in_parents(ctx)


@relationship_step(
    "azure_sql_database", "HAS", "azure_sql_database_encryption", permissions=_READ_ENCRYPTION, per_row=True
)
def azure_sql_database_has_encryption(ctx: Context) -> Iterator[Relationship]:
    """A database is encrypted, or not."""
    yield from _ENCRYPTION.in_parents(ctx)


def _rules(ctx: Context) -> Iterator[Entity]:
    for row in _RULES.rows(ctx):
        yield firewall_rule(row, allowsAzureServices=lets_azure_in(row))


def _rules_of_version_6(ctx: Context) -> Iterator[Entity]:
    for row in _RULES6.rows(ctx):
        first, last = (properties_of(row).get(name) for name in _ENDS6)
        yield firewall_rule(row, *_ENDS6, startIpAddress=first, endIpAddress=last, allowsAzureServices=False)


def _subnets(ctx: Context) -> Iterator[Entity]:
    for row in _SUBNETS.rows(ctx):
        subnet = key_at(properties_of(row), "virtualNetworkSubnetId")
        yield firewall_rule(row, allowsAzureServices=False, subnetId=subnet)
