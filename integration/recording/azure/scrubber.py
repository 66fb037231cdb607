"""What stands for the values of Azure, and which of them steps decide by."""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from typing import Any

import orjson

from integration.recording.azure.ids import is_arm_id, renamed
from integration.recording.azure.words import ADDRESSES, BUILT_IN, PLAIN, VALUES
from integration.recording.pseudonyms import Pseudonyms
from integration.recording.scrub import DOMAIN, GUID, REMOVED, URL, Scrubber, is_address, is_network
from integration.sources.azure.discretion import properties_kept
from integration.sources.azure.resource_graph import COLUMNS

_SKU = "sku"
_NAME = re.compile(r"name", re.IGNORECASE)
_SERVICE_TAG = re.compile(r"[A-Za-z]+(\.[A-Za-z0-9]+)?", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 ,.:_|/+-]{0,79}", re.ASCII)
_SMALL = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}(-\d{1,5})?", re.ASCII)
"""Numbers, versions and ports, written as texts."""
_OPERATION = re.compile(r"(\*|Microsoft\.[A-Za-z0-9.]+)(/(\*|[A-Za-z]+))*", re.ASCII | re.IGNORECASE)
"""What Microsoft calls providers, types of resources, and what can be done with them."""
_HOST = re.compile(r"(?i)([a-z0-9-]+\.){2,}[a-z]{2,}")
"""Where a service answers, which a property may call its location."""
_IMAGE = re.compile(r"(?i)([a-z]+\||)((?:[a-z0-9-]+\.)+[a-z]{2,})(:\d+|)/([^\s|]+)")
"""An image of a container by its registry and its name there; before it an app says how it is run."""
_IN_AN_IMAGE = re.compile(r"(sha256:|[/:@])")
_BETWEEN = re.compile(r"([0-9.]+) ?- ?([0-9.]+)", re.ASCII)
_NO_SUBSCRIPTION = "at least one subscription that is eligible"
_OF_PROTOCOL = frozenset("code count data details error message n nextlink properties tags value".split())
_OF_BUILT_IN = {
    "type": ("BuiltInRole", frozenset({"roleName", "description"})),
    "policyType": ("BuiltIn", frozenset({"displayName", "description"})),
}
"""What Microsoft has written of the roles and policies that it defines."""
_HEX32 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?!Microsoft\.)[A-Za-z$@][A-Za-z0-9_.@-]{0,79}", re.ASCII | re.IGNORECASE)


class AzureScrubber(Scrubber):
    """Replaces a tenant's own values in what Azure answers.

    Of an object what steps may read is left, as Graph gives what is selected. Where it has nothing of that, people may
    have chosen the names of its properties, and these are replaced too.

    Args:
        pseudonyms: makes what stands for them.
        literals: values that stay wherever they stand.
        plain: names of further properties whose values stay.
        properties: names of properties, in lower case, that steps may read.
    """

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        literals: Iterable[str] = (),
        plain: Iterable[str] = (),
        properties: Iterable[str] = (),
    ) -> None:
        super().__init__(pseudonyms, literals, plain)
        self._properties = frozenset(properties) | _OF_PROTOCOL | {name.lower() for name in COLUMNS}
        self._names = BUILT_IN | self._words

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of a table, or an object of a listing, with pseudonyms and without secrets."""
        kept = properties_kept(row)
        if isinstance(kept, dict) and str(row.get("type")).lower().endswith("/secrets"):
            kept.pop("value", None)
        return dict(self.scrubbed({**row, "properties": kept} if "properties" in row else row))

    def scrubbed(self, value: Any, name: str = "", within: str = "") -> Any:
        """Return a JSON value with pseudonyms in it, and without what no step reads."""
        if not isinstance(value, dict):
            return super().scrubbed(value, name, within)
        if name.lower() == "tags":
            return {self._tag(key): self._tag(each) for key, each in value.items()}
        known = {key: each for key, each in value.items() if key.lower() in self._properties}
        if known:
            value = {key: each for key, each in value.items() if key in known or not _IDENTIFIER.fullmatch(key)}
        return super().scrubbed(value, name, within)

    def error(self, body: Any) -> Any:
        """Return the body of an error: its codes, those of its details, and that there is no subscription."""
        envelope = body.get("error") if isinstance(body, dict) else None
        return {"error": _codes(envelope)} if isinstance(envelope, dict) else {}

    def is_plain(self, name: str, text: str, within: str = "") -> bool:
        """Tell whether a text stays as it is, because steps decide by such values."""
        lowered = name.lower()
        if lowered == "name" and within.lower() != _SKU:
            return self._stays(text) or name in self._plain
        if super().is_plain(name, text, within) or text.lower() in VALUES or _OPERATION.fullmatch(text):
            return True
        if lowered in ADDRESSES:
            return bool(_SERVICE_TAG.fullmatch(text))
        if _SMALL.fullmatch(text) and not is_address(text):
            return True
        return (within.lower() == _SKU or lowered in PLAIN) and bool(_WORD.fullmatch(text)) and not _is_own(text)

    def _stays(self, name: str) -> bool:
        """Tell whether a name is none that a tenant has chosen."""
        return name.lower() in self._names

    def name(self, name: str) -> str:
        """Return what stands for a name, alone or in an id: the same for each case of letters."""
        if self._stays(name):
            return name
        return self.pseudonyms.guid(name) if GUID.fullmatch(name) else self.pseudonyms.name(name)

    def _kept(self, value: Mapping[str, Any]) -> Collection[str]:
        for name, (built_in, kept) in _OF_BUILT_IN.items():
            if value.get(name) == built_in:
                return kept
        return ()

    def _named(self, name: str) -> str:
        if name.lower() in self._properties or name.startswith("@odata.") or _OPERATION.fullmatch(name):
            return name
        return renamed(name, self.name) if is_arm_id(name) else self.name(name)

    def _known(self, text: str, name: str) -> str | None:
        if _NAME.fullmatch(name) or name.lower() == "resourcegroup":
            return "/".join(map(self.name, text.split("/")))
        return None

    def _by_form(self, text: str) -> str | None:
        if is_arm_id(text):
            return renamed(text, self.name)
        if URL.fullmatch(text):
            return self._url(text)
        if image := _IMAGE.fullmatch(text):
            return self._image(*image.groups())
        if between := _BETWEEN.fullmatch(text):
            return self._between(*between.groups())
        if text[:1] in "[{" and (told := _json(text)) is not None:
            return orjson.dumps(self.scrubbed(told)).decode()
        return super()._by_form(text) or self._domain(text)

    def _by_name(self, text: str, name: str, within: str) -> str:
        """Return what stands for any other text; one word is replaced as a name is, which it often repeats."""
        if name == "id" or "/" in text:
            return self.pseudonyms.identifier(text.lower())
        return self.pseudonyms.text(text) if " " in text or not text.isascii() else self.pseudonyms.name(text)

    def _domain(self, text: str) -> str | None:
        """Return what stands for the name of a host, which may have a dot at its end or a star before it."""
        bare = text.removesuffix(".")
        if not DOMAIN.fullmatch(bare.removeprefix("*.")):
            return None
        star = "*." if bare.startswith("*.") else ""
        return star + self.pseudonyms.domain(bare.removeprefix("*.")) + ("." if text.endswith(".") else "")

    def _url(self, text: str) -> str:
        """Return an address on an invented host; the names in its path are replaced one by one, and options go."""
        scheme, _, rest = text.partition("://")
        place, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
        host, colon, port = place.rpartition("@")[2].partition(":")
        made = self.pseudonyms.address(host) if is_address(host) else self.pseudonyms.domain(host)
        return f"{scheme}://{made}{colon}{port}{slash}" + "/".join(each and self.name(each) for each in path.split("/"))

    def _image(self, run_by: str, host: str, port: str, path: str) -> str:
        """Return an image of an invented registry; its tag stays where that is a number."""
        parts = [
            each if _IN_AN_IMAGE.fullmatch(each) or _SMALL.fullmatch(each) else each and self.name(each)
            for each in _IN_AN_IMAGE.split(path)
        ]
        return f"{run_by}{self.pseudonyms.domain(host)}{port}/{''.join(parts)}"

    def _between(self, first: str, last: str) -> str | None:
        if not (is_address(first) and is_address(last)):
            return None
        ends = sorted((self.pseudonyms.address(each) for each in (first, last)), key=lambda each: int(ip_address(each)))
        return "-".join(ends)

    def _tag(self, text: Any) -> Any:
        if not isinstance(text, str) or not text or text.lower() in ("true", "false"):
            return text
        return self.pseudonyms.name(text)


def _is_own(text: str) -> bool:
    if is_address(text) or is_network(text) or is_arm_id(text):
        return True
    return bool(GUID.search(text) or _HEX32.search(text) or _HOST.search(text))


def _codes(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return the codes of an error and of its details; a message alone says that there is no subscription."""
    kept = _NO_SUBSCRIPTION if _NO_SUBSCRIPTION in str(error.get("message")).lower() else REMOVED
    details = error.get("details")
    within = [_codes(each) for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    return {"code": error.get("code"), "message": kept, **({"details": within} if within else {})}


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
