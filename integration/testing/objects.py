"""The objects that a test declares, and how Graph would page them and tell of their changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.testing.options import MOST_EXPANDED, value_at
from integration.values import guid_key

ServedObject = dict[str, Any]

_KINDS = {
    "/applications": "application",
    "/contacts": "orgContact",
    "/devices": "device",
    "/directory/administrativeUnits": "administrativeUnit",
    "/directoryRoles": "directoryRole",
    "/groups": "group",
    "/servicePrincipals": "servicePrincipal",
    "/users": "user",
}
SINGLE = frozenset({"manager"})
"""Relations of which an object has one child at most."""
_TYPE = "@odata.type"


class Objects:
    """Collections of objects, and their relations.

    Every change is one entry of a log: a collection, an object, and for a relation its name and the child. The length
    of the log is what a delta token stands for.
    """

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, ServedObject]] = {}
        self._children: dict[tuple[str, str, str], dict[str, ServedObject]] = {}
        self._single: dict[str, ServedObject] = {}
        self._log: list[tuple[str, str, str, str]] = []

    def add(self, path: str, objects: Sequence[ServedObject]) -> None:
        """Add objects to a collection, or replace those of the same id."""
        collection = self._objects.setdefault(path, {})
        for row in objects:
            key = row.get("id")
            if not isinstance(key, str) or not key:
                raise ValueError(f"{path}: an object of Graph has an id, a text: {row!r}")
            collection[key] = dict(row)
            self._log.append((path, key, "", ""))

    def remove(self, path: str, key: str) -> None:
        """Take an object out of its collection, and out of all relations."""
        del self._objects[path][key]
        self._log.append((path, key, "", ""))
        for (parents, parent, relation), children in self._children.items():
            if children.pop(key, None):
                self._log.append((parents, parent, relation, key))

    def relate(self, parents: str, parent: str, relation: str, children: Sequence[str | ServedObject]) -> None:
        """Make objects the children of another one; a relation without children is declared by naming none."""
        if parent not in self._objects.get(parents, {}):
            raise ValueError(f"{parents} has no object {parent}: add it first")
        related = self._children.setdefault((parents, parent, relation), {})
        for child in children:
            row = self._found(child) if isinstance(child, str) else dict(child)
            related[row["id"]] = row
            self._log.append((parents, parent, relation, row["id"]))

    def unrelate(self, parents: str, parent: str, relation: str, child: str) -> None:
        """Make an object no child of another one any more."""
        del self._children[parents, parent, relation][child]
        self._log.append((parents, parent, relation, child))

    def put(self, path: str, row: ServedObject) -> None:
        """Set what the path of a single object gives."""
        self._single[path] = dict(row)

    def single(self, path: str) -> ServedObject | None:
        """Return what a path gives that is no collection; ``None`` where there is nothing."""
        parents, _, key = path.rpartition("/")
        return self._single.get(path) or self._objects.get(parents, {}).get(self._called(parents, key))

    def rows(self, path: str) -> list[ServedObject] | None:
        """Return the objects of a collection, or the children of an object; ``None`` where the path is neither.

        Raises:
            LookupError: the parent is not there.
        """
        if path in self._objects:
            own = f"#microsoft.graph.{_KINDS.get(path)}"
            return [
                {name: value for name, value in row.items() if (name, value) != (_TYPE, own)}
                for row in self._objects[path].values()
            ]
        parent, _, relation = path.rpartition("/")
        parents, _, key = parent.rpartition("/")
        if not any((parents, relation) == (known[0], known[2]) for known in self._children):
            return None
        if (called := self._called(parents, key)) not in self._objects[parents]:
            raise LookupError(key)
        return list(self._children.get((parents, called, relation), {}).values())

    def _called(self, path: str, key: str) -> str:
        """Return what an object of a collection is called that is asked for: a GUID is found in any case of letters."""
        objects = self._objects.get(path, {})
        return key if key in objects else next((each for each in objects if guid_key(each) == guid_key(key)), key)

    def is_as(self, path: str, row: ServedObject, conditions: Mapping[str, Any]) -> bool:
        """Tell whether an object of a collection has the values that a filter asks for, such as ``owners/$count``."""
        return all(self._value(path, row, name) == value for name, value in conditions.items())

    def _value(self, path: str, row: ServedObject, name: str) -> Any:
        relation, _, of_it = name.partition("/")
        if of_it == "$count":
            return len(self._children.get((path, row["id"], relation), {}))
        return value_at(row, name)

    def expanded(self, path: str, row: ServedObject, names: Sequence[tuple[str, list[str] | None]]) -> ServedObject:
        """Return what comes with an object of a collection: what was declared in it, or related objects, 20 at most.

        Of a relation of which an object has one child at most, such as ``manager``, that child comes.
        """
        found: ServedObject = {}
        for name, select in names:
            if name in row:
                found[name] = row[name]
                continue
            children = list(self._children.get((path, row["id"], name), {}).values())
            listed = [selected(child, select) for child in children[:MOST_EXPANDED]]
            if name not in SINGLE:
                found[name] = listed
            elif listed:
                found[name] = listed[0]
        return found

    def changes(self, path: str, since: int, select: Sequence[str], *, whole: bool = False) -> list[ServedObject]:
        """Return the rows of a delta query: each object of a collection that changed, once.

        Args:
            path: the collection.
            since: length of the log at that time.
            select: properties, and relations whose children to tell.
            whole: tell the other properties as well.
        """
        changed = dict.fromkeys(key for where, key, _, _ in self._log[since:] if where == path)
        return [self._change(path, key, since, select, whole=whole) for key in changed]

    @property
    def now(self) -> int:
        """The length of the log."""
        return len(self._log)

    def tracks(self, path: str) -> bool:
        """Tell whether a path is a collection."""
        return path in self._objects

    def _change(self, path: str, key: str, since: int, select: Sequence[str], *, whole: bool) -> ServedObject:
        if key not in self._objects[path]:
            return {"id": key, "@removed": {"reason": "deleted"}}
        row = selected(self._objects[path][key], ["id", *select] if select and not whole else None)
        for relation in select:
            entries = [entry for entry in self._log[since:] if entry[:3] == (path, key, relation)]
            if entries:
                children = self._children[path, key, relation]
                told = dict.fromkeys(child for *_, child in entries)
                row[f"{relation}@delta"] = list(self._told(children, told))
        return row

    def _told(self, children: Mapping[str, ServedObject], told: Mapping[str, None]) -> Iterator[ServedObject]:
        for key in told:
            if key in children:
                yield selected(children[key], ["id"])
            else:
                yield {"id": key, "@removed": {"reason": "deleted"}}

    def _found(self, key: str) -> ServedObject:
        for path, objects in self._objects.items():
            if key in objects:
                kind = f"#microsoft.graph.{_KINDS[path]}" if path in _KINDS else None
                return {**({_TYPE: kind} if kind else {}), **objects[key]}
        raise ValueError(f"no object has the id {key}: add it first, or give the child as an object with its {_TYPE}")


def selected(row: ServedObject, select: Sequence[str] | None) -> ServedObject:
    """Return an object with these properties alone, where it has them; its kind stays."""
    return dict(row) if select is None else {name: row[name] for name in row if name in (*select, _TYPE)}
