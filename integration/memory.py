"""What a step read and made, kept so that the next run can leave it alone where nothing of it changed."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from integration.config import Config
from integration.context import Seen
from integration.reader import Reader
from integration.request import Request
from integration.schema import Schema
from integration.stage import Published
from integration.step import Step
from integration.store import Store


@dataclass(frozen=True)
class Memory:
    """What is known of a complete type.

    Attributes:
        made_by: fingerprint of the code, the schema and the settings.
        requests: what was read from Graph, and the version of each.
        types: the content of each type of which the entities were read.
        ends: the keys of each type that it needs.
        content: another string whenever the type's records are others.
        keys: another string whenever records came or went.
        count: how many records there are.
        problems: duplicate keys and dangling ends.
    """

    made_by: str
    requests: Sequence[tuple[Request, str]]
    types: dict[str, str]
    ends: dict[str, str]
    content: str
    keys: str
    count: int
    problems: Mapping[str, Any]

    def save(self, store: Store, name: str) -> None:
        """Keep it with the graph."""
        store.remember(name, asdict(self))


def recall(store: Store, name: str) -> Memory | None:
    """Return what is remembered of a type."""
    kept = store.recall(name)
    if kept is None:
        return None
    requests = []
    for request, version in kept.pop("requests"):
        select = request.pop("select")
        requests.append((Request(**request, select=None if select is None else tuple(select)), version))
    return Memory(requests=requests, **kept)


def remember(
    step: Step,
    schema: Schema,
    config: Config,
    seen: Seen,
    published: Published,
    problems: Mapping[str, Any],
    reader: Reader,
    store: Store,
) -> None:
    """Keep what a step read and made."""
    before = recall(store, step.name)
    Memory(
        made_by=made_by(step, schema, config),
        requests=[(request, reader.mirror.version(request.name)) for request in seen.requests],
        types={name: content(store, name) for name in seen.types},
        ends={name: keys(store, name) for name in step.needs},
        content=uuid.uuid4().hex if published.changed or before is None else before.content,
        keys=uuid.uuid4().hex if published.rekeyed or before is None else before.keys,
        count=published.count,
        problems=problems,
    ).save(store, step.name)


def content(store: Store, name: str) -> str:
    """Return the version of a type's records; another each time where nothing is remembered of it."""
    memory = recall(store, name)
    return memory.content if memory else uuid.uuid4().hex


def keys(store: Store, name: str) -> str:
    """Return the version of a type's keys; another each time where nothing is remembered of it."""
    memory = recall(store, name)
    return memory.keys if memory else uuid.uuid4().hex


def made_by(step: Step, schema: Schema, config: Config) -> str:
    """Return the fingerprint of all that decides what a step makes of what it reads."""
    digest = hashlib.blake2b(_sdk(), digest_size=16)
    digest.update(step.source.read_bytes())
    digest.update(orjson.dumps(schema.document))
    settings = [config.instance_id, config.instance_name, config.raw_data, config.strict]
    digest.update(orjson.dumps([step.name, step.class_name, settings]))
    return digest.hexdigest()


@cache
def _sdk() -> bytes:
    digest = hashlib.blake2b()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
