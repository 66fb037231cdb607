"""What happens to a request: sign-in, faults, throttling, permissions, then the directory."""

import hashlib
import random
from collections.abc import Mapping

import orjson

from tests.simulator.areas import SHELVES
from tests.simulator.batch import batch
from tests.simulator.delta import Delta
from tests.simulator.directory import Directory
from tests.simulator.encode import Encoders
from tests.simulator.faults import Faults, Injector, RetryAfterForm
from tests.simulator.lanes import LANES, Lanes, lane_of
from tests.simulator.licences import REPORTS
from tests.simulator.odata import Answer, Call, GraphError, common_headers, failure, parse, success
from tests.simulator.paging import Pager
from tests.simulator.permissions import Permissions, is_sign_in_activity
from tests.simulator.properties import COLLECTIONS
from tests.simulator.recorded import recorded
from tests.simulator.related import Related
from tests.simulator.shelves import Shelving
from tests.simulator.signin import SignIn
from tests.simulator.tenant import Tenant
from tests.simulator.throttle import Bucket, Stats, cost, is_directory, retry_after
from tests.simulator.tokens import Seal

VERSION = "/v1.0"
_GRAPH_APP = "00000003-0000-0000-c000-000000000000"
_PERCENTAGE_FROM = 0.8
_SECURITY_DEFAULTS_RETRY_AFTER = "1209600"


class Service:
    """One Graph endpoint on one tenant."""

    def __init__(
        self,
        tenant: Tenant,
        *,
        token: str,
        signin: SignIn,
        quota: int | None,
        faults: Faults,
        page_size: int | None,
        page_lifetime: float | None,
        lanes: float | None,
        seed: int,
    ) -> None:
        self.tenant, self.token, self.signin, self.faults = tenant, token, signin, faults
        self.injector, self.bucket, self.stats = Injector(faults), Bucket(quota), Stats()
        self.permissions = Permissions(signin.roles)
        seal = Seal(seed)
        pager = Pager(
            seal, self.injector, page_size=page_size, lifetime=page_lifetime, empty_after=tenant.empty_page_after
        )
        permissions = self.permissions
        related = Related(
            tenant, Encoders(tenant), self.injector, permissions.may_read, may_see_hidden=permissions.hidden_members
        )
        self.directory = Directory(tenant, related, pager)
        self.shelving = Shelving(tenant, SHELVES, pager, self._find_parent, faults.broken_200.__contains__)
        self.lanes = Lanes(lanes)
        self.delta = Delta(self.directory, seal, page_size)
        self._rng = random.Random(seed)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes, origin: str) -> Answer:
        """Answer a request; target is the raw path with its query, header names are lower-case."""
        path = target.partition("?")[0]
        if not path.startswith(VERSION + "/"):
            known = self.signin.answer(method, path, body, origin)
            self.stats.requests[path.rpartition("/")[2] if known else "unknown"] += 1
            return known or failure(GraphError(400, "BadRequest", "Invalid version."), headers)
        try:
            call = parse(method, target[len(VERSION) :], headers, origin, body)
            self.stats.requests[call.shape] += 1
            self._authenticate(call)
            return self._struck(call) or self._answer(call)
        except GraphError as error:
            return failure(error, headers)

    def _authenticate(self, call: Call) -> None:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        good = scheme.lower() == "bearer" and (token == self.token or self.signin.accepts(token))
        if good and self.injector.strikes("expired_token_401", "", limit=1):
            self.signin.revoke(token)
            good = False
        if not good:
            challenge = (
                f'Bearer realm="", authorization_uri="{call.origin}/common/oauth2/authorize", client_id="{_GRAPH_APP}"'
            )
            raise GraphError(
                401,
                "InvalidAuthenticationToken",
                "Access token is missing, invalid or expired.",
                {"WWW-Authenticate": challenge},
            )

    def _struck(self, call: Call) -> Answer | None:
        """The answer of a fault that strikes the request as a whole."""
        key = request_key(call.target, call.body)
        if self.injector.strikes("status_500", key):
            return failure(GraphError(500, "generalException", "Something went wrong."), call.headers)
        if self.injector.strikes("status_503", key):
            announced, until = retry_after(self.faults.retry_after_seconds, self.faults.retry_after)
            answer = failure(GraphError(503, "serviceNotAvailable", "Come back later.", announced), call.headers)
            answer.until = until
            return answer
        if self.injector.strikes("status_504", key):
            return Answer(504, b"", {**common_headers(call.headers)})
        if self.injector.strikes("status_429", key):
            return self._refusal(call, self.faults.retry_after_seconds)
        return None

    def _answer(self, call: Call) -> Answer:
        if call.segments == ("$batch",):
            if call.method != "POST":
                raise GraphError(405, "Request_BadRequest", "Only POST is allowed on $batch.")
            answer = batch(call, self._inner, self._rng)
            answer.headers |= common_headers(call.headers)
            return answer
        return self._serve(call)

    def _inner(self, call: Call) -> Answer:
        self.stats.inner[call.shape] += 1
        if self.injector.strikes("inner_429", call.target):
            return self._refusal(call, self.faults.retry_after_seconds)
        if self.injector.strikes("inner_503", call.target):
            return failure(GraphError(503, "serviceNotAvailable", "Come back later."), call.headers)
        return self._serve(call)

    def _serve(self, call: Call) -> Answer:
        """Charge, permit and route one request, batched or not."""
        extra = common_headers(call.headers)
        if is_directory(call):
            units = cost(call)
            wait, used = self.bucket.charge(units)
            if used > _PERCENTAGE_FROM:
                extra["x-ms-throttle-limit-percentage"] = f"{used:.2f}"
            if wait:
                answer = self._refusal(call, wait)
                answer.headers |= extra
                return answer
            self.stats.resource_units += units
            extra["x-ms-resource-unit"] = str(units)
        shelf = SHELVES.holding(call.segments)
        lane = shelf.lane if shelf else lane_of(call)
        if wait := self.lanes.wait(lane):
            return self._refusal(call, wait, lane)
        try:
            self._permit(call)
            answer = self._route(call)
        except GraphError as error:
            answer = failure(error, call.headers)
        except orjson.JSONDecodeError:
            answer = failure(GraphError(400, "BadRequest", "The body is not JSON."), call.headers)
        answer.headers |= extra
        return answer

    def _permit(self, call: Call) -> None:
        for prefix, code in self.faults.forbidden.items():
            if call.path.startswith(prefix):
                raise GraphError(403, code, "Insufficient privileges to complete the operation.")
        for prefix, (status, code) in self.faults.absent.items():
            if call.path.startswith(prefix):
                raise GraphError(status, code, "Request not applicable to target tenant.")
        self.permissions.require(call)
        if is_sign_in_activity(call):
            REPORTS.require(self.tenant)
        if self.injector.strikes("intermittent_403", call.target):
            raise GraphError(
                403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "The tenant has no premium license."
            )

    def _route(self, call: Call) -> Answer:
        match call.method, call.segments:
            case "POST", ("directoryObjects", "getByIds"):
                return self.directory.get_by_ids(call)
            case "GET", ("organization",):
                return self.directory.organization(call)
            case "GET", ("policies", "identitySecurityDefaultsEnforcementPolicy"):
                return self._security_defaults(call)
            case "GET", ("directory", "deletedItems", _):
                return self.directory.deleted(call)
            case "GET", _ if call.collection in COLLECTIONS and (answer := self._directory_answer(call)):
                return answer
            case "GET", _ if answer := self.shelving.answer(call):
                return answer
        if (content := recorded(call)) is not None:
            return success(content)
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{call.segments[-1]}'.")

    def _directory_answer(self, call: Call) -> Answer | None:
        """The answer to a request for directory objects, None where it is for something that hangs on them."""
        match call.rest:
            case ("delta",):
                return self.delta.answer(call)
            case ():
                return self.directory.collection(call)
            case ("$count",):
                return self.directory.collection_count(call)
            case (name,) if not name.startswith("microsoft.graph."):
                return self.directory.one(call)
            case (_, relation, *_) if relation in self.directory.related.names(COLLECTIONS[call.collection]):
                return self.directory.relation(call)
        return None

    def _find_parent(self, collection: str, identity: str) -> None:
        """Raise GraphError 404 where an object that has children is not there."""
        if collection in COLLECTIONS:
            self.directory.find(COLLECTIONS[collection], identity)
        elif self.tenant.contents.row(f"/{collection}", identity) is None:
            raise GraphError(404, "Request_ResourceNotFound", f"Resource '{identity}' does not exist.")

    def _security_defaults(self, call: Call) -> Answer:
        policy = {
            "@odata.context": f"{call.origin}{VERSION}/$metadata#{'/'.join(call.segments)}/$entity",
            "id": "00000000-0000-0000-0000-000000000005",
            "displayName": "Security Defaults",
            "description": "Security defaults is a set of basic identity security mechanisms recommended by Microsoft.",
            "isEnabled": self.tenant.security_defaults,
        }
        return success(orjson.dumps(policy), {"Retry-After": _SECURITY_DEFAULTS_RETRY_AFTER})

    def _refusal(self, call: Call, seconds: float, lane: str = "") -> Answer:
        """A 429 that asks to wait so many seconds, with the directory or in a lane of its own."""
        form: RetryAfterForm = self.faults.retry_after
        if lane:
            form = "missing" if not LANES[lane].announces else "integer" if self.lanes.scale == 1 else "fractional"
        announced, until = retry_after(seconds, form)
        self.stats.throttled += 1
        headers: Mapping[str, str] = {
            **announced,
            "x-ms-throttle-scope": f"Tenant_Application/Read/{self.signin.client_id}/{self.tenant.id}",
            "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        }
        answer = failure(GraphError(429, "TooManyRequests", "Too many requests.", headers), call.headers)
        answer.until, answer.lane = until, lane
        return answer


def request_key(target: str, body: bytes) -> str:
    """What the faults know a request by."""
    return target + hashlib.blake2b(body, digest_size=8).hexdigest() if body else target
