"""One odd byte, number or level of an answer costs that value, or the answer, and never a run."""

from typing import Any

import pytest

from integration import BadAnswer
from integration.http.decoding import decode
from integration.sources.msgraph.answers import Answer


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (rb'{"v": "Ada\u0000Example"}', "Ada\ufffdExample"),
        (rb'{"v": "\u0000\u0000"}', "\ufffd\ufffd"),
        (rb'{"v": "C:\\u0000"}', "C:\\u0000"),
        (rb'{"v": "C:\\\u0000"}', "C:\\\ufffd"),
        (b'{"v": "Ada\x00Example"}', "Ada\ufffdExample"),
        (b'{"v": "Ada\x07\x1b[2J\nExample"}', "Ada\x07\x1b[2J\nExample"),
        (b'{"v": "Z\xfcrich"}', "Z\ufffdrich"),
        (b'\xef\xbb\xbf{"v": "Z\xfcrich \\u0000"}', "Z\ufffdrich \ufffd"),
        (b'{"v": NaN}', None),
        (b'{"v": -Infinity}', None),
        (b'{"v": 1e999}', None),
        (b'{"v": ' + b"9" * 5_000 + b"}", None),
        (b'{"v": ' + b"9" * 30 + b"}", 1e30),
        (b'{"v": 9223372036854775807}', 2**63 - 1),
    ],
)
def test_an_odd_value_is_mended_and_its_neighbours_stay(raw: bytes, value: Any) -> None:
    assert decode(raw) == {"v": value}
    around = b'{"value": [' + raw.removeprefix(b"\xef\xbb\xbf") + b', {"v": "\xc3\xa9"}]}'
    assert decode(around) == {"value": [{"v": value}, {"v": "é"}]}


def test_no_key_holds_what_an_output_cannot_carry() -> None:
    assert decode(rb'{"a\u0000b": {"c\u0000": ["\u0000"]}}') == {"a\ufffdb": {"c\ufffd": ["\ufffd"]}}


@pytest.mark.parametrize("levels", [1_025, 100_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_what_is_nested_too_deeply_is_no_answer_and_no_crash(levels: int, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    raw = b'{"error": ' + opening * levels + b"1" + closing * levels + b"}"
    assert decode(raw) == {}
    assert type(Answer("/users", 200, {}, decode(raw)).error()) is BadAnswer
    refused = Answer("/users", 403, {}, decode(raw)).error()
    assert refused is not None
    assert "HTTP 403" in str(refused)


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"x"', b"<html>", b"{}", b'{"value": ', b"\xff\xfe{\x00}\x00"])
def test_what_is_no_object_is_no_answer(raw: bytes) -> None:
    assert type(Answer("/users", 200, {}, decode(raw)).error()) is BadAnswer
