"""What ``docs/authoring.md`` tells authors to do works as it is written there."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from integration.testing import GraphServer
from tests.support import ROOT, distribution, python, write

PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
TYPES = ("azure_community", "azure_user_owns_community")
COMMUNITIES = "/employeeExperience/communities"
PACKAGE_TEST = "tests/test_acme_communities.py"


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
    """A tenant with two communities, and an owner that is no user."""
    for number, name in enumerate(("Ada Example", "Zoë Beispiel"), 1):
        graph.add(
            "/users", {"id": f"user-{number:04}", "displayName": name, "userPrincipalName": f"u{number}@contoso.com"}
        )
    about = {"description": "Everybody in Finance", "privacy": "public", "groupId": "group-0001"}
    graph.add(COMMUNITIES, {"id": "community-0001", "displayName": "Finance", **about})
    graph.add(COMMUNITIES, {"id": "community-0002", "displayName": "Empty", "description": None, "privacy": "private"})
    service = {"id": "service-0001", "@odata.type": "#microsoft.graph.servicePrincipal"}
    graph.relate(COMMUNITIES, "community-0001", "owners", "user-0001", "user-0002", service)
    return graph


@pytest.fixture
def environment(tenant: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRATION_GRAPH_URL", tenant.url)
    monkeypatch.setenv("INTEGRATION_ACCESS_TOKEN", tenant.token)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of this repository's files with those of the page, and nothing else added.

    Each process that runs there leaves to the next ones what it compiled.
    """
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # one that is deleted, and that not committed yet
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    files = {**blocks("python"), **blocks("json")}
    return write(tmp_path, {name: text for name, text in files.items() if name != PACKAGE_TEST})


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of the page, in a folder of its own."""
    toml, steps, tests = blocks("toml"), blocks("python"), PACKAGE_TEST
    files = {
        name.replace("steps/", "acme_communities/"): text for name, text in steps.items() if name.startswith("steps/")
    }
    schemas = {f"acme_communities/{name}": text for name, text in blocks("json").items()}
    return write(
        tmp_path / "acme-communities",
        {**toml, **files, **schemas, tests: steps[tests], "acme_communities/__init__.py": ""},
    )


def of_every_type(repository: Path) -> list[str]:
    """Return the files with tests that say something of each type, and so of a further one."""
    tests = sorted(repository.joinpath("tests").rglob("test_*.py"))
    marked = re.compile(r"^@pytest\.mark\.every_type$", re.MULTILINE)
    return [str(path) for path in tests if marked.search(path.read_text())]


def test_what_says_something_of_each_type_is_found() -> None:
    found = {Path(name).name for name in of_every_type(ROOT)}
    assert found >= {
        "test_cli.py", "test_declared_permissions.py", "test_docs.py", "test_kind_contract.py", "test_kind_long.py",
        "test_layout.py", "test_plugins.py", "test_postgresql_layout.py",
    }  # fmt: skip


def test_every_block_is_run_or_shown_as_a_tree() -> None:
    assert len(re.findall(r"^```", PAGE, re.MULTILINE)) / 2 == sum(
        len(re.findall(rf"^```{kind} title=", PAGE, re.MULTILINE)) for kind in ("python", "json", "toml", "console")
    ) + len(re.findall(r"^```\n[\w-]+/\n", PAGE, re.MULTILINE))


def test_a_cassette_is_recorded_from_a_tenant_that_is_declared(repository: Path) -> None:
    python("record_community.py", path=repository)
    recorded = (repository / "tests" / "cassettes" / "azure_community.yaml").read_text(encoding="utf-8")
    assert '"privacy": "public"' in recorded
    python("-m", "pytest", "-q", "tests/testing/test_contract.py", "-k", "community", path=repository)


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
    assert "  privacy: public\n" in printed[2]
    (test,) = [line for line in lines if line.startswith("make test ")]
    (options,) = re.findall(r'ARGS="(.*)"', test)
    assert options == f"tests/testing/test_contract.py tests/test_{TYPES[0]}.py -k community"
    python("-m", "integration.docs", path=repository)
    assert {"make docs", "make lint"} <= set(lines)
    for tool in (["ruff", "check", "--quiet"], ["ruff", "format", "--quiet", "--check"], ["mypy", "--strict"]):
        python("-m", *tool, *(f"steps/{type}.py" for type in TYPES), f"tests/test_{TYPES[0]}.py", path=repository)
    suite = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    passed = python(*suite, *options.split(), path=repository)
    assert int(re.findall(r"(\d+) passed", passed)[0]) >= 6
    python(*suite, "-m", "every_type", *of_every_type(repository), path=repository)
    text = "".join(Path(f"tests/cassettes/{type}.yaml").read_text() for type in TYPES)
    assert not re.search(r"Ada|Zoë|Zo\\u00eb|contoso|Finance|community-0|user-0|service-0|group-0", text)


@pytest.mark.skipif((ROOT / "steps" / f"{TYPES[0]}.py").exists(), reason="a type has one package, and is built in here")
@pytest.mark.usefixtures("environment")
def test_a_type_in_a_package_of_its_own(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = commands("in the package")
    assert lines[0] == "pip install --editable . pytest"
    distribution(package, "acme-communities", entry_points())
    monkeypatch.chdir(package)
    listed, recorded = (python("-m", *line.split(), path=package) for line in lines[1:3])
    assert set(TYPES) <= {line.split()[0] for line in listed.splitlines()}
    assert re.findall(r"(\w+)\.yaml: complete, 2 records", recorded) == list(TYPES)
    assert lines[3:] == ["pytest"]
    assert "2 passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", path=package)
    assert Path(".gitignore").read_text() == "/.cassette-salt\n"


def test_the_package_declares_what_the_page_shows() -> None:
    assert entry_points() == {type: f"acme_communities.{type}:{type}" for type in TYPES}


def test_the_tree_shows_the_files_of_the_page() -> None:
    (tree,) = re.findall(r"^```\n(acme-communities/.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    names = set(re.findall(r"[├└]── (\S+)", tree))
    assert {f"{type}.py" for type in TYPES} | {"pyproject.toml", "test_acme_communities.py", "schemas/"} <= names
    assert ".integration/" in (ROOT / ".gitignore").read_text().splitlines()
