"""Opaque tokens: a value that only its maker can read, bound to the request that it continues."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any

import orjson

_MAC_BYTES = 16


class BadToken(ValueError):
    """The token was not issued by this seal for this binding."""


class Seal:
    """Turns JSON values into opaque base64url text and back; one seed gives one seal, so restarts keep their tokens."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"seal-{seed}".encode()).digest()

    def close(self, binding: str, value: Any) -> str:
        """The token of a JSON value for a binding (any text)."""
        plain = orjson.dumps(value)
        mac = self._mac(binding, plain)
        return urlsafe_b64encode(mac + self._mask(mac, plain)).decode().rstrip("=")

    def open(self, binding: str, token: str) -> Any:
        """The value of a token. Raises BadToken where it was made for another binding, or not here."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (Error, ValueError) as error:
            raise BadToken(token) from error
        mac = raw[:_MAC_BYTES]
        plain = self._mask(mac, raw[_MAC_BYTES:])
        if not hmac.compare_digest(mac, self._mac(binding, plain)):
            raise BadToken(token)
        return orjson.loads(plain)

    def _mac(self, binding: str, plain: bytes) -> bytes:
        return hashlib.blake2b(binding.encode() + b"\0" + plain, key=self._key, digest_size=_MAC_BYTES).digest()

    def _mask(self, mac: bytes, text: bytes) -> bytes:
        stream = hashlib.shake_128(self._key + mac).digest(len(text))
        return bytes(left ^ right for left, right in zip(text, stream, strict=True))
