"""A mass deletion at a destination, whatever the folder of the run remembers: it is withheld until it is allowed."""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from integration import Report, Sink, Step, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.engine.delivery import push
from integration.errors import ConfigurationError
from integration.sdk.sink import StoredGraph
from integration.store.store import Store
from integration.terminal.summary_text import sentences
from integration.text.secret import Secret
from tests.jupiterone import Account, JupiterOne
from tests.jupiterone.runs import INSTANCE, port, read
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.sinks.arcadedb import ArcadeDB

USERS = 200
TELLING = ["files", "j1", "postgresql", "neo4j"]
"""Destinations that tell what they hold before anything is deleted."""
REFUSED = Faults(forbidden={"/users": "Authorization_RequestDenied"})

Count = Callable[[], int]


def tenant(users: int = USERS) -> Tenant:
    """Return a tenant whose other objects do not depend on how many of its users are left."""
    made = synthetic_tenant(users=USERS, groups=10, memberships=100, seed=11)
    for user in list(made.users)[users:]:
        made.delete(user)
    return made


def in_files() -> int:
    return len(Path("files/entities/azure_user.jsonl").read_bytes().splitlines())


def in_the_folder() -> int:
    files = [json.loads(path.read_bytes()) for path in Path("folder/graph/azure_user/entities").glob("*.json")]
    return sum(len(each["entities"]) for each in files)


@pytest.fixture(params=[*TELLING, "jupiterone"])
def place(request: pytest.FixtureRequest) -> tuple[str, Count]:
    """A destination's URL, and what counts the users that it holds."""
    if request.param == "files":
        return "files:files", in_files
    if request.param == "j1":
        return "j1:folder", in_the_folder
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")

        def in_postgresql() -> int:
            with psycopg.connect(url) as connection:
                row = connection.execute("SELECT count(*) FROM integration.azure_user").fetchone()
                return int(row[0]) if row else 0

        return url, in_postgresql
    if request.param == "neo4j":
        arcadedb: ArcadeDB = request.getfixturevalue("arcadedb")
        database = arcadedb.database()
        return database.url, lambda: database.count("(u:azure_user)")
    service: JupiterOne = request.getfixturevalue("service")
    return f"jupiterone:{service.url}", lambda: service.account.types(INSTANCE)["azure_user"]


class Runs:
    """Runs against one address, behind which the tenant changes."""

    def __init__(self, to: str) -> None:
        self._to, self._port = to, 0

    def __call__(self, users: int = USERS, out: str = "out", faults: Faults | None = None, **settings: Any) -> Report:
        with Simulator(tenant(users), port=self._port, faults=faults) as simulator:
            self._port = port(simulator)
            return read(simulator, self._to, out=out, fresh=True, **settings)


def test_a_run_in_a_new_folder_empties_nothing(place: tuple[str, Count]) -> None:
    (url, count), users = place, 100
    runs = Runs(url)
    assert runs().exit_code() == 0
    for _ in range(2):
        report = runs(users, out="another")
        assert (report.exit_code(), count()) == (1, USERS)
        assert "--allow-mass-delete" in report.withheld["azure_user"]
        assert report.incomplete == []
    summary = json.loads(Path("another/summary.json").read_bytes())
    assert "azure_user" in summary["withheldDeletions"]
    assert "deletions are withheld until --allow-mass-delete says" in "\n".join(sentences(report, Path("another")))
    again = push(load(), [url], out="another")
    assert (again.exit_code(), "azure_user" in again.withheld, count()) == (1, True, USERS)
    assert push(load(), [url], out="another", allow_mass_delete=True).exit_code() == 0
    assert count() == users
    assert runs(users, out="another").exit_code() == 0


def test_what_is_lost_bit_by_bit_while_a_destination_is_away_counts_together(place: tuple[str, Count]) -> None:
    url, count = place
    runs, elsewhere = Runs(url), Runs("files:elsewhere")
    runs()
    elsewhere._port = runs._port
    for users in (175, 150, 125):
        assert elsewhere(users).exit_code() == 0
    report = runs(125)
    assert ("azure_user" in report.withheld, count()) == (True, USERS)
    assert runs(125, allow_mass_delete=True).exit_code() == 0
    assert count() == 125


def test_what_is_lost_counts_though_the_graph_forgot_what_it_delivered(
    place: tuple[str, Count], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.store.store._REMEMBERED", 3)
    url, count = place
    runs, elsewhere = Runs(url), Runs("files:elsewhere")
    runs()
    elsewhere._port = runs._port
    for users in (USERS, 175, 150):
        assert elsewhere(users).exit_code() == 0
    report = runs(125)
    assert ("azure_user" in report.withheld, count()) == (True, USERS)
    assert runs(125, allow_mass_delete=True).exit_code() == 0
    assert count() == 125


def test_what_was_allowed_while_a_type_was_not_complete_is_not_allowed_for_it_later(place: tuple[str, Count]) -> None:
    url, count = place
    runs = Runs(url)
    runs()
    runs(100, out="another")
    runs(100, out="another", faults=REFUSED, allow_mass_delete=True)
    report = runs(100, out="another")
    assert ("azure_user" in report.withheld, count()) == (True, USERS)
    assert runs(100, out="another", allow_mass_delete=True).exit_code() == 0
    assert count() == 100


def test_what_was_allowed_for_a_patch_is_not_allowed_for_the_job_that_deletes(
    service: JupiterOne, account: Account
) -> None:
    runs, patch = Runs(f"jupiterone:{service.url}"), Runs(f"jupiterone:{service.url}?mode=patch")
    runs()
    patch._port = runs._port
    patch(100, out="another", allow_mass_delete=True)
    assert runs(100, out="another").exit_code() == 1
    assert account.types(INSTANCE)["azure_user"] == USERS


def test_additions_and_changes_go_on_while_deletions_are_withheld(place: tuple[str, Count]) -> None:
    url, count = place
    runs = Runs(url)
    runs(100)
    made = tenant()
    for user in list(made.users)[:100]:
        made.delete(user)
    with Simulator(made, port=runs._port) as simulator:
        report = read(simulator, url, out="another")
    assert "azure_user" in report.withheld
    assert count() == 200


@pytest.mark.parametrize("place", TELLING, indirect=True)
def test_a_few_records_go_though_the_folder_is_new(place: tuple[str, Count]) -> None:
    url, count = place
    runs = Runs(url)
    runs()
    assert runs(180, out="another").exit_code() == 0
    assert count() == 180


@pytest.mark.parametrize("place", ["files"], indirect=True)
def test_how_much_is_a_mass_deletion_can_be_set(place: tuple[str, Count]) -> None:
    url, count = place
    runs = Runs(url)
    runs()
    assert runs(130, out="another", mass_delete=40).exit_code() == 0
    assert count() == 130


def test_a_graph_that_comes_back_from_a_backup_empties_nothing(place: tuple[str, Count]) -> None:
    url, count = place
    runs = Runs(url)
    runs(100)
    shutil.copytree("out", "backup")
    runs()
    shutil.rmtree("out")
    shutil.move("backup", "out")
    push(load(), [url], out="out")
    assert count() == USERS
    assert runs().exit_code() == 0
    assert count() == USERS


def test_a_graph_out_of_a_backup_makes_other_revisions_of_the_same_numbers(place: tuple[str, Count]) -> None:
    url, count = place
    runs, elsewhere = Runs(url), Runs("files:elsewhere")
    runs(190)
    shutil.copytree("out", "backup")
    runs(USERS)
    shutil.rmtree("out")
    shutil.move("backup", "out")
    elsewhere._port = runs._port
    elsewhere(180)
    assert push(load(), [url], out="out").exit_code() == 0
    assert count() == 180


def test_an_instance_that_held_nothing_needs_no_leave(service: JupiterOne, account: Account) -> None:
    runs = Runs(f"jupiterone:{service.url}")
    assert runs().exit_code() == 0
    assert account.last.partial
    assert runs(190).exit_code() == 0
    assert (account.last.partial, account.types(INSTANCE)["azure_user"]) == (set(), 190)


def test_that_a_job_deleted_what_others_wrote_is_told(
    service: JupiterOne, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    runs = Runs(f"jupiterone:{service.url}")
    runs()
    runs(195)
    assert "another program" not in caplog.text
    others = account.held("entities", INSTANCE)
    others |= {f"other-{n}": {"_key": f"other-{n}", "_type": "azure_user", "_class": ["User"]} for n in range(3)}
    runs(194)
    assert "JupiterOne deleted 4 entities, of which the graph had 1: another program wrote the rest" in caplog.text


def test_what_a_patch_brought_that_has_gone_is_not_what_others_wrote(
    service: JupiterOne, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    runs, patch = Runs(f"jupiterone:{service.url}"), Runs(f"jupiterone:{service.url}?mode=patch")
    runs(190)
    patch._port = runs._port
    patch(USERS)
    patch(190)
    assert account.types(INSTANCE)["azure_user"] == USERS
    assert runs(190).exit_code() == 0
    assert (account.types(INSTANCE)["azure_user"], "another program" in caplog.text) == (190, False)


def test_what_patches_brought_counts_when_it_is_to_go(service: JupiterOne, account: Account) -> None:
    runs, patch = Runs(f"jupiterone:{service.url}"), Runs(f"jupiterone:{service.url}?mode=patch")
    elsewhere = Runs("files:elsewhere")
    runs(100)
    patch._port = elsewhere._port = runs._port
    patch(USERS)
    for users in (160, 130, 100):
        elsewhere(users)
    report = runs(100)
    assert dict(report.withheld_at)[f"jupiterone:{service.url}"]["azure_user"] == "would lose 100 of 200 records"
    assert account.types(INSTANCE)["azure_user"] == USERS


def test_what_patches_brought_of_a_type_that_was_chosen_later_counts_when_it_is_to_go(
    service: JupiterOne, account: Account
) -> None:
    runs, patch = Runs(f"jupiterone:{service.url}"), Runs(f"jupiterone:{service.url}?mode=patch")
    runs(skip=["azure_user"])
    patch._port = runs._port
    for users in (USERS, 160, 130, 100):
        patch(users)
    report = runs(100)
    assert dict(report.withheld_at)[f"jupiterone:{service.url}"]["azure_user"] == "would lose 100 of 200 records"
    assert account.types(INSTANCE)["azure_user"] == USERS


def test_a_type_that_is_chosen_later_needs_no_leave(service: JupiterOne, account: Account) -> None:
    runs = Runs(f"jupiterone:{service.url}")
    runs(skip=["azure_user"])
    assert runs().exit_code() == 0
    assert runs(190).exit_code() == 0
    assert account.types(INSTANCE)["azure_user"] == 190


def test_a_patch_does_not_make_a_new_folder_one_that_may_delete(service: JupiterOne, account: Account) -> None:
    runs = Runs(f"jupiterone:{service.url}")
    runs()
    patch = Runs(f"jupiterone:{service.url}?mode=patch")
    patch._port = runs._port
    patch(100, out="another")
    assert runs(100, out="another").exit_code() == 1
    assert account.types(INSTANCE)["azure_user"] == USERS


def test_another_instance_id_empties_nothing(
    service: JupiterOne, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(f"jupiterone:{service.url}")
    runs(instance_id="one")
    monkeypatch.setenv("INTEGRATION_INSTANCE_ID", "two")
    runs(instance_id="two", out="other")
    report = runs(0, instance_id="one")
    assert report.exit_code() == 1
    runs(0, instance_id="two")
    assert account.types("one")["azure_user"] == account.types("two")["azure_user"] == USERS


class Counting:
    """A destination of a package: it asks before it deletes, as it is documented."""

    url = "counting:"

    def check(self) -> None:
        """Do nothing."""

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Hold a thousand users, whatever the graph has."""
        for step in steps:
            if step.name == "azure_user":
                self.may = report.may_delete(step.name, 1000, 1000 - graph.count(step))

    @hookimpl
    def integration_sink(self, url: str) -> Sink | None:
        """Return itself for its scheme."""
        return self if url == self.url else None


def test_a_destination_of_a_package_is_guarded_as_well() -> None:
    sink = Counting()
    manager = load(sink)
    with Simulator(tenant(100)) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), to=("counting:",))
        report = run(manager, plan(manager, only=["azure_user"]), config, out="out")
    assert not sink.may
    assert dict(report.withheld_at) == {"counting:": {"azure_user": "would lose 900 of 1,000 records"}}
    assert push(manager, ["counting:"], out="out", mass_delete=95).exit_code() == 0
    assert sink.may


@pytest.mark.parametrize("fault", [RuntimeError("its own"), KeyError("x"), ConfigurationError(["no driver"])], ids=repr)
def test_a_destination_of_a_package_that_breaks_harms_no_other(fault: Exception) -> None:
    class Broken(Counting):
        def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
            raise fault

    manager = load(Broken())
    with Simulator(tenant()) as simulator:
        to = ("counting:", "files:files")
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), to=to)
        report = run(manager, plan(manager), config, out="out")
    assert (report.exit_code(), list(report.failed_sinks), in_files()) == (1, ["counting:"], USERS)
    assert json.loads(Path("out/summary.json").read_bytes())["failedSinks"] == dict(report.failed_sinks)


def test_a_report_that_no_run_made_lets_everything_go() -> None:
    assert Report(results=[]).may_delete("azure_user", 1000, 1000)
    with closing(Store(Path("graph.db"))) as store:
        assert not store.tenant
