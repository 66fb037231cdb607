"""Keys of Synapse workspaces, who may reach them, and what their SQL pools hide."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children, firewall_rule, lets_azure_in, setting
from steps.azure._resource import properties_of, resource
from steps.azure._vaults import host_of, vaults_by_host

_WORKSPACE, _POOL = "microsoft.synapse/workspaces", "microsoft.synapse/workspaces/sqlpools"
_KEYS = Children(_WORKSPACE, "/keys", "2021-06-01")
_FIREWALL = Children(_WORKSPACE, "/firewallRules", "2021-06-01")
_POLICIES = Children(_POOL, "/dataMaskingPolicies/Default", "2021-06-01")
_RULES = Children(_POOL, "/dataMaskingPolicies/Default/rules", "2021-06-01")
_READ = ["Microsoft.Synapse/workspaces/keys/read"]
_READ_FIREWALL = ["Microsoft.Synapse/workspaces/firewallRules/read"]
_READ_POLICIES = ["Microsoft.Synapse/workspaces/sqlPools/dataMaskingPolicies/read"]
_READ_RULES = ["Microsoft.Synapse/workspaces/sqlPools/dataMaskingPolicies/rules/read"]
_SUMMARY = "Hides values of a SQL pool from those who may not see them."


@entity_step("Key", permissions=_READ, per_row=True, on_demand=True)
def azure_synapse_key(ctx: Context) -> Iterator[Entity]:
    """A key in a vault by which a Synapse workspace is encrypted."""
    for row in _KEYS.rows(ctx):
        yield resource(row)


@entity_step("Firewall", permissions=_READ_FIREWALL, per_row=True, on_demand=True)
def azure_synapse_workspace_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that may reach a Synapse workspace."""
    for row in _FIREWALL.rows(ctx):
        yield firewall_rule(row, allowsAzureServices=lets_azure_in(row))


@entity_step("Policy", permissions=_READ_POLICIES, per_row=True, on_demand=True)
def azure_synapse_masking_policy(ctx: Context) -> Iterator[Entity]:
    """Whether a SQL pool of Synapse hides values from those who may not see them."""
    for row in _POLICIES.rows(ctx):
        yield setting(row, content=None, summary=_SUMMARY, title=row["id"].split("/")[-3])


@entity_step("Rule", permissions=_READ_RULES, per_row=True, on_demand=True)
def azure_synapse_masking_rule(ctx: Context) -> Iterator[Entity]:
    """Which column of a SQL pool of Synapse is hidden, and how."""
    for row in _RULES.rows(ctx):
        yield resource(row)


@relationship_step("azure_synapse_workspace", "HAS", "azure_synapse_key", permissions=_READ, per_row=True)
def azure_synapse_workspace_has_key(ctx: Context) -> Iterator[Relationship]:
    """A Synapse workspace has a key."""
    yield from _KEYS.in_parents(ctx)


@relationship_step("azure_keyvault_service", "HAS", "azure_synapse_key", permissions=_READ)
def azure_keyvault_service_has_synapse_key(ctx: Context) -> Iterator[Relationship]:
    """A key of a Synapse workspace is in a vault; its address tells which."""
    vaults = vaults_by_host(ctx)
    for row in _KEYS.rows(ctx):
        if vault := vaults.get(host_of(properties_of(row).get("keyVaultUrl"))):
            yield Relationship(vault, arm_key(row["id"]))


@relationship_step(
    "azure_synapse_workspace", "HAS", "azure_synapse_workspace_firewall_rule", permissions=_READ_FIREWALL, per_row=True
)
def azure_synapse_workspace_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A Synapse workspace lets in a range of addresses."""
    yield from _FIREWALL.in_parents(ctx)


@relationship_step(
    "azure_synapse_sql_pool", "ASSIGNED", "azure_synapse_masking_policy", permissions=_READ_POLICIES, per_row=True
)
def azure_synapse_sql_pool_assigned_masking_policy(ctx: Context) -> Iterator[Relationship]:
    """A SQL pool of Synapse hides values, or not."""
    yield from _POLICIES.in_parents(ctx)


@relationship_step("azure_synapse_sql_pool", "HAS", "azure_synapse_masking_rule", permissions=_READ_RULES, per_row=True)
def azure_synapse_sql_pool_has_masking_rule(ctx: Context) -> Iterator[Relationship]:
    """A SQL pool of Synapse hides a column."""
    yield from _RULES.in_parents(ctx)
