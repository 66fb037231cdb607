"""What several tests make: declarations, schemas, packages on disk, processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from integration import Context, Entity, Step
from integration.sdk.schema import Schema
from integration.store.publication import Published
from integration.store.store import Store

ROOT = Path(__file__).parents[1]
FEW = frozenset(
    {
        "azure_account",
        "azure_account_has_group",
        "azure_account_has_user",
        "azure_user",
        "azure_user_assigned_group",
        "azure_user_group",
        "azure_user_group_has_group",
        "azure_user_group_has_user",
    }
)
"""Types that are read in each of the ways that there are: how all behave can be told by these."""

DEMO = ("run", "--demo", "--only", "azure_user_group_has_user")
"""A run for tests of what runs do whatever they read: it takes a third of the time that all types take."""

Row = Sequence[object]


def nothing(ctx: Context) -> Iterator[Entity]:
    """A step that finds nothing."""
    return iter(())


def entity(name: str, *, class_name: str = "User", needs: tuple[str, ...] = (), on_demand: bool = False) -> Step:
    """Return the declaration of an entity type."""
    return Step(name=name, class_name=class_name, run=nothing, needs=needs, on_demand=on_demand)


def relationship(from_type: str, verb: str, to_type: str, *, name: str) -> Step:
    """Return the declaration of a relationship type."""
    ends = (from_type, to_type)
    return Step(name=name, class_name=verb, run=nothing, needs=tuple(dict.fromkeys(ends)), ends=ends)


def schema(step: Step, **properties: Mapping[str, Any]) -> Schema:
    """Return a schema of the step with these properties beside the system's."""
    described = {name: {"description": "A property.", **definition} for name, definition in properties.items()}
    return Schema(step, Path(f"{step.name}.json"), {"properties": described})


def named(*keys: str, **properties: Any) -> list[Row]:
    """Return rows of entities that have the same properties."""
    return [(key, json.dumps({"displayName": key, **properties})) for key in keys]


def worn(*ends: tuple[str, str]) -> list[Row]:
    """Return rows of relationships between these entities."""
    return [(source, target, None) for source, target in ends]


def publish(store: Store, step: Step, rows: list[Row], *, complete: bool = True, strict: bool = False) -> Published:
    """Publish these rows and no others of a type."""
    publication = store.publication(step)
    try:
        publication.add(rows)
        return publication.publish(complete=complete, strict=strict)
    finally:
        publication.discard()


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, named by their path below ``folder``, and return ``folder``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def distribution(folder: Path, name: str, entry_points: Mapping[str, str]) -> None:
    """Make ``folder``, once it is on the path, look as if the package ``name`` were installed in it."""
    lines = ["[integration]", *(f"{point} = {target}" for point, target in entry_points.items())]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    write(folder, {f"{info}/METADATA": metadata, f"{info}/entry_points.txt": "\n".join(lines)})


def python(*arguments: str, path: Path, cwd: Path | None = None) -> str:
    """Run Python in a process of its own, which looks for modules in ``path`` first, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), os.environ["PYTHONPATH"]])}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
