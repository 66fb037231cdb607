"""Reading the body of an answer, of which only so much is taken: packed or not, whatever its headers say."""

import zlib
from collections.abc import Callable, Iterator

import requests
from requests.exceptions import ContentDecodingError

_PIECE = 1 << 18
_GZIP = ("gzip", "x-gzip")


class TooLarge(Exception):
    """A body that is larger than is taken.

    Args:
        most: what is taken, in bytes.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"larger than {most / 1e6:g} MB")


def read_body(
    response: requests.Response, most: int, grew: Callable[[int], None] = lambda _: None
) -> bytes | bytearray:
    """Return the decoded body of a response that was asked for as a stream.

    Args:
        response: its body has not been read.
        most: bytes that are taken at most, decoded.
        grew: called with the number of bytes so far, each time before more are taken.

    Raises:
        TooLarge: there is more.
        requests.RequestException: the body is not what its encoding says; other exceptions of the libraries below may
            come as well.
    """
    body: bytes | bytearray = b""
    for piece in _decoded(response):
        size = len(body) + len(piece)
        if size > most:
            raise TooLarge(most)
        grew(size)
        if not body:
            body = piece
            continue
        if isinstance(body, bytes):
            body = bytearray(body)
        body += piece
    return body


def _decoded(response: requests.Response) -> Iterator[bytes]:
    encoding = str(response.raw.headers.get("content-encoding") or "").strip().lower()
    pieces = iter(lambda: response.raw.read(_PIECE, decode_content=False), b"")
    return _unpacked(pieces) if encoding in _GZIP else pieces


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what gzip has packed, in pieces of bounded size; several members follow one another."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    begun = False
    for packed in pieces:
        left = packed
        while left:
            if member.eof:
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                piece = member.decompress(left, _PIECE)
            except zlib.error:
                raise ContentDecodingError("what was to be gzip is none") from None
            begun = True
            left = member.unused_data if member.eof else member.unconsumed_tail
            if piece:
                yield piece
    if begun and not member.eof:
        raise ContentDecodingError("what gzip had packed breaks off")
