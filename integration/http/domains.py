"""Which tenant a domain names, as the sign-in service tells everybody.

Source: Microsoft identity platform, OpenID Connect: the metadata of a tenant, whose endpoints hold its id.
"""

from urllib.parse import urlsplit

from integration.errors import CredentialsError, Unreachable
from integration.http.authority import ask
from integration.text.discretion import logger
from integration.text.given import is_guid

_log = logger("integration")


def tenant_of_domain(authority: str, domain: str) -> str:
    """Return the directory (tenant) id behind a verified domain; empty where that cannot be learned now.

    Whoever hands over a token need not be able to reach the sign-in service.

    Args:
        authority: root of the sign-in service, such as ``https://login.microsoftonline.com``.
        domain: such as ``contoso.onmicrosoft.com``.

    Raises:
        CredentialsError: the service says that no tenant has the domain.
        ConfigurationError: this machine can send no request.
    """
    host = urlsplit(authority).netloc
    url = f"{authority.rstrip('/')}/{domain}/v2.0/.well-known/openid-configuration"
    unknown = f"the sign-in service {host} does not know the tenant {domain}: check the directory (tenant) id"
    try:
        answer = ask(f"the sign-in service {host}", authority, unknown, lambda _, session: session.get(url).json())
    except (CredentialsError, Unreachable) as error:
        if isinstance(error, CredentialsError) and error.codes:
            raise
        _log.info("whether the token is of %s is not known: %s", domain, error)
        return ""
    parts = urlsplit(answer.get("token_endpoint", "")).path.split("/")
    return next(filter(is_guid, parts), "")
