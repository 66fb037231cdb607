"""No test reaches the network, the developer's credentials, or the folder that pytest was started in."""

import os
import signal
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import steps
from integration import Step, hookimpl
from integration.terminal.tuning import collect_rarely, keep_what_is_there
from tests.jupiterone import Account, JupiterOne
from tests.jupiterone.runs import sign_in
from tests.offline import sitecustomize
from tests.sinks.postgresql import MISSING, Server, programs
from tests.support import FEW

if TYPE_CHECKING:
    from tests.sinks.arcadedb import ArcadeDB

_SETTINGS = ("AZURE_", "INTEGRATION_", "CLIENT_ID", "CLIENT_SECRET", "DIRECTORY_ID", "JUPITERONE_", "NEO4J_")
_ROUTES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

for _name in list(os.environ):
    if _name.upper().startswith(_SETTINGS) or _name.upper() in _ROUTES:
        del os.environ[_name]

LONGEST = "test_a_type_in_this_repository"
"""It runs most of the other tests once more."""

# The same examples on every machine: Hypothesis would choose others where it finds the variables of a CI service.
# A busy machine is no fault of what is tested.
settings.register_profile(
    "everywhere", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("everywhere")

# A job in the background of a script ignores Ctrl-C, and so would the programs under test, which inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [sitecustomize.FOLDER, os.environ.get("PYTHONPATH")]))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Return one process more than there are cores: tests wait for other processes, and for times to pass."""
    return (yield) + 1


def pytest_collection_finish() -> None:
    """Use memory as the program does: all types are there until the end, and no test waits for garbage in them."""
    collect_rarely()
    keep_what_is_there()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the test that takes longest, lest it run alone in the end."""
    items.sort(key=lambda item: item.name != LONGEST)


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder: it reads no ``.env`` and leaves no ``.integration`` behind."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _retries_hardly_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the jitter for next to nothing, and with it the back-off that it is a part of."""
    monkeypatch.setattr("random.uniform", lambda low, high: 0.001)


_every = steps.integration_steps


@cache
def _steps_of_few() -> tuple[Step, ...]:
    return tuple(step for step in _every() if step.name in FEW)


@hookimpl
def _few() -> Iterator[Step]:
    return iter(_steps_of_few())


def _loads_all(request: pytest.FixtureRequest) -> bool:
    return bool(request.node.get_closest_marker("every_area")) or request.path.stem.startswith("test_azure_")


@pytest.fixture(autouse=True, scope="module")
def _few_types(request: pytest.FixtureRequest) -> Iterator[None]:
    """Load the types that tests of the engine are about, in a module's fixtures too.

    Tests that are marked ``every_area`` load all, and so do those in a file that is named after a type.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not _loads_all(request):
            patch.setattr(steps, "integration_steps", _few)
        yield


@pytest.fixture(autouse=True)
def _every_type(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if _loads_all(request):
        monkeypatch.setattr(steps, "integration_steps", _every)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for all tests."""
    if programs() is None:
        pytest.skip(MISSING)
    with Server() as server:
        yield server


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    """The name of an empty database of that server."""
    with postgresql.database() as name:
        yield name


@pytest.fixture
def postgresql_url(postgresql: Server, database: str) -> str:
    """The URL of an empty database."""
    return postgresql.url(database)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account of JupiterOne, into which pushes sign in; who tries again hardly waits."""
    account = Account()
    sign_in(monkeypatch, account)
    return account


@pytest.fixture
def service(account: Account) -> Iterator[JupiterOne]:
    """The service that serves the account."""
    with JupiterOne(account) as service:
        yield service


@pytest.fixture(scope="session")
def arcadedb() -> "Iterator[ArcadeDB]":
    """A server that speaks Bolt: it takes seconds to start, so that all tests share it, each with its own database."""
    pytest.importorskip("arcadedb_embedded", reason="arcadedb-embedded is not installed: there is no wheel for here")
    from tests.sinks.arcadedb import ArcadeDB

    with ArcadeDB() as server:
        yield server
