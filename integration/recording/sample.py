"""Which objects of a large collection a recording keeps: enough of them, and each that shows something new."""

SAMPLE = 2_000
"""Objects of one collection, or children of one relation, that are kept; more only where they show something new."""


class Sample:
    """Which objects of a collection are kept."""

    def __init__(self) -> None:
        self._keys: set[object] = set()
        self._shown: set[object] = set()

    def takes(self, key: object, shows: frozenset[object]) -> bool:
        """Tell whether an object is kept."""
        if key in self._keys:
            return True
        if len(self._keys) >= SAMPLE and shows <= self._shown:
            return False
        self._keys.add(key)
        self._shown |= shows
        return True
