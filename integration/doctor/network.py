"""What may keep a run from reaching its tenant: the network, the clock, the sign-in, the permissions.

Sources: Microsoft Graph, network requirements; Kerberos and OpenID Connect clients' tolerance of five minutes.
"""

from collections.abc import Iterator

import requests

from integration.config.settings import Config
from integration.doctor.azure import examine_azure
from integration.doctor.finding import Finding, ok, problem, warning
from integration.doctor.reach import BRIEFLY, reach
from integration.errors import ConfigurationError, CredentialsError, Forbidden, GraphError, IntegrationError
from integration.http.auth import GivenToken, Tokens
from integration.http.credentials import Application
from integration.sdk.plan import Plan
from integration.sources.msgraph.claims import roles_of
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.permissions import review
from integration.sources.signin import AZURE_ALONE, consent_page, is_for_azure_alone, tokens_for
from integration.text.phrases import some
from integration.text.secret import Secret

_TOLERATED, _UNUSUAL = 300.0, 30.0
_NO_REQUEST = "this machine can send no request"
_CREDENTIALS = "correct that in the settings or in the app registration, and ask again"


def examine_network(config: Config, plan: Plan | None) -> Iterator[Finding]:
    """Look at what is between this machine and the tenant.

    Args:
        config: settings.
        plan: the chosen types; ``None`` where there is no plan, so that permissions are not compared.
    """
    if is_for_azure_alone(config):
        found, _, remedy = AZURE_ALONE.partition(": ")
        yield warning("Microsoft Graph", f"{found}, so types of Graph are skipped", remedy)
    else:
        yield from _examine_graph(config, plan)
    try:
        yield from examine_azure(config, plan) if plan else ()
    except ConfigurationError as error:
        yield problem("Azure access", _NO_REQUEST, "\n".join(error.faults))
    except CredentialsError as error:
        yield problem("Azure access", str(error), _CREDENTIALS)


def _examine_graph(config: Config, plan: Plan | None) -> Iterator[Finding]:
    try:
        tokens = tokens_for(config)
    except ConfigurationError as error:
        yield problem("network", _NO_REQUEST, "\n".join(error.faults))
        return
    except CredentialsError as error:
        yield problem("sign-in", f"with {_way(config)}: {error}", _CREDENTIALS)
        return
    dates: dict[str, float] = {}
    with requests.Session() as session:
        yield reach(session, "Microsoft Graph", f"{config.graph_url}/v1.0/", dates)
        if isinstance(tokens, Application):
            tenant = f"{config.authority}/{config.directory_id}"
            yield reach(session, "sign-in service", f"{tenant}/v2.0/.well-known/openid-configuration", dates)
        yield _clock(dates)
        signed_in = _sign_in(config, tokens, session)
        yield signed_in
    if signed_in.state != "problem" and plan:
        yield _permissions(config, tokens.token(), plan, with_link=isinstance(tokens, Application | GivenToken))


def _clock(dates: dict[str, float]) -> Finding:
    if not dates:
        return warning("clock", "nobody answered with the time", "mend the connection first")
    name, ahead = next(iter(dates.items()))
    shown = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {name}"
    remedy = "set this machine's clock, and keep it right with NTP"
    if abs(ahead) > _TOLERATED:
        return problem("clock", shown, remedy)
    return warning("clock", shown, remedy) if abs(ahead) > _UNUSUAL else ok("clock", shown)


def _sign_in(config: Config, tokens: Tokens, session: requests.Session) -> Finding:
    """Sign in, and ask Graph whether it takes the token, with one small request."""
    way = _way(config)
    try:
        tokens.token()
        client = GraphClient(config.graph_url, tokens, session, BRIEFLY)
        client.get(client.url("/organization", {"$select": "id"}))
    except Forbidden:
        return ok("sign-in", f"with {way}; Graph takes the token")
    except CredentialsError as error:
        return problem("sign-in", f"with {way}: {error}", _CREDENTIALS)
    except GraphError as error:
        return warning("sign-in", f"with {way}: {error}", "ask again later: Graph answered, but not with data")
    except IntegrationError as error:
        return problem("sign-in", f"with {way}: {error}", "mend the connection, and ask again")
    return ok("sign-in", f"with {way}; Graph takes the token")


def _way(config: Config) -> str:
    """Name what signs in, in the order in which ``tokens_for`` looks."""
    ways = {
        "a bearer token": config.access_token,
        "a client secret": config.client_secret,
        "a certificate": config.certificate_path,
        "a federated token": config.federated_token_file,
    }
    return next((name for name, there in ways.items() if there), "the managed identity")


def _permissions(config: Config, token: Secret, plan: Plan, *, with_link: bool) -> Finding:
    roles = roles_of(token)
    if roles is None:
        return warning(
            "permissions",
            "the token does not say which it has, since it is opaque or a user's",
            "start a run, and see its table of types, which names each permission that is missing",
        )
    compared = review(plan, roles)
    link = consent_page(config, token) if with_link else None
    consent = f"; then an administrator consents at {link}" if link else ""
    if compared.missing:
        lost = f"{len(compared.falls_away)} of {len(plan.steps)} types fall away, which integration check tells"
        found = f"missing {some(compared.missing)}: {lost}"
        return problem("permissions", found, f"grant {', '.join(compared.to_grant)}{consent}")
    if compared.to_enrich:
        found = f"without {', '.join(compared.to_enrich)} some properties are missing"
        return warning("permissions", found, f"grant {', '.join(compared.to_enrich)}{consent}")
    return ok("permissions", f"granted: {some(compared.granted) if compared.granted else 'none are needed'}")
