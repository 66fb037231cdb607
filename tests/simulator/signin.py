"""Microsoft Entra sign-in as MSAL uses it: discovery, token endpoint, tokens; an assertion is taken unchecked.

Source: OAuth 2.0 client credentials flow; the AADSTS codes and their statuses are as recorded.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from time import gmtime, strftime, time
from urllib.parse import parse_qs

import orjson

from integration import load
from integration.sdk.plugins import declared_steps
from tests.simulator.odata import Answer
from tests.simulator.permissions import ALL_ROLES

CLIENT_ID = "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01"
CLIENT_SECRET = "simulated-secret"


@cache
def _for_what_is_not_simulated() -> list[str]:
    """Return permissions of types beyond those that are simulated: they keep no test from its own question.

    Operations of Azure are not among them: these are never in a token.
    """
    steps = declared_steps(load())
    named = {name for step in steps for name in (*step.permissions, *step.optional) if "/" not in name}
    return sorted(named - {*ALL_ROLES})


@dataclass
class SignIn:
    """One application in one tenant; ``roles`` go into the token's claims, ``expires_in`` is in seconds."""

    tenant_id: str
    domains: tuple[str, ...] = ()
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    expires_in: int = 3599
    roles: tuple[str, ...] | None = None
    tokens: dict[str, float] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: bytes, origin: str) -> Answer | None:
        """The answer to a sign-in request, or None where the path is none."""
        tenant, _, rest = path.strip("/").partition("/")
        known = tenant.lower() in (self.tenant_id.lower(), *self.domains)
        if method == "GET" and rest == "v2.0/.well-known/openid-configuration":
            return self._discovery(origin) if known else self._unknown_tenant(tenant)
        if method == "POST" and rest == "oauth2/v2.0/token":
            return self._token(parse_qs(body.decode())) if known else self._unknown_tenant(tenant)
        return None

    def issue(self) -> str:
        """A fresh bearer token: an unsigned JWT with roles, tid, appid, iat and exp (seconds since 1970)."""
        now = int(time())
        claims = {
            "aud": "https://graph.microsoft.com",
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + self.expires_in,
            "appid": self.client_id,
            "idtyp": "app",
            "roles": [*(ALL_ROLES if self.roles is None else self.roles), *_for_what_is_not_simulated()],
            "tid": self.tenant_id,
            "uti": str(len(self.tokens)),
        }
        token = ".".join((_base64({"typ": "JWT", "alg": "none"}), _base64(claims), ""))
        self.tokens[token] = now + self.expires_in
        return token

    def accepts(self, token: str) -> bool:
        """Whether a token was issued here and is alive."""
        return self.tokens.get(token, 0.0) > time()

    def revoke(self, token: str) -> None:
        """End a token's life."""
        self.tokens.pop(token, None)

    def _discovery(self, origin: str) -> Answer:
        """The tenant's metadata, which have its id, also where they are asked for by a domain."""
        document = {
            "token_endpoint": f"{origin}/{self.tenant_id}/oauth2/v2.0/token",
            "authorization_endpoint": f"{origin}/{self.tenant_id}/oauth2/v2.0/authorize",
            "jwks_uri": f"{origin}/{self.tenant_id}/discovery/v2.0/keys",
            "issuer": f"{origin}/{self.tenant_id}/v2.0",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
        }
        return _json(200, document)

    def _token(self, form: dict[str, list[str]]) -> Answer:
        given = {name: values[0] for name, values in form.items()}
        if given.get("client_id") != self.client_id:
            return _error(400, "unauthorized_client", 700016, f"Application '{given.get('client_id')}' was not found.")
        if given.get("grant_type") != "client_credentials" or not given.get("scope", "").endswith("/.default"):
            return _error(400, "invalid_scope", 1002012, "The scope must end in /.default.")
        if "client_assertion" not in given and given.get("client_secret") != self.client_secret:
            return _error(401, "invalid_client", 7000215, "Invalid client secret provided.")
        times = {"expires_in": self.expires_in, "ext_expires_in": self.expires_in}
        return _json(200, {"token_type": "Bearer", **times, "access_token": self.issue()})

    def _unknown_tenant(self, tenant: str) -> Answer:
        return _error(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")


def _base64(value: object) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def _json(status: int, value: object) -> Answer:
    return Answer(
        status, orjson.dumps(value), {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    )


def _error(status: int, error: str, code: int, message: str) -> Answer:
    trace = "cccccccc-0000-4000-8000-000000000001"
    document = {
        "error": error,
        "error_description": f"AADSTS{code}: {message} Trace ID: {trace}",
        "error_codes": [code],
        "timestamp": strftime("%Y-%m-%d %H:%M:%SZ", gmtime()),
        "trace_id": trace,
        "correlation_id": "dddddddd-0000-4000-8000-000000000001",
        "error_uri": f"https://login.microsoftonline.com/error?code={code}",
    }
    return _json(status, document)
