"""Where the schemas of types are."""

import os
from collections.abc import Iterator, Mapping, Sequence
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
        there = set(below)
        first = beside if beside.is_file() else next((place for place in others if place in there), None)
        return first or next(iter(below), None)

    def _files(self, folder: Path) -> Mapping[str, Sequence[Path]]:
        """Return the files below a folder by their name, sorted."""
        if folder not in self._below:
            found: dict[str, list[Path]] = {}
            for path in sorted(_below(folder)):
                found.setdefault(path.name, []).append(path)
            self._below[folder] = found
        return self._below[folder]


def folders_of(step: Step) -> list[Path]:
    """Return the folders ``schemas`` that a step's schema may be below: in the step's package, or beside it."""
    folder = step.source.parent
    package = [folder, *folder.parents][max(0, step.run.__module__.count(".") - 1)]
    return list(dict.fromkeys([folder / "schemas", package / "schemas", package.parent / "schemas"]))


def places_of(step: Step) -> list[Path]:
    """Return the places where a step's schema is looked for first: beside its module, and in folders ``schemas``."""
    folder = step.source.parent
    area = step.run.__module__.split(".")[1:-1]
    folders = [place for below in folders_of(step) for place in (below.joinpath(*area), below)]
    return [place / f"{step.name}.json" for place in dict.fromkeys([folder, *folders])]


def _below(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".json"):
                yield Path(place, name)
