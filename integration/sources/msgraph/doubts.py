"""Listings of which some objects may have been passed over: that it is so stays in mind until they are read whole."""

from collections.abc import Iterator

from integration.errors import BadAnswer, GraphError
from integration.sources.collection import Collection
from integration.sources.reader import Reader
from integration.sources.repeats import CameTwice
from integration.sources.request import Request

_DOUBT = "came twice"
"""Names a part without objects, which keeps in mind what is in doubt."""


def note_doubt(into: Collection, error: CameTwice) -> None:
    """Have a collection that is being read keep in mind why it may lack some."""
    into.add_parts([], [(_DOUBT, error.problem)])


def is_in_doubt(into: Collection) -> bool:
    """Tell whether a collection may lack some, as this run or an earlier one noted."""
    return bool(into.progress(_DOUBT))


def doubts(request: Request, reader: Reader) -> Iterator[GraphError]:
    """Yield why a collection may lack some; for a relation, why that of its parents may."""
    listing = reader.listing(request) if request.kind == "relation" else request
    for told in reader.mirror.progress(listing.name, _DOUBT).values():
        yield BadAnswer(str(told), path=listing.path, status=200)
