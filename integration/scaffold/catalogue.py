"""What Microsoft Graph v1.0 says of the objects of a path: their type, its properties, and the permission to read them.

Source: the public CSDL of Microsoft Graph v1.0; Microsoft Graph permissions reference.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from integration.errors import DeclarationError

_OF_AZURE = "a type of Azure's resources, not a collection of Graph: docs/authoring.md shows what to write for one"
_BY_HAND = "integration new --paths lists what is known; where the path is right, write step and schema by hand"
_NO_PATH = (
    "a path has names alone, after the version, as /identity/conditionalAccess/policies: no host, query, function or"
    " id; write a step that asks for more by hand"
)
_NAMES = re.compile(r"(/[A-Za-z][A-Za-z0-9_]*)+")
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", ""))


@dataclass(frozen=True)
class GraphType:
    """A type of Microsoft Graph.

    Attributes:
        name: such as ``device``.
        path: of its objects, as Microsoft writes it, such as ``/devices``.
        is_single: the path leads to one object, such as ``/policies/authorizationPolicy``, not to a collection.
        properties: Edm types by name, those of its base types included; ``String`` for an enumeration.
        permission: the least application permission that lists its objects; empty where that is not known.
    """

    name: str
    path: str
    is_single: bool
    properties: Mapping[str, str]
    permission: str


def type_at(path: str) -> GraphType:
    """Return the type of the objects of a collection.

    Args:
        path: of the collection, such as ``/devices`` or ``/identity/conditionalAccess/namedLocations``, or of an
            object of which there is one, such as ``/policies/authorizationPolicy``.

    Raises:
        DeclarationError: no type is known for it, or it is no path of names alone.
    """
    parts = [part for part in path.strip("/").split("/") if part]
    known = _catalogue()
    folded = {each.casefold(): type for each, type in known["paths"].items()}
    written = {each.casefold(): each for each in known["paths"]}
    whole = written.get(f"/{'/'.join(parts)}".casefold(), f"/{'/'.join(parts)}")
    name, is_single = folded.get(whole.casefold(), ""), False
    if not name and parts:
        name, is_single = _named(parts[-1], parts[-2] if len(parts) > 1 else "")
    is_azure = bool(parts) and parts[0].lower().startswith("microsoft.")
    if parts and not is_azure and (parts[0].casefold() == "beta" or not _NAMES.fullmatch(whole)):
        raise DeclarationError(f"{path}: {_NO_PATH}")
    if any(f"/{'/'.join(parts[:end])}".casefold() in folded for end in range(1, len(parts))):
        raise DeclarationError(f"{path} is of one object alone: write a step with ctx.graph.related by hand")
    if not name:
        if is_azure:
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
    return GraphType(name, whole, is_single, dict(sorted(plain.items())), _permission(parts))


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


def _named(segment: str, before: str) -> tuple[str, bool]:
    """Return the type of a path's last segment, and whether that is one object: by its singular, or as a target.

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
                return found, False
    targets = {
        (owner, target)
        for owner, each in types.items()
        for name, target in each.get("navigation", {}).items()
        if name.casefold() == segment.casefold()
    }
    named = {target for owner, target in targets if before and owner.casefold().startswith(before.casefold())}
    likely = named or {target for _, target in targets}
    target = likely.pop() if len(likely) == 1 else folded.get(segment.casefold(), "")
    inner = target.removeprefix("Collection(").rstrip(")")
    is_single = inner == target
    return ("", False) if is_single and not before else (inner, is_single)  # such as /identity: it has others below it


@cache
def _catalogue() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("integration.scaffold").joinpath("graph.json").read_text("utf-8"))
    return found
