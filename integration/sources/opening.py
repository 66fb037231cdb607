"""Opening the sources of a run: signed in, so that a refusal is known before anything is read."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import requests

from integration.config.clouds import GLOBAL_AZURE
from integration.config.settings import Config
from integration.sources.azure.client import AzureClient
from integration.sources.azure.face import AzureFace
from integration.sources.azure.source import SIDE_BY_SIDE, AzureSource
from integration.sources.msgraph.claims import roles_of, tenant_of
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.face import GraphFace
from integration.sources.msgraph.source import GraphSource
from integration.sources.signin import AZURE_ALONE, GRAPH_ALONE, azure_tokens_for, is_for_azure_alone, tokens_for
from integration.sources.source import Source
from integration.sources.unavailable import UnavailableSource
from integration.tapes.tapes import Tape
from integration.text.secret import Secret

T = TypeVar("T")
NO_AZURE_ROOT = "Graph's root is of no cloud, so that Azure's is not known: set --azure-url or INTEGRATION_AZURE_URL"


class Waits(Protocol):
    """Calls a function that may take long, and returns what it returns, unless the run is stopped meanwhile."""

    def __call__(self, function: Callable[[], T], /) -> T:
        """Return what the function returns."""


def open_sources(
    config: Config,
    tape: Tape,
    session: requests.Session,
    wait: Waits,
    tell: Callable[[float], None],
) -> Sequence[Source]:
    """Sign in, and return the sources.

    Args:
        config: settings.
        tape: where answers come from.
        session: sends the requests.
        wait: calls what may take long.
        tell: called with the seconds for which a source is not asked.

    Raises:
        CredentialsError: Microsoft refused the sign-in.
    """
    graph, azure = _graph(config, tape, session, wait, tell), _azure(config, tape, session, wait, tell)
    if isinstance(graph, GraphSource):
        graph.is_alone = isinstance(azure, UnavailableSource)
    return [graph, azure]


def _graph(config: Config, tape: Tape, session: requests.Session, wait: Waits, tell: Callable[[float], None]) -> Source:
    if is_for_azure_alone(config):
        return UnavailableSource("graph", GraphFace, AZURE_ALONE, _tenant(config, config.azure_access_token))
    tokens = wait(lambda: tokens_for(config, offline=tape.offline))
    token = wait(tokens.token)
    in_flight = 1 if tape.one_by_one else config.in_flight
    client = GraphClient(config.graph_url, tokens, session, in_flight=in_flight)
    client.tell_waits(tell)
    return GraphSource(
        client,
        _tenant(config, token),
        roles=roles_of(token),
        in_flight=in_flight,
        incremental=not tape.one_by_one,
        full_every=config.full_every * 86_400,
    )


def _azure(config: Config, tape: Tape, session: requests.Session, wait: Waits, tell: Callable[[float], None]) -> Source:
    """Return Azure, which is signed in to when a type of it is read."""
    root = config.azure_url or (GLOBAL_AZURE if tape.offline else "")
    if not root:
        return UnavailableSource("azure", AzureFace, NO_AZURE_ROOT)
    tokens = wait(lambda: azure_tokens_for(config, offline=tape.offline))
    if tokens is None:
        return UnavailableSource("azure", AzureFace, GRAPH_ALONE)
    client = AzureClient(root, tokens, session, in_flight=1 if tape.one_by_one else SIDE_BY_SIDE)
    client.tell_waits(tell)
    return AzureSource(client, side_by_side=1 if tape.one_by_one else SIDE_BY_SIDE)


def _tenant(config: Config, token: Secret) -> str:
    """Return what names the tenant that is read: the settings, and the token where it tells."""
    return f"{config.tenant} {tenant_of(token) or ''}".strip()
