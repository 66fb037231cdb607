"""Entities outside of what is read: mapped relationships in JupiterOne's form, entities everywhere else."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration import DeclarationError, Report, Step, any_of, entity_step, load
from integration.sdk.plugins import declared_steps
from integration.sdk.report import StepResult
from integration.sdk.schema import load_schema
from integration.sdk.stopping import Stopping
from integration.sinks import integration_sink
from integration.store.store import Store
from tests.jupiterone import Account, JupiterOne
from tests.jupiterone.runs import INSTANCE, sign_in
from tests.support import entity, named, publish, relationship, worn, write

DOOR = entity("contoso_door", class_name="Firewall")
STREET = replace(entity("contoso_street", class_name="Network"), target_filter_keys=("_class", "CIDR"))
OUT = relationship("contoso_door", "ALLOWS", "contoso_street", name="contoso_door_allows_street")
IN = relationship("contoso_street", "ALLOWS", "contoso_door", name="contoso_street_allows_door")
BOTH = relationship("contoso_door", "HAS", any_of("contoso"), name="contoso_door_has_any")
STEPS = (DOOR, STREET, OUT, IN, BOTH)
COMPLETE = Report(results=[StepResult(type=step.name, verdict="complete") for step in STEPS])
NETWORK = {"_key": "street-0001", "_type": "contoso_street", "_class": ["Network"], "displayName": "street-0001",
           "CIDR": "192.0.2.0/24"}  # fmt: skip


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        store.begin("contoso.example")
        publish(store, DOOR, named("door-00001", "door-00002"))
        publish(store, STREET, named("street-0001", CIDR="192.0.2.0/24"))
        publish(store, OUT, [("door-00001", "street-0001", json.dumps({"displayName": "ALLOWS", "fromPort": 22}))])
        publish(store, IN, worn(("street-0001", "door-00002")))
        publish(store, BOTH, worn(("door-00001", "door-00002"), ("door-00001", "street-0001")))
        yield store


def bring(store: Store, url: str = "files:folder", steps: Sequence[Step] = STEPS) -> None:
    """Bring a destination up to date."""
    sink = integration_sink(url=url, instance_id=None, stopping=Stopping())
    assert sink
    sink.check()
    sink.write(store, steps, COMPLETE)


def lines(folder: str = "folder") -> dict[str, list[dict[str, Any]]]:
    """Return the records of a folder by type."""
    found = Path(folder).rglob("*.jsonl")
    return {path.stem: [json.loads(line) for line in path.read_bytes().splitlines()] for path in found}


def mapping(direction: str, inner: str) -> dict[str, Any]:
    return {
        "relationshipDirection": direction,
        "sourceEntityKey": inner,
        "targetFilterKeys": [["_class", "CIDR"]],
        "targetEntity": NETWORK,
        "skipTargetCreation": False,
    }


def test_what_leads_outside_is_mapped_in_files(store: Store) -> None:
    bring(store)
    found = lines()
    assert set(found) == {step.name for step in STEPS} - {"contoso_street"}
    assert found["contoso_door_allows_street"] == [
        {
            "_key": "door-00001|allows|street-0001", "_type": "contoso_door_allows_street", "_class": "ALLOWS",
            "displayName": "ALLOWS", "fromPort": 22, "_mapping": mapping("FORWARD", "door-00001"),
        }
    ]  # fmt: skip
    (inward,) = found["contoso_street_allows_door"]
    assert inward["_key"] == "street-0001|allows|door-00002"
    assert inward["_mapping"] == mapping("REVERSE", "door-00002")
    plain, mapped = found["contoso_door_has_any"]
    assert (plain["_toEntityKey"], mapped["_mapping"]) == ("door-00002", mapping("FORWARD", "door-00001"))


def test_jsonl_and_the_folder_of_jupiterone_hold_the_same(store: Store, capfdbinary: Any) -> None:
    bring(store)
    bring(store, "j1:j1")
    bring(store, "jsonl:-")
    expected = sorted((each["_key"], json.dumps(each)) for of in lines().values() for each in of)
    printed = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    held = [
        each
        for path in Path("j1/graph").rglob("*.json")
        for objects in json.loads(path.read_bytes()).values()
        for each in objects
    ]
    for found in (printed, held):
        assert sorted((each["_key"], json.dumps(each)) for each in found) == expected


def test_jupiterone_takes_mapped_relationships_and_no_entities(
    store: Store, service: JupiterOne, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, service.account)
    store.commit()
    bring(store, f"jupiterone:{service.url}")
    assert set(service.account.held("entities", INSTANCE)) == {"door-00001", "door-00002"}
    held = service.account.held("relationships", INSTANCE)
    assert held["street-0001|allows|door-00002"]["_mapping"] == mapping("REVERSE", "door-00002")
    assert len(held) == 4


def test_two_types_that_relate_the_same_entities_have_keys_of_their_own(
    store: Store, account: Account, service: JupiterOne
) -> None:
    special = relationship("contoso_door", "HAS", "contoso_door", name="contoso_door_has_door")
    publish(store, special, worn(("door-00001", "door-00002")))
    store.commit()
    bring(store, f"jupiterone:{service.url}", (*STEPS, special))
    held = account.held("relationships", INSTANCE)
    assert {key for key, each in held.items() if each.get("_toEntityKey") == "door-00002"} == {
        "door-00001|has|door-00002", "door-00001|contoso_door_has_any|door-00002",
    }  # fmt: skip


@pytest.mark.every_area
def test_no_two_types_lead_from_one_type_to_another_in_the_same_class() -> None:
    ends = Counter((step.class_name, step.ends) for step in declared_steps(load()) if step.ends and not step.areas)
    assert [each for each, count in ends.items() if count > 1] == []


def test_files_are_brought_up_to_date_where_only_the_outside_entity_changed(store: Store) -> None:
    store.commit()
    bring(store)
    store.begin("contoso.example")
    bring(store)
    publish(store, STREET, named("street-0001", CIDR="192.0.2.0/24", city="Berlin"))
    publish(store, IN, [])
    bring(store)
    found = lines()
    assert found["contoso_door_allows_street"][0]["_mapping"]["targetEntity"] == {**NETWORK, "city": "Berlin"}
    assert found["contoso_street_allows_door"] == []


def test_an_outside_end_that_is_not_there_stays_as_a_missing_end(store: Store) -> None:
    publish(store, STREET, [])
    bring(store)
    assert lines()["contoso_door_allows_street"][0]["_toEntityKey"] == "street-0001"


def test_what_jupiterone_finds_an_entity_by_is_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = '''
from integration import entity_step


@entity_step(["Network", "Host"], target_filter_keys=["_class", "CIDR"])
def contoso_street(ctx):
    """A street."""
'''
    properties = '"properties": {"CIDR": {"type": "string", "description": "Addresses."}}'
    write(tmp_path, {"contoso_streets.py": code, "contoso_street.json": f"{{{properties}}}"})
    monkeypatch.syspath_prepend(tmp_path)
    from contoso_streets import contoso_street  # type: ignore[import-not-found]

    with pytest.raises(DeclarationError, match="finds its entities by CIDR: make that required"):
        load_schema(contoso_street)
    write(tmp_path, {"contoso_street.json": f'{{"required": ["CIDR"], {properties}}}'})
    assert load_schema(contoso_street).document["properties"]["_class"]["const"] == ["Network", "Host"]


def test_an_entity_may_have_several_classes() -> None:
    @entity_step(["DataStore", "Disk"])
    def contoso_disk(ctx: Any) -> Iterator[Any]:
        """A disk."""
        yield from ()

    assert (contoso_disk.class_name, contoso_disk.classes) == ("DataStore", ("DataStore", "Disk"))
    with pytest.raises(DeclarationError, match="'disk' is not a JupiterOne class"):
        replace(contoso_disk, further_classes=("disk",))
