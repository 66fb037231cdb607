"""Azure Resource Manager: who is asking, what is asked for, and faults that strike it.

Source: Azure's REST reference of subscriptions and management groups, and recorded answers.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from tests.simulator.azure.answer import Answer, Asked, Refused, refusal
from tests.simulator.azure.children import Children
from tests.simulator.azure.resource_graph import PATH, ResourceGraph
from tests.simulator.azure.tenant import AzureTenant, Subscription

TOKEN = "test-token-of-azure"
AUDIENCE = "https://management.azure.com"
_PAGE = 1000
_GROUPS = "/providers/microsoft.management/managementgroups"


@dataclass
class Fault:
    """What is answered to the first ``times`` requests of which ``when`` is true, in place of what would be."""

    status: int
    when: Callable[[Asked], bool] = lambda asked: True
    body: dict[str, Any] | bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1 << 30
    struck: int = 0

    def answer(self) -> Answer:
        """The answer, counted."""
        self.struck += 1
        raw, document = (self.body, {}) if isinstance(self.body, bytes) else (None, self.body)
        return Answer(self.status, document, self.headers, raw)


@dataclass
class Manager:
    """One tenant's Azure Resource Manager.

    ``token`` is a bearer token that is accepted beside those that carry the audience. ``sees_groups`` is whether the
    application may read the descendants of management groups. ``before`` is called with each request before it is
    looked at: it may change the tenant, wait, or raise ``Refused``. ``alter`` may change each answer's document.
    ``children`` answers for children of resources.
    ``headers`` are on each answer in place of others.
    """

    tenant: AzureTenant
    graph: ResourceGraph
    token: str = TOKEN
    audience: str = AUDIENCE
    sees_groups: bool = True
    page: int = _PAGE
    faults: list[Fault] = field(default_factory=list)
    before: Callable[[Asked], None] = lambda asked: None
    alter: Callable[[Asked, dict[str, Any]], None] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.children = Children(self.tenant)

    def answer(self, asked: Asked, origin: str) -> Answer:
        """Answer a request that came to ``origin``."""
        try:
            self.before(asked)
            with self.tenant.lock:
                for fault in self.faults:
                    if fault.struck < fault.times and fault.when(asked):
                        return fault.answer()
                self._authenticate(asked)
                answer = self._route(asked, origin)
                answer.headers |= self.headers
                if self.alter is not None:
                    answer.raw = None
                    self.alter(asked, answer.document)
                return answer
        except Refused as error:
            return error.answer

    def _authenticate(self, asked: Asked) -> None:
        if not asked.token:
            raise refusal(401, "AuthenticationFailed", "The 'Authorization' header is missing.")
        if asked.token == self.token:
            return
        if audience_of(asked.token) != self.audience:
            raise refusal(401, "InvalidAuthenticationTokenAudience", "The access token is from the wrong audience.")

    def _route(self, asked: Asked, origin: str) -> Answer:
        path = asked.path.lower()
        descendants = f"{_GROUPS}/{self.tenant.id.lower()}/descendants"
        if "api-version" not in asked.options:
            raise refusal(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        if (asked.method, path) == ("POST", PATH.lower()):
            return self.graph.answer(asked)
        if (asked.method, path) == ("GET", "/subscriptions"):
            return self._list([_subscription(each) for each in self.tenant.visible()], asked, origin)
        if (asked.method, path) == ("GET", descendants):
            if not self.sees_groups:
                raise refusal(403, "AuthorizationFailed", "The client does not have authorization to perform action.")
            return self._list(self._descendants(), asked, origin)
        if asked.method == "GET" and path.startswith(("/subscriptions/", f"{_GROUPS}/")):
            found = self.children.of(asked)
            return self._list(found, asked, origin) if isinstance(found, list) else Answer(200, found)
        raise refusal(404, "NotFound", f"There is no {asked.path} here.")

    def _descendants(self) -> list[dict[str, Any]]:
        kind = "Microsoft.Management/managementGroups"
        groups = [_descendant(kind, f"/providers/{kind}/", name, name, parent) for name, parent in self._groups()]
        subscriptions = (each for each in self.tenant.subscriptions.values() if each.tenant_id == self.tenant.id)
        kind = f"{kind}/subscriptions"
        return groups + [
            _descendant(kind, "/subscriptions/", each.id, each.name, each.parent) for each in subscriptions
        ]

    def _groups(self) -> list[tuple[str, str]]:
        return [(name, parent) for name, parent in self.tenant.groups.items() if name != self.tenant.id]

    def _list(self, values: list[dict[str, Any]], asked: Asked, origin: str) -> Answer:
        start = int(asked.options.get("$skiptoken", "0"))
        document: dict[str, Any] = {"value": values[start : start + self.page]}
        if start + self.page < len(values):
            version = asked.options["api-version"]
            document["nextLink"] = f"{origin}{quote(asked.path)}?api-version={version}&$skiptoken={start + self.page}"
        return Answer(200, document)


def token_for(audience: str, **claims: str) -> str:
    """An unsigned token that carries an audience, and other claims."""
    parts = ({"typ": "JWT", "alg": "none"}, {"aud": audience, **claims})
    return ".".join((*(urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=") for part in parts), ""))


def audience_of(token: str) -> str:
    """The audience that a token carries, or nothing."""
    try:
        claims = token.split(".")[1]
        return str(orjson.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["aud"]).rstrip("/")
    except (IndexError, KeyError, ValueError):
        return ""


def _subscription(each: Subscription) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{each.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": each.id,
        "tenantId": each.tenant_id,
        "displayName": each.name,
        "state": "Enabled",
        "subscriptionPolicies": {"locationPlacementId": "Public_2014-09-01", "spendingLimit": "Off"},
    }


def _descendant(kind: str, place: str, name: str, title: str, parent: str) -> dict[str, Any]:
    above = {"id": f"/providers/Microsoft.Management/managementGroups/{parent}"}
    return {"id": place + name, "type": kind, "name": name, "properties": {"displayName": title, "parent": above}}
