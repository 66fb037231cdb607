"""The examples do what they show: a host, and a package of types that is tested with what is installed."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from integration import load, plan
from tests.record_example import PACKAGE, record_example, steps
from tests.simulator import Simulator, demo_tenant
from tests.support import ROOT, python

HOST = ROOT / "examples" / "host.py"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip has installed the example package."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    shutil.copytree(PACKAGE, source / "package", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    python("-m", "pip", "install", *options, "--target", str(target), str(source / "package"), path=source)
    return target


def test_the_tests_of_the_package_pass_with_what_is_installed(installed: Path) -> None:
    shutil.copytree(PACKAGE / "tests", "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PACKAGE / "pyproject.toml", ".")
    printed = python("-m", "pytest", "-q", "-p", "no:cacheprovider", path=installed)
    assert " passed" in printed
    assert "skipped" not in printed


def test_the_types_of_the_package_are_listed_with_the_others(installed: Path) -> None:
    listed = python("-m", "integration", "types", path=installed)
    rows = {line.split()[0]: line.split()[1:] for line in listed.splitlines()}
    assert {step.name for step in steps()} <= rows.keys()
    assert rows["azure_user_owns_acme_device"][:3] == ["OWNS", "azure_user", "acme_device"]


def test_the_cassettes_of_the_package_are_what_is_recorded_now() -> None:
    recording = record_example(Path("again"))
    committed = {path.name: path.read_bytes() for path in (PACKAGE / "tests" / "cassettes").iterdir()}
    assert {path.name: path.read_bytes() for path in Path("again").iterdir()} == committed
    assert {result.verdict for result in recording.results.values()} == {"complete"}


@pytest.mark.every_area
def test_the_host_shows_its_progress_and_fills_its_own_destination() -> None:
    assert len(HOST.read_text().splitlines()) < 50
    with Simulator(demo_tenant()) as simulator:
        environment = {
            **os.environ,
            "INTEGRATION_GRAPH_URL": simulator.url,
            "INTEGRATION_ACCESS_TOKEN": simulator.token,
        }
        ended = subprocess.run([sys.executable, HOST], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    *progress, tally = ended.stdout.splitlines()
    chosen = {step.name for step in plan(load(), skip=["azure_user_group_has_group", "azure"]).steps}
    ended_as = {line.partition(":")[0]: line.partition(": ")[2].partition(",")[0] for line in progress}
    assert {type for type, verdict in ended_as.items() if verdict == "complete"} == chosen
    assert set(ended_as.values()) == {"complete", "skipped"}  # without a token for Azure
    assert chosen <= set(ast.literal_eval(tally))
    assert ast.literal_eval(tally)["azure_user"] == 20
    assert Path("graph/graph.db").is_file()


def test_the_host_ends_as_the_run_does() -> None:
    with Simulator(demo_tenant(), page_size=5) as simulator:
        environment = {**os.environ, "INTEGRATION_GRAPH_URL": simulator.url, "INTEGRATION_ACCESS_TOKEN": "wrong"}
        ended = subprocess.run([sys.executable, HOST], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "CredentialsError" in ended.stderr


def test_the_host_can_be_tried_without_settings_and_says_which_it_lacks() -> None:
    tried = subprocess.run([sys.executable, HOST, "--demo"], capture_output=True, text=True, check=False)
    assert (tried.returncode, tried.stderr) == (0, "")
    assert ast.literal_eval(tried.stdout.splitlines()[-1])["azure_user"] == 20
    lacking = subprocess.run([sys.executable, HOST], capture_output=True, text=True, check=False)
    assert (lacking.returncode, lacking.stdout) == (1, "")
    assert lacking.stderr.startswith("the settings cannot be used:")
