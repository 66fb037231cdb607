"""Models that accounts of Azure AI services let people use, and what content filters hold back."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import parts_of, properties_of, resource, text_in

_ACCOUNT, _VERSION = "microsoft.cognitiveservices/accounts", "2024-10-01"
_DEPLOYMENTS = Children(_ACCOUNT, "/deployments", _VERSION)
_FILTERS = Children(_ACCOUNT, "/raiPolicies", _VERSION)
_READ = ["Microsoft.CognitiveServices/accounts/deployments/read"]
_READ_FILTERS = ["Microsoft.CognitiveServices/accounts/raiPolicies/read"]


@entity_step("Deployment", permissions=_READ, per_row=True, on_demand=True)
def azure_cognitive_services_deployment(ctx: Context) -> Iterator[Entity]:
    """A model that an account of Azure AI services lets people use."""
    for row in _DEPLOYMENTS.rows(ctx):
        yield resource(row)


@entity_step("Ruleset", permissions=_READ_FILTERS, per_row=True, on_demand=True)
def azure_cognitive_services_content_filter(ctx: Context) -> Iterator[Entity]:
    """What an account of Azure AI services lets people ask of models, and models answer."""
    for row in _FILTERS.rows(ctx):
        told = {f"{text_in(of, 'source')} {text_in(of, 'name')}".strip(): of for of in parts_of(row, "contentFilters")}
        blocked = {what: of for what, of in told.items() if of.get("enabled") and of.get("blocking")}
        yield resource(
            row,
            blocked=sorted(_from(what, of.get("severityThreshold")) for what, of in blocked.items()),
            notBlocked=sorted(told.keys() - blocked.keys()),
        )


@relationship_step(
    "azure_cognitive_services_account", "HAS", "azure_cognitive_services_deployment", permissions=_READ, per_row=True
)
def azure_cognitive_services_account_has_deployment(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure AI services lets people use a model."""
    yield from _DEPLOYMENTS.in_parents(ctx)


@relationship_step(
    "azure_cognitive_services_account",
    "HAS",
    "azure_cognitive_services_content_filter",
    permissions=_READ_FILTERS,
    per_row=True,
)
def azure_cognitive_services_account_has_content_filter(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure AI services has a content filter."""
    yield from _FILTERS.in_parents(ctx)


@relationship_step(
    "azure_cognitive_services_deployment",
    "USES",
    "azure_cognitive_services_content_filter",
    permissions=_READ,
    per_row=True,
)
def azure_cognitive_services_deployment_uses_content_filter(ctx: Context) -> Iterator[Relationship]:
    """What is asked of a model and what it answers goes through a content filter."""
    for account, row in ctx.azure.children(_ACCOUNT, _DEPLOYMENTS.below, api_version=_VERSION):
        if name := properties_of(row).get("raiPolicyName"):
            yield Relationship(arm_key(row["id"]), arm_key(f"{account}/raipolicies/{name}"))


def _from(what: str, severity: str | None) -> str:
    """Return what is held back and from which severity on, which some of it, such as a jailbreak, does not have."""
    return f"{what}={severity}" if severity else what
