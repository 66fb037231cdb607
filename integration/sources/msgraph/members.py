"""What a relation in the mirror tells of its children, found out once for each version of it."""

from collections import Counter

from integration.mirror.mirror import Mirror
from integration.sources.msgraph.kinds import kind_of

_SAMPLE = 100
_HIDDEN = "hiddenmembership"
"""In lower case: Graph and its documents spell it in several ways."""
_ALWAYS = {"id", "@odata.type"}
"""What an object comes with even where a permission to read it is missing."""


def counts_by_kind(mirror: Mirror, name: str) -> dict[str, tuple[int, list[str]]]:
    """Return for each ``@odata.type`` how many links lead to it, and the ids of some of these children."""

    def count() -> dict[str, tuple[int, list[str]]]:
        counts: Counter[str] = Counter()
        samples: dict[str, dict[str, None]] = {}
        with mirror.pieces(name) as pieces:
            for _, rows in pieces.more():
                named = [kind_of(row) for row in rows]
                of_rows = Counter(named)
                for kind in of_rows:
                    if counts[kind] < _SAMPLE:
                        ids = [row["id"] for row, its in zip(rows, named, strict=True) if its == kind]
                        samples.setdefault(kind, {}).update(dict.fromkeys(ids[: _SAMPLE - counts[kind]]))
                counts += of_rows
        return {kind: (counts[kind], list(samples[kind])) for kind in sorted(counts)}

    def update(known: dict[str, tuple[int, list[str]]]) -> dict[str, tuple[int, list[str]]]:
        counts = Counter({kind: number for kind, (number, _) in known.items()})
        samples = {kind: dict.fromkeys(ids) for kind, (_, ids) in known.items()}
        for change in mirror.changes(name):
            for text, step in ((change.before, -1), (change.now, 1)):
                if text is not None:
                    row = mirror.parsed(text)
                    kind = kind_of(row)
                    counts[kind] += step
                    of_kind = samples.setdefault(kind, {})
                    if step < 0:
                        of_kind.pop(row["id"], None)
                    elif len(of_kind) < _SAMPLE:
                        of_kind[row["id"]] = None
        if any(counts[kind] and not samples[kind] for kind in counts):
            return count()
        return {kind: (counts[kind], list(samples[kind])) for kind in sorted(counts) if counts[kind]}

    found: dict[str, tuple[int, list[str]]] = mirror.fact(name, "kinds", "", count, update)
    return found


def without_names(mirror: Mirror, name: str) -> list[str]:
    """Return each ``@odata.type`` of which no child has more than an id: so Graph answers without a permission.

    That a child has no name says nothing, as long as it has something else: resources of catalogs need none.
    """

    def find() -> list[str]:
        bare: dict[str, bool] = {}
        with mirror.pieces(name) as pieces:
            for _, rows in pieces.more():
                for row in rows:
                    if bare.get(kind := kind_of(row), True):
                        bare[kind] = all(row[each] in (None, [], {}) for each in row.keys() - _ALWAYS)
        return [kind for kind, without in bare.items() if without]

    found: list[str] = mirror.fact(name, "without names", "", find)
    return found


def hiding(mirror: Mirror, name: str, parents: str) -> int:
    """Return how many parents with the visibility ``HiddenMembership`` show no child.

    Args:
        mirror: holds both.
        name: the relation.
        parents: name of the parents' collection.
    """

    def count() -> int:
        found = 0
        with mirror.pieces(parents, _HIDDEN) as pieces:
            for _, rows in pieces.more():
                hide = [row["id"] for row in rows if str(row.get("visibility")).lower() == _HIDDEN]
                found += sum(not mirror.has_children(name, key) for key in hide)
        return found

    about = mirror.find(parents)
    found: int = mirror.fact(name, "hiding", about.version if about else "", count)
    return found
