"""Scrubbing: what an API answers, with pseudonyms for everything that could name somebody or open something.

Whatever is not known to be harmless is replaced. Booleans, numbers, nulls, empty values, the values of the API's own
enumerations and those that a step's code or schema names stay, since steps decide by them.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from integration.recording.pseudonyms import Pseudonyms

REMOVED = "(removed)"
_PLAIN_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.:_-]{0,79}", re.ASCII)
_SECRETS = frozenset(
    "accesstoken clientsecret currentpassword hint idtoken keymaterial newpassword password privatekey recoverykey "
    "refreshtoken secret secrettext token".split()
)
_COORDINATES = ("accuracy", "altitude", "latitude", "longitude")
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]+\.|-----BEGIN |Bearer ")
_SID = re.compile(r"S-1-\d+(-\d+)+")
MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PREFIXED = re.compile(r"([A-Za-z0-9]{2,6}):(?!//)(.+)")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DURATION = re.compile(r"-?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?", re.ASCII)
_PHONE = re.compile(r"\+?[0-9()./ -]{7,}", re.ASCII)


class Scrubber(ABC):
    """Replaces a tenant's own values, as far as these are told apart by form or name alone; each API has its own.

    Args:
        pseudonyms: makes what stands for them.
        literals: values that stay wherever they stand, in any case of letters: in any, steps decide by them.
        plain: names of further properties whose values stay.
    """

    def __init__(self, pseudonyms: Pseudonyms, literals: Iterable[str] = (), plain: Iterable[str] = ()) -> None:
        self.pseudonyms = pseudonyms
        self._literals, self._plain = frozenset(literals), frozenset(plain)
        self._words = frozenset(text.lower() for text in self._literals)

    def scrubbed(self, value: Any, name: str = "", within: str = "") -> Any:
        """Return a JSON value with pseudonyms in it.

        Args:
            value: as the API answered.
            name: the property that it is the value of.
            within: the property whose object has it.
        """
        if isinstance(value, dict):
            kept = self._kept(value)
            return {
                self._named(key): each if key in kept else self.scrubbed(each, key, name) for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.scrubbed(each, name, within) for each in value]
        if isinstance(value, str):
            return self._text(value, name, within)
        if isinstance(value, int | float) and name.lower() in _COORDINATES:
            return self.pseudonyms.number(value)
        return value

    @abstractmethod
    def error(self, body: Any) -> Any:
        """Return the body of an error: what decides what it means, since messages may name anybody."""

    def is_plain(self, name: str, text: str, within: str = "") -> bool:
        """Tell whether a text stays as it is, because steps decide by such values.

        Args:
            name: the property that it is the value of.
            text: the value.
            within: the property whose object has it.
        """
        return text.lower() in self._words or name in self._plain

    def _kept(self, value: Mapping[str, Any]) -> Collection[str]:
        """Return the properties of an object that Microsoft has written."""
        return ()

    def _named(self, name: str) -> str:
        """Return what stands for the name of a property."""
        return name

    def _known(self, text: str, name: str) -> str | None:
        """Return what stands for a text whose property tells how it is written; ``None`` where it does not."""
        return None

    def _text(self, text: str, name: str, within: str) -> str:
        if not text.strip():
            return text
        lowered = name.lower()
        if _TOKEN.search(text) or lowered in _SECRETS or (lowered == "key" and _of_credentials(within)):
            return REMOVED
        if self.is_plain(name, text, within):
            return text
        known = self._known(text, name)
        return known or self._by_form(text) or self._by_name(text, lowered, within.lower())

    def _by_form(self, text: str) -> str | None:
        """Return what stands for a text that tells by its form what it is; ``None`` where it does not."""
        pseudonyms = self.pseudonyms
        if GUID.fullmatch(text):
            return pseudonyms.guid(text)
        if _is_time(text):
            return pseudonyms.time(text)
        if _DURATION.fullmatch(text):
            return text
        if _SID.fullmatch(text):
            return pseudonyms.sid(text)
        if is_address(text):
            return pseudonyms.address(text)
        if is_network(text):
            return pseudonyms.network(text)
        if URL.fullmatch(text):
            return pseudonyms.url(text)
        if MAIL.fullmatch(text):
            prefixed = _PREFIXED.fullmatch(text)
            return f"{prefixed[1]}:{pseudonyms.mail(prefixed[2])}" if prefixed else pseudonyms.mail(text)
        if _PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 7:
            return pseudonyms.phone(text)
        return None

    def _by_name(self, text: str, name: str, within: str) -> str:
        """Return what stands for a text by the property that it is the value of."""
        if "domain" in name + within and (DOMAIN.fullmatch(text) or name != "name"):
            return self.pseudonyms.domain(text)
        if "phone" in name or "fax" in name:
            return self.pseudonyms.phone(text)
        if name == "id" and DOMAIN.fullmatch(text):
            return self.pseudonyms.domain(text)
        if GUID.search(text) or name.endswith("id"):
            return self.pseudonyms.identifier(text)
        return self.pseudonyms.text(text)


def is_word(text: str) -> bool:
    """Tell whether a text has the form of an enumeration's value."""
    return bool(_PLAIN_FORM.fullmatch(text)) and not GUID.fullmatch(text)


def _of_credentials(name: str) -> bool:
    return "key" in name.lower() or "credential" in name.lower()


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def is_network(text: str) -> bool:
    """Tell whether a text is a range of IP addresses, written with its length."""
    try:
        return "/" in text and bool(ip_network(text, strict=False))
    except ValueError:
        return False
