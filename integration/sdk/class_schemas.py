"""What JupiterOne asks of the entities of a class: a JSON Schema for each class that asks for something.

Source: JupiterOne's data model.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_OURS = Path(__file__).parents[2] / "schemas"


def class_schema(name: str, folders: Iterable[Path] = ()) -> Any | None:
    """Return what is asked of a class, as a package says it, or else as this project does; ``None`` for nothing.

    Args:
        name: the class, such as ``Device``.
        folders: of a package's schemas, the first ones first.
    """
    places = [place for folder in (*folders, _OURS) for place in (folder, folder / "classes")]
    found = next(filter(Path.is_file, (place / f"_class.{name}.json" for place in places)), None)
    return found and json.loads(found.read_text(encoding="utf-8"))
