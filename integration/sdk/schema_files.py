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
        self._beside: dict[Path, frozenset[str]] = {}
        self._homes: dict[Path, Path] = {}
        self._of_module: dict[str, Sequence[Mapping[str, Sequence[Path]]]] = {}

    def find(self, step: Step) -> Path | None:
        """Return the file of a step's schema: where it is looked for first, or anywhere below; ``None`` without one."""
        name = file_name(step)
        beside, *others = _places(step.source, step.run.__module__)
        if name in self._names(beside):
            return beside / name
        below = [place for index in self._indices(step) for place in index.get(name, ())]
        if len(below) > 1:
            below = [place for place in others if place in below] or below
        return below[0] / name if below else None

    def home(self, step: Step) -> Path:
        """Return where a schema that a step does without would be: in the first folder that is there."""
        if step.source not in self._homes:
            beside, *others = _places(step.source, step.run.__module__)
            self._homes[step.source] = next((place for place in others if place.is_dir()), beside)
        return self._homes[step.source] / file_name(step)

    def _indices(self, step: Step) -> Sequence[Mapping[str, Sequence[Path]]]:
        """Return what is below each folder that a step's schema may be in."""
        module = step.run.__module__
        if module not in self._of_module:
            self._of_module[module] = [self._places_below(folder) for folder in folders_of(step)]
        return self._of_module[module]

    def _names(self, folder: Path) -> frozenset[str]:
        """Return the names in a folder."""
        if folder not in self._beside:
            self._beside[folder] = frozenset(each.name for each in (folder.iterdir() if folder.is_dir() else ()))
        return self._beside[folder]

    def _places_below(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """Return the folders in and below a folder by the names that are in them, sorted."""
        if folder not in self._below:
            found: dict[str, list[Path]] = {}
            for place, names in sorted((Path(place), names) for place, _, names in os.walk(folder)):
                for name in names:
                    found.setdefault(name, []).append(place)
            self._below[folder] = found
        return self._below[folder]


def file_name(step: Step) -> str:
    """Return the name of the file with a step's schema."""
    return f"{step.name}.json"


def folders_of(step: Step) -> Sequence[Path]:
    """Return the folders ``schemas`` that a step's schema may be below: in the step's package, or beside it."""
    return _folders(step.source, step.run.__module__.count("."))


def places_of(step: Step) -> list[Path]:
    """Return the places where a step's schema is looked for first: beside its module, and in folders ``schemas``."""
    return [place / file_name(step) for place in _places(step.source, step.run.__module__)]


@cache
def _folders(source: Path, depth: int) -> Sequence[Path]:
    folder, package = source.parent, source.parents[max(0, depth - 1)]
    return list(dict.fromkeys([folder / "schemas", package / "schemas", package.parent / "schemas"]))


@cache
def _places(source: Path, module: str) -> Sequence[Path]:
    area = module.split(".")[1:-1]
    folders = [place for below in _folders(source, module.count(".")) for place in (below.joinpath(*area), below)]
    return tuple(dict.fromkeys([source.parent, *folders]))
