"""Where the schemas of types are."""

import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from integration.sdk.step import Step


@dataclass(frozen=True)
class _Places:
    """Where the schemas of one module's types may be.

    Attributes:
        beside: the module's folder, in which they are looked for first.
        names: of the files that are in it.
        others: the folders that come next.
        below: for each folder ``schemas``, the folders in it by the names of the files that these have.
        home: where one would be that there is not.
    """

    beside: Path
    names: Set[str]
    others: Sequence[Path]
    below: Sequence[Mapping[str, Sequence[Path]]]
    home: Path


class SchemaFiles:
    """Finds the files of schemas, and looks into each folder once: what is written meanwhile it does not see."""

    def __init__(self) -> None:
        self._below: dict[Path, Mapping[str, Sequence[Path]]] = {}
        self._names: dict[Path, Set[str]] = {}
        self._of_module: dict[tuple[str, Path], _Places] = {}

    def find(self, step: Step) -> Path | None:
        """Return the file of a step's schema: where it is looked for first, or anywhere below; ``None`` without one."""
        name, places = file_name(step), self._places(step)
        if name in places.names:
            return places.beside / name
        below = [folder for index in places.below for folder in index.get(name, ())]
        if len(below) > 1:
            below = [folder for folder in places.others if folder in below] or below
        return below[0] / name if below else None

    def home(self, step: Step) -> Path:
        """Return where a schema that a step does without would be: in the first folder that is there."""
        return self._places(step).home / file_name(step)

    def _places(self, step: Step) -> _Places:
        """Return where a step's schema may be, as that of each step of its module."""
        key = (step.run.__module__, step.source)
        if key not in self._of_module:
            beside, *others = _places(step.source, step.run.__module__)
            self._of_module[key] = _Places(
                beside=beside,
                names=self._names_in(beside),
                others=others,
                below=[self._places_below(folder) for folder in folders_of(step)],
                home=next((place for place in others if place.is_dir()), beside),
            )
        return self._of_module[key]

    def _names_in(self, folder: Path) -> Set[str]:
        """Return the names of the files in a folder."""
        if folder not in self._names:
            self._names[folder] = {each.name for each in (folder.iterdir() if folder.is_dir() else ())}
        return self._names[folder]

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
