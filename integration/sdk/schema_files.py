"""Where the schemas of types are."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from integration.sdk.step import Step


class SchemaFiles:
    """Finds the files of schemas, and looks into each folder once: what is written meanwhile it does not see."""

    def __init__(self) -> None:
        self._below: dict[Path, Mapping[str, Sequence[Path]]] = {}

    def find(self, step: Step) -> Path | None:
        """Return the file of a step's schema: where it is looked for first, or anywhere below; ``None`` without one."""
        beside, *others = places_of(step)
        below = [path for folder in folders_of(step) for path in self._files(folder).get(beside.name, ())]
        first = beside if beside.is_file() else next((place for place in others if place in below), None)
        return first or next(iter(below), None)

    def _files(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """Return the files below a folder by their name, sorted."""
        if folder not in self._below:
            found: dict[str, list[Path]] = {}
            for place, names in sorted((Path(place), names) for place, _, names in os.walk(folder)):
                for name in names:
                    found.setdefault(name, []).append(place / name)
            self._below[folder] = found
        return self._below[folder]


def folders_of(step: Step) -> Sequence[Path]:
    """Return the folders ``schemas`` that a step's schema may be below: in the step's package, or beside it."""
    return _folders(step.source.parent, step.run.__module__.count("."))


def places_of(step: Step) -> list[Path]:
    """Return the places where a step's schema is looked for first: beside its module, and in folders ``schemas``."""
    return [place / f"{step.name}.json" for place in _places(step.source.parent, step.run.__module__)]


@cache
def _folders(folder: Path, depth: int) -> Sequence[Path]:
    package = [folder, *folder.parents][max(0, depth - 1)]
    return list(dict.fromkeys([folder / "schemas", package / "schemas", package.parent / "schemas"]))


@cache
def _places(folder: Path, module: str) -> Sequence[Path]:
    area = module.split(".")[1:-1]
    folders = [place for below in _folders(folder, module.count(".")) for place in (below.joinpath(*area), below)]
    return list(dict.fromkeys([folder, *folders]))
