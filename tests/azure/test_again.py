"""A second run runs only the steps whose part changed; a stopped one ends soon; a killed one goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from integration import Interrupted, Step
from integration.values import arm_key
from tests.azure.reading import MODULE, Azure, edges, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, Fault, made_up_tenant
from tests.simulator.azure.made_up import STORAGE, VM, resources_of
from tests.support import distribution, write

SOON = 2.0
_KEPT = """
SELECT count(*) FROM parents JOIN collections ON number = collection
WHERE state = 'running' AND parents.next_link IS NULL
"""


def is_partition(asked: Asked) -> bool:
    return "order by" in asked.query


def test_a_second_run_where_nothing_changed_runs_no_step(azure: Azure) -> None:
    azure.run()
    report = azure.run()
    assert verdicts(report) == {"complete"}
    assert {result.notes for result in report.results} == {("unchanged",)}
    assert report.changes == {}


def test_a_second_run_runs_the_steps_whose_part_changed(azure: Azure) -> None:
    azure.run()
    tenant = azure.simulator.tenant
    account = next(row for row in tenant.tables["resources"].values() if row["type"] == STORAGE)
    tenant.add(account | {"name": "renamed"})
    report = azure.run()
    ran = {result.type for result in report.results if result.notes != ("unchanged",)}
    assert ran == {"contoso_storage"}
    assert report.changes == {"contoso_storage": {"updated": 1}}


def test_resources_that_are_gone_go_with_their_relationships(azure: Azure) -> None:
    azure.run()
    tenant = azure.simulator.tenant
    gone = sorted(tenant.ids(VM))[:7]
    tenant.remove(gone)
    tenant.add(resources_of(f"/subscriptions/{tenant.visible()[0].id}/resourceGroups/new", 9000, random.Random(1))[0])
    report = azure.run()
    assert verdicts(report) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")
    assert not {source for source, _ in edges()} & {arm_key(each) for each in gone}
    assert report.changes["contoso_machine"] == {"created": 1, "deleted": 7}


@pytest.mark.parametrize("headers", [{"Retry-After": "600"}, {"x-ms-user-quota-resets-after": "00:10:00"}])
@pytest.mark.parametrize("status", [429, 503])
def test_a_run_that_is_throttled_is_stopped_soon(azure: Azure, status: int, headers: dict[str, str]) -> None:
    stop, told = threading.Event(), [0.0]
    azure.simulator.manager.faults = [Fault(status, is_partition, headers=headers)]
    asked = threading.Event()

    def before(each: Asked) -> None:
        if is_partition(each):
            asked.set()

    def set_then() -> None:
        asked.wait(120)
        told[0] = time.monotonic()
        stop.set()

    azure.simulator.manager.before = before
    thread = threading.Thread(target=set_then)
    thread.start()
    with pytest.raises(Interrupted):
        azure.run("contoso_machine", "contoso_room", stop=stop)
    assert time.monotonic() - told[0] < SOON
    thread.join()
    azure.simulator.manager.faults = []
    assert verdicts(azure.run("contoso_machine", "contoso_room")) == {"complete"}
    assert keys("contoso_machine") == azure.expected("contoso_machine")


def test_a_run_that_awaits_an_answer_is_stopped_soon(azure: Azure) -> None:
    stop, told, released = threading.Event(), [0.0], threading.Event()

    def hold(each: Asked) -> None:
        if is_partition(each):
            told[0] = time.monotonic()
            stop.set()
            released.wait(120)

    azure.simulator.manager.before = hold
    with pytest.raises(Interrupted):
        azure.run("contoso_machine", stop=stop)
    assert time.monotonic() - told[0] < SOON
    released.set()


def start(simulator: AzureSimulator, types: Path, out: str) -> "subprocess.Popen[str]":
    """Run what a package installs, in a process of its own."""
    command = [sys.executable, "-m", "integration", "run", "--out", out, "--azure-url", simulator.url]
    command += ["--only", "contoso_machine_uses_interface", "--only", "contoso_storage"]
    path = os.pathsep.join([str(types), os.environ["PYTHONPATH"], *sys.path])
    environment = {**os.environ, "INTEGRATION_AZURE_ACCESS_TOKEN": simulator.token, "PYTHONPATH": path}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def types(tmp_path: Path, steps: dict[str, Step]) -> Path:
    """A folder with a package that declares the types."""
    folder = tmp_path / "package"
    points = {name: f"contoso_azure_types:{name}" for name in steps}
    distribution(folder, "contoso-azure-types", points)
    write(folder, {"contoso_azure_types.py": MODULE})
    for name, step in steps.items():
        schema = step.source.parent / f"{name}.json"
        write(folder, {f"{name}.json": schema.read_text()})
    return folder


class Hold:
    """Lets so many partitions be answered, and none after them until it is let go."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.reached, self.going = threading.Event(), threading.Event()
        self._numbers = count(1)

    def __call__(self, asked: Asked) -> None:
        if is_partition(asked) and next(self._numbers) > self.most:
            self.reached.set()
            self.going.wait(120)


def finish(process: "subprocess.Popen[str]") -> None:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


def test_a_killed_run_goes_on_with_the_partitions_that_are_left(types: Path) -> None:
    with AzureSimulator(made_up_tenant(7_000, 3)) as simulator:
        finish(start(simulator, types, "undisturbed"))
        for most in (4, 8):
            out, hold = f"killed-{most}", Hold(most)
            simulator.manager.before = hold
            killed = start(simulator, types, out)
            assert hold.reached.wait(120)
            wait_until_kept(Path(out))
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            simulator.manager.before = lambda asked: None
            hold.going.set()
            simulator.requests.clear()
            finish(start(simulator, types, out))
            assert 0 < len({each.query for each in simulator.queries if is_partition(each)}) < 10
            for type in ("contoso_machine", "contoso_interface", "contoso_storage"):
                assert keys(type, out) == keys(type, "undisturbed")
            assert edges(out) == edges("undisturbed")


def test_partitions_that_a_killed_run_read_long_ago_are_read_again(types: Path) -> None:
    with AzureSimulator(made_up_tenant(7_000, 3)) as simulator:
        simulator.manager.before = hold = Hold(8)
        killed = start(simulator, types, "killed")
        assert hold.reached.wait(120)
        wait_until_kept(Path("killed"))
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        simulator.manager.before = lambda asked: None
        hold.going.set()
        with closing(sqlite3.connect(Path("killed", "mirror.db"))) as database, database:
            assert database.execute("UPDATE about SET value = value - 7200 WHERE name = 'read_on'").rowcount == 1
        resources = simulator.tenant.tables["resources"]
        for row in [*resources.values()]:
            simulator.tenant.add(row | {"name": f"renamed-{row['name']}"})
        finish(start(simulator, types, "killed"))
        finish(start(simulator, types, "fresh"))
        assert names("killed") == names("fresh")


def names(out: str) -> list[str]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return [name for (name,) in database.execute("SELECT properties FROM entities ORDER BY _key")]


def test_a_run_killed_while_it_takes_over_what_did_not_change_loses_nothing(types: Path) -> None:
    with AzureSimulator(made_up_tenant(7_000, 3)) as simulator:
        finish(start(simulator, types, "killed"))
        machine = next(row for row in simulator.tenant.tables["resources"].values() if row["type"] == VM)
        simulator.tenant.remove([machine["id"]])
        simulator.tenant.add(resources_of(machine["id"].partition("/providers/")[0], 9000, random.Random(1))[0])
        for most in (2, 3):
            hold = Hold(most)
            simulator.manager.before = hold
            killed = start(simulator, types, "killed")
            assert hold.reached.wait(120)
            wait_until_kept(Path("killed"))
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            simulator.manager.before = lambda asked: None
            hold.going.set()
        finish(start(simulator, types, "killed"))
        finish(start(simulator, types, "fresh"))
        for type in ("contoso_machine", "contoso_interface", "contoso_storage"):
            assert keys(type, "killed") == keys(type, "fresh")
        assert edges("killed") == edges("fresh")


def wait_until_kept(out: Path) -> None:
    """Wait until the mirror holds a partition of what is being read."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        for path in out.glob("*.db"):
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
                if "parents" in names and database.execute(_KEPT).fetchone()[0]:
                    return
        time.sleep(0.01)
    raise AssertionError("nothing was kept")
