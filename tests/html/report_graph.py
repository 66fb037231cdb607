"""A small graph for the tests of the report, a large one, and what its page holds."""

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from integration import Step, load
from integration.cli import main
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import FEW, Row, named, publish, schema, worn

STEPS = {step.name: step for step in declared_steps(load()) if step.name in FEW}
HOSTILE = [
    "</script><img src=x onerror=\"document.title='owned'\">",
    '"><b>bold</b>',
    "<a href=\"javascript:document.title='owned'\">link</a> %{x} {{ 7 * 7 }} &amp;",
]
ROWS: dict[str, list[Row]] = {
    "azure_account": named("key-account", displayName="Contoso Example"),
    "azure_user": [
        *named("key-ada", displayName="Ada Example", userPrincipalName="ada@contoso.example", department="Sales"),
        *named("key-bob", displayName="bob Beispiel", userPrincipalName="bob@contoso.example", department="Finance"),
        *named("key-zoe", displayName="Zoë Ärztin", mail="zoe@contoso.example", department="Finance"),
        *named("key-eve", displayName="Eve", _rawData=[{"name": "default", "rawData": {"onlyRaw": "raw-words"}}]),
        *(row for number, name in enumerate(HOSTILE) for row in named(f"key-hostile-{number}", displayName=name)),
    ],
    "azure_user_group": [
        *named("key-top", displayName="sg-top"),
        *named("key-outer", displayName="sg-outer"),
        *named("key-middle", displayName="sg-middle"),
        *named("key-inner", displayName="sg-inner"),
        *named("key-side", displayName="sg-side"),
        *named("key-alone", displayName="sg-alone"),
    ],
    "azure_account_has_group": worn(*(("key-account", f"key-{name}") for name in ("outer", "middle", "inner"))),
    "azure_user_group_has_group": worn(
        ("key-outer", "key-middle"), ("key-middle", "key-inner"), ("key-inner", "key-outer"), ("key-outer", "key-side"),
        ("key-top", "key-outer"),
    ),
    "azure_user_group_has_user": worn(
        ("key-inner", "key-ada"), ("key-side", "key-ada"), ("key-side", "key-bob"), ("key-side", "key-zoe"),
        ("key-alone", "key-hostile-0"), ("key-alone", "key-hostile-1"), ("key-alone", "key-hostile-2"),
        ("key-alone", "key-gone"),
    ),
    "azure_user_assigned_group": worn(("key-ada", "key-inner"), ("key-ada", "key-side")),
}  # fmt: skip
REASON = "lacks the permission User.Read.All: objects or properties may be missing"


def save(
    rows: Mapping[str, list[Row]],
    verdicts: Mapping[str, tuple[str, str]] | None = None,
    steps: Sequence[Step] = (),
) -> None:
    """Make the graph as a run does; ``steps`` are declarations beside the installed ones."""
    declared = {**STEPS, **{step.name: step for step in steps}}
    Path(".integration").mkdir(exist_ok=True)
    with closing(Store(Path(".integration/graph.db"))) as store:
        store.begin("contoso.example")
        for name, records in rows.items():
            publish(store, declared[name], records)
            store.show(declared[name], load_schema(STEPS[name]) if name in STEPS else schema(declared[name]))
        judged = {**dict.fromkeys(rows, ("complete", "")), **(verdicts or {})}
        store.keep_verdicts((name, *judged[name], len(rows.get(name, ())), 0.0) for name in judged)
        store.commit()


def report(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", *arguments], catch_exceptions=False)


def written(*arguments: str) -> Path:
    """Return the page that the command writes."""
    ended = report(*arguments)
    assert (ended.exit_code, ended.stderr) == (0, "")
    return Path(".integration/report.html")


def words(path: Path) -> str:
    """Return what the page says before its own program has begun, on one line."""
    text = re.sub(r"<(style|script)\b.*?</\1>|<wbr>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def embedded(path: Path) -> dict[str, Any]:
    """Return the part of the graph that the page holds."""
    held: dict[str, Any] = json.loads(unpacked(path, "data"))
    return held


def unpacked(path: Path, id: str) -> bytes:
    """Return what the page holds compressed."""
    (packed,) = re.findall(rf'<script [^>]*id="{id}">([^<]*)</script>', path.read_text(encoding="utf-8"))
    return gzip.decompress(base64.b64decode(packed))


def large() -> dict[str, list[Row]]:
    """Return 4,000 users in one group, one of them also at the end of a chain of 39 groups."""
    users = [f"user-{number}" for number in range(4000)]
    groups = [f"group-{number}" for number in range(40)]
    return {
        "azure_account": named("account"),
        "azure_user": named(*users),
        "azure_user_group": named(*groups),
        "azure_user_group_has_group": worn(*pairwise(groups[1:])),
        "azure_user_group_has_user": worn(*(("group-0", user) for user in users), ("group-39", "user-3999")),
    }
