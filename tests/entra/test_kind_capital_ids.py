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


def written(value: Any, form: Callable[[str], str], name: str = "") -> Any:
    """Return an answer in which all GUIDs but those of the objects themselves are written in a form."""
    if isinstance(value, dict):
        return {each: written(found, form, each) for each, found in value.items()}
    if isinstance(value, list):
        return [written(each, form, name) for each in value]
    is_reference = isinstance(value, str) and name not in OWN and "@" not in name and GUID.fullmatch(value)
    return form(value) if is_reference else value


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
    answer, changed = Service.answer, set[str]()

    def telling(its: Service, method: str, target: str, *more: Any) -> Answer:
        given = answer(its, method, target, *more)
        if given.status != 200 or not given.body.startswith(b"{"):
            return given
        told = orjson.loads(given.body)
        other = written(told, FORMS[form])
        changed.update([target.partition("?")[0]] if other != told else [])
        return replace(given, body=orjson.dumps(other))

    monkeypatch.setattr(Service, "answer", telling)
    found = relationships("large")
    assert len(changed) > 20
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def test_an_entity_that_graph_calls_in_capitals_is_led_to_as_before(graph: GraphServer) -> None:
    large, small, team = (LETTERS.replace("beef", end) for end in ("beef", "cafe", "feed"))
    large, team = large.upper(), team.upper()
    graph.add("/users", {"id": large, "displayName": "A"}, {"id": small, "displayName": "B"})
    graph.add("/groups", {"id": team, "displayName": "C"})
    for member in (large, small.upper()):
        graph.relate("/groups", team, "members", {"id": member, "@odata.type": "#microsoft.graph.user"})
    ran = run_steps(MEMBERS, source=graph, manager=load())
    assert ran.verdicts[MEMBERS] == "complete"
    ends = {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[MEMBERS]}
    assert ends == {(team, large), (team, small)}


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
