"""Which agents a blueprint of agents has."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Relationship, relationship_step
from integration.values import guid_key
from steps._forms import text_in
from steps.entra._apps import READ, SERVICE_PRINCIPALS, principal_key, service_principals

_AGENTS = f"{SERVICE_PRINCIPALS}/microsoft.graph.agentIdentity"
_MOST = 100
"""The largest page of agents (List agentIdentity objects)."""


@relationship_step(
    "azure_service_principal", "MANAGES", "azure_service_principal", permissions=["AgentIdentity.Read.All", *READ]
)
def azure_service_principal_manages_principal(ctx: Context) -> Iterator[Relationship]:
    """The service principal of a blueprint has an agent, which has no credentials: the blueprint acts as it."""
    agents = list(ctx.graph.list(_AGENTS, select=["id", "agentIdentityBlueprintId"], top=_MOST))
    ids, blueprints = {agent["id"] for agent in agents}, {_blueprint(agent) for agent in agents}
    keys = {
        app: principal["id"]
        for principal in service_principals(ctx)
        if (app := text_in(principal, "appId")) in blueprints and principal["id"] not in ids
    }
    for agent in agents:
        if blueprint := _blueprint(agent):
            yield Relationship(principal_key(blueprint, keys), agent["id"])


def _blueprint(agent: Any) -> str:
    """Return the appId of an agent's blueprint; an empty text where it has none."""
    return str(guid_key(text_in(agent, "agentIdentityBlueprintId")))
