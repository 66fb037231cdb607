"""Subscriptions of which Azure Resource Graph tells nothing, although Azure Resource Manager lists them.

Both answer for what the application may see, and not at once: one knows of access or of a subscription later than the
other. Source: Azure Resource Graph, query strategies. What is in such a subscription is not known,
and not known to be gone.
"""

from collections.abc import Iterator, Mapping

from integration.errors import BadAnswer, GraphError
from integration.sources.azure.notes import GAP, named
from integration.sources.azure.subscriptions import Subscriptions
from integration.sources.azure.tables import CONTAINERS
from integration.sources.collection import Collection

TOLD = "told "
UNTOLD = f"{GAP}untold"
_SUBSCRIPTION = "microsoft.resources/subscriptions"


def note_told(into: Collection, subscriptions: Subscriptions) -> None:
    """Note which subscriptions came, and which did not although they are visible.

    Args:
        into: the table of subscriptions and groups, which has been read.
        subscriptions: which there are.
    """
    came = {str(row.get("subscriptionId")).lower() for row in into.children(_SUBSCRIPTION).values()}
    before = named(into.before(), TOLD) & subscriptions.visible().keys()
    awaited = subscriptions.awaited(came)
    progress: list[tuple[str, str | None]] = [(f"{TOLD}{id}", "") for id in (*came, *(before - came))]
    if lacking := sorted((before | awaited) - came):
        number = "1 subscription" if len(lacking) == 1 else f"{len(lacking):,} subscriptions"
        any_more = " any more" * before.issuperset(lacking)
        what = (
            f"Azure Resource Graph tells nothing{any_more} of {number} that the application sees, such as {lacking[0]}"
        )
        advice = "it may do so later, and does so only where the application has the role Reader on all of it"
        gone = "" if awaited.issuperset(lacking) else "; run with --fresh if nothing is in there any more"
        progress.append((UNTOLD, f"{what}: {advice}{gone}"))
    into.add_parts([], progress)


def untold_gaps(progress: Mapping[str, str | None]) -> Iterator[GraphError]:
    """Yield what every table lacks then, as the progress of ``CONTAINERS`` notes it under ``UNTOLD``."""
    if untold := progress.get(UNTOLD):
        yield BadAnswer(untold, path=CONTAINERS, status=200)
