"""Folders that a graph goes to: whose they are, what in them is somebody else's, and what need not be written again."""

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from integration import FolderInUse, OutputError, Report, Step, load, plan
from integration.cli import main
from integration.disk import sqlite as database
from integration.engine.delivery import push
from integration.sdk.sink import StoredGraph
from integration.sinks import make_sinks
from integration.store.store import Store
from tests.jupiterone.runs import port, read
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.support import write

Tree = dict[str, tuple[int, int, bytes]]
FOLDERS = ["files:copy", "j1:copy"]
REFUSED = Faults(forbidden={"/users": "Authorization_RequestDenied"})


def tenant() -> Tenant:
    return synthetic_tenant(users=60, groups=10, memberships=100, seed=5)


@pytest.fixture(params=FOLDERS)
def to(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tree(folder: str = "copy") -> Tree:
    """Return what is in a folder, with what tells whether it was written again; without the summary."""
    found = {path: path.stat() for path in Path(folder).rglob("*") if path.is_file() and path.name != "summary.json"}
    return {str(path): (about.st_ino, about.st_mtime_ns, path.read_bytes()) for path, about in found.items()}


def run(to: str, made: Tenant | None = None, faults: Faults | None = None, at: int = 0, **settings: Any) -> Report:
    with Simulator(made or tenant(), faults=faults, port=at) as simulator:
        return read(simulator, to, **settings)


def without_note() -> None:
    """Make the folder one of a version that noted nothing."""
    path = Path("copy/summary.json")
    summary = json.loads(path.read_bytes())
    del summary["graph"]
    path.write_text(json.dumps(summary))


@pytest.mark.parametrize("faults", [None, REFUSED], ids=["all", "without users"])
def test_the_graph_of_another_instance_is_refused(to: str, faults: Faults | None) -> None:
    assert run(to, instance_id="instance-a").exit_code() == 0
    before = tree()
    report = run(to, faults=faults, instance_id="instance-b")
    assert report.exit_code() == 1
    (reason,) = report.failed_sinks.values()
    assert "instance-a" in reason
    assert "instance-b" in reason
    assert "choose another folder" in reason
    assert tree() == before
    assert push(load(), [to], out="out").failed_sinks == report.failed_sinks
    assert tree() == before
    assert run(to, instance_id="instance-a").exit_code() == 0


def test_the_graph_of_another_tenant_is_refused_though_it_comes_from_the_same_address(to: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
    other = synthetic_tenant(users=60, groups=10, memberships=100, seed=6)
    other.organization["id"] = "00000000-0000-4000-a000-00000000000b"
    report = run(to, other, at=port(simulator), out="other")
    assert "holds the graph of" in report.failed_sinks[to]


class Halting:
    """A graph that comes to a halt before the records of users, and says so."""

    def __init__(self, graph: StoredGraph, ends: threading.Event | None = None) -> None:
        self._graph, self._ends, self.halts = graph, ends, threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def records(self, step: Step) -> Iterator[bytes]:
        if step.name == "azure_user":
            self.halts.set()
            if self._ends is None:
                raise KeyboardInterrupt
            assert self._ends.wait(60)
        return self._graph.records(step)


def write_into(folder: str, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
    """Write a graph as a program of its own would."""
    (sink,) = make_sinks(load(), [folder])
    sink.write(graph, steps, report)


def test_two_tenants_that_begin_a_folder_at_once_do_not_mix(to: str) -> None:
    steps = plan(load()).steps
    reports = [run("files:first-" + of, out=of, instance_id=f"instance-{of}") for of in "ab"]
    ends = threading.Event()
    with closing(Store(Path("a/graph.db"))) as first, closing(Store(Path("b/graph.db"))) as second:
        halting = Halting(first, ends)
        with ThreadPoolExecutor() as pool:
            writing = pool.submit(write_into, to, halting, steps, reports[0])
            try:
                assert halting.halts.wait(60)
                with pytest.raises(FolderInUse, match="copy: another run is using it: wait for it"):
                    write_into(to, second, steps, reports[1])
            finally:
                ends.set()
            writing.result()
        before = tree()
        with pytest.raises(OutputError, match="holds the graph of instance-a"):
            write_into(to, second, steps, reports[1])
        assert tree() == before


def test_a_new_folder_is_that_of_the_tenant_that_was_interrupted_there(to: str) -> None:
    steps = plan(load()).steps
    reports = [run(f"files:first-{of}", out=of, instance_id=f"instance-{of}") for of in "ab"]
    with closing(Store(Path("a/graph.db"))) as first, closing(Store(Path("b/graph.db"))) as second:
        with pytest.raises(KeyboardInterrupt):
            write_into(to, Halting(first), steps, reports[0])
        if to.startswith("files"):
            with pytest.raises(OutputError, match="holds the graph of instance-a"):
                write_into(to, second, steps, reports[1])
        else:
            assert not Path("copy").exists()  # a folder of JupiterOne is made beside its place
        for folder in (to, to.replace("copy", "whole")):
            write_into(folder, first, steps, reports[0])
    assert {path.partition("/")[2]: content for path, (*_, content) in tree().items()} == {
        path.partition("/")[2]: content for path, (*_, content) in tree("whole").items()
    }


def test_the_same_tenant_is_known_by_its_account_from_another_address(to: str) -> None:
    run(to)
    assert run(to, out="elsewhere").failed_sinks == {}


def test_a_folder_of_a_version_that_noted_nothing_becomes_that_of_the_next_graph(to: str) -> None:
    run(to, instance_id="instance-a")
    without_note()
    assert run(to, instance_id="instance-a", out="later").exit_code() == 0
    assert "instance-a" in run(to, instance_id="instance-b").failed_sinks[to]


def test_an_unchanged_run_writes_nothing_but_the_summary(to: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
        before = tree()
        for _ in range(3):
            assert read(simulator, to).exit_code() == 0
        assert tree() == before
        summary = json.loads(Path("copy/summary.json").read_bytes())
        assert summary["startTime"] == json.loads(Path("out/summary.json").read_bytes())["startTime"]


def test_only_the_types_that_changed_are_written(to: str) -> None:
    made = tenant()
    with Simulator(made) as simulator:
        read(simulator, to)
        before = tree()
        made.update(next(iter(made.users)), jobTitle="Archivist")
        read(simulator, to)
    contents = {path for path, (inode, *_) in tree().items() if before[path][0] != inode and "index" not in path}
    assert {Path(path).stem if to.startswith("files") else Path(path).parts[2] for path in contents} == {"azure_user"}


def lose(path: Path, count: int) -> None:
    """Cut the last bytes of a file off."""
    os.truncate(path, max(0, path.stat().st_size - count))


def edit(path: Path) -> None:
    """Change a record in its place, after the run."""
    size, written = path.stat().st_size, Path("copy/summary.json").stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b'["User"]', b'["Uzer"]', 1))
    assert path.stat().st_size == size
    os.utime(path, ns=(written, written + 1_000))


@pytest.mark.parametrize(
    "damage",
    [Path.unlink, edit, *(partial(lose, count=count) for count in (1, 2, 3, 4, 5, 50, 5000, 10**9))],
)
def test_a_file_that_is_not_as_it_was_left_is_written_again(to: str, damage: Any) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
        before = tree()
        name = "entities/azure_user.jsonl" if to.startswith("files") else "graph/azure_user/entities/*.json"
        (path,) = Path("copy").glob(name)
        damage(path)
        report = read(simulator, to)
    assert report.failed_sinks == {}
    assert {path: content for path, (*_, content) in tree().items()} == {
        path: content for path, (*_, content) in before.items()
    }


def test_a_file_that_somebody_edited_unnoticed_is_set_right_where_all_is_compared(to: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
        read(simulator, to)  # the files are of an earlier revision than the graph, which they need not be compared with
    before = {path: content for path, (*_, content) in tree().items()}
    name = "entities/azure_user.jsonl" if to.startswith("files") else "graph/azure_user/entities/*.json"
    (path,) = Path("copy").glob(name)
    edit(path)
    os.utime(path, ns=(0, 0))
    for argument, differs in (("--allow-mass-delete", True), ("--compare-all", False)):
        done = CliRunner().invoke(main, ["push", "--out", "out", "--to", to, argument])
        assert done.exit_code == 0, done.output
        assert ({path: content for path, (*_, content) in tree().items()} != before) is differs


def test_a_file_that_somebody_edited_before_a_run_without_its_type_is_written_again(to: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
        before = {path: content for path, (*_, content) in tree().items()}
        name = "entities/azure_user.jsonl" if to.startswith("files") else "graph/azure_user/entities/*.json"
        (path,) = Path("copy").glob(name)
        edit(path)
        read(simulator, to, only=["azure_account"])
        os.utime(path, ns=(0, 0))
        read(simulator, to)
    assert {path: content for path, (*_, content) in tree().items()} == before


def test_a_file_that_is_only_touched_is_compared_once(to: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, to)
        name = "entities/azure_user.jsonl" if to.startswith("files") else "graph/azure_user/entities/*.json"
        (path,) = Path("copy").glob(name)
        path.touch()
        for _ in range(2):
            before = tree()
            assert read(simulator, to).exit_code() == 0
    assert tree() == before


@pytest.mark.parametrize("folder", ["azure_user", ""])
def test_an_index_that_somebody_removed_is_made_anew(folder: str) -> None:
    with Simulator(tenant()) as simulator:
        read(simulator, "j1:copy")
        before = tree()
        shutil.rmtree(Path("copy/index/entities", folder))
        read(simulator, "j1:copy")
    assert tree().keys() == before.keys()


def test_what_has_not_changed_stays_where_a_file_has_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    made = tenant()
    with Simulator(made) as simulator:
        read(simulator, "j1:copy")
        made.update(next(iter(made.users)), jobTitle="Archivist")
        read(simulator, "j1:copy")
        before = tree()
        assert read(simulator, "j1:copy").exit_code() == 0
    assert tree() == before


def test_nothing_is_left_beside_a_folder_that_could_not_be_made_anew() -> None:
    run("j1:copy")
    (path,) = Path("copy/graph/azure_user/entities").glob("*.json")
    path.write_bytes(b"dear")
    assert run("j1:copy", at=0).failed_sinks
    assert sorted(path.name for path in Path().iterdir()) == [".copy.lock", "copy", "out"]


@pytest.mark.parametrize(
    "noted",
    [5, [], {"tenant": 5}, {"tenant": "", "accounts": [[1]], "lineage": 1, "types": {"azure_user": {"revision": "x"}}}],
)
def test_a_note_that_makes_no_sense_is_none(to: str, noted: Any) -> None:
    write(Path("copy"), {"summary.json": json.dumps({"integrationStepResults": [], "graph": noted})})
    assert run(to).exit_code() == 0
    assert len(tree()) >= 8


FOREIGN = {
    "a note beside the summary of JupiterOne's folder": ("j1:copy", "copy/mine.txt"),
    "a file in the graph": ("j1:copy", "copy/graph/mine.txt"),
    "a file in the index": ("j1:copy", "copy/index/entities/mine.txt"),
    "another program's objects": ("j1:copy", "copy/graph/fetch-users/entities/0b6f3c1e.json"),
    "the folder that it is exchanged with": ("j1:copy", ".copy.old/mine.txt"),
    "the folder that is made": ("j1:copy", ".copy.new/mine.txt"),
    "another program's summary": ("j1:copy", "copy/summary.json"),
    "another program's summary beside files": ("files:copy", "copy/summary.json"),
    "another program's lines": ("files:copy", "copy/entities/azure_user.jsonl"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("late", [False, True], ids=["before the run", "after a run"])
def test_what_somebody_else_has_put_there_is_neither_removed_nor_replaced(name: str, late: bool) -> None:
    to, path = FOREIGN[name]
    if late:
        run(to)
    write(Path(), {path: "dear"})
    try:
        report = run(to, fresh=True, out="another")
    except OutputError as error:
        said = str(error)
    else:
        said = report.failed_sinks[to]
    assert Path(path).parts[0] in said
    assert Path(path).read_text() == "dear"


def test_other_files_in_a_folder_of_files_stay() -> None:
    write(Path("copy"), {"mine.txt": "dear", "entities/mine.jsonl": "dear", "entities/azure_badge.jsonl": "{}"})
    assert run("files:copy").exit_code() == 0
    for path in ("copy/mine.txt", "copy/entities/mine.jsonl"):
        assert Path(path).read_text() == "dear"
    assert Path("copy/entities/azure_badge.jsonl").exists()


def test_the_files_of_a_type_that_is_not_chosen_any_more_stay(to: str) -> None:
    run(to)
    before = tree()
    assert run(to, out="another", only=["azure_account"]).exit_code() == 0
    assert tree().keys() == before.keys()


@pytest.mark.parametrize(
    "name", ["entities/azure_user.jsonl.partial", "summary.json.partial", "entities/azure_user.jsonl"]
)
def test_a_link_is_not_followed_for_writing(name: str) -> None:
    Path("precious").write_text("dear")
    link = Path("copy", name)
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("precious").resolve())
    assert run("files:copy").exit_code() == 0
    assert Path("precious").read_text() == "dear"
    assert not Path("copy/entities/azure_user.jsonl").is_symlink()
    assert len(Path("copy/entities/azure_user.jsonl").read_bytes().splitlines()) == 60


@pytest.mark.parametrize("name", [".copy.new", ".copy.old", "copy/graph/azure_user"])
def test_a_link_in_the_place_of_a_folder_is_neither_followed_nor_removed(name: str) -> None:
    write(Path(), {"precious/mine.txt": "dear"})
    link = Path(name)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path("precious").resolve())
    try:
        said = run("j1:copy").failed_sinks["j1:copy"]
    except OutputError as error:
        said = str(error)
    assert "choose another one, or move that away" in said
    assert link.is_symlink()
    assert [path.read_text() for path in Path("precious").iterdir()] == ["dear"]


@pytest.mark.parametrize("scheme", ["files", "j1"])
@pytest.mark.parametrize(
    "folder", ["/", "//", "/..", "file", "file/below", "/dev/null", "/dev/null/x", "a\0b", "\udcff\ud800", "x" * 300]
)
def test_what_is_no_folder_is_told_in_one_message(scheme: str, folder: str) -> None:
    Path("file").write_text("dear")
    with pytest.raises(OutputError) as caught:
        make_sinks(load(), [f"{scheme}:{folder}"])
    assert len(str(caught.value).splitlines()) == 1
    assert Path("file").read_text() == "dear"


@pytest.mark.parametrize("to", ["j1:/", "files:/", "j1:file"])
def test_a_push_to_what_is_no_folder_ends_with_a_message(to: str) -> None:
    Path("file").write_text("dear")
    assert CliRunner().invoke(main, ["run", "--demo"]).exit_code == 0
    done = CliRunner().invoke(main, ["push", "--to", to])
    assert (done.exit_code, done.exception.__class__) == (3, SystemExit)


@pytest.mark.parametrize("is_begun", [True, False], ids=["a run that was interrupted", "an empty file"])
def test_a_push_of_a_graph_that_no_run_has_made_ends_with_a_message(to: str, is_begun: bool) -> None:
    Path("out").mkdir()
    Path("out/graph.db").touch()
    if is_begun:
        with closing(Store(Path("out/graph.db"))) as store:
            store.begin("contoso.example")
    with pytest.raises(OutputError, match=r"^out/graph.db: there is no graph: run integration run first"):
        push(load(), [to], out="out")
    assert not tree()


@pytest.mark.parametrize("name", ["graph.db", "mirror.db"])
def test_a_file_that_another_program_has_open_is_told_with_the_remedy(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("files:copy")
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    with closing(sqlite3.connect(Path("out", name), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match=rf"{name}: another program has it open .*: close .* run again; .* kept"):
            run("files:copy")
    assert run("files:copy").exit_code() == 0


@pytest.mark.parametrize("name", ["summary.json", ".lock"])
def test_a_folder_in_the_place_of_a_file_is_named_with_the_remedy(name: str) -> None:
    run("files:copy")
    path = Path("out", name)
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(OutputError, match=rf"out/{name}: .*: remove that folder"):
        run("files:copy")
    path.rmdir()
    assert run("files:copy").exit_code() == 0
