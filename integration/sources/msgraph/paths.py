"""What Graph can be asked for: paths below its version, without a query."""

import re
from urllib.parse import unquote

from integration.errors import PlanError
from integration.sources.request import Request


def check_path(request: Request, step: str) -> Request:
    """Return a request that Graph can be asked as it is written.

    Args:
        request: what a step asks for.
        step: its name, for the message.

    Raises:
        PlanError: the path is none below Graph's version, or holds a query; or a name to select is no property's.
    """
    faults = [_path_fault(request.path)]
    if request.kind == "relation":
        faults.append(_relation_fault(request))
    names: tuple[object, ...] = request.select or ()
    odd = [name for name in names if not (isinstance(name, str) and re.fullmatch(r"[\w.@]+", name))]
    faults += [f"select {name!r}: give a list of the names of properties, such as ['displayName']" for name in odd]
    if fault := next(filter(None, faults), ""):
        raise PlanError(f"{step} asks Graph for what cannot be sent: {fault}")
    return request


def _relation_fault(request: Request) -> str:
    """Return what is wrong with a relation, and what to write; empty where nothing is."""
    if request.expand and not request.filter:
        return f"expand {request.expand!r}: it is for a relation that is a collection and asked with filter="
    if request.by_filter and not request.filter and "{id}" in request.relation:
        return _path_fault(request.relation.replace("{id}", "id"))
    if request.by_filter and request.filter:
        if "{id}" not in request.filter:
            return f"filter {request.filter!r}: write {{id}} where a parent's id goes"
        return _path_fault(request.relation)
    if request.filter:
        return f"filter {request.filter!r}: it is for a relation that is a collection; among= chooses the parents"
    if not re.fullmatch(r"[A-Za-z][\w.]*(/[A-Za-z][\w.]*)*", request.relation):
        return f"relation {request.relation!r}: name the navigation property alone, such as members"
    return ""


def _path_fault(path: object) -> str:
    """Return what is wrong with a path, and what to write; empty where nothing is."""
    if not isinstance(path, str):
        return f"the path is {path!r}: write it as text, such as '/users'"
    said, plain = f"the path {path!r}", unquote(path)
    if re.match(r"\w+:", path) or path.startswith("//"):
        return f"{said} is a whole URL: write what follows the version, such as '/users'; v1.0 alone is read"
    if "?" in plain or "#" in plain:
        return f"{said} has a query: name properties in select=, and use filter= and expand= for the rest"
    if not path.startswith("/") or path == "/":
        return f"{said} does not begin as a collection does: write '/{path.lstrip('/') or 'users'}'"
    parts = plain[1:].split("/")
    if parts[0].lower() in ("v1.0", "beta"):
        return f"{said} names a version: write what follows it; v1.0 alone is read"
    if any(part in ("", ".", "..") for part in parts):
        return f"{said} has a step that names nothing: write each name once, with one / before it and none at the end"
    if "{" in plain or "*" in plain:
        return f"{said} stands for many: .related(parents, relation) reads the children of all parents"
    if re.search(r"[\s\\\x00-\x1f\x7f<>|^`\"]", plain):
        return f"{said} has a character that no path has"
    return ""
