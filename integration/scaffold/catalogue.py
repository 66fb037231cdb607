"""What Microsoft Graph v1.0 says of the objects of a path: their type, its properties, and the permission to read them.

Source: the public CSDL of Microsoft Graph v1.0; Microsoft Graph permissions reference.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from integration.errors import DeclarationError

_OF_AZURE = "a type of Azure's resources, not a collection of Graph: docs/authoring.md shows what to write for one"
_BY_HAND = "integration new --paths lists what is known; where the path is right, write step and schema by hand"
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", ""))


@dataclass(frozen=True)
class GraphType:
    """A type of Microsoft Graph.

    Attributes:
        name: such as ``device``.
        properties: Edm types by name, those of its base types included; ``String`` for an enumeration.
        permission: the least application permission that lists its objects; empty where that is not known.
    """

    name: str
    properties: Mapping[str, str]
    permission: str


def type_at(path: str) -> GraphType:
    """Return the type of the objects of a collection.

    Args:
        path: of the collection, such as ``/devices`` or ``/identity/conditionalAccess/namedLocations``.

    Raises:
        DeclarationError: no type is known for it.
    """
    parts = [part for part in path.strip("/").split("/") if part]
    known = _catalogue()
    folded = {each.casefold(): type for each, type in known["paths"].items()}
    name = folded.get(f"/{'/'.join(parts)}".casefold(), "")
    name = name or (_named(parts[-1], parts[-2] if len(parts) > 1 else "") if parts else "")
    if not name:
        if parts and parts[0].lower().startswith("microsoft."):
            raise DeclarationError(f"{path}: {_OF_AZURE}")
        near = _near(parts)
        hint = f" (did you mean {' or '.join(near)}?)" if near else ""
        problem = f"no type of Microsoft Graph v1.0 is known for its objects{hint}"
        raise DeclarationError(f"{path}: {problem}; {_BY_HAND}")
    properties: dict[str, str] = {}
    base: str | None = name
    while base:
        found = known["types"].get(base, {})
        properties = {**found.get("properties", {}), **properties}
        base = found.get("base")
    plain = {each: "String" if edm in known["enumerations"] else edm for each, edm in properties.items()}
    return GraphType(name, dict(sorted(plain.items())), _permission(parts))


def known_paths() -> list[str]:
    """Return the well-known collections, sorted; ``type_at`` knows more, by the singular of their last segment."""
    return sorted(_catalogue()["paths"])


def _near(parts: list[str]) -> list[str]:
    """Return the known collections that a mistyped path is nearest to: by the whole, or by its last segment alone."""
    whole = {each.casefold(): each for each in known_paths()}
    near = get_close_matches(f"/{'/'.join(parts)}".casefold(), whole, n=2, cutoff=0.75)
    ends = {each.rpartition("/")[2] for each in whole}
    last = get_close_matches(parts[-1].casefold(), ends, n=1, cutoff=0.85) if parts else []
    return [whole[each] for each in near or whole if near or each.rpartition("/")[2] in last]


def _permission(parts: list[str]) -> str:
    folded: dict[str, str] = {path.lower(): least for path, least in _catalogue()["permissions"].items()}
    paths = [f"/{'/'.join(parts)}".lower(), f"/{parts[-1]}".lower()]
    found = (folded.get(path) or folded.get(f"{path}/{{id}}") for path in paths)
    return next(filter(None, found), "")


def _named(segment: str, before: str) -> str:
    """Return the type of a path's last segment: by its singular, or as the target of a navigation property.

    The singular may come after the segment before, as in ``conditionalAccessPolicy``. Where several types have such a
    property, it is that of the one that bears the name of the segment before.
    """
    types: dict[str, Any] = _catalogue()["types"]
    folded = {name.casefold(): name for name in types}
    for plural, singular in _PLURALS:
        if segment.casefold().endswith(plural):
            single = f"{segment.casefold().removesuffix(plural)}{singular}"
            found = folded.get(single) or folded.get(f"{before.casefold()}{single}")
            if found:
                return found
    targets = {
        (owner, target.removeprefix("Collection(").rstrip(")"))
        for owner, each in types.items()
        for name, target in each.get("navigation", {}).items()
        if name.casefold() == segment.casefold()
    }
    named = {target for owner, target in targets if before and owner.casefold().startswith(before.casefold())}
    likely = named or {target for _, target in targets}
    return likely.pop() if len(likely) == 1 else folded.get(segment.casefold(), "")


@cache
def _catalogue() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("integration.scaffold").joinpath("graph.json").read_text("utf-8"))
    return found
