"""What a step declared ``per_row`` must hold to: it makes the same records of its objects handed over one by one.

Later runs rely on that: they hand over only objects that changed, as they were and as they are, and exchange the
records.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import orjson
import requests

from integration.config.clouds import GLOBAL_AZURE, GLOBAL_GRAPH
from integration.config.settings import Config
from integration.engine.context import ChangedInput, Seen, StepContext
from integration.engine.records import Records
from integration.engine.verdicts import Verdicts
from integration.http.auth import NoToken
from integration.mirror.mirror import Mirror
from integration.sdk.plan import Plan
from integration.sdk.report import Report
from integration.sdk.row import Row
from integration.sdk.schema import load_schema
from integration.sdk.step import Step
from integration.sources.azure.client import AzureClient
from integration.sources.azure.source import AzureSource
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.source import GraphSource
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.store.store import Store
from integration.tapes.tapes import Replay
from integration.testing.comparing import unexpected

_MOST = 3


def one_by_one(step: Step, chosen: Plan, report: Report, folder: Path, tape: Replay) -> Iterator[str]:
    """Yield how the records differ that a step makes of its cassettes' objects one by one.

    Args:
        step: the declaration.
        chosen: the plan of a run that made all records of the step and of what it needs.
        report: the report of that run.
        folder: the folder of that run.
        tape: answers again what the run asked.
    """
    with ExitStack() as stack:
        store = stack.enter_context(closing(_Store(folder / "graph.db")))
        mirror = stack.enter_context(closing(Mirror(folder / "tape.db")))
        session = stack.enter_context(requests.Session())
        session.mount("https://", tape.adapter())
        client = GraphClient(GLOBAL_GRAPH, NoToken(), session)
        graph = GraphSource(client, roles=frozenset({"Member.Read.Hidden"}), incremental=False)
        azure = AzureSource(AzureClient(GLOBAL_AZURE, NoToken(), session, in_flight=1), side_by_side=1)
        azure.review(chosen)
        reader = _Reader([graph, azure], mirror, side_by_side=False)
        yield from _Trial(step, report, store, reader).differences()


class _Reader(Reader):
    """Reads the mirror, but of what changed only one object."""

    one: tuple[str, Row] = ("", Row())

    def changes(self, request: Request, *, before: bool) -> Iterator[tuple[str, Row]]:
        yield self.one


class _Store(Store):
    """Reads the graph, but of what changed only one entity."""

    one: tuple[str, str] = ("", "")

    def changed_entities(self, name: str, *, before: bool) -> Iterator[tuple[str, str]]:
        yield self.one


class _Trial:
    def __init__(self, step: Step, report: Report, store: _Store, reader: _Reader) -> None:
        self._step, self._store, self._reader = step, store, reader
        self._schema = load_schema(step)
        results = {result.type: result for result in report.results}
        self._verdicts = Verdicts(results, results)

    def differences(self) -> Iterator[str]:
        seen = Seen()
        whole = self._made(seen, None)
        for request in seen.requests:
            yield from self._lines(whole, self._of_objects(request), request.name.partition("?")[0])
        for type in sorted(seen.listed):
            yield from self._lines(whole, self._of_entities(type), type)

    def _lines(self, whole: dict[str, Any], parts: dict[str, Any], input: str) -> Iterator[str]:
        expected = [{**dict.fromkeys(parts.get(key, ())), **record} for key, record in whole.items()]
        lines = list(unexpected(parts.values(), expected))
        if lines:
            more = f" and {len(lines) - _MOST} more" if len(lines) > _MOST else ""
            yield (
                f"it is declared per_row, but with {input} handed over one by one it makes other records: "
                f"{'; '.join(lines[:_MOST])}{more}: make each record of one object alone, or take per_row away"
            )

    def _of_objects(self, request: Request) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for row in list(self._reader.rows(request)):
            self._reader.one = row
            made |= self._made(Seen(), ChangedInput(request, before=False))
        return made

    def _of_entities(self, type: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for entity in list(self._store.entities(type)):
            self._store.one = entity
            made |= self._made(Seen(), ChangedInput(type, before=False))
        return made

    def _made(self, seen: Seen, changes: ChangedInput | None) -> dict[str, Any]:
        """Return what the step makes, by what tells its records apart."""
        context = StepContext(
            self._step, self._schema, self._reader, self._store, self._verdicts, Config(), seen, changes
        )
        records = Records(self._step, self._schema)
        made, ends = {}, 2 if self._step.is_relationship else 1
        for row in records.rows(self._step.records(context)):
            key = "|".join(map(str, row[:ends]))
            made[key] = {"_key": key}
            for properties in row[ends:]:
                made[key] |= orjson.loads(properties)
        return made
