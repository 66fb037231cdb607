"""Subscriptions of which Azure Resource Graph tells nothing, although Azure Resource Manager lists or listed them.

Both answer for what the application may see, and not at once: one knows of access or of a subscription later than the
other. Source: Azure Resource Graph, query strategies. What is in such a subscription is not known,
and not known to be gone.
"""

from collections.abc import Iterator, Mapping

from integration.errors import BadAnswer, GraphError
from integration.sources.azure.notes import GAP, lost_note, named, sizes_of
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


def note_vanished(into: Collection, subscriptions: Subscriptions) -> None:
    """Note which subscriptions were seen when the run began and are not any more, where something went since last.

    Azure Resource Graph leaves out what is in these, just as it does where that is gone.

    Args:
        into: a table that has been read.
        subscriptions: which there are.

    Raises:
        GraphError: Azure did not tell which are seen now.
    """
    came, before = dict(into.sizes()), sizes_of(into.before())
    went = any(came.get(type, 0) < size for type, size in before.items())
    if went and (vanished := subscriptions.vanished()):
        into.add_parts([], [lost_note(vanished)])


def untold_gaps(progress: Mapping[str, str | None]) -> Iterator[GraphError]:
    """Yield what every table lacks then, as the progress of ``CONTAINERS`` notes it under ``UNTOLD``."""
    if untold := progress.get(UNTOLD):
        yield BadAnswer(untold, path=CONTAINERS, status=200)
