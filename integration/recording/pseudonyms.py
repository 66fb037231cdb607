"""Pseudonyms: made-up values that stand for a tenant's own, the same ones every time.

A pseudonym is a keyed hash (BLAKE2, RFC 7693) of the value, written so that it looks like a value of its kind and yet
can be told from a real one. The key is a salt that stays beside the project: without it nobody can test a guess, which
is all it would take to undo a plain hash of something as guessable as a name or a mail address.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv6Address, ip_network
from urllib.parse import quote

_CONSONANTS, _VOWELS, _ACCENTED = "bcdfghjklmnprstvwz", "aeiou", "áéíóú"
WORD = f"(?:[{_CONSONANTS}][{_VOWELS}{_ACCENTED}]){{3}}[{_CONSONANTS}]ex"
_MICROSOFT = ".onmicrosoft."
_IN_A_URL = re.compile(rf"00000000-0000-4000-8000-[0-9a-f]{{12}}|id-[0-9a-f]{{16}}|{WORD}(?:\.[a-z.]+)?", re.IGNORECASE)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)((?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?))?", re.ASCII)
_MIDNIGHT = "00:00:00"
_REAL_YEARS = (1700, 9000)


class Pseudonyms:
    """Makes the pseudonyms of one project, and knows what those stand for that it has made.

    Args:
        salt: the key, 16 to 64 random bytes that nobody else knows.
    """

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self._real: dict[str, str] = {}
        number = int.from_bytes(self._hash("dates", "")[:8])
        self._earlier = timedelta(days=30 + number % 700)
        self._seconds = timedelta(seconds=number // 700 % 86_400)

    def real(self, url: str) -> str:
        """Return a URL with what its pseudonyms stand for in their place."""
        return _IN_A_URL.sub(lambda found: quote(self._real.get(found[0], found[0]), safe="@"), url)

    def guid(self, value: str) -> str:
        """Return a GUID: ``00000000-0000-4000-8000-…``; well-known ones, which no random one looks like, stay."""
        if value.split("-")[2] == "0000":
            return value
        return self._known(value, f"00000000-0000-4000-8000-{self._hash('guid', value.lower()).hex()[:12]}")

    def identifier(self, value: str) -> str:
        """Return an id that is no GUID: ``id-…``, sixteen hexadecimal digits."""
        return self._known(value, f"id-{self._hash('id', value).hex()[:16]}")

    def text(self, value: str) -> str:
        """Return one invented word, or two for several; capital and non-ASCII letters stay such."""
        number = int.from_bytes(self._hash("text", value.casefold()))
        several = len(value.split()) > 1
        words = [_word(number >> 64 * place, plain=value.isascii()) for place in range(1 + several)]
        if value.lstrip()[:1].isupper():
            words = [word.capitalize() for word in words]
        return self._known(value, " ".join(words))

    def name(self, value: str) -> str:
        """Return one invented word in small letters, for a name that is the same in each case of letters."""
        return self._known(value, _word(int.from_bytes(self._hash("text", value.casefold()))))

    def domain(self, value: str) -> str:
        """Return an invented domain below ``.example`` (RFC 2606); Microsoft's own suffix of a tenant stays."""
        name = value.lower()
        _, microsoft, zone = name.partition(_MICROSOFT)
        return self._known(value, _word(int.from_bytes(self._hash("domain", name))) + (microsoft + zone or ".example"))

    def mail(self, value: str) -> str:
        """Return a mail address or user principal name; equal parts stay equal, also in that of a guest."""
        local, _, domain = value.rpartition("@")
        home, guest, _ = local.partition("#EXT#")
        if guest and "_" in home:
            local, _, origin = home.rpartition("_")
            return f"{self.text(local.lower())}_{self.domain(origin)}#EXT#@{self.domain(domain)}"
        return f"{self.text(local.lower())}@{self.domain(domain)}"

    def phone(self, value: str) -> str:
        """Return a telephone number below +999, a country code that nobody has."""
        return f"+999 {int.from_bytes(self._hash('phone', re.sub('[^0-9]', '', value))[:6]) % 10**9:09}"

    def sid(self, value: str) -> str:
        """Return a security identifier with the same authority; those of the same domain stay such, well-known stay."""
        parts = value.split("-")
        if len(parts) < 7:
            return value
        *domain, own = [int.from_bytes(self._hash("sid", "-".join(parts[:end]))[:3]) for end in (-2, -1, len(parts))]
        return "-".join([*parts[:4], "9999", *map(str, domain), str(own)])

    def address(self, value: str) -> str:
        """Return an IP address of the ranges for benchmarks and documentation (RFC 2544, RFC 3849)."""
        number = self._hash("address", value)
        if ":" in value:
            return str(IPv6Address(b"\x20\x01\x0d\xb8" + number[:12]))
        return f"198.18.{number[0]}.{number[1]}"

    def network(self, value: str) -> str:
        """Return a range of such addresses that is as long."""
        address, _, length = value.partition("/")
        return str(ip_network(f"{self.address(address)}/{length}", strict=False))

    def url(self, value: str) -> str:
        """Return an address of the same scheme on an invented host."""
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{self.domain(host)}{slash}{self.identifier(path) if path else ''}"

    def time(self, value: str) -> str:
        """Return an earlier time in the same form; all times of a project are moved by the same span.

        A whole day stays one, and what means never or always stays.
        """
        found = _TIME.fullmatch(value)
        if not found or not _REAL_YEARS[0] < int(value[:4]) < _REAL_YEARS[1]:
            return value
        day, clock, rest = found.groups()
        whole = clock in (None, _MIDNIGHT)
        moment = datetime.fromisoformat(f"{day}T{clock or _MIDNIGHT}").replace(tzinfo=UTC)
        moved = (moment - self._earlier - (timedelta() if whole else self._seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        return moved[:10] if clock is None else moved + rest

    def number(self, value: float) -> float:
        """Return a number, such as a latitude, of the same sign, within 1."""
        share = int.from_bytes(self._hash("number", repr(value))[:2]) / 65_536
        return round(share if value >= 0 else -share, 4)

    def _hash(self, kind: str, value: str) -> bytes:
        return blake2b(f"{kind}\0{value}".encode(), key=self._salt, digest_size=16).digest()

    def _known(self, value: str, pseudonym: str) -> str:
        self._real.setdefault(pseudonym, value)
        return pseudonym


def _word(number: int, *, plain: bool = True) -> str:
    """Return an invented word of nine letters that ends in ``ex``."""
    letters = []
    for _ in range(3):
        number, consonant = divmod(number, len(_CONSONANTS))
        number, vowel = divmod(number, len(_VOWELS))
        letters += [_CONSONANTS[consonant], (_VOWELS if plain else _ACCENTED)[vowel]]
    return "".join([*letters, _CONSONANTS[number % len(_CONSONANTS)], "ex"])
