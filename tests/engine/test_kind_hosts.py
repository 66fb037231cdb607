"""A host may run several tenants at once, from threads or an event loop, and go on after a run that failed."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integration import FolderInUse, OutputError, load, plan, run
from integration.config.settings import Config
from integration.disk.folder import result_folder
from integration.mirror.tables import connect_to
from integration.sdk.report import Report
from integration.text.secret import Secret
from tests.little_tenant import USERS, LittleTenant, serving, users

TYPES = ("azure_user", "azure_user_group", "azure_user_group_has_user")
AGAIN = """
import gc, resource, signal, sys
from integration import OutputError, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret

url, limit = sys.argv[1], int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
gc.disable()  # what is closed is closed, whenever the last that led to it goes
manager = load()
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
failures = []
for bytes in (limit, most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, most))
    try:
        report = run(manager, plan(manager, only=["azure_user"]), Config(graph_url=url, access_token=Secret("token")))
    except OutputError as error:
        failures.append(str(error))
print(len(failures), report.exit_code(), report.of("azure_user").count)
"""
"""Runs with a limit for files, then without it, in one process, and says how often that failed, and what is there."""


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def collect(tenant: LittleTenant, out: str) -> Report:
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret("token"))
    return run(manager, plan(manager, only=TYPES), config, out=out)


def test_runs_of_an_event_loop_side_by_side_disturb_each_other_in_nothing(tenant: LittleTenant) -> None:
    async def host() -> list[Report]:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(*(loop.run_in_executor(None, collect, tenant, f"of-{n}") for n in range(4)))

    assert [[result.count for result in report.results if result.count] for report in asyncio.run(host())] == [
        [3, 2, 3]
    ] * 4


def test_of_runs_in_one_folder_each_ends_or_is_refused(tenant: LittleTenant) -> None:
    async def host() -> list[Report | BaseException]:
        loop = asyncio.get_running_loop()
        runs = (loop.run_in_executor(None, collect, tenant, "shared") for _ in range(4))
        return await asyncio.gather(*runs, return_exceptions=True)

    ended = asyncio.run(host())
    done = [each for each in ended if isinstance(each, Report)]
    assert done
    assert {report.exit_code() for report in done} == {0}
    assert {type(each) for each in ended} <= {Report, FolderInUse}


@pytest.mark.parametrize("limit", [3_000, 20_000, 40_000, 100_000])
def test_a_disk_that_was_full_once_is_used_again_by_the_same_process(limit: int, tenant: LittleTenant) -> None:
    rows = [{**row, "displayName": "x" * 400} for row in users(*USERS)]
    more = [{"id": f"user-{number:05}", "displayName": "x" * 400} for number in range(600)]
    tenant.always("/users", 200, {"value": [*rows, *more]})
    command = [sys.executable, "-c", AGAIN, tenant.url, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == f"1 0 {len(rows) + len(more)}\n", done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_is_made_by_many_at_once() -> None:
    threads = 8
    for number in range(20):
        begin = threading.Barrier(threads)

        def make(folder: Path, begin: threading.Barrier = begin) -> Path:
            begin.wait()
            return result_folder(folder)

        with ThreadPoolExecutor(threads) as pool:
            made = list(pool.map(make, [Path(f"made-{number}")] * threads))
        assert {(folder / ".gitignore").read_text() for folder in made} == {"*\n"}


def test_a_file_that_somebody_took_away_while_a_run_reads_is_told() -> None:
    with pytest.raises(OutputError, match=r"gone.db: is not there any more: leave the folder alone while a run works"):
        connect_to(Path("folder/gone.db"), writes=False)
