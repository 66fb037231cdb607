"""The page: one HTML file with everything in it, which the browser itself keeps off the network."""

import base64
import gzip
import hashlib
import pkgutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from integration.errors import ConfigurationError
from integration.html.changed import last_changes
from integration.html.completeness import fits, not_represented, outcomes, permissions
from integration.html.contents import contents
from integration.html.kinds import Kind, kinds_of
from integration.html.selection import select
from integration.lookup import find_key
from integration.query import read_graph
from integration.step import Step
from integration.stored import Stored

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_SCRIPTS = (
    "words",
    "model",
    "ways",
    "layout",
    "overview",
    "around",
    "along",
    "drawing",
    "finder",
    "details",
    "tables",
    "page",
)
"""The page's own program, in this order."""
_LOOSE = "SELECT name, count(*) FROM loose_edges JOIN types ON number = loose_edges.type GROUP BY name"
_POLICY = (
    "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Document:
    """A page.

    Attributes:
        html: the whole file.
        embedded: how many entities it holds.
        entities: how many the graph has.
    """

    html: bytes
    embedded: int
    entities: int


def make_document(out: Path, steps: Sequence[Step], *, limit: int, about: Sequence[str]) -> Document:
    """Make the page of a graph.

    Args:
        out: folder of ``graph.db`` and ``summary.json``.
        steps: all declarations.
        limit: how many entities the page holds at most.
        about: keys or names of entities that it holds with their neighbours.

    Raises:
        ConfigurationError: a package that makes the page is not installed.
        QueryError: there is no graph, or it has no such entity, or several.
    """
    library, template = _library(), _template()
    with read_graph(out / "graph.db") as database:
        kinds = kinds_of(database)
        types = [kind.name for kind in kinds if not kind.is_relationship]
        select(
            database,
            kinds,
            limit=limit,
            about=[find_key(database, types, text) for text in about],
            revision=Stored(database).revision,
        )
        part = contents(database, kinds, {step.name: step.description for step in steps})
        shown = _shown(database, kinds, steps, _summary(out), part)
    script = "\n".join((_HERE / "script" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    html = template.render(
        **shown,
        policy=_POLICY.format(" ".join(map(_digest, (script.encode(), library)))),
        style=(_HERE / "page.css").read_text(encoding="utf-8"),
        script=script,
        data=_packed(orjson.dumps(part)),
        library=_packed(library),
    )
    return Document(html.encode(), shown["embedded"], shown["entities"])


def _library() -> bytes:
    """Return what draws: plotly.js, out of the Python package that ships it."""
    with suppress(ModuleNotFoundError):
        if library := pkgutil.get_data("plotly", "package_data/plotly.min.js"):
            return library
    raise _without("plotly")


def _template() -> "Template":
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise _without("Jinja2") from None
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    environment.filters["breakable"] = lambda name: Markup("_<wbr>").join(name.split("_"))
    return environment.get_template("page.html")


def _without(package: str) -> ConfigurationError:
    needs = "pip install 'integration-microsoft-entra[report]'"
    return ConfigurationError([f"the report needs {package}, which is not installed: {needs}"])


def _summary(out: Path) -> Mapping[str, Any]:
    """Return ``summary.json``; nothing where it is missing or broken, for the graph says what matters most."""
    try:
        summary = orjson.loads((out / "summary.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) else {}


def _shown(
    database: sqlite3.Connection,
    kinds: Sequence[Kind],
    steps: Sequence[Step],
    summary: Mapping[str, Any],
    part: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what the template shows."""
    graph = Stored(database)
    is_current = fits(graph, summary)
    loose = dict(database.execute(_LOOSE).fetchall())
    found = outcomes(graph, kinds, steps, summary if is_current else {}, loose)
    new = {name for name, counts in graph.counts_of_changes().items() if _is_all(graph, name, counts)}
    return {
        "title": _title(graph, kinds) or "The graph",
        "read_at": _moment(summary.get("endTime")) if is_current else "",
        "revision": graph.revision,
        "is_current": is_current,
        "error": summary.get("error", ""),
        "failed_destinations": len(summary.get("failedSinks", ())) if is_current else 0,
        "outcomes": found,
        "incomplete": [each for each in found if each.verdict not in ("complete", "left out")],
        "left_out": [each for each in found if each.verdict == "left out"],
        "complete": [each for each in found if each.verdict == "complete"],
        "permissions": permissions(steps, found),
        "not_represented": not_represented(summary) if is_current else [],
        "changes": last_changes(graph, steps, new),
        "types": [kind for kind in kinds if not kind.is_relationship],
        "embedded": sum(len(each["rows"]) for each in part["types"]),
        "entities": sum(kind.count for kind in kinds if not kind.is_relationship),
        "embedded_relationships": sum(len(each["ends"]) // 2 for each in part["relationships"]),
        "relationships": sum(kind.count for kind in kinds if kind.is_relationship),
        "loose": sum(loose.values()),
        "rows": {each["name"]: len(each["rows"]) for each in part["types"]},
    }


def _is_all(graph: Stored, name: str, counts: Mapping[Any, int]) -> bool:
    """Tell whether all records of a type count as created by the last run."""
    return counts == {"created": graph.count_of(name)}


def _title(graph: Stored, kinds: Sequence[Kind]) -> str:
    """Return what a person calls the account that the graph is of; empty where it has none, or several."""
    accounts = [kind for kind in kinds if kind.class_name == "Account" and kind.count == 1]
    names = [orjson.loads(text).get("displayName") for kind in accounts for _, text in graph.entities(kind.name)]
    return str(names[0]) if len(names) == 1 and names[0] else ""


def _moment(milliseconds: object) -> str:
    if not isinstance(milliseconds, int):
        return ""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%d %B %Y, %H:%M} UTC".lstrip("0")


def _digest(script: bytes) -> str:
    """Return what lets the browser run this script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
