"""``j1:DIR``: the folder that JupiterOne's own tools read, field by field."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from integration import OutputError, Report, Step, load
from integration.sdk.plugins import declared_steps
from integration.sdk.report import StepResult
from integration.sinks import make_sinks
from integration.sinks.j1 import J1Sink
from integration.store.store import Store
from tests.jupiterone.account import KINDS, Json, Kind
from tests.jupiterone.runs import graph, read
from tests.simulator import Faults, Simulator, synthetic_tenant
from tests.support import ROOT, entity, named, publish, relationship, worn, write

BADGE = entity("contoso_badge", class_name="Key")
VISITOR = entity("contoso_visitor", class_name="Person")
WEARS = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
STEPS = (BADGE, VISITOR, WEARS)
COMPLETE = Report(results=[StepResult(type=step.name, verdict="complete") for step in STEPS])

Tree = dict[str, bytes | str]


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        store.begin("contoso.example")
        yield store


def published(store: Store, *, badges: int = 1200) -> Store:
    publish(store, BADGE, named(*(f"badge-{number:05}" for number in range(badges))))
    publish(store, WEARS, worn(("visitor-1", "badge-00001"), ("visitor-1", "badge-00002")))
    return store


def tree(folder: str = "folder") -> Tree:
    """Return what a folder holds by path: a file's bytes, a link's target."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_symlink() or path.is_file()
    }


def objects(below: str, folder: str = "folder") -> dict[Kind, dict[str, Json]]:
    """Return the objects in a folder's files, by kind and key; each is there once."""
    found: dict[Kind, dict[str, Json]] = {kind: {} for kind in KINDS}
    for path in Path(folder, below).rglob("*.json"):
        ((kind, each),) = json.loads(path.read_bytes()).items()
        assert not found[kind].keys() & {one["_key"] for one in each}
        found[kind].update({one["_key"]: one for one in each})
    return found


def step_of(type: str) -> Step:
    (step,) = [step for step in declared_steps(load()) if step.name == type]
    return step


def incomplete(*types: str) -> Report:
    return Report(
        results=[StepResult(type=step.name, verdict="failed" if step.name in types else "complete") for step in STEPS]
    )


def test_the_folder_holds_the_graph_and_its_index_leads_to_it() -> None:
    with Simulator(synthetic_tenant(users=700, groups=60, memberships=2500, seed=3)) as simulator:
        report = read(simulator, "j1:folder")
    assert objects("graph") == objects("index") == graph()
    for path, content in tree().items():
        if path == "summary.json":
            continue
        top, *parts = Path(path).parts
        type, kind, name = parts if top == "graph" else (parts[1], parts[0], parts[2])
        assert str(UUID(name.removesuffix(".json"))) == name.removesuffix(".json")
        if top == "index":
            assert content == f"../../../graph/{type}/{kind}/{name}"
        else:
            document = json.loads(content)
            assert list(document) == [kind]
            assert {each["_type"] for each in document[kind]} == {type}
            assert 0 < len(document[kind]) <= 500
    files = {result.type: -(-result.count // 500) for result in report.results}
    assert files["azure_user"] == 2
    for type, number in files.items():
        assert len(list(Path("folder/graph", type).rglob("*.json"))) == number


def test_an_entity_and_a_relationship_have_the_fields_of_jupiterone(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    found = objects("graph")
    assert found["entities"]["badge-00007"] == {
        "_key": "badge-00007", "_type": "contoso_badge", "_class": ["Key"], "displayName": "badge-00007",
    }  # fmt: skip
    assert found["relationships"]["visitor-1|wears|badge-00002"] == {
        "_key": "visitor-1|wears|badge-00002", "_type": "contoso_visitor_wears_badge", "_class": "WEARS",
        "_fromEntityKey": "visitor-1", "_toEntityKey": "badge-00002", "displayName": "WEARS",
    }  # fmt: skip


def test_the_summary_has_the_fields_of_jupiterone() -> None:
    tenant = synthetic_tenant(users=20, groups=5, memberships=30, seed=3)
    with Simulator(tenant, faults=Faults(forbidden={"/groups": "Authorization_RequestDenied"})) as simulator:
        read(simulator, "j1:folder", skip=["azure_account"])
    summary = json.loads(Path("folder/summary.json").read_bytes())
    steps = {step["id"]: step for step in summary["integrationStepResults"]}
    ours = {"verdict", "reason", "count", "leftOut"}

    def theirs(type: str) -> dict[str, Any]:
        return {name: value for name, value in steps[type].items() if name not in ours}

    user = theirs("azure_user")
    started, ended, took = (user.pop(name) for name in ("startTime", "endTime", "duration"))
    assert ended == started + took
    assert started > 1_600_000_000_000
    assert user == {
        "id": "azure_user",
        "name": step_of("azure_user").description,
        "declaredTypes": ["azure_user"],
        "partialTypes": [],
        "encounteredTypes": ["azure_user"],
        "encounteredTypeCounts": {"azure_user": 20},
        "status": "success",
    }
    failed = theirs("azure_user_group")
    assert {"startTime", "endTime", "duration"} <= failed.keys()
    assert (failed["status"], failed["partialTypes"], failed["encounteredTypes"], failed["encounteredTypeCounts"]) == (
        "failure", ["azure_user_group"], [], {},
    )  # fmt: skip
    assert theirs("azure_account_has_user") == {
        "id": "azure_account_has_user",
        "name": step_of("azure_account_has_user").description,
        "dependsOn": ["azure_account", "azure_user"],
        "declaredTypes": ["azure_account_has_user"],
        "partialTypes": ["azure_account_has_user"],
        "encounteredTypes": [],
        "encounteredTypeCounts": {},
        "status": "disabled",
    }
    assert theirs("azure_user_group_has_user")["dependsOn"] == ["azure_user_group", "azure_user"]
    assert set(summary["metadata"]) == {"partialDatasets"}
    assert set(summary["metadata"]["partialDatasets"]) == {"types"}
    assert set(summary["metadata"]["partialDatasets"]["types"]) == steps.keys() - {"azure_user"}


def test_the_same_graph_gives_the_same_files(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before = tree()
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert tree() == before
    J1Sink("another").write(store, STEPS, COMPLETE)
    assert tree("another") == before


def test_a_graph_that_shrinks_leaves_no_files_behind(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    store.commit()
    store.begin("contoso.example")
    published(store, badges=3)
    publish(store, WEARS, [])
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert len(tree()) == 3
    assert objects("graph")["entities"].keys() == {"badge-00000", "badge-00001", "badge-00002"}
    assert not Path("folder/graph/contoso_visitor_wears_badge").exists()


def test_the_old_folder_stays_whole_until_the_new_one_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before, records = tree(), Store.records

    def watched(self: Store, step: Any) -> Iterator[bytes]:
        for number, record in enumerate(records(self, step)):
            if number % 400 == 0:
                assert tree() == before
            yield record

    monkeypatch.setattr(Store, "records", watched)
    published(store, badges=1100)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert objects("graph")["entities"].keys() == {f"badge-{number:05}" for number in range(1100)}


@pytest.mark.parametrize("done", [0, 1, 600, 1199])
def test_a_write_that_breaks_off_leaves_the_old_folder(
    done: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before, records = tree(), Store.records

    def broken(self: Store, step: Any) -> Iterator[bytes]:
        for number, record in enumerate(records(self, step)):
            if number == done:
                raise KeyboardInterrupt
            yield record

    with monkeypatch.context() as patched:
        patched.setattr(Store, "records", broken)
        with pytest.raises(KeyboardInterrupt):
            J1Sink("folder").write(store, STEPS, COMPLETE)
    assert tree() == before
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert tree() == before
    assert sorted(path.name for path in Path().iterdir() if "folder" in path.name) == [".folder.lock", "folder"]


def test_a_run_that_was_killed_while_the_folders_were_exchanged_is_mended(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before = objects("graph")
    Path("folder").rename(".folder.old")
    write(Path(".folder.new"), {"graph/contoso_badge/entities/half.json": '{"entities":['})
    J1Sink("folder").write(store, (WEARS,), incomplete("contoso_badge", "contoso_visitor"))
    assert objects("graph") == before


KILLED = """
import os, signal
from contextlib import closing
from integration.sinks import j1_folder
from integration.sinks.j1 import J1Sink
from integration.store.store import Store
from pathlib import Path
from tests.sinks.test_j1 import COMPLETE, STEPS

left, unlink = 60, os.unlink

def mortal(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return unlink(*arguments, **named)

os.unlink, j1_folder._A_FILE = mortal, 10
with closing(Store(Path("graph.db"))) as store:
    J1Sink("folder").write(store, STEPS, COMPLETE)
"""


def test_a_run_that_is_killed_while_it_removes_the_old_folder_leaves_it_to_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.sinks.j1_folder._A_FILE", 10)
    published(store)
    store.commit()
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before = objects("graph")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    for _ in range(2):
        store.begin("contoso.example")
        publish(store, WEARS, worn(("visitor-1", f"badge-{store.revision:05}")))
        store.commit()
        killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
        assert killed.returncode == -signal.SIGKILL
    assert objects("graph") != before
    J1Sink("folder").check()
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert objects("index") == objects("graph")
    assert len(objects("graph")["entities"]) == 1200
    assert sorted(path.name for path in Path().iterdir() if "folder" in path.name) == [".folder.lock", "folder"]


@pytest.mark.parametrize("place", ["folder", ".folder.new"])
def test_a_run_that_is_killed_while_it_writes_the_summary_leaves_it_to_the_next_one(store: Store, place: str) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before = tree()
    write(Path(place), {"summary.json.partial": '{"integrationStepResults": ['})
    J1Sink("folder").check()
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert tree() == before
    assert not Path(".folder.new").exists()


def test_a_type_that_is_not_complete_keeps_what_the_graph_keeps(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    publish(store, BADGE, named("badge-99999"), complete=False)
    J1Sink("folder").write(store, STEPS, incomplete("contoso_badge"))
    assert len(objects("graph")["entities"]) == 1201
    assert objects("index") == objects("graph")


def test_a_type_that_is_not_complete_and_not_in_the_graph_keeps_its_files(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    before = objects("graph")
    with closing(Store(Path("another.db"))) as another:
        another.begin("contoso.example")
        publish(another, VISITOR, named("visitor-1"))
        J1Sink("folder").write(another, STEPS, incomplete("contoso_badge", "contoso_visitor_wears_badge"))
    after = objects("graph")
    assert after["entities"].keys() == before["entities"].keys() | {"visitor-1"}
    assert after["relationships"] == before["relationships"]
    assert objects("index") == after


@pytest.mark.parametrize("also", ["symlink", "link"])
def test_a_file_system_without_links_gets_an_index_all_the_same(
    also: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_permitted(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", not_permitted)
    monkeypatch.setattr(os, also, not_permitted)
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert not [path for path in Path("folder").rglob("*") if path.is_symlink()]
    assert objects("index") == objects("graph")
    assert len(objects("index")["entities"]) == 1200


@pytest.mark.parametrize("name", ["letters", "graph.db"])
def test_a_folder_that_holds_other_things_is_not_replaced(name: str) -> None:
    write(Path("folder"), {f"{name}/one.txt" if name == "letters" else name: "dear"})
    with pytest.raises(OutputError, match=re.escape(f"holds {name}, so it is not a folder of JupiterOne's")):
        J1Sink("folder").check()
    assert Path("folder", name).exists()


def test_what_jupiterones_tools_add_to_the_folder_does_not_hinder_a_run(store: Store) -> None:
    published(store)
    J1Sink("folder").write(store, STEPS, COMPLETE)
    write(Path("folder"), {"index.html": "<html>", "types-graph/index.html": "<html>"})
    J1Sink("folder").check()
    J1Sink("folder").write(store, STEPS, COMPLETE)
    assert not Path("folder/index.html").exists()


def test_a_folder_that_cannot_be_made_is_named() -> None:
    Path("file").write_text("")
    with pytest.raises(OutputError, match="file"):
        J1Sink("file/folder").check()
    with pytest.raises(OutputError, match="file"):
        J1Sink("file").check()


def test_the_scheme_is_found_by_url() -> None:
    (sink,) = make_sinks(load(), ["j1:.j1-integration"])
    assert sink.url == "j1:.j1-integration"
