"""A step runs again whenever anything changed that decides what it makes, its helpers and the engine included."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import integration
from integration import values
from integration.engine.execution import Execution
from integration.engine.memory import DECIDE_NOTHING
from tests.support import ROOT, python, write

pytestmark = pytest.mark.every_area

STEP = '''
from integration import Entity, entity_step
from {helper} import WORD


@entity_step("Key")
def contoso_badge(ctx):
    """A badge that opens doors."""
    yield Entity("badge-0001", name=WORD)
'''
RUN = """
import sqlite3, sys
from {module} import contoso_badge
from integration import load, plan, run
from integration.config import Config
from integration.text.secret import Secret

manager = load(contoso_badge)
report = run(manager, plan(manager, only=["contoso_badge"]), Config(access_token=Secret("token")), out=sys.argv[1])
names = [row[0] for row in sqlite3.connect(sys.argv[1] + "/graph.db").execute("SELECT name FROM contoso_badge")]
print(*names, *report.results[0].notes)
"""
SCHEMA = '{"properties": {"name": {"type": "string", "description": "What is printed on it."}}}'
DIGEST = "from integration.engine.memory import _engine; print(_engine().hex())"


@pytest.mark.parametrize(
    ("module", "helper"),
    [
        ("contoso.contoso_badge", "contoso._words"),
        ("contoso.contoso_badge", "contoso.lib.deep.words"),
        ("contoso.kinds.contoso_badge", "contoso._words"),
        ("contoso_badge", "contoso_words"),
    ],
    ids=["beside it", "below it", "above it", "beside a lone file"],
)
def test_a_changed_helper_makes_its_step_run_again(tmp_path: Path, module: str, helper: str) -> None:
    def path(name: str, suffix: str = ".py") -> str:
        return f"{name.replace('.', '/')}{suffix}"

    packages = {f"{folder}/__init__.py": "" for name in (module, helper) for folder in _folders(path(name))}
    files = {path(module): STEP.format(helper=helper), path(module, ".json"): SCHEMA, path(helper): "WORD = 'one'"}
    write(tmp_path, packages | files)

    def made() -> str:
        return python("-c", RUN.format(module=module), str(tmp_path / "out"), path=tmp_path).strip()

    assert made() == "one"
    assert made() == "one unchanged"
    (tmp_path / path(helper)).write_text("WORD = 'two'")
    assert made() == "two"
    assert made() == "two unchanged"


def _folders(path: str) -> list[str]:
    return [str(folder) for folder in Path(path).parents if folder.name]


@pytest.mark.parametrize(
    ("changed", "runs_again"),
    [("sdk/model.py", True), ("sources/msgraph/delta.py", True), ("new/room.py", True), ("sinks/note.py", False)],
)
def test_a_changed_engine_makes_steps_run_again_and_what_only_shows_does_not(
    tmp_path: Path, changed: str, *, runs_again: bool
) -> None:
    shutil.copytree(ROOT / "integration", tmp_path / "integration", ignore=shutil.ignore_patterns("__pycache__"))
    before = python("-c", DIGEST, path=tmp_path)
    path = tmp_path / "integration" / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{path.read_text() if path.exists() else ''}\n# changed\n")
    assert (python("-c", DIGEST, path=tmp_path) != before) is runs_again


def test_what_is_left_out_of_the_fingerprint_has_no_part_in_running_a_step() -> None:
    reached = set[str]()
    pending = [Execution.__module__, values.__name__]
    while pending:
        name = pending.pop()
        if name not in reached and _file(name):
            reached.add(name)
            pending.extend(_imports(name))
    assert len(reached) > 20
    assert sorted(name for name in reached if name.split(".")[1] in DECIDE_NOTHING) == []


def _file(name: str) -> Path | None:
    """Return the file of a module of integration, which its own ``__init__`` is none of: it imports everything."""
    root, *parts = name.split(".")
    if root != integration.__name__ or not parts:
        return None
    path = Path(integration.__path__[0]).joinpath(*parts)
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(name: str) -> Iterator[str]:
    file = _file(name)
    assert file
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield f"{node.module}"
