"""Versions of an API: which one is asked for where Azure does not have the one that is wanted.

A region or a national cloud gets a version later than others, and an old one is retired. Sources: azure-cli, issues
23985 and 28038; azure-resource-manager-schemas, issue 33.
"""

import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TypeVar

from integration.errors import FeatureAbsent, GraphError
from integration.text.discretion import logger

NOT_IN_VERSION = frozenset({"noregisteredproviderfound", "invalidapiversionparameter", "invalidresourcetype"})
"""Codes by which Azure says that it has no such kind of resource here, or not in that version of the API."""
_NAMED = re.compile(r"(?i)\bsupported (?:api-)?versions are '([^']*)'")
_STABLE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_log = logger("integration")
A = TypeVar("A")


class ApiVersions:
    """The version in which each kind of thing is asked for; safe for use from many threads."""

    def __init__(self) -> None:
        self._in_place_of: dict[tuple[str, str | None], str] = {}

    def asked(self, kind: str | None, versions: Sequence[str], ask: Callable[[str], A]) -> A:
        """Return the answer in the version that is wanted, or else in the nearest one that there is.

        Those that there are, the refusal names; where it names none, they may be older ones of those that are known.
        What was answered so is asked for in that version from then on.

        Args:
            kind: type of the resources, in lower case: each has versions of its own.
            versions: the one that is wanted, then others that are known to do.
            ask: asks in a version.

        Raises:
            GraphError: as ``ask`` raises, in the last version that may do.
        """
        wanted, refused = versions[0], set[str]()
        version = self._in_place_of.get((wanted, kind), wanted)
        while True:
            try:
                answer = ask(version)
            except GraphError as error:
                refused.add(version)
                there_are = _versions_there(error) or [known for known in versions if known < version]
                nearest = nearest_version(wanted, [other for other in there_are if other not in refused])
                if nearest is None or not _refuses_version(error):
                    raise
                _log.info("asked again in version %s: %s", nearest, error)
                version = nearest
            else:
                if version != wanted:
                    self._in_place_of[wanted, kind] = version
                return answer


def _refuses_version(error: GraphError) -> bool:
    """Tell whether what is refused may be answered in another version of the API."""
    return error.status == HTTPStatus.NOT_FOUND or error.code.lower() in NOT_IN_VERSION or bool(_versions_there(error))


def _versions_there(error: GraphError) -> Sequence[str]:
    """Return the versions that a refusal names; none where it names none."""
    return error.versions if isinstance(error, FeatureAbsent) else ()


def versions_named(message: str) -> tuple[str, ...]:
    """Return the versions that the message of a refusal says there are, but for previews; none where it names none."""
    told = _NAMED.search(message)
    each = (version.strip() for version in told[1].split(",")) if told else ()
    return tuple(filter(_STABLE.fullmatch, each))


def nearest_version(asked: str, there_are: Sequence[str]) -> str | None:
    """Return the newest version that is no newer than the one that is asked for, else the oldest one; or ``None``.

    What follows in time has most in common with what a step was written for.

    Args:
        asked: the version that Azure does not have, such as ``2023-07-01``.
        there_are: those that it has.
    """
    older = [version for version in there_are if version <= asked[:10]]
    return max(older) if older else min(there_are, default=None)
