"""What a step read and made, kept so that the next run can leave it alone where nothing of it changed."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from integration.config import Config
from integration.request import Request
from integration.schema import Schema
from integration.step import Step
from integration.store import Store

_reading = threading.Lock()


@dataclass(frozen=True)
class Memory:
    """What is known of a complete type.

    Attributes:
        made_by: fingerprint of the code, the schema and the settings.
        requests: what was read from Graph, and the version of each.
        types: types of which the entities were read, and the revision that had last changed these.
        ends: types that it needs, and the revision in which entities of these had last come or gone.
        count: how many records there are.
        problems: duplicate keys and dangling ends.
    """

    made_by: str
    requests: Sequence[tuple[Request, str]]
    types: Mapping[str, int]
    ends: Mapping[str, int]
    count: int
    problems: Mapping[str, Any]

    def save(self, store: Store, step: Step) -> None:
        """Keep it with the graph."""
        store.remember(step, asdict(self))


def recall(store: Store, step: Step) -> Memory | None:
    """Return what is remembered of a type."""
    kept = store.recall(step.name)
    if kept is None:
        return None
    requests = []
    for request, version in kept.pop("requests"):
        select = request.pop("select")
        requests.append((Request(**request, select=None if select is None else tuple(select)), version))
    return Memory(requests=requests, **kept)


def made_by(step: Step, schema: Schema, config: Config) -> str:
    """Return the fingerprint of all that decides what a step makes of what it reads."""
    digest = hashlib.blake2b(_sdk(), digest_size=16)
    digest.update(step.source.read_bytes())
    digest.update(orjson.dumps(schema.document))
    settings = [config.instance_id, config.instance_name, config.raw_data, config.strict]
    digest.update(orjson.dumps([step.name, step.class_name, settings]))
    return digest.hexdigest()


def _sdk() -> bytes:
    """Return the digest of this package; the threads that ask for it at once wait for the first."""
    with _reading:
        return _digest_of_sdk()


@cache
def _digest_of_sdk() -> bytes:
    digest = hashlib.blake2b()
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("msgraph/*.py")]):
        digest.update(path.read_bytes())
    return digest.digest()
