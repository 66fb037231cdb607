"""What a relationship leads to, where that is not one type."""

_ANY = ".*"


def any_of(area: str) -> str:
    """Return the end of a relationship that may lead to an entity of any type of an area, such as ``azure``.

    The relationship is collected after all of these that are, and needs none of them: an end that is not collected is
    kept and counted, as every other one.
    """
    return f"{area}{_ANY}"


def area_of(end: str) -> str | None:
    """Return the area of what ``any_of`` gave; ``None`` for the name of a type."""
    return end.removesuffix(_ANY) if end.endswith(_ANY) else None
