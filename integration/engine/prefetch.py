"""Fetching ahead: Graph is asked for what steps will read while the types that they need are still being collected."""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import NoReturn

from integration.config.settings import Config
from integration.engine.context import ChangedInput, Seen, StepContext, StepReading
from integration.engine.execution import Execution
from integration.engine.verdicts import Verdicts
from integration.errors import IntegrationError
from integration.sdk.context import Context
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.sources.source import Reading
from integration.store.store import Store
from integration.text.discretion import logger

_log = logger("integration")
_SILENT = logging.getLogger("integration.ahead")
_SILENT.setLevel(logging.CRITICAL + 1)


class _Asked(BaseException):
    """Ends a step's function where it asks for something; an author's ``except Exception`` lets it through."""

    def __init__(self, request: Request | None) -> None:
        super().__init__()
        self.request = request


class _FirstRequest(StepReading):
    """Reads nothing, and learns what is asked for."""

    def object(self, request: Request) -> NoReturn:
        raise _Asked(request)

    objects = object

    def children(self, request: Request, *, together: bool = False) -> NoReturn:
        raise _Asked(request)

    def noted(self, error: IntegrationError) -> IntegrationError:
        return error


class _Beginning(StepContext):
    """Hands a step nothing, and learns what it asks for first."""

    def __init__(self, execution: Execution, reader: Reader, store: Store, verdicts: Verdicts, config: Config) -> None:
        super().__init__(execution.step, execution.schema, reader, store, verdicts, config, Seen())
        self.log = _SILENT

    def _reading(self, step: Step, schema: Schema, reader: Reader, seen: Seen, changes: ChangedInput | None) -> Reading:
        return _FirstRequest(step, schema, reader, seen, changes)

    def _check(self, type: str) -> NoReturn:
        raise _Asked(None)


def fetch_ahead(
    executions: Iterable[tuple[Execution, Sequence[Request]]],
    reader: Reader,
    store: Store,
    verdicts: Verdicts,
    config: Config,
    threads: Executor,
) -> None:
    """Begin to fetch what steps will read; returns early where the run ends.

    A step that reads a relation for the first time also begins to make its records, which would else be left to the
    end of the run: relations come in quickly, while the collections that they lead to are listed page by page.

    Args:
        executions: in the order of the plan, each with what its step asked for last time. Where that is not known, its
            function is called up to its first request, and no further.
        reader: the tenant.
        store: the graph.
        verdicts: on the other steps.
        config: settings.
        threads: make records ahead.
    """
    asked: list[tuple[Execution, Sequence[Request], Sequence[Request]]] = []
    for execution, known in executions:
        if reader.is_stopped:
            return
        if not execution.is_unlicensed():
            beginning = _Beginning(execution, reader, store, verdicts, config)
            execution.reads = known or _first(execution.step, beginning)
            asked.append((execution, known, execution.reads))
    for _, _, requests in asked:
        for request in filter(reader.is_slow, requests):
            reader.start(request)
    for execution, known, requests in asked:
        for request in requests:
            if not reader.start_ahead(request):
                return
        relations = [request for request in requests if request.kind == "relation"]
        if any(reader.asked.listing(request.path, request.among) for request in relations) and (
            reader.new and (not known or any(map(reader.reads_anew, known)))
        ):
            execution.make_ahead(threads)


def _first(step: Step, context: Context) -> Sequence[Request]:
    """Return what a step asks Graph for before it asks for anything else, and before it yields."""
    try:
        next(step.records(context), None)
    except _Asked as asked:
        return [asked.request] if asked.request else []
    except Exception as error:  # noqa: BLE001 - the step raises it again where it runs, and is judged by that
        _log.debug("%s is not read ahead: it raises %s", step.name, type(error).__name__)
    return []
