"""What a step sees of Microsoft Graph: ``sdk.context.Graph``, as requests."""

from collections.abc import Iterator, Sequence

from integration.errors import PlanError
from integration.sdk.mapping import X_FROM
from integration.sdk.row import Row
from integration.sources.msgraph.paths import check_path
from integration.sources.request import Request
from integration.sources.source import Reading


class GraphFace:
    """Turns what a step asks Graph for into requests.

    Args:
        reading: answers them.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def get(
        self,
        path: str,
        *,
        select: Sequence[str] | None = X_FROM,
        also: Sequence[str] = (),
        schema: str | None = None,
        expand: str = "",
    ) -> Row:
        """Return one object."""
        selected = _selected(self._selection(select, also, schema))
        return self._reading.object(self._checked(Request("object", path, select=selected, expand=expand)))

    def list(
        self,
        path: str,
        *,
        select: Sequence[str] | None = X_FROM,
        also: Sequence[str] = (),
        schema: str | None = None,
        filter: str = "",
        expand: str = "",
        key: str = "id",
        top: int | None = 999,
    ) -> Iterator[Row]:
        """Yield the objects of a collection, each once, in no particular order."""
        selected = _selected(self._selection(select, also, schema, key), key)
        request = Request("collection", path, select=selected, top=top, filter=filter, expand=expand, key=key)
        return self._reading.objects(self._checked(request))

    def related(
        self,
        parents: str,
        relation: str,
        *,
        kind: str | None = None,
        select: Sequence[str] = ("id",),
        filter: str = "",
        expand: str = "",
        among: str = "",
        together: bool = False,
    ) -> Iterator[tuple[str, Row]]:
        """Yield the id of a parent and one of its children, for all children of all parents."""
        if kind is not None and not kind.isidentifier():
            raise PlanError(f"{self._reading.step}: kind {kind!r}: name the type without its namespace, such as user")
        self._check_lists(select=select)
        selected = _selected(select, "id")
        request = Request(
            "relation", parents, relation, selected, cast=kind or "", filter=filter, expand=expand, among=among
        )
        if together and kind is not None:
            raise PlanError(f"{self._reading.step}: children of one kind do not come together: leave kind or together")
        return self._reading.children(self._checked(request), together=together)

    def _selection(
        self, select: Sequence[str] | None, also: Sequence[str], schema: str | None, key: str = "id"
    ) -> Sequence[str] | None:
        """Return what to select; ``None`` for Graph's default set."""
        self._check_lists(also=also, select=() if select == X_FROM else select)
        if select == X_FROM:
            taken = (*self._reading.taken(schema), *also)
            return (key, *taken) if taken else None
        if also or schema:
            raise PlanError(
                f"{self._reading.step}: name all properties in select, or leave it away and name more in also"
            )
        return select

    def _check_lists(self, **lists: Sequence[str] | None) -> None:
        """Raise ``PlanError`` for a text in the place of a list: it would be as many names as it has letters."""
        for what, names in lists.items():
            if isinstance(names, str):
                fault = f"{what} is a text: give a list of the names of properties, such as [{names!r}]"
                raise PlanError(f"{self._reading.step}: {fault}")

    def _checked(self, request: Request) -> Request:
        try:
            return check_path(request, self._reading.step)
        except PlanError as error:
            raise self._reading.noted(error) from None


def _selected(select: Sequence[str] | None, always: str | None = None) -> tuple[str, ...] | None:
    if select is None:
        return None
    named = [select] if isinstance(select, str) else select
    return tuple(dict.fromkeys([*([always] if always else []), *named]))
