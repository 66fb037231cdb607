"""What an answer of Graph means: its JSON body, its error, and how long it asks to wait.

Sources: Microsoft Graph error responses and resource types; Microsoft Graph throttling guidance; Paging Microsoft Graph
data in your app.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from requests.models import REDIRECT_STATI

from integration.errors import (
    BadAnswer,
    BadRequest,
    DeltaTokenExpired,
    FeatureAbsent,
    Forbidden,
    GraphError,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    ServiceUnavailable,
    Throttled,
)
from integration.http.patience import seconds_to_wait
from integration.http.room import Turn
from integration.http.warned import of_missing_data
from integration.sources.controls import error_in
from integration.sources.msgraph.habits import OPENED_BY

_EXPIRED_PAGE_TOKEN = {"directory_expiredpagetoken", "directorypagetokennotfoundexception"}
_EXPIRED_DELTA_TOKEN = {"syncstatenotfound", "resyncrequired"}
_NOT_LICENSED = re.compile("nonpremiumtenant|premiumlicenserequired|^nolicense$")
"""In codes, in lower case. Sources: Azure AD reports, identity governance: errors that were reported by users."""
_UNLICENSED = re.compile(
    r"(?i)not licensed for this feature|have premium license|tenant needs an AAD Premium"
    r"|tenant needs to have Microsoft Entra ID|\bAadPremiumLicenseRequired\b"
)
"""In messages with 400 or 403, whose code says no more than Forbidden, AccessDenied or BadRequest."""
_ABSENT = re.compile(r"(?i)not applicable to target tenant|resource not found for the segment")
"""In messages with 400 or 404: Intune is not there; the version of Graph in a cloud lacks a path."""
_UNKNOWN = "unknownerror"
_UNAVAILABLE = {"servicenotavailable", "serviceunavailable", "internalservererror", "gatewaytimeout"}
_HICCUPS = {404, 408, 409, 421, 423, 424, 425, 449}
"""Statuses below 500 that may be another one when the same is asked once more; 404 where Graph names no reason."""
_NOT_BY_GRAPH = {403, 451}
"""Refusals in which Graph would say more than a status; where nothing is said, a gateway or a proxy refused."""
_OVERSTRAINED = {413, 500, 502, 503, 504}
_TOO_MUCH = re.compile(r"(?i)\btop\b|page\s?size|for more than \d+")
_UNDECLARED = re.compile(
    r"(?i)(?:could not find a property named '|select is not supported for the following properties: )([a-z]\w{0,99})",
    re.ASCII,
)
"""In messages with 400; a delta query says the second (microsoft-graph-docs, issue 14141)."""
_PERMISSION = re.compile(r"\b[A-Z][A-Za-z]{1,40}(?:-[A-Za-z]{1,40})?\.Read\w{0,10}(?:\.[A-Z]\w{1,40}){1,2}", re.ASCII)
"""In messages with 403 of governance, Intune and reports (docs-contrib, issue 17; EasyPIM, issue 37)."""
_PAGE_TOKEN = re.compile(r"(?i)page token")
_LISTS = ("value", "responses")
_DIGITS = 9
_PLAUSIBLE = 10.0
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whether to a request of its own or inside a batch.

    Attributes:
        path: path of the request, without host and query: for messages.
        status: HTTP status.
        headers: header names in lower case.
        body: the decoded JSON object; empty where there was none.
        turn: what a large answer holds as long as it is in memory.
    """

    path: str
    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    turn: Turn | None = field(default=None, repr=False, compare=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from Retry-After as number or date; ``None`` on success, where it means nothing."""
        value = self.headers.get("retry-after")
        if value is None or self.status < 400:
            return None
        return seconds_to_wait(value, self.headers.get("date", ""))

    @property
    def percentage(self) -> float | None:
        """The share of the limit that is used, from 0.8 on (``x-ms-throttle-limit-percentage``)."""
        try:
            value = float(self.headers.get("x-ms-throttle-limit-percentage", ""))
        except ValueError:
            return None
        return value if 0 <= value <= _PLAUSIBLE else None

    @property
    def units(self) -> int:
        """Resource units that Graph charged (``x-ms-resource-unit``); 0 where it does not tell."""
        value = self.headers.get("x-ms-resource-unit", "")
        return int(value) if value.isdecimal() and len(value) <= _DIGITS else 0

    def error(self) -> GraphError | None:
        """Return the error that the answer stands for, or ``None`` where it is whole.

        Whole is an answer with status 200, a JSON object, no error in it, and no warning that some of it is missing.
        This holds for everything that is read: objects, pages, changes, batches and the answers in them.
        """
        envelope = error_in(self.body, _LISTS)
        warning = _warning(self.headers.get("warning", ""))
        if self.status == 200 and self.body and envelope is None and not warning:
            return None
        first = envelope[0] if isinstance(envelope, list) and envelope else envelope
        told = first if isinstance(first, dict) else {}
        codes, message = _codes(told), _message(told)
        if 400 <= self.status < 600:
            kind, problem = _meaning(self.status, codes, message)
        else:
            kind, problem = BadAnswer, _flaw(self.status, envelope, warning, message)
        if kind is Forbidden and (named := _permissions(told)):
            problem += f", where Graph asks for {' or '.join(named)}"
        inner = told.get("innerError") or told.get("innererror")
        request_id = self.headers.get("request-id") or (inner.get("request-id") if isinstance(inner, dict) else None)
        too_much = self.status in _OVERSTRAINED or (self.status == 400 and _TOO_MUCH.search(message) is not None)
        error = kind(
            problem,
            path=self.path,
            status=self.status,
            code=_word(told.get("code")),
            request_id=_word(request_id),
            too_much=too_much,
        )
        if isinstance(error, Forbidden) and not isinstance(error, NotLicensed):
            error.permission = OPENED_BY.get(self.path.rpartition("/")[2], "")
        if isinstance(error, BadRequest) and (unknown := _UNDECLARED.search(message)):
            error.unknown = unknown[1]
        return error


def _meaning(status: int, codes: list[str], message: str) -> tuple[type[GraphError], str]:
    """Return what a status from 400 on means, with what else the answer tells."""
    if status == 410 or _EXPIRED_DELTA_TOKEN.intersection(codes):
        return DeltaTokenExpired, "Graph does not know any more what changed"
    if status in (400, 403) and (any(map(_NOT_LICENSED.search, codes)) or _UNLICENSED.search(message)):
        return NotLicensed, "the tenant has no licence for this data"
    if status == 401:
        return ServiceUnavailable, f"Graph refused the token: {message}" if message else "Graph refused the token"
    if status == 407 or (status in _NOT_BY_GRAPH and not codes):
        return BadAnswer, "something between here and Graph refused it: check proxy and network"
    if status == 403:
        return Forbidden, "not permitted"
    if status in (400, 404) and _ABSENT.search(message):
        return FeatureAbsent, "the tenant does not have this"
    if status == 404 and codes and _UNKNOWN not in codes:
        return NotFound, "not found"
    if status == 429:
        return Throttled, "Graph throttles the application"
    if status in _HICCUPS or (status >= 500 and status != 501) or (status == 400 and _UNAVAILABLE.intersection(codes)):
        return ServiceUnavailable, "Graph could not serve the request"
    if _EXPIRED_PAGE_TOKEN.intersection(codes) or (status == 400 and _PAGE_TOKEN.search(message)):
        return PageTokenExpired, "the page token has expired"
    return BadRequest, f"Graph refused the request: {message}" if message else "Graph refused the request"


def deciding(message: str) -> str:
    """Return the words of an error's message by which errors are told apart; they name nobody."""
    kinds = (_ABSENT, _UNLICENSED, _TOO_MUCH, _PAGE_TOKEN)
    return ", ".join(found[0] for words in kinds if (found := words.search(message)))


def _flaw(status: int, envelope: Any, warning: str, message: str) -> str:
    """Return what an answer that is neither a refusal nor whole lacks."""
    if warning:
        return f"the answer is not whole: {warning}"
    if envelope is not None:
        return f"the answer is not whole: it holds an error{': ' if message else ''}{message}"
    if status in REDIRECT_STATI:
        return "it redirects, which is not followed: check the Graph URL"
    if status != 200:
        return "the answer is not a whole one"
    return "the answer is not a JSON object, is an empty one, names one thing twice, or is nested beyond reading"


def _warning(header: str) -> str:
    value = of_missing_data(header)
    return f"Warning: {value[:_LONGEST]}" if value else ""


def _message(envelope: Mapping[str, Any]) -> str:
    return " ".join(_word(envelope.get("message"), _LONGEST * 10).split())[:_LONGEST]


def _permissions(envelope: Mapping[str, Any]) -> list[str]:
    """Return the permissions that an error names, of which one would have sufficed; those to write only if no other."""
    found = dict.fromkeys(_PERMISSION.findall(_word(envelope.get("message"), _LONGEST * 50)))
    return [name for name in found if ".ReadWrite" not in name] or [*found]


def _word(value: object, most: int = 200) -> str:
    """Return a text of an answer, cut to what a message can hold; what is neither text nor number is none."""
    return str(value)[:most] if isinstance(value, str | int | float) else ""


def _codes(envelope: Mapping[str, Any]) -> list[str]:
    """Return the error's code and those of its inner errors, in lower case; none where it is no error of Graph's."""
    codes = []
    level: Any = envelope
    while isinstance(level, dict) and level:
        codes.append(_word(level.get("code")).lower())
        level = level.get("innerError") or level.get("innererror")
    return codes
