"""The page: one HTML file with everything in it, which the browser itself keeps off the network."""

import base64
import gzip
import hashlib
import pkgutil
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from integration.ask.every import answer_every
from integration.ask.lookup import find_key
from integration.ask.query import Inquiry, read_graph
from integration.ask.questions import Question
from integration.errors import ConfigurationError
from integration.html.contents import contents
from integration.html.facts import facts, read_summary
from integration.html.findings import SHOWN, findings
from integration.html.kinds import kinds_of
from integration.html.selection import select
from integration.sdk.step import Step
from integration.store.read import ReadableStore
from integration.text.phrases import some
from integration.text.visible import lines

if TYPE_CHECKING:
    from jinja2 import Template

_HERE = Path(__file__).parent
_SCRIPTS = "words model roots ways layout overview around along drawing finder details tables shelf page".split()
"""The page's own program, in this order."""
_CARDS, _ROWS = 12, 20
"""Types that have a card of their own, and rows of a table that are not folded: a run may have a thousand types."""
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


def make_document(
    out: Path, steps: Sequence[Step], questions: Iterable[Question], *, limit: int, about: Sequence[str]
) -> Document:
    """Make the page of a graph.

    Args:
        out: folder of ``graph.db`` and ``summary.json``.
        steps: all declarations.
        questions: all ready-made questions, of which those without a parameter are answered.
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
            revision=ReadableStore(database).revision,
        )
        part = contents(database, kinds, {step.name: step.description for step in steps})
        shown = facts(database, kinds, steps, read_summary(out), part)
        shown |= findings(answer_every(Inquiry(database), questions, SHOWN))  # after which the graph can only be asked
    part |= {name: shown[name] for name in ("verdicts", "doubtful")}
    script = "\n".join((_HERE / "script" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    html = template.render(
        **shown,
        policy=_POLICY.format(" ".join(map(_digest, (script.encode(), library)))),
        style=(_HERE / "page.css").read_text(encoding="utf-8"),
        script=script,
        data=orjson.dumps(part),
        library=library,
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
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: lines(value) if type(value) is str else value,
    )
    environment.globals |= {"cards": _CARDS, "rows_at_once": _ROWS}
    environment.filters["some"] = some
    environment.filters["worded"] = _worded
    environment.filters["number"] = lambda number: f"{number:,}"
    environment.filters["breakable"] = lambda name: Markup("<wbr>").join(re.split(r"(?<=[_.])", lines(name)))
    environment.filters["packed"] = lambda content: Markup(_packed(content))  # noqa: S704 - base64 holds no markup
    return environment.get_template("page.html")


def _without(package: str) -> ConfigurationError:
    needs = "pip install 'integration-microsoft-entra[report]'"
    return ConfigurationError([f"the report needs {package}, which is not installed: {needs}"])


def _worded(value: object) -> object:
    """Return a value of an answer as a person reads it."""
    return "" if value is None else value.hex() if isinstance(value, bytes) else value


def _digest(script: bytes) -> str:
    """Return what lets the browser run this script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
