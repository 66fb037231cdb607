"""The APIs that a recording asks, each with its own scrubber, tokens and root, and one set of pseudonyms."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from integration.config.settings import Config
from integration.http.auth import Tokens
from integration.recording.api import RecordedApi, SigningIn, not_signed_in
from integration.recording.azure.api import RecordedAzure
from integration.recording.azure.scrubber import AzureScrubber
from integration.recording.literals import literals_of, names_read_by
from integration.recording.msgraph.api import RecordedGraph
from integration.recording.msgraph.scrubber import GraphScrubber
from integration.recording.pseudonyms import Pseudonyms
from integration.recording.salt import project_of, salt_of
from integration.recording.survey import Scrubbing
from integration.sdk.plugins import declared_steps, load
from integration.sdk.step import OTHERS, Step
from integration.sources.msgraph.links import VERSION
from integration.sources.opening import NO_AZURE_ROOT
from integration.sources.signin import AZURE_ALONE, GRAPH_ALONE, azure_tokens_for, is_for_azure_alone, tokens_for


def apis_of(
    config: Config, salt: bytes, steps: Sequence[Step], installed: Iterable[Step], plain: Iterable[str]
) -> Sequence[RecordedApi]:
    """Sign in, and return what is asked of a tenant: Azure when it is needed.

    Args:
        config: how to reach and to sign in to the tenant.
        salt: key of the pseudonyms.
        steps: what is recorded, and what that needs.
        installed: all steps that there are.
        plain: names of properties whose values stay as they are.

    Raises:
        CredentialsError: Microsoft refused the sign-in.
        ConfigurationError: this machine can send no request to the tenant.
    """
    pseudonyms, literals, plain = Pseudonyms(salt), literals_of(steps), tuple(plain)
    types = None if any(OTHERS in step.resources for step in steps) else _types(steps, literals)
    azure = AzureScrubber(pseudonyms, literals, plain, names_read_by(installed))
    graph = GraphScrubber(pseudonyms, literals, plain)
    return [
        RecordedAzure(azure, _azure_sign_in(config), config.azure_url, types),
        RecordedGraph(graph, _graph_sign_in(config), f"{config.graph_url}{VERSION}"),
    ]


def scrubbing(path: Path) -> Scrubbing:
    """Return what sends requests for a cassette, with the pseudonyms of the project that it belongs to."""
    pseudonyms = Pseudonyms(salt_of(project_of(path.parent)))
    azure = AzureScrubber(pseudonyms, properties=names_read_by(declared_steps(load())))
    return Scrubbing([RecordedAzure(azure), RecordedGraph(GraphScrubber(pseudonyms))])


def _types(steps: Iterable[Step], literals: Iterable[str]) -> frozenset[str]:
    """Return the types of resources, in lower case, that steps name."""
    named = (*(type for step in steps for type in step.resources), *(text for text in literals if "/" in text))
    return frozenset(type.lower() for type in named)


def _graph_sign_in(config: Config) -> SigningIn:
    if is_for_azure_alone(config):
        return not_signed_in(AZURE_ALONE)
    tokens = tokens_for(config)
    tokens.token()
    return lambda: tokens


def _azure_sign_in(config: Config) -> SigningIn:
    def sign_in() -> Tokens:
        tokens = azure_tokens_for(config)
        return tokens if tokens is not None else not_signed_in(GRAPH_ALONE)()

    return sign_in if config.azure_url else not_signed_in(NO_AZURE_ROOT)
