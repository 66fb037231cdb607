"""The report shows neither what turns text around or cannot be seen, nor what is a secret by its form."""

import json
import unicodedata
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="the extra report is not installed")
pytest.importorskip("plotly", reason="the extra report is not installed")

from integration.text.visible import UNSEEN
from tests.html.report_graph import ROWS, embedded, save, unpacked, words, written
from tests.support import named, worn

TOKEN = ".".join(
    urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"sub":"invented"}', b"signature")
)
UNSEEN_ONES = {
    "nul": "Ada\x00Example", "escape": "Ada\x1b[2J\x1b]0;owned\x07", "c1": "Ada\x9b31m", "bidi": "Ada\u202egnp.exe",
    "isolates": "Ada\u2066x\u2069\u200f", "separators": "Ada\u2028Example\u2029",
    "mark": "\ufeffAda",
}  # fmt: skip


def everything(path: Path) -> str:
    """Return all that a reader can come to see: the page, and what its own program shows."""
    return path.read_text(encoding="utf-8") + json.dumps(embedded(path), ensure_ascii=False)


@pytest.mark.parametrize("name", UNSEEN_ONES.values(), ids=UNSEEN_ONES)
def test_what_cannot_be_seen_is_replaced_in_page_and_data(name: str) -> None:
    odd = named("key-odd\x00", displayName=name, department=f"{name} of sales", businessPhones=[name])
    save({**ROWS, "azure_user": odd, "azure_user_group_has_user": worn(("key-side", "key-odd\x00"))})
    save(
        {
            **ROWS,
            "azure_user": [*odd, *named("key-new", displayName=name)],
            "azure_account": named("a", displayName=name),
        }
    )
    path = written()
    text = everything(path)
    assert UNSEEN.search(text.replace("\n", "")) is None
    assert not {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs")} - {"\n"}
    assert not any(code in json.dumps(embedded(path)) for code in ("\\u0000", "\\u001b", "\\u202e", "\\ud8"))
    assert "Ada" in words(path)
    assert "created" in words(path)


@pytest.mark.parametrize(
    "reason",
    [
        f"not permitted: Bearer {TOKEN}",
        f"refused {TOKEN}",
        "POST client_secret=hunter2-invented failed",
        "proxy http://me:hunter2-invented@proxy.example said no",
        "Authorization: Basic aHVudGVyMi1pbnZlbnRlZA==",
        "\x1b]8;;http://x\x07click\x1b]8;;\x07 \u202e",
    ],
)
def test_reasons_and_errors_show_no_secret(reason: str) -> None:
    save(ROWS, {"azure_user": ("failed", reason), "azure_user_group": ("partial", reason)})
    Path(".integration/summary.json").write_text(json.dumps({"error": reason}))
    path = written()
    text = everything(path) + unpacked(path, "data").decode()
    for secret in (TOKEN, "hunter2", "aHVudGVyMi1pbnZlbnRlZA", "\x1b", "\u202e"):
        assert secret not in text
    assert "could not be read" in words(path)
