"""Runs into a JupiterOne account: at the end it holds exactly the graph, whatever happened on the way."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from integration import load
from integration.cli import main
from integration.engine.delivery import push
from integration.sinks.jupiterone import sink as jupiterone
from tests.jupiterone import Account, Fault, JupiterOne
from tests.jupiterone.runs import INSTANCE, graph, held, read
from tests.simulator import Simulator, Tenant, synthetic_tenant
from tests.support import FEW


def small() -> Tenant:
    return synthetic_tenant(users=200, groups=40, memberships=900, seed=41)


@pytest.fixture
def many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupiterone, "BATCH_BYTES", 20_000)


def to(service: JupiterOne, options: str = "") -> str:
    return f"jupiterone:{service.url}{options}"


def test_the_account_holds_exactly_the_graph(service: JupiterOne, account: Account) -> None:
    with Simulator(small()) as simulator:
        report = read(simulator, to(service))
    assert report.exit_code() == 0
    assert held(account) == graph()
    assert [*account.types(INSTANCE).values()] == [result.count for result in report.results]
    job = account.last.as_json()
    assert (job["source"], job["status"]) == ("integration-external", "FINISHED")
    assert job["numEntitiesCreated"] == job["numEntitiesUploaded"] == len(graph()["entities"])
    assert job["numRelationshipsCreated"] == len(graph()["relationships"])


@pytest.mark.every_area
def test_the_demo_keeps_the_rules_of_jupiterone_in_all_types(service: JupiterOne, account: Account) -> None:
    done = CliRunner().invoke(main, ["run", "--demo", "--out", "out", "--to", to(service)])
    assert done.exit_code == 0, done.output
    assert account.last.status == "FINISHED"
    with closing(sqlite3.connect("out/graph.db")) as database:
        ((count,),) = database.execute("SELECT count(*) FROM relationships")
    assert len(held(account)["relationships"]) == count


def test_the_instance_is_that_of_the_event(
    service: JupiterOne, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTEGRATION_INSTANCE_ID", "another-instance")
    with Simulator(small()) as simulator:
        read(simulator, to(service), instance_id=INSTANCE)
    assert held(account) == graph()


def test_later_runs_bring_what_changed_and_nothing_else(service: JupiterOne, account: Account) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator, to(service))
        read(simulator, to(service))
        job = account.last.as_json()
        changed = [job[f"num{kind}{what}"] for kind in ("Entities", "Relationships") for what in
                   ("Created", "Updated", "Deleted")]  # fmt: skip
        assert changed == [0] * 6
        before = held(account)["entities"].keys() | held(account)["relationships"].keys()
        tenant.mutate(80, seed=3)
        read(simulator, to(service))
    job = account.last.as_json()
    assert held(account) == graph()
    assert before - held(account)["entities"].keys() - held(account)["relationships"].keys()
    assert job["numEntitiesDeleted"]
    assert job["numRelationshipsDeleted"]
    assert job["numEntitiesUpdated"] < len(graph()["entities"]) / 2


def test_another_instances_objects_stay(service: JupiterOne, account: Account) -> None:
    other = {"_key": "other-0001", "_type": "azure_user", "_class": ["User"]}
    account.held("entities", "instance-of-another")["other-0001"] = other
    with Simulator(small()) as simulator:
        read(simulator, to(service))
    assert account.held("entities", "instance-of-another") == {"other-0001": other}


def test_a_run_tells_its_verdicts_as_events(service: JupiterOne, account: Account) -> None:
    with Simulator(small()) as simulator:
        read(simulator, to(service), skip=["azure_user_group"])
    events = {event["description"].partition(":")[0]: event for event in account.last.events}
    assert events["azure_user"] == {"name": "step_end", "description": "azure_user: complete, 200 records"}
    assert events["azure_user_group"]["name"] == "warn_incomplete_data"
    assert events["azure_account_has_group"]["description"].endswith("needs azure_user_group, which is skipped")


def test_a_patch_sends_the_entities_that_changed_and_deletes_nothing(service: JupiterOne, account: Account) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator, to(service))
        known = len(held(account)["entities"])
        gone, emptied, renamed = list(tenant.users)[:3]
        tenant.delete(gone)
        tenant.update(emptied, jobTitle=None, city=None)
        tenant.update(renamed, displayName="Renamed Example")
        assert held(account)["entities"][emptied]["jobTitle"]
        read(simulator, to(service, "?mode=patch"))
        job = account.last
        assert (job.mode, job.as_json()["numEntitiesUploaded"], job.uploads["relationships"]) == ("PATCH", 2, [])
        assert len(held(account)["entities"]) == known
        there = {key: each for key, each in held(account)["entities"].items() if key != gone}
        assert there == graph()["entities"]
        jobs = len(account.jobs)
        read(simulator, to(service, "?mode=patch"))
        assert len(account.jobs) == jobs
        read(simulator, to(service))
    assert held(account) == graph()


def test_a_patch_that_compares_all_sends_every_entity(service: JupiterOne, account: Account) -> None:
    with Simulator(small()) as simulator:
        report = read(simulator, to(service, "?mode=patch"))
    known = len(held(account)["entities"])
    for compare_all, sent in ((False, 0), (True, known)):
        jobs = len(account.jobs)
        push(load(), [to(service, "?mode=patch")], out="out", compare_all=compare_all)
        assert sum(job.as_json()["numEntitiesUploaded"] for job in list(account.jobs.values())[jobs:]) == sent
    assert report.failed_sinks == {}


def test_a_patch_says_that_relationships_wait(
    service: JupiterOne, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator, to(service, "?mode=patch"))
        assert held(account)["entities"] == graph()["entities"]
        assert held(account)["relationships"] == {}
        assert "changes of azure_user_group_has_user wait for a run without mode=patch" in caplog.text
        read(simulator, to(service))
        caplog.clear()
        read(simulator, to(service, "?mode=patch"))
    assert "wait" not in caplog.text


def test_a_patch_of_a_graph_that_forgot_what_was_delivered_sends_all(service: JupiterOne, account: Account) -> None:
    with Simulator(small()) as simulator:
        read(simulator, to(service))
        Path("out/graph.db").unlink()
        read(simulator, to(service, "?mode=patch"))
    assert account.last.as_json()["numEntitiesUploaded"] == len(graph()["entities"])
    assert held(account) == graph()


def test_a_patch_of_another_instance_sends_all(
    service: JupiterOne, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Simulator(small()) as simulator:
        read(simulator, to(service))
        monkeypatch.setenv("INTEGRATION_INSTANCE_ID", "another-instance")
        read(simulator, to(service, "?mode=patch"))
    assert account.held("entities", "another-instance") == graph()["entities"]


@pytest.mark.usefixtures("many_batches")
def test_a_server_that_is_started_again_in_the_middle_does_no_harm(account: Account) -> None:
    with Simulator(small()) as simulator:
        with JupiterOne(account, latency=0.02) as first:
            ended: list[str] = []
            thread = Thread(target=lambda: ended.extend(read(simulator, to(first)).failed_sinks.values()))
            thread.start()
            while len(first.uploads) < 8:
                time.sleep(0.005)
        assert account.last.status == "AWAITING_UPLOADS"
        with JupiterOne(account, port=first.port) as second:
            thread.join()
            assert second.uploads
    assert ended == []
    assert held(account) == graph()
    assert len(account.jobs) == 1


def test_a_run_that_is_killed_half_way_and_repeated_ends_the_same(service: JupiterOne, account: Account) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator, to(service), instance_id=INSTANCE)
        before = {kind: dict(objects) for kind, objects in held(account).items()}
        tenant.mutate(40, seed=8)
        service.held_back.add("relationships")
        command = [sys.executable, "-m", "integration", "run", "--out", "out", "--graph-url", simulator.url]
        command += [f"--only={type}" for type in sorted(FEW)]
        environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": simulator.token}
        process = subprocess.Popen([*command, "--to", to(service)], env=environment, start_new_session=True)
        while not service.in_flight or not account.last.uploads["entities"] or len(account.jobs) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        service.held_back.clear()
        assert held(account) == before
        read(simulator, to(service), instance_id=INSTANCE)
    assert held(account) == graph()
    assert [job.status for job in account.jobs.values()] == ["FINISHED", "AWAITING_UPLOADS", "FINISHED"]


def test_two_destinations_do_not_hinder_each_other(service: JupiterOne, account: Account) -> None:
    service.faults = [Fault("entities", 403, times=99)]
    with Simulator(small()) as simulator:
        report = read(simulator, to(service), "files:files", "j1:folder")
    assert list(report.failed_sinks) == [f"jupiterone:{service.url}"]
    assert report.exit_code() == 1
    assert Path("files/entities/azure_user.jsonl").is_file()
    assert Path("folder/summary.json").is_file()
    assert account.last.status == "ABORTED"
