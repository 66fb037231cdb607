"""Azure Resource Graph: queries in pages over the rows that the application may see.

Source: Azure Resource Graph's REST reference 2024-04-01 and its pages on paging and throttling.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from tests.simulator.azure.answer import Answer, Asked, refusal
from tests.simulator.azure.expressions import InvalidQuery, Row
from tests.simulator.azure.kql import Result, run, table_of
from tests.simulator.azure.quota import Quota
from tests.simulator.azure.tenant import COLUMNS, AzureTenant

PATH = "/providers/Microsoft.ResourceGraph/resources"
VERSIONS = ("2021-03-01", "2022-10-01", "2024-04-01")
_MOST = 1000
_JSON = "application/json"
_ABOVE = ("AtScopeAboveAndBelow", "AtScopeAndAbove")
_FILTERED = ("authorizationresources", "policyresources")
_TOKEN = "offset-"


@dataclass
class ResourceGraph:
    """The service and its limits.

    ``page_bytes`` is the size that no answer exceeds. ``most_subscriptions`` is how many subscriptions a query of the
    whole tenant may cover. ``forgets`` are ids of subscriptions that it does not know of, although they are visible.
    ``versions`` are the api-versions there are. ``no_access`` is what it answers to who may see
    nothing of what is asked: "403", "400", or "empty". ``cuts_scope`` has it answer for the first of too many
    subscriptions also where nobody has allowed that.
    """

    tenant: AzureTenant
    quota: Quota = field(default_factory=Quota)
    page_bytes: int = 16 * 1024 * 1024
    most_subscriptions: int = 10_000
    versions: tuple[str, ...] = VERSIONS
    no_access: str = "403"
    forgets: frozenset[str] = frozenset()
    cuts_scope: bool = False
    random: Random = field(default_factory=lambda: Random(1))

    def answer(self, asked: Asked) -> Answer:
        """Answer a query.

        Raises:
            Refused: it is answered with an error.
        """
        granted, headers = self.quota.take()
        if not granted:
            message = "Please provide below info when asking for support:"
            raise refusal(429, "RateLimiting", message, "RateLimiting", headers)
        if asked.options.get("api-version") not in self.versions:
            raise refusal(404, "InvalidResourceType", "The resource type could not be found for that api version.")
        if asked.headers.get("content-type", "").partition(";")[0] != _JSON:
            raise refusal(500, "InternalServerError", "Encountered internal server error.")
        options = asked.body.get("options", {})
        rows, limited = self._scope(asked.body, options)
        page = self._page(asked.query, rows, options)
        body = orjson.dumps(page)
        if len(body) > self.page_bytes:
            message = f"Response payload size is {len(body)}, and has exceeded the limit of {self.page_bytes}."
            raise refusal(400, "BadRequest", message, "ResponsePayloadTooLarge", headers)
        if limited:
            headers = headers | {"x-ms-tenant-subscription-limit-hit": "true"}
        return Answer(200, page, headers, body)

    def _scope(self, body: dict[str, Any], options: dict[str, Any]) -> tuple[list[Row], bool]:
        """The rows of the table that are visible in what is asked for, and whether the limit has cut that."""
        named, groups = body.get("subscriptions"), body.get("managementGroups")
        if named and groups:
            raise refusal(400, "BadRequest", "Both subscriptions and managementGroups are given.", "InvalidScope")
        seen = [each.id for each in self.tenant.visible() if each.id not in self.forgets]
        limited = False
        if named:
            seen = [each for each in seen if each in named]
        else:
            if groups:
                seen = [each for each in seen if self._below(self.tenant.subscriptions[each].parent, groups)]
            limited = len(seen) > self.most_subscriptions
            if limited and not (self.cuts_scope or options.get("allowPartialScopes")):
                message = f"The number of subscriptions {len(seen)} exceeds the limit of {self.most_subscriptions}."
                raise refusal(400, "BadRequest", message, "TooManySubscriptionsUnderScope")
            seen = seen[: self.most_subscriptions]
        if not seen:
            self._nothing_visible()
        return self._rows(str(body.get("query", "")), {*seen}, not named, options), limited

    def _nothing_visible(self) -> None:
        if self.no_access == "403":
            raise refusal(403, "AuthorizationFailed", "The client does not have authorization.", "Forbidden")
        if self.no_access == "400":
            message = "There must be at least one subscription that is eligible to contain resources."
            raise refusal(400, "BadRequest", message, "NoValidSubscriptionsInQueryRequest")

    def _below(self, name: str, groups: list[str]) -> bool:
        while name not in groups:
            if name == self.tenant.id:
                return False
            name = self.tenant.groups[name]
        return True

    def _rows(self, query: str, seen: set[str], whole: bool, options: dict[str, Any]) -> list[Row]:
        try:
            table = table_of(query)
        except InvalidQuery as error:
            raise refusal(400, "BadRequest", str(error), "ParserFailure") from None
        if table not in self.tenant.tables:
            raise refusal(400, "BadRequest", f"Table {table} is invalid.", "DisallowedLogicalTableName")
        above = options.get("authorizationScopeFilter") in _ABOVE if table in _FILTERED else whole
        if seen and above:
            seen.add("")
        return [row for row in self.tenant.tables[table].values() if row["subscriptionId"] in seen]

    def _page(self, query: str, rows: list[Row], options: dict[str, Any]) -> dict[str, Any]:
        try:
            result = run(query, rows, COLUMNS, self.random)
        except InvalidQuery as error:
            raise refusal(400, "BadRequest", str(error), "InvalidQuery") from None
        top = options.get("$top", 100)
        if not 1 <= top <= _MOST:
            raise refusal(400, "BadRequest", f"$top must be between 1 and {_MOST}.", "InvalidTop")
        start = options.get("$skip", _offset(options.get("$skipToken")))
        page, more = result.rows[start : start + top], start + top < len(result.rows)
        document = {
            "totalRecords": len(result.rows),
            "count": len(page),
            "data": _data(page, result, options.get("resultFormat", "objectArray")),
            "facets": [],
            "resultTruncated": "true" if more and not result.pages else "false",
        }
        return document | ({"$skipToken": f"{_TOKEN}{start + top}"} if more and result.pages else {})


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not token.startswith(_TOKEN):
        raise refusal(400, "BadRequest", "The skip token is invalid.", "InvalidSkipToken")
    return int(token.removeprefix(_TOKEN))


def _data(page: list[Row], result: Result, form: str) -> Any:
    if form == "objectArray":
        return page
    columns = [{"name": name, "type": "string"} for name in result.columns]
    return {"columns": columns, "rows": [list(row.values()) for row in page]}
