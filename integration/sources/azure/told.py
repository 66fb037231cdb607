"""Subscriptions of which Azure Resource Graph tells nothing any more, although Azure Resource Manager lists them.

Both answer for what the application may see, and not at once: one knows of access or of a subscription later than the
other. Source: Azure Resource Graph, query strategies. What is in such a subscription is not known to be gone.
"""

from collections.abc import Iterable, Iterator, Mapping

from integration.errors import BadAnswer, GraphError
from integration.sources.azure.notes import GAP, named
from integration.sources.azure.tables import CONTAINERS
from integration.sources.collection import Collection

TOLD = "told "
UNTOLD = f"{GAP}untold"
_SUBSCRIPTION = "microsoft.resources/subscriptions"


def note_told(into: Collection, visible: Iterable[str]) -> None:
    """Note which subscriptions came, and which came last time and do not now, although they are visible.

    Args:
        into: the table of subscriptions and groups, which has been read.
        visible: ids of subscriptions, in lower case.
    """
    came = {str(row.get("subscriptionId")).lower() for row in into.children(_SUBSCRIPTION).values()}
    lacking = sorted((named(into.before(), TOLD) & {*visible}) - came)
    progress: list[tuple[str, str | None]] = [(f"{TOLD}{id}", "") for id in (*came, *lacking)]
    if lacking:
        which = f"{len(lacking):,} subscription{'s' * (len(lacking) > 1)} that the application sees"
        what = f"Azure Resource Graph tells nothing any more of {which}, such as {lacking[0]}"
        progress.append((UNTOLD, f"{what}: it may do so later; run with --fresh if nothing is in there any more"))
    into.add_parts([], progress)


def untold_gaps(progress: Mapping[str, str | None]) -> Iterator[GraphError]:
    """Yield what every table lacks then, as the progress of ``CONTAINERS`` notes it under ``UNTOLD``."""
    if untold := progress.get(UNTOLD):
        yield BadAnswer(untold, path=CONTAINERS, status=200)
