"""The mapping in a schema: ``x-from`` says which value of an object a property takes, ``x-unit`` in which unit it is.

A path and a unit, and no more: what a path cannot say is computed by the step. A schema is read once and its mapping
applied to every object, so it is taken apart into plain tuples first.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integration.errors import DeclarationError
from integration.sdk.row import NotSelected
from integration.values import epoch_ms, without_nulls

X_FROM = "x-from"
X_UNIT = "x-unit"
UNITS: dict[str, Callable[[Any], Any] | None] = {
    "epoch milliseconds": epoch_ms,
    "ISO 8601": None,
    "bytes": None,
    "seconds": None,
    "minutes": None,
    "hours": None,
    "days": None,
    "percent": None,
}
"""The units that a schema may name, and what turns Graph's value into them where that is another one."""
_NAME = r"[A-Za-z_]\w*"
_PATH = re.compile(rf"(?P<names>{_NAME}(?:\.{_NAME})*)(?P<list>\[\](?:\.(?P<each>{_NAME}(?:\.{_NAME})*))?)?", re.ASCII)

_NOTHING: dict[str, Any] = {}


class OddValue(ValueError):
    """An object has something else where the path of a property leads through an object or a list."""


@dataclass(frozen=True)
class PropertySource:
    """Where the value of a property comes from.

    Attributes:
        text: the path as the schema has it.
        names: names that lead from the object to the value, or to the list.
        each: names that lead on from each object of the list; empty where its own values are taken; ``None``: no list.
        convert: turns the value into its unit.
    """

    text: str
    names: tuple[str, ...]
    each: tuple[str, ...] | None = None
    convert: Callable[[Any], Any] | None = None

    @property
    def turns(self) -> bool:
        """Whether the value is another one than what the names lead to."""
        return self.each is not None or self.convert is not None

    def value(self, found: Any) -> Any:
        """Return the value, ``None`` where it is not there.

        Args:
            found: what the names lead to, which is not ``None``.

        Raises:
            OddValue: it is no list where there must be one, or something in that is no object.
        """
        if self.each is None:
            return self.convert(found) if self.convert else found
        if not isinstance(found, list):
            raise OddValue(f"{self.text}: expected a list, found {_shown(found)}")
        values = [self._below(one, self.each) for one in found]
        return [self.convert(one) if self.convert else one for one in values if one is not None]

    def _below(self, value: Any, names: tuple[str, ...]) -> Any:
        for name in names:
            if value is None:
                return None
            value = self.holder(value, name).get(name)
        return value

    def holder(self, value: Any, name: str) -> dict[str, Any]:
        """Return what holds a name on the way to the value.

        Raises:
            OddValue: it is no object.
        """
        if not isinstance(value, dict):
            raise OddValue(f"{self.text}: expected an object with {name}, found {_shown(value)}")
        return value


class PropertyMapping:
    """Copies out of an object what a schema takes from it.

    An empty text is nothing, as null is: providers write it for what is not set, such as a host name or the id of
    what is referred to (Azure Resource Graph, "explore your Azure resources"; recordings of Azure Synapse). What every
    record must have stays, since a name that is empty costs no record.

    Args:
        properties: the schema's, which ``check_sources`` has found to be right.
        required: names of those that every record has, and that may not be null.

    Attributes:
        takes: names of the object's own properties that are taken, in the schema's order.
    """

    def __init__(self, properties: Mapping[str, Any], required: Collection[str] = ()) -> None:
        self._required = frozenset(required)
        sources = {name: _source(of) for name, of in properties.items() if X_FROM in of}
        self.takes: tuple[str, ...] = tuple(dict.fromkeys(source.names[0] for source in sources.values()))
        flat = {name: source for name, source in sources.items() if len(source.names) == 1}
        self._plain = [(name, of.names[0]) for name, of in flat.items() if of.each is None and of.convert is None]
        times = [(name, of.names[0]) for name, of in flat.items() if of.each is None and of.convert is epoch_ms]
        fields = dict.fromkeys(field for _, field in times)
        self._times = [(field, tuple(name for name, of in times if of == field)) for field in fields]
        self._lists = [(name, of.names[0]) for name, of in flat.items() if of.each == () and of.convert is None]
        quick = {name for name, _ in (*self._plain, *times, *self._lists)}
        others = [(name, source) for name, source in sources.items() if name not in quick]
        # Most values of a resource are in its ``properties``: each object that holds some is looked up once a row.
        led = {source.names[:end]: source for _, source in reversed(others) for end in range(1, len(source.names))}
        ways = sorted(led, key=len)
        place = {names: number for number, names in enumerate([(), *ways])}
        self._holders = [(place[way[:-1]], way[-1], led[way].names[len(way)], led[way]) for way in ways]
        held: dict[int, list[tuple[str, str, Callable[[Any], Any] | None]]] = {}
        for name, of in others:
            found = (name, of.names[-1], of.value if of.turns else None)
            held.setdefault(place[of.names[:-1]], []).append(found)
        self._others = [*held.items()]
        self._enough: frozenset[str] | None = None

    def values(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the properties that are something.

        Raises:
            NotSelected: the step selected less than the schema takes.
            OddValue: the object is not built as the schema says.
        """
        selected = getattr(row, "selected", None)
        if selected is not None and selected is not self._enough:
            self._check(selected)
        get, required = row.get, self._required
        found = {
            name: value
            for name, field in self._plain
            if (value := get(field)) or (value is not None and (value != "" or name in required))
        }
        for field, names in self._times:
            if (text := get(field)) is not None and (value := epoch_ms(text)) is not None:
                for name in names:
                    found[name] = value
        for name, field in self._lists:
            if (value := get(field)) is not None:
                found[name] = without_nulls(value)
        holders = [row]
        for place, name, leads_to, source in self._holders:
            holder = holders[place].get(name)
            holders.append(_NOTHING if holder is None else source.holder(holder, leads_to))
        for place, sources in self._others:
            if not (holder := holders[place]):
                continue
            for name, field, turned in sources:
                value = holder.get(field)
                if value is not None and turned:
                    value = turned(value)
                if value or (value is not None and (value != "" or name in required)):
                    found[name] = value
        return found

    def _check(self, selected: frozenset[str]) -> None:
        if lacking := [name for name in self.takes if name not in selected]:
            raise NotSelected(f"the schema takes {', '.join(lacking)}: leave select away, or add to it")
        self._enough = selected


def check_sources(file: object, properties: Mapping[str, Any]) -> None:
    """Check the mapping in a schema.

    Args:
        file: name of the schema, for the message.
        properties: its properties.

    Raises:
        DeclarationError: a path or a unit is none.
    """
    if faults := [fault for name, of in properties.items() for fault in _faults(name, of)]:
        raise DeclarationError(f"{file}: {'; '.join(faults)}")


def _source(definition: Mapping[str, Any]) -> PropertySource:
    text = definition[X_FROM]
    match = _PATH.fullmatch(text)
    assert match
    each = match["each"].split(".") if match["each"] else ()
    return PropertySource(
        text=text,
        names=tuple(match["names"].split(".")),
        each=tuple(each) if match["list"] else None,
        convert=UNITS[definition[X_UNIT]] if X_UNIT in definition else None,
    )


def _faults(name: str, definition: Mapping[str, Any]) -> Iterator[str]:
    path, unit = definition.get(X_FROM), definition.get(X_UNIT)
    if X_FROM in definition:
        match = _PATH.fullmatch(path) if isinstance(path, str) else None
        if name.startswith("_"):
            yield f"{name} has an {X_FROM}, but is the runner's to set"
        elif not match:
            yield f"{name}: {X_FROM} {_shown(path)} is no path: write a, a.b, a[] or a[].b"
        elif match["list"] and definition.get("type") != "array":
            yield f"{name}: {X_FROM} {_shown(path)} gives a list: its type is array"
    if X_UNIT in definition and not (isinstance(unit, str) and unit in UNITS):
        yield f"{name}: {X_UNIT} {_shown(unit)} is no unit: write {', '.join(UNITS)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"
