"""Objects as JSON text, projected on the selected properties and remembered where groups repeat them."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import orjson

from tests.simulator.properties import COLUMNS, KINDS, LISTED_DEFAULTS
from tests.simulator.tenant import Tenant

Encode = Callable[[int], bytes]
_REMEMBERED = 4


class Encoders:
    """Makes functions from an object's place to its JSON text."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._memory: dict[object, _Memory] = {}

    def plain(self, kind: int, names: tuple[str, ...] | None) -> Encode:
        """Objects of one kind; names are the selected properties, None the default set."""
        project = _projection(kind, names)
        rows, dumps, subtypes = self._tenant.rows, orjson.dumps, self._tenant.subtypes
        if not subtypes:
            return lambda place: dumps(project(rows[place]))

        def encode(place: int) -> bytes:
            item = project(rows[place])
            return dumps(item | {"@odata.type": f"#microsoft.graph.{subtypes[place]}"} if place in subtypes else item)

        return encode

    def mixed(self, names: tuple[str, ...] | None, stripped: tuple[int, ...] = ()) -> Encode:
        """Objects of any kind, ``@odata.type`` first, each with the selected properties that its kind has.

        The kinds in ``stripped`` show their id alone, other properties are null or empty, as Graph does for
        kinds that the application may not read.
        """
        key = (names, stripped)
        memory = self._memory.pop(key, None) or _Memory(self._tenant, self._any_kind(names, stripped))
        self._memory[key] = memory
        if len(self._memory) > _REMEMBERED:
            del self._memory[next(iter(self._memory))]
        memory.refresh()
        return memory.encode

    def _any_kind(self, names: tuple[str, ...] | None, stripped: tuple[int, ...]) -> Encode:
        kinds, rows, subtypes = self._tenant.kind, self._tenant.rows, self._tenant.subtypes
        projections = [_projection(kind, names, odata_type=True) for kind in range(len(KINDS))]

        def encode(place: int) -> bytes:
            kind = kinds[place]
            item = projections[kind](rows[place])
            if place in subtypes:
                item["@odata.type"] = f"#microsoft.graph.{subtypes[place]}"
            if kind in stripped:
                item = {name: value if name in ("@odata.type", "id") else _blank(value) for name, value in item.items()}
            return orjson.dumps(item)

        return encode


class _Memory:
    """Encoded objects by place, forgotten when the tenant's log says that they changed.

    They are copied, because the encoder's own output keeps a buffer of kilobytes.
    """

    def __init__(self, tenant: Tenant, make: Encode) -> None:
        self._tenant, self._make = tenant, make
        self._known: list[bytes | None] = []
        self._read = len(tenant.log)

    def refresh(self) -> None:
        """Forget what has changed since the last time."""
        self._known.extend([None] * (len(self._tenant.ids) - len(self._known)))
        for change in self._tenant.log[self._read :]:
            self._known[change.object] = None
        self._read = len(self._tenant.log)

    def encode(self, place: int) -> bytes:
        """The text of an object."""
        known = self._known[place]
        if known is None:
            known = self._known[place] = bytes(memoryview(self._make(place)))
        return known


def _blank(value: Any) -> Any:
    return [] if isinstance(value, list) else None


def _projection(
    kind: int, names: tuple[str, ...] | None, *, odata_type: bool = False
) -> Callable[[tuple[Any, ...]], dict[str, Any]]:
    columns = COLUMNS[kind]
    if names is None:
        names = LISTED_DEFAULTS[kind]
        if odata_type:
            names = ("id", *(name for name in names if name != "id"))
    elif odata_type:
        names = tuple(name for name in names if name in columns)
    stored = tuple(name for name in names if name in columns)
    fixed: dict[str, Any] = {"@odata.type": f"#microsoft.graph.{KINDS[kind]}"} if odata_type else {}
    fixed |= {name: None for name in names if name not in columns}
    if len(stored) < 2:
        return lambda row: fixed | {name: row[columns[name]] for name in stored}
    pick = itemgetter(*(columns[name] for name in stored))
    if not fixed:
        return lambda row: dict(zip(stored, pick(row), strict=True))
    return lambda row: fixed | dict(zip(stored, pick(row), strict=True))
