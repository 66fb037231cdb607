"""The protocol of states in an object store, under any interleaving and with crashes between any two of its calls."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration import FolderInUse
from integration.fleet.claims import Claims, Fenced
from integration.fleet.standing import Claim, Generation
from integration.fleet.store import Bucket, Listed, ObjectStore

TENANT = "contoso"


class Crash(BaseException):
    """The process has died."""


class Memory:
    """An object store that holds each call up until it is that worker's turn."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, int]] = {}
        self.calls = 0
        self.turn: Callable[[], None] = lambda: None

    def list(self, prefix: str) -> Iterator[Listed]:
        self._begin()
        start = datetime(2026, 1, 1, tzinfo=UTC)
        found = [
            Listed(path, start + timedelta(seconds=when), len(data))
            for path, (data, when) in self.objects.items()
            if path.startswith(f"{prefix}/")
        ]
        return iter(found)

    def get(self, path: str) -> bytes | None:
        self._begin()
        return self.objects.get(path, (None, 0))[0]

    def create(self, path: str, data: bytes) -> bool:
        self._begin()
        if path in self.objects:
            return False
        self.objects[path] = (data, self.calls)
        return True

    def put(self, path: str, data: bytes) -> None:
        self._begin()
        self.objects[path] = (data, self.calls)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._begin()
            self.objects.pop(path, None)

    def _begin(self) -> None:
        self.turn()
        self.calls += 1


class Impatient(Claims):
    """Finds claims of others stale as a test says, whether or not whoever made them lives."""

    stale: Callable[[], bool]

    def _is_stale(self, claim: Listed) -> bool:
        return self.stale()


@dataclass
class Worker:
    """A worker that reads the tenant once, in a thread that takes a step when it is let."""

    name: str
    run: str
    checkpoints: int
    stale: Callable[[], bool]
    store: Memory
    result: str = ""
    crashes: bool = False
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    waits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.waits.acquire()

    def step(self, *, crash: bool = False) -> None:
        self.crashes = crash
        self.go.release()
        self.waits.acquire()

    def _turn(self) -> None:
        self.waits.release()
        self.go.acquire()
        if self.crashes:
            raise Crash

    def _run(self) -> None:
        store = _Own(self.store, self._turn)
        claims = Impatient(store, TENANT)
        claims.stale = self.stale
        try:
            self.result = work(claims, store, self.run, self.name, self.checkpoints)
        except FolderInUse as error:
            self.result = "fenced" if isinstance(error, Fenced) else "busy"
        except Crash:
            self.result = "crashed"
        finally:
            self.result = self.result or "failed"
            self.waits.release()


class _Own(Memory):
    """The store as one worker sees it: the same objects, and its own turns."""

    def __init__(self, store: Memory, turn: Callable[[], None]) -> None:
        super().__init__()
        self.objects, self.turn = store.objects, turn


def made(store: ObjectStore, claim: Claim, run: str, history: list[str], *, whole: bool) -> Generation:
    """Write a blob, and return a generation that consists of it."""
    store.put(f"{TENANT}/blobs/{claim.name}/000000", b"")
    files = {"graph.db": {"size": 0, "pages": 0, "packed": 0, "base": [f"{claim.name}/000000"], "packs": []}}
    return Generation(claim.number, run, whole, {"history": history}, files)


def work(claims: Claims, store: ObjectStore, run: str, name: str, checkpoints: int) -> str:
    """Read the tenant: each reading adds the worker's name to the history."""
    standing = claims.look(run)
    if standing.done:
        return "done"
    claim = claims.take(standing, run, name)
    history = claim.base.outcome.get("history", [])
    for blob in claim.base.blobs:
        if store.get(f"{TENANT}/blobs/{blob}") is None:
            return "fenced"
    for _ in range(checkpoints):
        claims.renew(claim, run, name)
        claim = claims.go_on(claim, made(store, claim, run, history, whole=False), run, name)
    before = claim.base
    generation = made(store, claim, run, [*history, name], whole=True)
    claims.commit(claim, generation)
    claims.clean(generation, before)
    return "committed"


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_interleaving_and_no_crash_loses_a_state(data: st.DataObject) -> None:
    store = Memory()

    answers = data.draw(st.lists(st.booleans(), min_size=4, max_size=4))

    def stale() -> bool:
        return answers.pop() if answers else True

    workers = [
        Worker(f"w{number}", data.draw(st.sampled_from(["r1", "r2"])), data.draw(st.integers(0, 2)), stale, store)
        for number in range(data.draw(st.integers(2, 4)))
    ]
    plain = Claims(_Own(store, lambda: None), TENANT)
    for worker in workers:
        worker.start()
    newest = plain.newest()
    while living := [worker for worker in workers if not worker.result]:
        worker = data.draw(st.sampled_from(living))
        worker.step(crash=data.draw(st.integers(0, 30)) == 0)
        now = plain.newest()
        assert now.number >= newest.number
        assert history_of(now)[: len(history_of(newest))] == history_of(newest)
        assert all(f"{TENANT}/blobs/{blob}" in store.objects for blob in now.blobs)
        newest = now
    committed = [worker.name for worker in workers if worker.result == "committed"]
    assert sorted(set(committed) - set(history_of(newest))) == []
    assert len(history_of(newest)) == len(set(history_of(newest)))
    if {worker.run for worker in workers} == {"r1"}:
        assert len(committed) <= 1

    last = Impatient(_Own(store, lambda: None), TENANT)
    last.stale = lambda: True
    assert work(last, _Own(store, lambda: None), "r3", "last", 0) == "committed"
    assert history_of(plain.newest()) == [*history_of(newest), "last"]


def history_of(generation: Generation) -> list[str]:
    found: list[str] = generation.outcome.get("history", [])
    return found


def claimed(claims: Claims, run: str) -> Claim:
    return claims.take(claims.look(run), run)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    return (
        Bucket("file:///" + str(request.getfixturevalue("tmp_path")).lstrip("/"))
        if request.param == "folder"
        else Memory()
    )


def test_a_claim_that_is_renewed_holds_other_runs_off_and_the_same_run_takes_it_over(store: ObjectStore) -> None:
    claims = Claims(store, TENANT)
    first = claimed(claims, "r1")
    with pytest.raises(FolderInUse, match="another run works on it: r1"):
        claimed(claims, "r2")
    second = claimed(claims, "r1")
    assert (first.fence, second.fence) == (1, 2)
    with pytest.raises(Fenced):
        claims.renew(first, "r1")
    claims.commit(second, made(store, second, "r1", ["second"], whole=True))
    with pytest.raises(Fenced):
        claims.commit(first, made(store, first, "r1", ["first"], whole=True))
    assert claims.look("r1").done
    assert history_of(claims.newest()) == ["second"]


def test_a_worker_that_wakes_up_after_its_number_was_cleaned_away_commits_nothing() -> None:
    store = Memory()
    claims = Claims(store, TENANT)
    late = claimed(claims, "r0")
    for number in range(4):
        claim = claimed(claims, "r0") if not number else claimed(claims, f"r{number}")
        before, generation = claim.base, made(store, claim, f"r{number}", [str(number)], whole=True)
        claims.commit(claim, generation)
        claims.clean(generation, before)
    with pytest.raises(Fenced):
        claims.commit(late, made(store, late, "r0", ["late"], whole=True))
    assert history_of(claims.newest()) == ["3"]


def test_a_claim_that_nobody_renews_grows_old_by_the_clock_of_the_store() -> None:
    store = Memory()
    claims = Claims(store, TENANT)
    claimed(claims, "r1")
    with pytest.raises(FolderInUse):
        claimed(claims, "r2")
    store.calls += 1000
    assert claimed(claims, "r2").fence == 2


def test_of_many_who_commit_one_generation_at_once_one_does(tmp_path: object) -> None:
    store = Bucket(f"file://{tmp_path}")
    claim = claimed(Claims(store, TENANT), "r1")
    results: list[bool] = []
    barrier = threading.Barrier(8)

    def commit(name: str) -> None:
        barrier.wait()
        try:
            Claims(store, TENANT).commit(claim, made(store, claim, "r1", [name], whole=True))
            results.append(True)
        except Fenced:
            results.append(False)

    threads = [threading.Thread(target=commit, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]
