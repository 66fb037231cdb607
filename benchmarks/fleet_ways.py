"""Other ways to read many tenants: threads or processes of one program, without Dask, and a command for each tenant.

``python -m benchmarks.fleet_ways threads FILE FOLDER 8`` reads the tenants of a file in eight threads, and so does
``processes`` in a pool of processes, each of which reads one tenant at a time.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.simulator.many import ManyTenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[1]
ONLY = ["entra.group"]
_POOLS: Mapping[str, Callable[[int], Executor]] = {
    "threads": ThreadPoolExecutor,
    "processes": partial(ProcessPoolExecutor, mp_context=get_context("spawn")),
}


def pooled(pool: str, file: Path, folder: Path, size: int) -> Sequence[str]:
    """Return the command that reads tenants in ``threads`` or ``processes`` of one program, without Dask."""
    return (sys.executable, "-m", "benchmarks.fleet_ways", pool, str(file), str(folder), str(size))


def commands(simulator: ManyTenants, tenants: int, folder: Path, beside: int) -> None:
    """Run ``integration run`` for each tenant, so many beside each other as ``parallel --jobs`` would."""
    with ThreadPoolExecutor(beside) as pool:
        list(pool.map(partial(_command, simulator, folder), range(tenants)))


def _command(simulator: ManyTenants, folder: Path, number: int) -> None:
    names = {"AZURE_CLIENT_ID": CLIENT_ID, "AZURE_TENANT_ID": tenant_id(number), "AZURE_CLIENT_SECRET": CLIENT_SECRET}
    places = {"INTEGRATION_GRAPH_URL": simulator.url, "INTEGRATION_AUTHORITY": simulator.url}
    command = [sys.executable, "-m", "integration", "run", "--out", str(folder / f"t{number}")]
    command += [option for name in ONLY for option in ("--only", name)]
    environment, silent = {**os.environ, **names, **places}, subprocess.DEVNULL
    subprocess.run(command, cwd=ROOT, env=environment, stdout=silent, stderr=silent, check=True)


def _read(folder: Path, name: str, settings: Mapping[str, Any]) -> None:
    from integration import handle
    from integration.fleet.references import with_secrets

    config, _ = with_secrets(settings)
    handle({"instance": {"config": config}}, out=folder / name, manager=_manager())


@cache
def _manager() -> Any:
    from integration import load

    return load()


def _in_pool(pool: Executor, file: Path, folder: Path) -> None:
    from integration.fleet.tenants import read_tenants

    folder.mkdir(exist_ok=True)
    tenants: Iterable[Any] = read_tenants(file)
    with pool:
        list(pool.map(partial(_read, folder), *zip(*((each.name, each.settings) for each in tenants), strict=True)))


if __name__ == "__main__":
    _in_pool(_POOLS[sys.argv[1]](int(sys.argv[4])), Path(sys.argv[2]), Path(sys.argv[3]))
