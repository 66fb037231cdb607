"""A graph of users with names of a test's choosing, and of a group, saved as a run does."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from integration import load
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.store.store import Store
from tests.support import Row, publish

STEPS = {step.name: step for step in declared_steps(load())}
GRAPH = Path(".integration/graph.db")


def user(key: str, name: str, **properties: Any) -> Row:
    """Return the row of a user."""
    return (key, json.dumps({"displayName": name, **properties}, ensure_ascii=False))


def save(users: list[Row], memberships: list[Row] | None = None) -> None:
    """Make the graph as a run does."""
    GRAPH.parent.mkdir(exist_ok=True)
    rows: dict[str, list[Row]] = {
        "azure_user": users,
        "azure_user_group": [("key-group", json.dumps({"displayName": "グループ"}, ensure_ascii=False))],
        "azure_user_group_has_user": memberships or [],
        "azure_user_group_has_group": [],
    }
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        for name, of in rows.items():
            publish(store, STEPS[name], of)
            store.show(STEPS[name], load_schema(STEPS[name]))
        store.keep_verdicts((name, "complete", "", 0, 0.0) for name in rows)
        store.commit()
