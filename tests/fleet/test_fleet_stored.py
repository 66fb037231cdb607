"""Tenants whose state is in an object store: fetched, gone on with, kept again, and never by two at once."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import CredentialsError, FolderInUse, Interrupted, OutputError, Report, load, plan, run
from integration.config.settings import Config
from integration.engine.runner import handle
from integration.fleet.cache import Cache
from integration.fleet.claims import Claims, Fenced
from integration.fleet.ending import TenantStop
from integration.fleet.outcomes import TenantOutcome, outcome_of_error, outcome_of_report
from integration.fleet.store import Bucket
from integration.fleet.stored import Stored
from integration.text.secret import Secret
from tests.fleet.fleets import records
from tests.simulator import Simulator, synthetic_tenant

TENANT = "contoso"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(synthetic_tenant(60, 10, 200)) as simulator:
        yield simulator


def stored(name: str = "cache", **timing: float) -> Stored:
    return Stored(Bucket(f"file://{Path('store').absolute()}"), Path(name), name, **timing)


def config(simulator: Simulator) -> Config:
    return Config(graph_url=simulator.url, access_token=Secret(simulator.token))


def read(simulator: Simulator, states: Stored, run_id: str, stop: TenantStop | None = None) -> TenantOutcome:
    """Read the tenant as a worker does."""
    stop = stop or TenantStop()
    with states.held(TENANT, run_id, stop) as held:
        if held.done:
            return held.done
        manager = load()
        report = run(manager, plan(manager), config(simulator), out=held.folder, stop=stop)
        outcome = TenantOutcome.from_json({**outcome_of_report(TENANT, report).as_json(), "run": run_id})
        held.keep(outcome)
        return outcome


def blobs() -> list[Path]:
    return [path for path in Path(f"store/{TENANT}/blobs").rglob("*") if path.is_file()]


def pulled() -> Any:
    stored().pull(TENANT, Path("pulled"))
    return records(Path("pulled"))


def test_another_worker_goes_on_with_the_state_and_sends_what_changed_alone(simulator: Simulator) -> None:
    assert read(simulator, stored("one"), "r1").first
    size = sum(path.stat().st_size for path in blobs())
    simulator.reset()
    second = read(simulator, stored("two"), "r2")
    assert (second.first, second.changed) == (False, {})
    assert sum(path.stat().st_size for path in blobs()) < 2 * size
    simulator.reset()
    assert read(simulator, stored("three"), "r2") == second
    assert simulator.stats.requests.total() == 0
    handle({"instance": {"config": {"graphUrl": simulator.url, "accessToken": simulator.token}}}, out="alone")
    assert pulled() == records(Path("alone"))
    assert list(Path().glob("*/contoso.*")) == []


def test_a_worker_that_read_the_tenant_last_fetches_nothing_of_it(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    get = Bucket.get

    def noted(bucket: Bucket, path: str) -> bytes | None:
        fetched.append(path)
        return get(bucket, path)

    monkeypatch.setattr(Bucket, "get", noted)
    states = stored()
    for number in range(3):
        read(simulator, states, f"r{number}")
    assert [path for path in fetched if "/blobs/" in path] == []
    (cached,) = (path.name for path in Path("cache").iterdir() if path.is_dir())
    assert cached.startswith("contoso@3.")
    read(simulator, stored("other"), "r3")
    assert any("/blobs/" in path for path in fetched)
    read(simulator, states, "r4")
    (newest,) = Path("cache").glob("contoso@5.*")
    assert pulled() == records(newest)
    tight = Cache(Path("cache"), 0)
    (Path("cache") / "new").mkdir()
    tight.keep("fabrikam", "1", Path("cache/new"), {})
    assert not newest.exists()


def test_many_runs_leave_two_generations_and_what_they_need(simulator: Simulator) -> None:
    for number in range(5):
        read(simulator, stored(), f"r{number}")
    generations = sorted(path.name for path in Path(f"store/{TENANT}/generations").iterdir())
    assert generations == ["00000004.json", "00000005.json"]
    assert list(Path(f"store/{TENANT}/claims").iterdir()) == []
    claims = Claims(Bucket(f"file://{Path('store').absolute()}"), TENANT)
    assert claims.newest().blobs <= {f"{path.parent.name}/{path.name}" for path in blobs()}


def test_a_worker_whose_tenant_went_on_elsewhere_stops_and_keeps_nothing(simulator: Simulator) -> None:
    stop = TenantStop()
    with stored("zombie", renew_every=0.05).held(TENANT, "r1", stop) as held:
        assert read(simulator, stored("successor"), "r1").word == "ok"
        assert stop.wait(120)
        with pytest.raises(Fenced):
            held.keep(TenantOutcome(tenant=TENANT, word="failed"))
    assert "taken over by another worker" in stop.reason
    assert stop.word == "busy"
    assert Claims(Bucket(f"file://{Path('store').absolute()}"), TENANT).newest().outcome["word"] == "ok"


def test_another_run_is_held_off(simulator: Simulator) -> None:
    with stored().held(TENANT, "r1", TenantStop()), pytest.raises(FolderInUse, match="another run works on it: r1"):
        read(simulator, stored("other"), "r2")


def test_a_read_that_ended_without_a_state_holds_nobody_off(simulator: Simulator) -> None:
    with pytest.raises(CredentialsError), stored().held(TENANT, "r1", TenantStop()):
        raise CredentialsError("sign-in refused")
    assert read(simulator, stored("other"), "r2").word == "ok"


def test_a_tenant_that_a_run_works_on_is_not_forgotten(simulator: Simulator) -> None:
    with stored().held(TENANT, "r1", TenantStop()), pytest.raises(FolderInUse, match="a run works on it: r1"):
        stored("other").forget(TENANT)
    assert not stored().forget("fabrikam")


def test_a_read_that_is_stopped_is_gone_on_with_by_the_worker_that_takes_over() -> None:
    with Simulator(synthetic_tenant(400, 60, 2500), latency=0.02, page_size=50) as simulator:
        stop = TenantStop()

        def when_half_read() -> None:
            while simulator.stats.requests.total() < 15:
                stop.wait(0.01)
            stop.set("the worker is about to end")

        threading.Thread(target=when_half_read).start()
        with pytest.raises(Interrupted):
            read(simulator, stored("first"), "r1", stop)
        before = simulator.stats.requests.total()
        outcome, reading = _read_and_reading(simulator, stored("second"), "r1")
        assert reading["mirror"] == "resumed"
        assert outcome.word == "ok"
        after = simulator.stats.requests.total() - before
        simulator.reset()
        handle({"instance": {"config": {"graphUrl": simulator.url, "accessToken": simulator.token}}}, out="alone")
        assert after < simulator.stats.requests.total()
        assert pulled() == records(Path("alone"))


def test_checkpoints_of_a_read_let_another_worker_go_on_after_a_crash() -> None:
    with Simulator(synthetic_tenant(400, 60, 2500), latency=0.02, page_size=50) as simulator:
        stop, went_on = TenantStop(), Claims(Bucket(f"file://{Path('store').absolute()}"), TENANT)

        def when_kept() -> None:
            while went_on.newest().number < 3:
                stop.wait(0.01)
            stop.set("crash")

        threading.Thread(target=when_kept).start()
        states = stored("first", renew_every=0.02, checkpoint_every=0.0)
        with pytest.raises(Interrupted):
            read(simulator, states, "r1", stop)
        assert not went_on.newest().whole
        outcome, reading = _read_and_reading(simulator, stored("second"), "r1")
        assert (outcome.word, reading["mirror"]) == ("ok", "resumed")
        handle({"instance": {"config": {"graphUrl": simulator.url, "accessToken": simulator.token}}}, out="alone")
        assert pulled() == records(Path("alone"))


def test_a_claim_that_could_not_be_renewed_in_time_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = TenantStop()
    stop.renewed()
    assert not stop.is_set()
    monkeypatch.setattr("integration.fleet.ending._LEASE", -1.0)
    assert stop.is_set()
    assert (stop.word, stop.reason) == ("unreachable", "its claim could not be renewed in time")


def test_a_state_that_has_lost_a_part_is_damaged_and_not_in_use_and_read_anew_when_forgotten(
    simulator: Simulator,
) -> None:
    states = stored()
    read(simulator, states, "r1")
    for path in blobs():
        path.unlink()
    for worker in (states, stored("other")):  # one has the state on its disk
        with pytest.raises(OutputError, match=r"is damaged .* is gone.*: integration fleet forget contoso") as caught:
            read(simulator, worker, "r2")
        assert outcome_of_error(TENANT, caught.value).word == "failed"
    with pytest.raises(OutputError, match="is damaged"):
        pulled()
    assert stored().forget(TENANT)
    assert read(simulator, stored("other"), "r3").first


def test_what_was_never_read_to_its_end_is_not_pulled_as_if_it_were(simulator: Simulator) -> None:
    def begin() -> None:
        with stored().held(TENANT, "r1", TenantStop()) as held:
            with closing(sqlite3.connect(held.folder / "mirror.db")) as database:
                database.execute("CREATE TABLE read (page)")
            raise Interrupted("it took too long")

    with pytest.raises(Interrupted):
        begin()
    assert Path(f"store/{TENANT}/generations/00000001.json").exists()
    with pytest.raises(OutputError, match="there is no graph of the tenant contoso: no run has come to its end"):
        stored().pull(TENANT, Path("pulled"))
    assert not Path("pulled").exists()


def test_what_cannot_be_pulled_as_a_whole_leaves_all_that_was_pulled_before(simulator: Simulator) -> None:
    read(simulator, stored(), "r1")
    pulled()
    before = {path.name: path.read_bytes() for path in Path("pulled").iterdir()}
    simulator.tenant.mutate(30, 7)
    read(simulator, stored(), "r2")
    files = Claims(Bucket(f"file://{Path('store').absolute()}"), TENANT).newest().files
    for name in (*files["mirror.db"]["base"], *files["mirror.db"]["packs"]):
        Path(f"store/{TENANT}/blobs", name).write_bytes(b"damaged")
    with pytest.raises(OutputError, match="is damaged"):
        pulled()
    assert {path.name: path.read_bytes() for path in Path("pulled").iterdir()} == before


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"number": 1}', b'{"files": {"graph.db": {}}}'])
def test_a_state_that_cannot_be_understood_is_damaged(data: bytes, simulator: Simulator) -> None:
    newest = Path(f"store/{TENANT}/generations/00000001.json")
    newest.parent.mkdir(parents=True)
    newest.write_bytes(data)
    for asked in (lambda: read(simulator, stored(), "r2"), pulled):
        with pytest.raises(OutputError, match=r"is damaged \(generation 1\): integration fleet forget contoso"):
            asked()
    assert stored().forget(TENANT)


def test_a_state_of_a_later_format_is_left_to_the_version_that_knows_it(simulator: Simulator) -> None:
    read(simulator, stored(), "r1")
    newest = Path(f"store/{TENANT}/generations/00000001.json")
    later = json.dumps({**json.loads(newest.read_text()), "format": 2, "files": ["graph.db"]})
    newest.write_text(later)
    for asked in (lambda: read(simulator, stored("other"), "r2"), pulled):
        with pytest.raises(OutputError, match=r"^contoso: a later version of this product has written") as caught:
            asked()
        assert "forget" not in str(caught.value)
    assert newest.read_text() == later


def test_what_others_put_among_the_objects_and_a_later_version_into_them_is_borne(simulator: Simulator) -> None:
    read(simulator, stored(), "r1")
    folder = Path(f"store/{TENANT}")
    newest = folder / "generations/00000001.json"
    newest.write_text(json.dumps({**json.loads(newest.read_text()), "later": 1}))
    for name in ("generations", "claims", "blobs"):
        (folder / name / "desktop.ini").write_text("")
    assert not read(simulator, stored("other"), "r2").first
    (folder / "claims/00000003.0001.json").write_text("{")
    with pytest.raises(FolderInUse, match="it does not say which"):
        read(simulator, stored("other"), "r3")


def test_a_worker_keeps_nothing_of_a_tenant_that_was_forgotten_meanwhile(simulator: Simulator) -> None:
    read(simulator, stored(), "r1")
    with stored("late").held(TENANT, "r2", TenantStop()) as held:
        for path in Path("store").rglob("*.json"):
            path.unlink()
        with pytest.raises(Fenced, match="or forgotten"):
            held.keep(TenantOutcome(tenant=TENANT, word="ok"))
    assert not list(Path("store").rglob("generations/*.json"))


def test_nothing_is_kept_of_a_tenant_that_is_forgotten(simulator: Simulator) -> None:
    read(simulator, stored(), "r1")
    stored().forget(TENANT)
    assert blobs() == []
    with pytest.raises(OutputError, match="nothing is kept of a tenant contoso"):
        stored().pull(TENANT, Path("pulled"))


def test_a_worker_that_has_a_tenant_on_its_disk_takes_nothing_of_it_for_what_was_read_anew() -> None:
    with Simulator(synthetic_tenant(2000, 200, 6000)) as simulator:
        first, second = stored("first"), stored("second")
        read(simulator, first, "r1")
        simulator.tenant.mutate(300, 3)
        read(simulator, first, "r2")
        stored().forget(TENANT)
        read(simulator, second, "r3")
        read(simulator, second, "r4")
        simulator.tenant.mutate(3, 4)
        read(simulator, first, "r5")
        handle({"instance": {"config": {"graphUrl": simulator.url, "accessToken": simulator.token}}}, out="alone")
        assert pulled() == records(Path("alone"))


def _read_and_reading(simulator: Simulator, states: Stored, run_id: str) -> tuple[TenantOutcome, Any]:
    reports: list[Report] = []
    with states.held(TENANT, run_id, TenantStop()) as held:
        manager = load()
        reports.append(run(manager, plan(manager), config(simulator), out=held.folder))
        outcome = outcome_of_report(TENANT, reports[0])
        held.keep(outcome)
    return outcome, reports[0].reading
