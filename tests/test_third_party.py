"""A type is three new files and no edit: in this repository, and in a package of its own that pip installs."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support import ROOT, python, write

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "contoso-badges"
version = "1.0"

[project.entry-points.integration]
contoso_badge = "contoso_badges.contoso_badge:contoso_badge"
azure_user_has_badge = "contoso_badges.azure_user_has_badge:azure_user_has_badge"
"""
BADGE = '''
"""Badges."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("Key", permissions=["Badge.Read.All"])
def contoso_badge(ctx: Context) -> Iterator[Entity]:
    """A badge that opens doors."""
    for badge in ctx.graph.list("/contoso/badges", select=("id", "displayName", "owner")):
        yield Entity(badge["id"], name=badge["displayName"], owner=badge["owner"])
'''
USER_HAS_BADGE = '''
"""Who wears which badge."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_user", "HAS", "contoso_badge", type="azure_user_has_badge")
def azure_user_has_badge(ctx: Context) -> Iterator[Relationship]:
    """A user wears a badge."""
    for badge in ctx.entities("contoso_badge"):
        yield Relationship(badge.properties["owner"], badge.key)
'''
BADGE_SCHEMA = json.dumps(
    {
        "title": "Badge",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "What is printed on it."},
            "owner": {"type": "string", "description": "Object id of the user who wears it."},
        },
    }
)
CASSETTE = """
interactions:
- request:
    body: null
    headers: {}
    method: GET
    uri: https://graph.microsoft.com/v1.0/contoso/badges?$select=id,displayName,owner&$top=999
  response:
    body:
      string: '{"value": [{"id": "badge-0001", "displayName": "Gate", "owner": "user-0001"}],
        "@odata.nextLink": "https://graph.microsoft.com/v1.0/contoso/badges?$skiptoken=two"}'
    headers:
      Content-Type:
      - application/json
    status:
      code: 200
      message: OK
- request:
    body: null
    headers: {}
    method: GET
    uri: https://graph.microsoft.com/v1.0/contoso/badges?$skiptoken=two
  response:
    body:
      string: '{"value": [{"id": "badge-0002", "displayName": "Tür", "owner": null}]}'
    headers:
      Content-Type:
      - application/json
    status:
      code: 200
      message: OK
version: 1
"""
CHECK = """
import integration
from integration.testing import check_step
played = check_step("contoso_badge")
print(integration.__file__)
print(*[record["displayName"] for record in played.records])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip has installed a package of two steps."""
    project, target = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("installed")
    files = {
        "pyproject.toml": PYPROJECT,
        "contoso_badges/__init__.py": "",
        "contoso_badges/contoso_badge.py": BADGE,
        "contoso_badges/contoso_badge.json": BADGE_SCHEMA,
        "contoso_badges/azure_user_has_badge.py": USER_HAS_BADGE,
        "contoso_badges/azure_user_has_badge.json": "{}",
    }
    write(project, files)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    python("-m", "pip", "install", *options, "--target", str(target), str(project), path=project)
    return target


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with three more files."""
    copy = tmp_path_factory.mktemp("repository")
    for folder in ("integration", "steps", "schemas", "tests/cassettes"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    files = {
        "steps/contoso_badge.py": BADGE,
        "schemas/contoso_badge.json": BADGE_SCHEMA,
        "tests/cassettes/contoso_badge.yaml": CASSETTE,
    }
    return write(copy, files)


def test_a_package_adds_types(installed: Path) -> None:
    lines = python("-m", "integration", "types", path=installed).splitlines()
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert rows["contoso_badge"] == "Key A badge that opens doors."
    assert rows["azure_user_has_badge"] == "HAS azure_user contoso_badge A user wears a badge."
    assert rows["azure_user"].startswith("User ")


def test_the_types_of_a_package_are_planned_with_the_built_in_ones(installed: Path) -> None:
    printed = python("-m", "integration", "plan", "--only", "azure_user_has_badge", path=installed)
    order = [line.split()[1] for line in printed.splitlines() if line.split()[0].isdigit()]
    assert order == ["azure_user", "contoso_badge", "azure_user_has_badge"]
    assert "permissions to grant: Badge.Read.All, User.Read.All" in printed


def test_a_package_can_be_removed_without_a_trace(installed: Path) -> None:
    assert "contoso" not in python("-m", "integration", "types", path=installed / "nowhere")


def test_three_files_make_a_type_of_this_repository(repository: Path) -> None:
    file, names = python("-c", CHECK, path=repository).splitlines()
    assert Path(file) == repository / "integration" / "__init__.py"
    assert names == "Gate Tür"


def test_the_new_type_is_in_the_demo(repository: Path) -> None:
    python("-m", "integration", "run", "--demo", "--only", "contoso_badge", path=repository)
    summary = json.loads(Path(".integration/summary.json").read_text())
    results = {step["id"]: (step["verdict"], step["count"]) for step in summary["integrationStepResults"]}
    assert results == {"contoso_badge": ("complete", 2)}
