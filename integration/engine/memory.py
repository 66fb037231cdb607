"""What a step read and made, kept so that the next run can leave it alone where nothing of it changed."""

import hashlib
import inspect
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from integration.config.settings import Config
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.sources.request import Request
from integration.store.store import Store

DECIDE_NOTHING = frozenset(
    {"ask", "commands", "docs", "doctor", "fleet", "html", "recording", "sinks", "terminal", "testing"}
)
"""Parts of this package that show, ask, send or try what steps made; all others decide what they make."""
_reading = threading.Lock()


@dataclass(frozen=True)
class Memory:
    """What is known of a complete type.

    Attributes:
        made_by: fingerprint of the code, the schema and the settings.
        requests: what was read from Graph, and the version of each.
        types: types of which entities were read, and the revision that had last changed these.
        listed: those of which all entities count. Where these are not all there is, its records are not either.
        ends: types that it needs, and the revision in which entities of these had last come or gone.
        count: how many records there are.
        problems: duplicate keys and dangling ends.
    """

    made_by: str
    requests: Sequence[tuple[Request, str]]
    types: Mapping[str, int]
    listed: Sequence[str]
    ends: Mapping[str, int]
    count: int
    problems: Mapping[str, Any]

    def save(self, store: Store, step: Step) -> None:
        """Keep it with the graph."""
        store.remember(step, vars(self))


def recall(store: Store, step: Step, made_by: str) -> Memory | None:
    """Return what is remembered of a type; ``None`` where other code made it, which may remember other things."""
    kept = store.recall(step.name)
    if kept is None or kept["made_by"] != made_by:
        return None
    requests = []
    for request, version in kept.pop("requests"):
        select = request.pop("select")
        requests.append((Request(**request, select=None if select is None else tuple(select)), version))
    return Memory(requests=requests, **kept)


def made_by(step: Step, schema: Schema, config: Config) -> str:
    """Return the fingerprint of all that decides what a step makes of what it reads.

    That is the engine, all code of the step's own top-level package, its schema and the settings: a step runs once too
    often after an upgrade, rather than once too seldom.
    """
    digest = hashlib.blake2b(_engine(), digest_size=16)
    digest.update(_digest_of((step.source,)))
    digest.update(_code_around(inspect.unwrap(step.run).__module__, step.source.parent))
    digest.update(schema.digest)
    settings = [config.instance_id, config.instance_name, config.raw_data, config.strict]
    digest.update(orjson.dumps([step.name, step.classes, settings]))
    return digest.hexdigest()


@cache
def _engine() -> bytes:
    """Return the digest of this package, but for what decides nothing."""
    folder = Path(__file__).parents[1]
    parts = [each for each in folder.iterdir() if each.suffix == ".py" or each.is_dir()]
    return _digest_of(tuple(sorted(each for each in parts if each.stem not in DECIDE_NOTHING)))


@cache
def _code_around(module: str, folder: Path) -> bytes:
    """Return the digest of the top-level package of a module, or of the module's folder where it is in no package."""
    package = sys.modules.get(module.partition(".")[0])
    folders = [Path(each) for each in getattr(package, "__path__", ())]
    return _digest_of(tuple(folders or sorted(folder.glob("*.py"))))


def _digest_of(places: tuple[Path, ...]) -> bytes:
    """Return the digest of Python files, and of those below folders; who asks at once waits for the first."""
    with _reading:
        return _read(places)


@cache
def _read(places: tuple[Path, ...]) -> bytes:
    """Read the bytes, since a file's time and size may stay as they were; once, since what is imported stays so too."""
    digest = hashlib.blake2b()
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            content = path.read_bytes()
            digest.update(b"%s %d " % (path.name.encode(errors="surrogateescape"), len(content)))
            digest.update(content)
    return digest.digest()
