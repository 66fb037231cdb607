"""Writing what a new type begins with, into a project."""

from dataclasses import dataclass
from pathlib import Path

from integration.errors import DeclarationError
from integration.scaffold.catalogue import type_at
from integration.scaffold.texts import left_out, module_text, schema_text


@dataclass(frozen=True)
class Begun:
    """What was written.

    Attributes:
        module: the step's file.
        schema: the schema's file.
        permission: what the step needs; empty where that is not known.
        left_out: properties that the schema does not take.
    """

    module: Path
    schema: Path
    permission: str
    left_out: list[str]


def begin_type(type: str, path: str, class_name: str, *, project: Path, area: str = "") -> Begun:
    """Write the module and the schema of a new entity type.

    Args:
        type: its name, such as ``acme_device``.
        path: of the collection, such as ``/devices``.
        class_name: JupiterOne class, such as ``Device``.
        project: the folder with ``steps`` and ``schemas``.
        area: the folder below these, such as ``entra``.

    Raises:
        DeclarationError: no type is known for the path, the project has no such folders, or a file is there already.
    """
    graph_type = type_at(path)
    steps, schemas = project / "steps", project / "schemas"
    for folder in (steps, schemas):
        if not folder.is_dir():
            raise DeclarationError(
                f"{folder} is no folder: run this where steps and schemas are, or name it with --into"
            )
    stem = type.partition("_")[2] or type
    module = steps / area / f"{stem if area else type}.py"
    schema = schemas / area / f"{type}.json"
    for file in (module, *schemas.rglob(f"{type}.json"), schema):
        if file.exists():
            raise DeclarationError(f"{file} is there already: choose another name, or add the type to it by hand")
    written = ((module, module_text(type, class_name, graph_type)), (schema, schema_text(graph_type)))
    begun: list[Path] = []
    try:
        for file, text in written:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                begun.append(file)
                new.write(text)
    except OSError:
        for file in begun:  # half of a type would be in the way of the next try
            file.unlink()
        raise
    return Begun(module, schema, graph_type.permission, left_out(graph_type))
