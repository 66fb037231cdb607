"""How a tenant stands in an object store: its states, and the right to make the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from typing import Any

import jsonschema_rs
import orjson

FORMAT = 1
"""Of a generation's object; a later one is for who knows it."""
_COUNT, _NAMES = {"type": "integer", "minimum": 0}, {"type": "array", "items": {"type": "string"}}
_FILE = {
    "type": "object",
    "required": ["size", "pages", "packed", "base", "packs"],
    "properties": {"size": _COUNT, "pages": _COUNT, "packed": _COUNT, "base": _NAMES, "packs": _NAMES},
}
_FORM = {
    "type": "object",
    "required": ["number", "run", "whole", "outcome", "files"],
    "properties": {
        "number": _COUNT,
        "run": {"type": "string"},
        "whole": {"type": "boolean"},
        "outcome": {"type": "object"},
        "files": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z0-9_][A-Za-z0-9._-]*$"},
            "additionalProperties": _FILE,
        },
        "made_on": _COUNT,
    },
}
"""Of the object of a generation; another version may have written more into it."""


class LaterFormat(ValueError):
    """A later version of this product has written a generation, in a way that this one does not know."""


@dataclass(frozen=True)
class Generation:
    """A state of a tenant.

    Attributes:
        number: 0 where there is none yet.
        run: id of the fleet's run that made it.
        whole: it is the end of a run, no checkpoint.
        outcome: what became of the run.
        files: what the files of the tenant's folder consist of.
        made_on: epoch milliseconds.
    """

    number: int
    run: str
    whole: bool
    outcome: Mapping[str, Any]
    files: Mapping[str, Any]
    made_on: int = 0

    def as_json(self) -> bytes:
        """Return its object."""
        return orjson.dumps({"format": FORMAT, **vars(self)})

    @classmethod
    def from_json(cls, data: bytes) -> "Generation":
        """Return what ``as_json`` gave, also that of another version, as far as it is known here.

        Raises:
            LaterFormat: it is of a format that is not known here.
            ValueError: it is damaged.
        """
        found = orjson.loads(data)
        if isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT:
            raise LaterFormat
        if not _form().is_valid(found):
            raise ValueError("it has another form")
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in found.items() if name in known})

    @property
    def name(self) -> str:
        """Its name among all that there ever were: where a tenant is forgotten, numbers begin anew."""
        return f"{self.number}.{blake2b(self.as_json(), digest_size=8).hexdigest()}"

    @property
    def blobs(self) -> set[str]:
        """The names of the blobs that it consists of."""
        return {name for file in self.files.values() for name in (*file["base"], *file["packs"])}


@cache
def _form() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_FORM)


NOTHING = Generation(number=0, run="", whole=True, outcome={}, files={})


@dataclass
class Claim:
    """The right to make a generation.

    Attributes:
        base: the generation that it is made from.
        number: of the generation to be made.
        fence: the fencing number.
    """

    base: Generation
    number: int
    fence: int

    @property
    def name(self) -> str:
        """Its name, which begins those of its blobs."""
        return f"{self.number:08}.{self.fence:04}"


@dataclass(frozen=True)
class Stand:
    """How a tenant stood at a moment.

    Attributes:
        base: its newest generation.
        run: id of the fleet's run that looked.
        fence: of the claim on the next generation; 0 where there is none.
        holder: id of the run that has that claim.
        closing: it is about to keep how far it came.
        busy: another run has it, and has renewed it not long ago.
    """

    base: Generation
    run: str
    fence: int = 0
    holder: str = ""
    closing: bool = False
    busy: bool = False

    @property
    def done(self) -> bool:
        """Whether the run has made the newest generation already."""
        return bool(self.base.number) and self.base.whole and self.base.run == self.run

    @property
    def is_own(self) -> bool:
        """Whether another worker has it, in the same run."""
        return self.fence > 0 and self.holder == self.run
