"""A GUID that somebody else wrote in capitals, or in braces, leads to what Graph writes in small letters."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.testing import GraphServer, run_steps
from integration.text.secret import Secret
from integration.values import guid_key
from tests.simulator import Simulator, demo_tenant
from tests.simulator.odata import Answer
from tests.simulator.service import Service

pytestmark = pytest.mark.every_area

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LETTERS = "abcdef00-0000-4000-8000-00000000beef"
MEMBERS = "azure_user_group_has_user"
OWN = ("id", "appId", "deviceId", "tenantId", "appOwnerOrganizationId", "keyId", "skuId", "servicePlanId")
"""What objects are called by Graph itself."""
FORMS: dict[str, Callable[[str], str]] = {"capitals": str.upper, "braces": lambda id: f"{{{id.upper()}}}"}


def written(value: Any, form: Callable[[str], str], names: Callable[[str], bool], name: str = "") -> Any:
    """Return an answer in which all GUIDs in properties of some names are written in a form."""
    if isinstance(value, dict):
        return {each: written(found, form, names, each) for each, found in value.items()}
    if isinstance(value, list):
        return [written(each, form, names, name) for each in value]
    return form(value) if isinstance(value, str) and names(name) and GUID.fullmatch(value) else value


def are_references(name: str) -> bool:
    return name not in OWN and "@" not in name


def writing(
    monkeypatch: pytest.MonkeyPatch, form: Callable[[str], str], of: Callable[[str], Callable[[str], bool] | None]
) -> set[str]:
    """Have Graph write GUIDs in a form, in the properties that are told by the path; return where it did."""
    answer, changed = Service.answer, set[str]()

    def telling(its: Service, method: str, target: str, *more: Any) -> Answer:
        given, path = answer(its, method, target, *more), target.partition("?")[0].removeprefix("/v1.0")
        names = of(path)
        if names is None or given.status != 200 or not given.body.startswith(b"{"):
            return given
        told = orjson.loads(given.body)
        other = written(told, form, names)
        changed.update([path] if other != told else [])
        return replace(given, body=orjson.dumps(other))

    monkeypatch.setattr(Service, "answer", telling)
    return changed


def relationships(out: str) -> set[tuple[str, str, str]]:
    manager = load()
    types = [step.name for step in declared_steps(manager) if step.module.startswith("entra.")]
    with Simulator(demo_tenant()) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, plan(manager, only=types), config, out=out)
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return {*database.execute("SELECT _fromEntityKey, _type, _toEntityKey FROM relationships")}


@pytest.mark.parametrize("form", FORMS)
def test_what_references_lead_to_does_not_depend_on_how_they_are_written(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = relationships("small")
    changed = writing(monkeypatch, FORMS[form], lambda path: are_references)
    found = relationships("large")
    assert len(changed) > 20
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def is_listing(path: str) -> bool:
    return path != "/$batch" and not GUID.search(path)


@pytest.mark.parametrize(
    ("name", "of", "least"),
    [
        ("id", is_listing, 40),
        ("id", lambda path: path == "/users", 1),
        ("id", lambda path: not is_listing(path), 1),
        ("appId", lambda path: path == "/applications", 1),
        ("appId", lambda path: path == "/servicePrincipals", 1),
        ("deviceId", lambda path: path == "/devices", 1),
        ("skuId", lambda path: path == "/subscribedSkus", 1),
    ],
    ids=["listings", "users", "relations", "applications", "service principals", "devices", "products"],
)
def test_what_one_answer_calls_in_capitals_meets_what_others_call_in_small_letters(
    name: str, of: Callable[[str], bool], least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = relationships("small")
    changed = writing(monkeypatch, str.upper, lambda path: name.__eq__ if of(path) else None)
    found = relationships("large")
    assert len(changed) >= least
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def test_an_entity_that_graph_calls_in_capitals_has_a_key_in_small_letters(graph: GraphServer) -> None:
    large, small, team = (LETTERS.replace("beef", end) for end in ("beef", "cafe", "feed"))
    large, team = large.upper(), team.upper()
    graph.add("/users", {"id": large, "displayName": "A"}, {"id": small, "displayName": "B"})
    graph.add("/groups", {"id": team, "displayName": "C"})
    for member in (large.lower(), small.upper()):
        graph.relate("/groups", team, "members", {"id": member, "@odata.type": "#microsoft.graph.user"})
    ran = run_steps(MEMBERS, source=graph, manager=load())
    assert ran.verdicts[MEMBERS] == "complete"
    ends = {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[MEMBERS]}
    assert ends == {(team.lower(), large.lower()), (team.lower(), small)}
    assert {record["_key"] for record in ran.records["azure_user"]} == {large.lower(), small}


@pytest.mark.parametrize(
    ("id", "key"),
    [
        (LETTERS, LETTERS),
        (LETTERS.upper(), LETTERS),
        (f"{{{LETTERS.upper()}}}", LETTERS),
        (f"{{{LETTERS}}}", LETTERS),
        (f"some_Policy:{LETTERS.upper()}", f"some_Policy:{LETTERS}"),
        (f"{LETTERS.upper()}_{LETTERS.upper()}", f"{LETTERS}_{LETTERS}"),
        ("AAMkAGQ-Opaque_Id", "AAMkAGQ-Opaque_Id"),
        (f"X{LETTERS.upper()}", f"X{LETTERS.upper()}"),
        (f"{LETTERS.upper()}F", f"{LETTERS.upper()}F"),
        ("", ""),
    ],
)
def test_a_guid_is_the_same_in_any_letters_and_other_ids_are_not(id: str, key: str) -> None:
    assert guid_key(id) == key
