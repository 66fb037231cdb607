"""One name everywhere, and nothing above knows what is below it by name."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import load
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.tapes.places import cassette_name
from integration.text.nearest import nearest
from tests.layout import arrows, levels
from tests.support import ROOT, write

pytestmark = pytest.mark.every_area

STEPS = [step for step in declared_steps(load()) if step.run.__module__.startswith("steps.")]
TYPES = sorted(step.name for step in STEPS)
EXAMPLES = set(re.findall(r"^# steps/(\w+)\.py$", (ROOT / "README.md").read_text(), re.MULTILINE))
"""What the README shows how to add: it names these also once somebody has."""
MAY_NAME_TYPES = ("steps/", "schemas/", "tests/", "docs/", "examples/")
NEVER = {
    "http": {"mirror", "sources", "store"},
    "mirror": {"http", "sources", "store"},
    "store": {"http", "mirror", "sources"},
    "sinks": {"mirror", "sources"},
    "sdk": {"http", "mirror", "sources", "store", "engine"},
    "config": {"http", "sdk"},
}
"""Which packages may never import which: the others could otherwise not be changed, or replaced, by themselves."""


def stems(folder: str, suffix: str) -> list[str]:
    """Return the names of the files in and below a folder, those that begin with ``_`` left out."""
    return sorted(path.stem for path in (ROOT / folder).rglob(f"*{suffix}") if not path.stem.startswith("_"))


def imported(path: Path) -> Iterator[str]:
    """Yield the name of each module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def public_names(path: Path) -> Iterator[str]:
    """Yield the public classes, names of types and functions that a module defines at its top.

    A command is called as its function is, and what implements a hook as the hook is: these are left out, and so are
    type variables and constants, which say little outside their module.
    """
    for node in ast.parse((ROOT / path).read_text()).body:
        names: list[str] = []
        if isinstance(node, ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.FunctionDef):
            marks = " ".join(map(ast.unparse, node.decorator_list))
            names = [] if re.search(r"\b(command|hookimpl|hookspec)\b", marks) else [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [each.id for each in targets if isinstance(each, ast.Name) and re.match(r"[A-Z]\w*[a-z]", each.id)]
        yield from (name for name in names if not name.startswith("_"))


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


MODULES = sorted(
    path.relative_to(ROOT) for folder in ("integration", "steps") for path in (ROOT / folder).rglob("*.py")
)


def strays(root: Path) -> Iterator[str]:
    """Yield a sentence for each schema and cassette below a folder that is of no step, or not where its step is."""
    areas = {step.name: Path(*step.run.__module__.split(".")[1:-1]) for step in STEPS}
    for path in sorted((root / "schemas").rglob("*.json")):
        name = path.relative_to(root)
        if path.stem in areas:
            if name.parent != (home := "schemas" / areas[path.stem]):
                yield f"{name}: its step is in another area: move it to {home}"
        elif not path.stem.startswith("_"):
            yield f"{name}: no step is called {path.stem}{nearest(path.stem, areas)}: call it as its step, or delete it"
    cassettes = {f"tests/cassettes/{cassette_name(step)}" for step in STEPS}
    for path in sorted((root / "tests" / "cassettes").rglob("*.yaml")):
        name = path.relative_to(root)
        if str(name) not in cassettes:
            yield f"{name}: no module is called so{nearest(str(name), cassettes)}: call it as its module, or delete it"


@pytest.mark.every_type
def test_each_schema_and_cassette_is_of_a_step_and_where_that_is() -> None:
    assert list(strays(ROOT)) == []


def test_a_schema_or_a_cassette_of_no_step_is_told_what_to_do(tmp_path: Path) -> None:
    names = ("schemas/entra/azure_usr.json", "schemas/azure/azure_user.json", "tests/cassettes/entra/users.yaml")
    write(tmp_path, dict.fromkeys([*names, "schemas/entra/azure_user.json", "schemas/classes/_class.User.json"], ""))
    assert list(strays(tmp_path)) == [
        f"{names[1]}: its step is in another area: move it to schemas/entra",
        f"{names[0]}: no step is called azure_usr (did you mean azure_user?): call it as its step, or delete it",
        f"{names[2]}: no module is called so (did you mean tests/cassettes/entra/user.yaml?): call it as its module,"
        " or delete it",
    ]


@pytest.mark.every_type
def test_each_entity_type_has_a_schema() -> None:
    assert TYPES
    assert {step.name for step in STEPS if not step.is_relationship} - set(stems("schemas", ".json")) == set()


@pytest.mark.every_type
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files are tracked")
def test_no_type_is_named_outside_its_own_files() -> None:
    name = re.compile(rf"\b({'|'.join(type for type in TYPES if '_' in type)})\b")  # others are words as well
    found = []
    for path in tracked():
        if not path.startswith(MAY_NAME_TYPES):
            text = (ROOT / path).read_bytes().decode(errors="replace")
            names = {match[0] for match in name.finditer(text)} - (EXAMPLES if path == "README.md" else set())
            found += [f"{path}: {each}" for each in sorted(names)]
    assert found == []


def test_packages_stand_in_levels_without_a_circle() -> None:
    assert [package for level in levels() for package in level] != []


@pytest.mark.parametrize("package", sorted(NEVER))
def test_a_package_knows_nothing_of_those_that_it_must_not_know(package: str) -> None:
    found = arrows()[package]
    assert {other: sorted(found[other]) for other in NEVER[package] & found.keys()} == {}


def roots(path: str) -> set[str]:
    """Return the packages that a module imports from."""
    return {name.partition(".")[0] for name in imported(ROOT / path)}


def test_the_sdk_imports_no_step_and_no_test() -> None:
    found = {path: roots(path) & {"", "steps", "schemas", "tests"} for path in files("integration/**/*.py")}
    assert {path: those for path, those in found.items() if those} == {}


@pytest.mark.every_type
def test_a_step_imports_the_sdk_alone() -> None:
    allowed = sys.stdlib_module_names | {"integration", "steps"}
    found = {path: roots(path) - allowed for path in files("steps/**/*.py")}
    assert {path: those for path, those in found.items() if those} == {}


@pytest.mark.every_type
def test_the_schema_of_a_type_describes_it() -> None:
    schemas = {step.name: load_schema(step) for step in STEPS}
    assert {name: of.path for name, of in schemas.items() if not of.path.is_relative_to(ROOT / "schemas")} == {}
    described = {name: of.document["properties"]["_type"]["const"] for name, of in schemas.items()}
    assert described == {name: name for name in schemas}


@pytest.mark.every_type
def test_a_module_is_one_idea() -> None:
    """One that has more lines is two ideas."""
    lines = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > 250} == {}


@pytest.mark.every_type
def test_no_two_public_things_share_a_name() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        if path.parts[0] == "integration" and path.name != "__main__.py":
            for name in public_names(path):
                homes[name].append(str(path))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_tests_are_in_folders_that_mirror_the_packages() -> None:
    there = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").is_file()}
    packages = {path.name for path in (ROOT / "integration").iterdir() if (path / "__init__.py").is_file()}
    areas = {path.name for path in (ROOT / "steps").iterdir() if (path / "__init__.py").is_file()}
    services = {"jupiterone", "offline", "simulator"}
    assert there - packages - areas == services


def test_each_package_has_its_paragraph_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    told = set(re.findall(r"\*\*`(\w+)`\*\*", text))
    packages = {package for package in arrows() if (ROOT / "integration" / package).is_dir()}
    assert packages - told == set()
    assert told - packages <= {"errors", "threads", "values"}


def test_each_module_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`((?:sources/)?[a-z_]+/[a-z_]+)`", text)
    assert named
    assert [name for name in named if not (ROOT / "integration" / f"{name}.py").is_file()] == []


def test_each_word_for_a_module_in_the_architecture_is_one() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    packages = text.partition("## Packages")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", packages))
    there = {path.stem for path in MODULES} | {part for path in MODULES for part in path.parts[:-1]}
    assert len(named) > 50
    assert named - there == set()


def test_from_the_architecture_alone_a_stranger_finds_where_something_is_done() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    table = text.partition("## Where it is done")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| `([a-z_/]+)` \| `([\w.]+)` \|$", table, re.MULTILINE)
    assert len(rows) == table.count("\n|") - 2
    done = {what: (module, name) for what, module, name in rows}
    assert done.keys() >= {
        "A next link is followed",
        "A deletion is decided",
        "A verdict is given",
        "A secret is wrapped",
        "A list that comes within an object (`$expand`) is completed",
        "A type is told to lack a licence, also one that has ended",
        "The next page is asked for while the last is in use",
    }
    assert [f"{module}: {name}" for module, name in done.values() if not defines(module, name)] == []


def defines(module: str, name: str) -> bool:
    """Tell whether a module of integration/, named as in the architecture, has a class, a function or a method."""
    path = ROOT / "integration" / f"{module}.py"
    nodes: list[ast.stmt] = ast.parse(path.read_text()).body if path.is_file() else []
    found = False
    for part in name.split("."):
        at = [each for each in nodes if isinstance(each, ast.ClassDef | ast.FunctionDef) and each.name == part]
        found, nodes = bool(at), [inner for each in at for inner in each.body]
    return found
