"""Reviewing a cassette: what in it looks like a secret or like somebody, and is no pseudonym."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from integration.recording.pseudonyms import WORD
from integration.tapes import cassette
from integration.tapes.cassette import MOST, to_review

_GRAPH = "https://graph.microsoft.com/v1.0"
_INVENTED = rf"(?:{WORD}\.onmicrosoft\.[a-z]+|(?:[\w-]+\.)*example(?:\.[a-z]+)?)"
_LOOKS_LIKE = {
    "a token or a key": r"eyJ[\w-]{8,}|-----BEGIN [A-Z ]+|\bBearer \S+",
    "an id": r"\b(?!00000000-0000-4000-8000-)[0-9a-f]{8}-[0-9a-f]{4}-(?!0000)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    "a mail address": rf"[^\s@'\"<>]+@(?!{_INVENTED}(?![\w.-])|odata\.)[\w-]+\.[\w.-]+",
    "a tenant's domain": rf"\b(?!{WORD}\.)[\w-]+\.onmicrosoft\.[a-z]+",
    "a domain": rf"^(?!{_INVENTED}$)(?:[\w-]+\.)+(?:com|net|org|edu|gov|mil|info|biz|io|co|eu|cloud|local|[a-z]{{2}})$",
    "a telephone number": r"\+(?!999 )\d[\d ()./-]{6,}\d",
    "an IP address": r"^(?!198\.18\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|0\.0\.0\.0$|255\.255\.255\.255$)"
    r"\d{1,3}(?:\.\d{1,3}){3}$",
    "a security identifier": r"\bS-1-\d+-\d+-(?!9999-)\d+-\d+-\d+(?:-\d+)*",
}
_PATTERNS = {what: re.compile(pattern, re.IGNORECASE | re.ASCII) for what, pattern in _LOOKS_LIKE.items()}
_HEADERS = ("authorization", "cookie", "set-cookie", "client-request-id", "request-id", "x-ms-ags-diagnostic")


def foreign(path: Path, known: Collection[str] = ()) -> Iterator[str]:
    """Yield what in a cassette looks like a secret or like somebody, and where; and that it is too long to review.

    Args:
        path: the cassette.
        known: ids that code names, such as that of a role that every tenant has: they are nobody's.

    Raises:
        CassetteError: the file is no cassette.
    """
    count, review = 0, _Review(known)
    for (method, url, body), answers in cassette.read(path).items():
        count += to_review(answers)
        target = url.removeprefix(_GRAPH)
        yield from review.found(target, f"{method} {target.partition('?')[0]}")
        yield from review.within(json.loads(body) if body else None, f"{method} {target}")
        for answer in answers:
            yield from (f"{target}: the header {name}" for name in answer.headers if name.lower() in _HEADERS)
            yield from review.within(_decoded(answer.body), target.partition("?")[0])
    if count > MOST:
        yield f"{count} requests, but {MOST} at most can be reviewed"


class _Review:
    def __init__(self, known: Collection[str]) -> None:
        self._known = known

    def within(self, value: Any, where: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name, each in value.items():
                if name.lower() in _HEADERS:
                    yield f"{where}: the header {name}"
                yield from self.within(each, f"{where} {name}" if not name.startswith("@odata") else where)
        elif isinstance(value, list):
            for each in value:
                yield from self.within(each, where)
        elif isinstance(value, str):
            yield from self.found(value.removeprefix(_GRAPH), where)

    def found(self, text: str, where: str) -> Iterator[str]:
        for what, pattern in _PATTERNS.items():
            match = next((each for each in pattern.finditer(text) if each[0] not in self._known), None)
            if match:
                yield f"{where}: {what}: {match[0][:60]}"
                return


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
