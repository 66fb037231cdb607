"""One name everywhere, and nothing above knows what is below it by name."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import Step, load
from integration.plugins import declared_steps
from integration.schema import load_schema
from tests.support import ROOT

TYPES = sorted(path.stem for path in (ROOT / "steps").glob("*.py") if not path.stem.startswith("_"))
EXAMPLES = set(re.findall(r"^# steps/(\w+)\.py$", (ROOT / "README.md").read_text(), re.MULTILINE))
"""What the README shows how to add: it names these also once somebody has."""
MAY_NAME_TYPES = ("steps/", "schemas/", "tests/", "docs/", "examples/")
SHARED_WITH_GRAPH = {
    "integration.discretion",
    "integration.errors",
    "integration.given",
    "integration.secret",
    "integration.text",
    "integration.textfiles",
    "integration.urls",
}


def stems(folder: str, suffix: str) -> list[str]:
    """Return the names of a folder's files, those that begin with ``_`` left out."""
    return sorted(path.stem for path in (ROOT / folder).glob(f"*{suffix}") if not path.stem.startswith("_"))


def imported(path: Path) -> Iterator[str]:
    """Yield the name of each module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def files(pattern: str) -> list[str]:
    """Return the files below the root that match, as paths below it."""
    found = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))
    assert found, pattern
    return found


def tracked() -> list[str]:
    """Return the files that git tracks, and those that it would if they were added."""
    options = ["--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(["git", "ls-files", *options], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_a_step_has_a_schema_and_a_cassette_and_nothing_else_has() -> None:
    assert TYPES
    assert stems("schemas", ".json") == TYPES
    assert stems("tests/cassettes", ".yaml") == TYPES


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files are tracked")
def test_no_type_is_named_outside_its_own_files() -> None:
    name = re.compile(rf"\b({'|'.join(TYPES)})\b")
    found = []
    for path in tracked():
        if not path.startswith(MAY_NAME_TYPES):
            text = (ROOT / path).read_bytes().decode(errors="replace")
            names = {match[0] for match in name.finditer(text)} - (EXAMPLES if path == "README.md" else set())
            found += [f"{path}: {each}" for each in sorted(names)]
    assert found == []


@pytest.mark.parametrize("path", files("integration/msgraph/*.py"))
def test_what_talks_to_graph_knows_nothing_above_it(path: str) -> None:
    ours = {name for name in imported(ROOT / path) if name.startswith((".", "integration", "steps", "tests"))}
    assert {name for name in ours if not name.startswith("integration.msgraph")} <= SHARED_WITH_GRAPH


@pytest.mark.parametrize("path", files("integration/**/*.py"))
def test_the_sdk_imports_no_step_and_no_test(path: str) -> None:
    assert {name.partition(".")[0] for name in imported(ROOT / path)}.isdisjoint({"", "steps", "schemas", "tests"})


@pytest.mark.parametrize("path", files("steps/*.py"))
def test_a_step_imports_the_sdk_alone(path: str) -> None:
    roots = {name.partition(".")[0] for name in imported(ROOT / path)}
    assert roots - sys.stdlib_module_names <= {"integration"}


@pytest.mark.parametrize("step", [step for step in declared_steps(load()) if step.name in TYPES], ids=str)
def test_the_schema_of_a_type_describes_it(step: Step) -> None:
    schema = load_schema(step)
    assert schema.path == ROOT / "schemas" / f"{step.name}.json"
    assert schema.document["properties"]["_type"]["const"] == step.name
