"""What a type that the simulated tenant does not have is recorded with: the tenant has none of it."""

import functools
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from integration.tapes import cassette
from tests.simulator.odata import Call

CASSETTES = Path(__file__).parents[1] / "cassettes"


def recorded(call: Call) -> bytes | None:
    """Return an empty collection, or the object, for what a type's cassette was recorded from; else ``None``."""
    return _answers().get(call.path) if call.method == "GET" else None


@functools.cache
def _answers() -> dict[str, bytes]:
    found = {}
    for path in sorted(CASSETTES.glob("*.yaml")):
        for (method, url, _), answers in cassette.read(path).items():
            if method == "GET" and answers[0].status == 200:
                content = orjson.loads(answers[0].body)
                found[urlsplit(url).path.removeprefix("/v1.0")] = orjson.dumps(
                    {"value": []} if "value" in content else content
                )
    return found
