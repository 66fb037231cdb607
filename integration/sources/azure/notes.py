"""What the mirror keeps of a table beside its rows: which parts are read, what is missing, what there was before."""

import re
from collections.abc import Iterable, Mapping, Sequence

from integration.errors import BadAnswer, Forbidden, GraphError
from integration.sdk.step import OTHERS
from integration.sources.request import Request

GAP = "gap "
SEEN = "subscription "
"""Which subscriptions there were: the id, and after a blank the tenant it is of."""
HELD = "held "
"""How many rows came of a type, which follows after a blank."""
LOST = f"{GAP}subscriptions"
PARTITION = re.compile(r"(\d+)/(\d+)")


def lost_note(subscriptions: Sequence[str]) -> tuple[str, str]:
    """Return the note of subscriptions that are not seen any more, and not known to be gone."""
    number = "1 subscription is" if len(subscriptions) == 1 else f"{len(subscriptions):,} subscriptions are"
    grant = "grant the application Reader on the tenant's root management group, or run with --fresh if gone"
    return LOST, f"{number} not seen any more, such as {subscriptions[0]}: {grant}"


def named(notes: Iterable[str], beginning: str) -> set[str]:
    """Return what follows in those of some notes that begin so."""
    return {note.removeprefix(beginning) for note in notes if note.startswith(beginning)}


def subscriptions_in(notes: Iterable[str]) -> dict[str, str]:
    """Return the subscriptions that notes name, with their tenants; an empty text where none is noted."""
    told = (note.partition(" ") for note in named(notes, SEEN))
    return {id: tenant for id, _, tenant in sorted(told)}


def sizes_of(notes: Iterable[str]) -> dict[str, int]:
    """Return how many rows of each type came, as notes tell it; the most where several do."""
    told = (note.partition(" ") for note in named(notes, HELD))
    return {type: size for size, type in sorted((int(size), type) for size, _, type in told)}


def gaps_of(progress: Mapping[str, str | None], request: Request, taken: Sequence[str]) -> Iterable[GraphError]:
    """Yield what the mirror has noted as missing of a request's rows.

    Args:
        progress: how far the table is read, as far as names begin with ``GAP``.
        request: what is asked for.
        taken: the types that are of no concern to who asks for others.
    """
    for name, told in progress.items():
        if name == LOST:
            yield Forbidden(told or "", path=request.path)
        else:
            of = name.removeprefix(GAP)
            if PARTITION.fullmatch(of) or of == request.part or (request.part == OTHERS and of not in taken):
                yield BadAnswer(told or "rows are missing", path=request.path, status=200)
