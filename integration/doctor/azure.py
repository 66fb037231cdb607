"""What may keep a run from reading Azure: its address, a token for it, what the application sees there."""

from collections.abc import Iterator

import requests

from integration.config.settings import Config
from integration.doctor.finding import Finding, ok, problem, warning
from integration.doctor.reach import BRIEFLY, reach
from integration.errors import (
    CredentialsError,
    Forbidden,
    GraphError,
    IntegrationError,
    SourceUnavailable,
)
from integration.http.auth import Tokens
from integration.sdk.plan import Plan
from integration.sources.azure.client import AzureClient
from integration.sources.azure.source import GRANT, knows_no_azure
from integration.sources.azure.subscriptions import Subscriptions
from integration.sources.msgraph.permissions import reads_others
from integration.sources.opening import NO_AZURE_ROOT
from integration.sources.signin import GRAPH_ALONE, azure_tokens_for

_ACCESS = "Azure access"
_INSTEAD = "or leave the types of Azure out with --skip"


def examine_azure(config: Config, plan: Plan) -> Iterator[Finding]:
    """Look at what is between this machine and Azure, where types of it are chosen.

    Args:
        config: settings.
        plan: the chosen types.

    Raises:
        ConfigurationError: this machine can send no request to Azure; names the variable or file, and what to do.
    """
    if not reads_others(plan):
        return
    if not config.azure_url:
        yield _left_out(NO_AZURE_ROOT)
        return
    tokens = azure_tokens_for(config)
    if tokens is None:
        yield _left_out(GRAPH_ALONE)
        return
    with requests.Session() as session:
        reached = reach(session, "Azure Resource Manager", f"{config.azure_url}/", {})
        yield reached
        if reached.state != "problem":
            yield _access(config, tokens, session)


def _left_out(reason: str) -> Finding:
    found, _, remedy = reason.partition(": ")
    return warning(_ACCESS, f"{found}, so types of Azure are skipped", f"{remedy}, {_INSTEAD}")


def _access(config: Config, tokens: Tokens, session: requests.Session) -> Finding:
    """Sign in to Azure, and ask which subscriptions there are and which of them the application sees."""
    subscriptions = Subscriptions(AzureClient(config.azure_url, tokens, session, BRIEFLY))
    try:
        visible, hidden, untold = len(subscriptions.visible()), subscriptions.hidden(), subscriptions.untold()
    except CredentialsError as error:
        if knows_no_azure(error):
            return ok(_ACCESS, "the tenant does not know Azure: types of it are skipped")
        return warning(_ACCESS, f"types of Azure are skipped: {error}", f"correct that, {_INSTEAD}")
    except (Forbidden, SourceUnavailable) as error:
        return warning(_ACCESS, f"types of Azure are skipped: {error}", f"{GRANT}, {_INSTEAD}")
    except GraphError as error:
        return warning(_ACCESS, str(error), "ask again later: Azure answered, but not with data")
    except IntegrationError as error:
        return problem(_ACCESS, str(error), f"mend the connection, {_INSTEAD}")
    seen = "1 subscription" if visible == 1 else f"{visible:,} subscriptions"
    if not visible:
        return warning(_ACCESS, "the application sees no subscription: types of Azure are skipped", GRANT)
    if hidden:
        return warning(
            _ACCESS, f"the application sees {seen}, and {len(hidden):,} more exist, such as {hidden[0]}", GRANT
        )
    if untold:
        return warning(_ACCESS, f"the application sees {seen}; which others exist is not told: {untold}", GRANT)
    return ok(_ACCESS, f"the application sees {seen}")
