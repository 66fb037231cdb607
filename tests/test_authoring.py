"""What ``docs/authoring.md`` tells authors to do works as it is written there."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from integration.testing import GraphServer
from tests.support import ROOT, distribution, python, write

PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
TYPES = ("azure_administrative_unit", "azure_administrative_unit_has_user")
UNITS = "/directory/administrativeUnits"
SUITE = [f"tests/test_{name}.py" for name in ("layout", "schema", "docs", "contract", "permissions", "recording")]
OF_EACH_TYPE = "has_a_schema or named_outside or made_are_current or in_the_table or declared_is_left_out"
"""Tests of the repository's own suite that look at all types."""


def blocks(language: str) -> dict[str, str]:
    """Return the page's blocks of a language by their title; those of one title as one."""
    found: dict[str, str] = {}
    for title, text in re.findall(rf'^```{language} title="(.*?)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL):
        found[title] = found.get(title, "") + text
    return found


def entry_points() -> dict[str, str]:
    return dict(tomllib.loads(blocks("toml")["pyproject.toml"])["project"]["entry-points"]["integration"])


def commands(title: str) -> list[str]:
    return blocks("console")[title].splitlines()


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A tenant with two administrative units, and a member that is no user."""
    for number, name in enumerate(("Ada Example", "Zoë Beispiel"), 1):
        graph.add(
            "/users", {"id": f"user-{number:04}", "displayName": name, "userPrincipalName": f"u{number}@contoso.com"}
        )
    restricted = {"membershipType": "Dynamic", "isMemberManagementRestricted": True, "visibility": "HiddenMembership"}
    plain = {"membershipType": None, "isMemberManagementRestricted": False, "visibility": None}
    graph.add(UNITS, {"id": "unit-0001", "displayName": "Finance", "description": "Everybody in Finance", **restricted})
    graph.add(UNITS, {"id": "unit-0002", "displayName": "Empty", "description": None, **plain})
    device = {"id": "device-0001", "@odata.type": "#microsoft.graph.device"}
    graph.relate(UNITS, "unit-0001", "members", "user-0001", "user-0002", device)
    return graph


@pytest.fixture
def environment(tenant: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRATION_GRAPH_URL", tenant.url)
    monkeypatch.setenv("INTEGRATION_ACCESS_TOKEN", tenant.token)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of this repository with the files of the page, and nothing else added."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "site", "benchmarks")
    shutil.copytree(ROOT, tmp_path, ignore=left_out, dirs_exist_ok=True)
    files = {**blocks("python"), **blocks("json")}
    return write(tmp_path, {name: text for name, text in files.items() if name not in ("tests/test_acme_units.py",)})


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of the page, in a folder of its own."""
    toml, steps, tests = blocks("toml"), blocks("python"), "tests/test_acme_units.py"
    files = {name.replace("steps/", "acme_units/"): text for name, text in steps.items() if name.startswith("steps/")}
    schemas = {f"acme_units/{name}": text for name, text in blocks("json").items()}
    return write(
        tmp_path / "acme-units", {**toml, **files, **schemas, tests: steps[tests], "acme_units/__init__.py": ""}
    )


def test_every_block_is_run_or_shown_as_a_tree() -> None:
    assert len(re.findall(r"^```", PAGE, re.MULTILINE)) / 2 == sum(
        len(re.findall(rf"^```{kind} title=", PAGE, re.MULTILINE)) for kind in ("python", "json", "toml", "console")
    ) + len(re.findall(r"^```\n[\w-]+/\n", PAGE, re.MULTILINE))


@pytest.mark.usefixtures("environment")
def test_a_type_in_this_repository(repository: Path) -> None:
    lines = commands("in the repository")
    asked = [line for line in lines if line.startswith("integration ")]
    assert [line.split()[1] for line in asked] == ["check", "run", "record"]
    printed = [python("-m", *line.split(), path=repository) for line in asked]
    assert "permissions cannot be read" in printed[0]
    (head,) = [line for line in lines if line.startswith("head ")]
    first = json.loads(Path(head.split()[-1]).read_text().splitlines()[0])
    assert first["_type"] == TYPES[0]
    assert "  membershipType: Dynamic\n" in printed[2]
    (test,) = [line for line in lines if line.startswith("make test ")]
    (options,) = re.findall(r'ARGS="(.*)"', test)
    assert options == f"-k {TYPES[0].removeprefix('azure_')}"
    python("-m", "integration.docs", path=repository)
    suite = ["-q", "-x", "-p", "no:cacheprovider", *SUITE, f"tests/test_{TYPES[0]}.py", "-k"]
    passed = python("-m", "pytest", *suite, f"{options.split()[1]} or {OF_EACH_TYPE}", path=repository)
    assert int(re.findall(r"(\d+) passed", passed)[0]) >= 16
    assert {"make docs", "make lint"} <= set(lines)
    text = "".join(Path(f"tests/cassettes/{type}.yaml").read_text() for type in TYPES)
    assert not re.search(r"Ada|Zoë|Zo\\u00eb|contoso|Finance|unit-0|user-0|device-0", text)


@pytest.mark.skipif((ROOT / "steps" / f"{TYPES[0]}.py").exists(), reason="a type has one package, and is built in here")
@pytest.mark.usefixtures("environment")
def test_a_type_in_a_package_of_its_own(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = commands("in the package")
    assert lines[0] == "pip install --editable . pytest"
    distribution(package, "acme-units", entry_points())
    monkeypatch.chdir(package)
    listed, recorded = (python("-m", *line.split(), path=package) for line in lines[1:3])
    assert set(TYPES) <= {line.split()[0] for line in listed.splitlines()}
    assert re.findall(r"(\w+)\.yaml: complete, 2 records", recorded) == list(TYPES)
    assert lines[3:] == ["pytest"]
    assert "2 passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", path=package)
    assert Path(".gitignore").read_text() == "/.cassette-salt\n"


def test_the_package_declares_what_the_page_shows() -> None:
    assert entry_points() == {type: f"acme_units.{type}:{type}" for type in TYPES}


def test_the_tree_shows_the_files_of_the_page() -> None:
    (tree,) = re.findall(r"^```\n(acme-units/.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    names = set(re.findall(r"[├└]── (\S+)", tree))
    assert {f"{type}.py" for type in TYPES} | {"pyproject.toml", "test_acme_units.py", "schemas/"} <= names
    assert ".integration/" in (ROOT / ".gitignore").read_text().splitlines()
