"""What an answer of Azure means: its JSON body, its error, and how long it asks to wait.

Sources: Azure Resource Manager, error responses; Azure Resource Graph, guidance for throttled requests, troubleshooting
errors.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.errors import (
    BadAnswer,
    BadRequest,
    FeatureAbsent,
    Forbidden,
    GraphError,
    NotFound,
    NotLicensed,
    ServiceUnavailable,
    Throttled,
)
from integration.http.patience import seconds_to_wait
from integration.http.warned import of_missing_data
from integration.sources.azure.versions import NOT_IN_VERSION, versions_named
from integration.sources.controls import error_in

TOO_LARGE = "responsepayloadtoolarge"
TOO_MANY_SUBSCRIPTIONS = "toomanysubscriptionsunderscope"
_UNSUPPORTED = {"featurenotsupportedforaccount", "operationnotallowedonkind", "resourcetypenotsupported"}
"""Codes by which Azure says that what is of such a kind has nothing of what is asked for."""
_ABSENT = {*NOT_IN_VERSION, "disallowedlogicaltablename"}
"""Codes by which Azure says that it has no such kind of resource, or no such table, as Azure in China lacks some.
Source: Azure Quick Review, issue 847."""
_UNLICENSED = "aadpremiumlicenserequired"
"""Code by which Azure says that the tenant lacks a licence of Microsoft Entra."""
_THROTTLED = {"ratelimiting", "resourcerequeststhrottled", "toomanyrequests"}
"""Codes by which Azure says that it takes no more for now, whatever the status is."""
_HICCUPS = {404, 408, 409, 421, 423, 424, 425}
"""Statuses below 500 that may be another one when the same is asked once more; 404 where Azure names no reason."""
_LISTS = ("value", "data")
_NO_SUBSCRIPTION = re.compile(r"(?i)at least one subscription that is eligible")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)(?:\.\d+)?", re.ASCII)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class AzureAnswer:
    """One answer.

    Attributes:
        path: path of the request: for messages.
        status: HTTP status.
        headers: header names in lower case.
        body: the decoded JSON object; empty where there was none.
        digest: of the body as it came; empty where nobody compares it.
    """

    path: str
    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    digest: str = ""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait after a refusal: the longer one of what two headers say; ``None`` where none says any."""
        if self.status < 400:
            return None
        asked = seconds_to_wait(self.headers.get("retry-after", ""), self.headers.get("date", ""))
        told = [asked, self.quota_resets_after]
        return max((wait for wait in told if wait), default=None)

    @property
    def quota_resets_after(self) -> float | None:
        """Seconds until Azure Resource Graph takes more queries (``x-ms-user-quota-resets-after``, ``hh:mm:ss``)."""
        told = _CLOCK.fullmatch(self.headers.get("x-ms-user-quota-resets-after", "").strip())
        hours, minutes, seconds = map(int, told.groups()) if told else (0, 0, 0)
        return float(hours * 3600 + minutes * 60 + seconds) or None

    @property
    def quota_is_spent(self) -> bool:
        """Whether Azure Resource Graph takes no more queries now (``x-ms-user-quota-remaining``)."""
        return self.headers.get("x-ms-user-quota-remaining", "").strip() == "0"

    @property
    def percentage(self) -> float | None:
        """Nothing: Azure tells no share."""
        return None

    @property
    def units(self) -> int:
        """Nothing: Azure charges no units."""
        return 0

    def error(self) -> GraphError | None:
        """Return the error that the answer stands for; ``None`` where it is whole.

        Whole is an answer with status 200, a JSON object, no error in it, and no warning that some of it is missing.
        """
        envelope = error_in(self.body, _LISTS)
        warning = of_missing_data(self.headers.get("warning", ""))[:_LONGEST]
        if self.status == 200 and self.body and envelope is None and not warning:
            return None
        found = envelope[0] if isinstance(envelope, list) and envelope else envelope
        if found is None and self.status >= 400:
            found = self.body  # as App Service refuses
        said = list(_said(found if isinstance(found, dict) else {}))
        codes = [code for code, _ in said if code]
        told = [message for _, message in said if message]
        messages = [message[:_LONGEST] for message in told]
        kind, problem = self._meaning({code.lower() for code in codes}, messages)
        if self.status < 400:
            kind, problem = BadAnswer, _flaw(envelope, warning, messages)
        error = kind(
            problem,
            path=self.path,
            status=self.status,
            code=codes[-1] if codes else "",
            request_id=self.headers.get("x-ms-correlation-request-id") or self.headers.get("x-ms-request-id", ""),
            too_much=TOO_LARGE in map(str.lower, codes),
        )
        if isinstance(error, FeatureAbsent):
            error.versions = versions_named(" ".join(told))
        return error

    def _meaning(self, codes: set[str], messages: list[str]) -> tuple[type[GraphError], str]:
        message = messages[-1] if messages else ""
        if _UNLICENSED in codes:
            return NotLicensed, "the tenant lacks the licence of Microsoft Entra for this"
        if self.status in (407, 451) or (self.status == 403 and not codes):
            return BadAnswer, "something between here and Azure refused it: check proxy and network"
        if self.status == 403 or (self.status == 400 and _NO_SUBSCRIPTION.search(" ".join(messages))):
            return Forbidden, "the application may not read this: grant it Reader on the scope"
        if _ABSENT.intersection(codes):
            return FeatureAbsent, f"this cloud does not have it in the version that is asked for: {message}"
        if (self.status == 404 and codes) or _UNSUPPORTED.intersection(codes):
            return NotFound, "not found"
        if self.status == 429 or _THROTTLED.intersection(codes):
            return Throttled, "Azure throttles the application"
        if self.status in _HICCUPS or (self.status >= 500 and self.status != 501):
            return ServiceUnavailable, "Azure could not serve the request"
        return BadRequest, f"Azure refused the request: {message}" if message else "Azure refused the request"


def _flaw(envelope: Any, warning: str, messages: Sequence[str]) -> str:
    """Return what an answer that is neither a refusal nor whole lacks."""
    if warning:
        return f"the answer is not whole: Warning: {warning}"
    flaw = "the answer is not a whole one" if envelope is None else "the answer holds an error"
    return f"{flaw}: {messages[-1]}" if messages else flaw


def _said(error: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield code and message of an error, then those of its details, of which the last say most; empty for none.

    Source: App Service, whose errors write ``Code``, ``Message`` and ``Details`` where others write small letters.
    """
    code, message, details = (error.get(name) or error.get(name.title()) for name in ("code", "message", "details"))
    yield (
        code[:_LONGEST] if isinstance(code, str) else "",
        " ".join(message.split()) if isinstance(message, str) else "",
    )
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict):
            yield from _said(detail)
