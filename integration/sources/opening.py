"""Opening the sources of a run: signed in, so that a refusal is known before anything is read."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import requests

from integration.config.settings import Config
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.permissions import roles_of, tenant_of
from integration.sources.msgraph.source import GraphSource
from integration.sources.signin import tokens_for
from integration.sources.source import Source
from integration.tapes.tapes import Tape

T = TypeVar("T")


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
    tokens = tokens_for(config, offline=tape.offline)
    token = wait(tokens.token)
    in_flight = 1 if tape.one_by_one else config.in_flight
    client = GraphClient(config.graph_url, tokens, session, in_flight=in_flight)
    client.pace.tell = tell
    graph = GraphSource(
        client,
        f"{config.tenant} {tenant_of(token) or ''}".strip(),
        roles=roles_of(token),
        in_flight=in_flight,
        incremental=not tape.one_by_one,
        full_every=config.full_every * 86_400,
    )
    return [graph]
