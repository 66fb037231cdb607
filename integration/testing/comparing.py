"""Comparing records, and saying which one differs in what."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from integration.sdk.schema import JupiterOneObject

_SHOWN = 100
_MOST = 20


class HasRecords(Protocol):
    """What has records of one type, such as what ``replay`` returns."""

    @property
    def records(self) -> list[JupiterOneObject]:
        """The records."""


def assert_records(found: HasRecords | Iterable[JupiterOneObject], expected: Iterable[Mapping[str, Any]]) -> None:
    """Check that there are exactly the expected records, and that they have the expected properties.

    Args:
        found: what ``replay`` or ``check_step`` returned, or records such as ``run_steps(...).records["acme_device"]``.
        expected: for each record its ``_key`` and the properties to compare; others may be anything. A property that is
            expected to be ``None`` must be absent.

    Raises:
        AssertionError: names each record that differs, and the properties in which it does.
    """
    records = list(found) if isinstance(found, Iterable) else found.records
    differing = list(unexpected(records, expected))
    if differing:
        more = [f"and {len(differing) - _MOST} more"] if len(differing) > _MOST else []
        lines = [f"  {line}" for line in [*differing[:_MOST], *more]]
        raise AssertionError("\n".join([f"{len(differing)} differences in {len(records)} records:", *lines]))


def unexpected(found: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each way in which records are not as expected."""
    there, wanted = by_key(found), by_key(expected)
    for key in sorted(wanted.keys() - there.keys()):
        yield f"{key}: expected, but not there"
    for key in sorted(there.keys() - wanted.keys()):
        yield f"{key}: there, but not expected"
    for key in sorted(wanted.keys() & there.keys()):
        for name, value in wanted[key].items():
            if there[key].get(name) != value:
                yield f"{key}: {name}: expected {_shown(value)}, found {_shown(there[key].get(name))}"


def by_key(records: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return records by ``_key``.

    Raises:
        AssertionError: one has none, or two have the same.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for record in records:
        key = record.get("_key")
        assert isinstance(key, str), f"a record without _key: {_shown(dict(record))}"
        assert key not in found, f"two records have the _key {key}"
        found[key] = record
    return found


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
