"""Runs against a simulated tenant, and what their graph holds as JupiterOne's objects."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.sinks import make_sinks
from integration.sinks.jupiterone import sink as jupiterone
from integration.store.store import Store
from integration.text.secret import Secret
from tests.jupiterone.account import KINDS, Account, Json, Kind
from tests.simulator import Simulator

INSTANCE = "instance-of-contoso"


def sign_in(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    """Set the variables that name the account, and have the end of a job be asked for soon."""
    monkeypatch.setattr(jupiterone, "POLLS", (0.005, 0.01))
    monkeypatch.setenv("JUPITERONE_ACCOUNT", account.id)
    monkeypatch.setenv("JUPITERONE_API_KEY", account.key)
    monkeypatch.setenv("INTEGRATION_INSTANCE_ID", INSTANCE)


def read(
    simulator: Simulator,
    *to: str,
    out: str = "out",
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    **settings: Any,
) -> Report:
    """Read a tenant, and write its graph to these destinations."""
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), to=to, **settings)
    return run(manager, plan(manager, only=only, skip=skip), config, out=out)


def push(out: str, report: Report, *to: str) -> None:
    """Write the graph that a run left in a folder to other destinations."""
    manager = load()
    with closing(Store(Path(out) / "graph.db")) as store:
        for sink in make_sinks(manager, to):
            sink.write(store, plan(manager).steps, report)


def port(simulator: Simulator) -> int:
    return urlsplit(simulator.url).port or 0


def graph(out: str = "out") -> dict[Kind, dict[str, Json]]:
    """Return the whole objects that ``graph.db`` holds, by kind and key."""
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        database.row_factory = sqlite3.Row
        return {kind: {row["_key"]: _whole(row) for row in database.execute(f"SELECT * FROM {kind}")} for kind in KINDS}


def held(account: Account) -> dict[Kind, dict[str, Json]]:
    """Return the objects that the account holds, by kind and key."""
    return {kind: account.held(kind, INSTANCE) for kind in KINDS}


def _whole(row: sqlite3.Row) -> Json:
    system = {name: row[name] for name in row.keys() if name not in ("_class", "properties")}  # noqa: SIM118
    class_name = json.loads(row["_class"])
    return {**system, "_class": class_name, **json.loads(row["properties"])}
