"""The JSON body of an answer, without what it repeats of a run's own secrets.

Of the words of an error they are taken where these are shown. What is data is kept, and sent on to destinations.
"""

from typing import Any

from integration.http.decoding import decode
from integration.text.discretion import logger
from integration.text.secret import repeats_long_secret, without_long_secrets

_log = logger("integration")


def unrepeated(raw: bytes | bytearray, path: str) -> dict[str, Any]:
    """Decode a body as ``decode`` does, with ``***`` in place of each live ``Secret``; a shorter one may be a word.

    Args:
        raw: what came.
        path: of the request, for the log.
    """
    body = decode(raw)
    if not repeats_long_secret(raw):
        return body
    _log.info("%s: the answer repeats a secret of this run, of which nothing is kept", path)
    cleaned: dict[str, Any] = _without(body)
    return cleaned


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {without_long_secrets(name): _without(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(each) for each in value]
    return without_long_secrets(value) if isinstance(value, str) else value
