"""What a person sees while a run goes on: lines that fit, what is waited for, and what lives while nothing comes."""

import io
import re
import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from integration import handle, hookimpl, load, plan
from integration.sdk.progress import Counter, Progress
from integration.sdk.report import StepResult
from integration.terminal.progress_display import Display
from integration.terminal.progress_view import View, shortened
from integration.terminal.standing import Standing
from tests.simulator import Faults, Simulator, synthetic_tenant
from tests.terminal.terminals import frames, on_terminal, plain

GROUPS = Progress("/groups", pages=1, items=1, done=True)
USERS = Progress("/users", pages=412, items=411_022, done=True)
DEVICES = Progress("/devices", pages=1, items=999)
MEMBERS = Progress("/groups/{id}/members", pages=1_208, items=5_123_491, parents=128, all_parents=300)
LONG = Progress("/policies/identitySecurityDefaultsEnforcementPolicyOfATenantThatIsNamedAtLength")
EVERYTHING = (GROUPS, USERS, DEVICES, MEMBERS, LONG)


def drawn(width: int, *collections: Progress, at: float = 100.0, encoding: str = "utf-8", **more: object) -> list[str]:
    """Return the lines that stand on a terminal of this width 100 seconds after a run has begun."""
    told = {"types": 8, "finished": 3, "running": [f"contoso_type_number_{n}" for n in range(5)], "began": 0.0, **more}
    standing = Standing(**told, collections={each.collection: (each, 60.0) for each in collections})  # type: ignore[arg-type]
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, force_terminal=True, color_system="standard", legacy_windows=False)
    console.print(View(standing, now=lambda: at))
    file.seek(0)
    return plain(file.read())


@pytest.mark.parametrize("width", range(1, 40, 3))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_very_narrow_terminal_breaks_nothing(width: int, encoding: str) -> None:
    for collections in (EVERYTHING, (LONG,), (MEMBERS,), ()):
        lines = drawn(width, *collections, waits_until=130.0, encoding=encoding)
        assert [line for line in lines if len(line) > width] == []


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_each_line_fits(width: int) -> None:
    lines = drawn(width, *EVERYTHING, waits_until=130.0)
    assert [line for line in lines if len(line) > width] == []
    assert "waits 30 s for Graph" in lines[0]
    assert "3 of 8 types, " in lines[0]
    assert "1:40 elapsed" in lines[0] or width < 60
    assert lines[1].startswith("  now: contoso_type_number_0") or (width < 60 and lines[1].startswith("  now: 5 types"))
    assert len(lines) == 6
    for progress, line in zip((DEVICES, MEMBERS, LONG), lines[3:], strict=True):
        assert line.strip().startswith(progress.collection[:3])
        assert width < 60 or re.search("[━╸╺]{8}", line)
        assert f"{progress.pages:,} page" in line or "waits for the first page" in line


def test_what_is_done_takes_one_line_and_has_no_rate() -> None:
    lines = drawn(80, *EVERYTHING)
    assert "  2 collections done: 411,023 objects, 413 pages" in lines
    assert not any("/users" in line for line in lines)
    (row,) = [line for line in lines if "/devices" in line]
    assert re.search(r"━  1 page, 999 objects, 25/s\s*$", row)
    assert "  1 collection done: 1 object, 1 page" in drawn(80, GROUPS, DEVICES)
    assert not any("done" in line for line in drawn(80, DEVICES))


def test_many_collections_do_not_fill_the_terminal() -> None:
    lines = drawn(80, *(Progress(f"/things/{number}") for number in range(100)))
    assert len(lines) < 24
    assert lines[-1] == "  and 88 collections more"


def test_a_path_keeps_its_beginning_and_its_end() -> None:
    assert shortened("/groups/{id}/members", 20) == "/groups/{id}/members"
    assert shortened("/groups/{id}/members", 12) == "/group…mbers"
    assert [len(shortened(LONG.collection, width)) for width in (1, 2, 3, 30)] == [1, 2, 3, 30]


def test_it_lives_while_nothing_comes() -> None:
    heads = [drawn(80, DEVICES, at=at, waits_until=103.5)[0] for at in (100.0, 100.1, 101.0, 103.4, 104.0)]
    assert len({head[0] for head in heads[:2]}) == 2
    waits = [re.findall(r"waits (\d+) s for Graph", head) for head in heads]
    assert waits == [["4"], ["4"], ["3"], ["1"], []]


def test_before_and_after_the_steps() -> None:
    assert drawn(80, finished=0, running=[])[1] == "  signs in"
    assert drawn(80, finished=8, running=[])[1] == "  writes the graph, and sends it to destinations"


def test_a_terminal_without_such_characters_gets_others() -> None:
    lines = drawn(60, *EVERYTHING, encoding="ascii", waits_until=130.0)
    assert all(line.isascii() and len(line) <= 60 for line in lines)
    assert any(re.search(r"/po\w*\.\.\.\w*gth  ", line) for line in lines)


@pytest.fixture(scope="module")
def throttled() -> Iterator[Simulator]:
    """A tenant that throttles once: the third request is told to wait for three seconds."""
    faults = Faults(status_429=1, after=2, retry_after_seconds=3.0)
    tenant = synthetic_tenant(users=120, groups=12, memberships=300, seed=3)
    with Simulator(tenant, faults=faults, page_size=20, latency=0.1) as simulator:
        yield simulator


def test_a_run_that_is_throttled_on_a_terminal(throttled: Simulator) -> None:
    settings = {"INTEGRATION_ACCESS_TOKEN": throttled.token, "INTEGRATION_GRAPH_URL": throttled.url}
    code, shown = on_terminal(80, "run", stream="stderr", variables=settings)
    assert code == 0
    pictures = frames(shown)
    assert [line for picture in pictures for line in picture if len(line.rstrip()) > 80] == []
    held = [picture[0] for picture in pictures if "for Graph" in "".join(picture)]
    waits = [int(wait) for line in held for wait in re.findall(r"waits (\d+) s for Graph", line)]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) >= 2
    assert len({line[0] for line in held}) >= 3
    assert any(re.search(r"^  \d+ collections? done: ", line) for picture in pictures for line in picture)


def test_without_a_terminal_a_long_run_says_now_and_then_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with Display(plan(load()), every=0.01) as display:
        display.integration_waits(40.0)
        display.integration_pages_read(Progress("/users", pages=1, items=1_000))
        said, ends = "", time.monotonic() + 60
        while "objects\n" not in said and time.monotonic() < ends:
            said += capsys.readouterr().err
    line = r"^0 of \d+ types, \d:\d\d elapsed, waits \d\d s for Graph; /users: 1 page, 1,000 objects$"
    assert re.search(line, said, re.MULTILINE)


class Host:
    """Takes down what a run tells of its reading."""

    def __init__(self) -> None:
        self.told: list[Progress] = []
        self.waits: list[float] = []

    @hookimpl
    def integration_pages_read(self, progress: Progress) -> None:
        self.told.append(progress)

    @hookimpl
    def integration_waits(self, seconds: float) -> None:
        self.waits.append(seconds)


def test_a_host_is_told_of_waits_and_of_the_end_of_each_collection() -> None:
    faults = Faults(status_429=1, status_503=1, retry_after_seconds=0.05, retry_after="fractional")
    with Simulator(synthetic_tenant(users=60, groups=6, memberships=90, seed=3), faults=faults) as simulator:
        host = Host()
        config = {"accessToken": simulator.token, "graphUrl": simulator.url}
        assert handle({"instance": {"config": config}}, manager=load(host)).exit_code() == 0
    assert host.waits
    last = {progress.collection: progress for progress in host.told}
    first = {progress.collection: progress for progress in reversed(host.told)}
    assert {"/organization", "/users", "/groups", "/groups/{id}/members"} <= last.keys()
    assert all(progress.done and progress.pages for progress in last.values())
    assert not any(progress.done or progress.pages for progress in first.values())


def test_a_collection_that_two_read_is_done_with_the_second() -> None:
    told: list[Progress] = []
    counter = Counter(told.append)
    counter.begin("/users")
    counter.begin("/users")
    counter.add("/users", pages=1, items=2, throttled=0.0)
    counter.end("/users")
    assert not told[-1].done
    counter.end("/users")
    assert told[-1] == Progress("/users", pages=1, items=2, done=True)
    counter.begin("/groups")
    assert [progress.collection for progress in counter.so_far()] == ["/users"]


def test_a_line_of_progress_that_nobody_takes_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stderr", Full())
    with Display(plan(load())) as display:
        display.integration_step_finished(StepResult(type="crew", verdict="complete"))


def test_elsewhere_there_is_a_line_for_each_type_that_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    with Display(plan(load())) as display:
        display.integration_step_finished(StepResult(type="crew", verdict="complete", count=1, seconds=0.5))
        display.integration_step_finished(StepResult(type="ship", verdict="failed"))
        display.integration_step_finished(StepResult(type="port", verdict="skipped", reason="not permitted"))
    assert capsys.readouterr().err.splitlines() == [
        "crew: complete, 1 record, 0.50 s",
        "ship: failed, 0 records, 0.00 s",
    ]
