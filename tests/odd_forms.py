"""Makes the records of each step again from one object more, a part of which has another form than it is read in.

Each row of the demo is read with a copy of itself, in which one list or object has another form. What the copy makes
must be what it makes with the part as it was, or the type must be partial; of the other rows nothing may be lost.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from copy import copy, deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import requests

from integration import Replay, load, plan, run
from integration.config.clouds import GLOBAL_AZURE, GLOBAL_GRAPH
from integration.config.settings import Config
from integration.engine.attempt import Attempt, Job
from integration.engine.odd import Attempts, FromTheStart
from integration.engine.verdicts import Verdicts
from integration.errors import CassetteError, GraphError
from integration.http.auth import NoToken
from integration.mirror.mirror import Mirror
from integration.sdk.plugins import declared_steps
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
from integration.values import arm_key
from tests.support import ROOT

ID, ID_KEY = "odd", "/odd"
FORMS: dict[type, tuple[Any, ...]] = {
    dict: (ID, 7, ["odd"], False, [{"odd": "odd"}]),
    list: (ID, 7, {"odd": "odd"}, True, "", 0, {}),
}
"""What takes the place of an object, and of a list; only null is nothing. A text may be read as an id."""
MOST = 12
"""So many parts of what a step reads take another form, at most, evenly spread over it."""
Place = tuple[Any, ...]


class OneMore(Reader):
    """Reads the mirror, and one row more of what is asked for by one request; of a single object that instead."""

    request: Request | None = None
    more: tuple[str, Row] = ("", Row())

    def rows(self, request: Request, *, together: bool = False) -> Iterator[tuple[str, Row]]:
        if request != self.request or request.kind != "object":
            yield from super().rows(request, together=together)
        if request == self.request:
            yield self.more


class Demo:
    """The tenant of the demo, all of which was read: makes the records of a step again, with one row more.

    Args:
        area: whose steps are looked at, such as ``azure``.
        folder: for what the run leaves.
        stack: closes what is opened.
    """

    def __init__(self, area: str, folder: Path, stack: ExitStack) -> None:
        manager = load()
        declared = declared_steps(manager)
        self.steps = [step for step in declared if step.module.startswith(f"{area}.")]
        tape = Replay.folder(ROOT / "tests" / "cassettes", declared)
        chosen = plan(manager, only=[step.name for step in self.steps])
        report = run(manager, chosen, Config(), out=folder, tape=tape)
        results = {result.type: result for result in report.results}
        self.verdicts, self.config = Verdicts(results, results), Config()
        self.store = stack.enter_context(closing(Store(folder / "graph.db")))
        mirror = stack.enter_context(closing(Mirror(folder / "tape.db")))
        session = stack.enter_context(requests.Session())
        session.mount("https://", Replay.folder(ROOT / "tests" / "cassettes", declared).adapter())
        azure = AzureSource(AzureClient(GLOBAL_AZURE, NoToken(), session, in_flight=1), side_by_side=1)
        azure.review(chosen)
        client = GraphClient(GLOBAL_GRAPH, NoToken(), session)
        graph = GraphSource(client, roles=frozenset({"Member.Read.Hidden"}), incremental=False)
        self.reader = OneMore([graph, azure], mirror, side_by_side=False)

    def made(self, step: Step, request: Request | None = None, more: tuple[str, Row] | None = None) -> "Made":
        """The records of a step, where one request gives one row more."""
        self.reader.request, self.reader.more = request, more or ("", Row())
        job = Job(step, load_schema(step), self.config, self.store, self.reader, self.verdicts)
        attempts = Attempts()
        while True:
            attempt, rows = Attempt(job, attempts.without), list[Any]()
            try:
                attempt.fill(rows.extend, attempts.items(attempt.context(), attempt.records, attempt.seen.hands))
            except FromTheStart:
                continue
            except (CassetteError, GraphError) as error:  # nothing was recorded of what belongs to one row more
                return Made(attempt, [], str(error))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                return Made(attempt, [], f"the step broke: {error!r}")
            return Made(attempt, rows, "; ".join(attempt.missing()))


class Made:
    """What a step made: its records by what tells them apart, what it asked for, and why that is not all."""

    def __init__(self, attempt: Attempt, rows: list[Any], reason: str) -> None:
        ends = 2 if attempt.records.step.is_relationship else 1
        self.asked, self.reason = attempt.seen.requests, reason
        self.records = {tuple(row[:ends]): row[ends:] for row in rows}


def parts(value: Any, path: Place = ()) -> Iterator[Place]:
    """Where lists and objects are in a row."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            yield (*path, name)
            yield from parts(each, (*path, name))


def replaced(row: Row, path: Place, value: Any, *, gone: bool = False) -> Row:
    """The row with another value at a place, or without what is there."""
    holder = changed = copy(row)
    for name in path[:-1]:
        holder[name] = copy(holder[name])
        holder = holder[name]
    holder[path[-1]] = value
    if gone:
        del holder[path[-1]]
    return changed


def at(row: Any, path: Place) -> Any:
    """What is at a place."""
    for name in path:
        row = row[name]
    return row


def copy_of(row: Row) -> Row:
    """The same row with another id, in all that is told by its id."""
    if not row["id"]:
        return deepcopy(row)
    text, id = json.dumps(row), json.dumps(row["id"])[1:-1]
    return type(row)(json.loads(text.replace(id, f"{id}-odd").replace(id.lower(), f"{id.lower()}-odd")))


class Trial(NamedTuple):
    """A copy of a row that a step reads more of than what is plain, and where a part of it is."""

    request: Request
    parent: str
    row: Row
    path: Place
    untouched: set[Any]
    """Records that the row has no part in."""


def trials(demo: Demo, step: Step) -> list[Trial]:
    """What to try of a step: some parts of all rows that it reads."""
    found, base = list[Trial](), demo.made(step)
    for request in base.asked:
        for parent, row in list(demo.reader.rows(request)) if request.part != "*" else ():
            copied = copy_of(row)
            plain = type(row)({name: None if type(each) in FORMS else each for name, each in copied.items()})
            whole, without = demo.made(step, request, (parent, copied)), demo.made(step, request, (parent, plain))
            if not whole.reason and (whole.records != without.records or without.reason):
                known = base.records.items()
                untouched = {key for key, rest in known if rest == whole.records.get(key) == without.records.get(key)}
                found += [Trial(request, parent, copied, path, untouched) for path in parts(copied)]
    return found[:: len(found) // MOST + 1]


def is_told(reason: str, row: Row, path: Place, whole: Made) -> bool:
    """Whether a reason names the row, the property that holds what is odd, or what is made of the row."""
    holder = next(name for name in reversed(path) if isinstance(name, str))
    id, ends = str(row["id"]), {end for ends in whole.records for end in ends}
    return any(name in reason for name in (id, arm_key(id), holder, *ends))


def problems(demo: Demo, step: Step) -> Iterator[str]:
    """What is wrong with the records of a step where a part of what it reads has another form."""
    for number, (request, parent, row, path, untouched) in enumerate(trials(demo, step)):
        whole = demo.made(step, request, (parent, row))
        forms = FORMS[type(at(row, path))]
        value = forms[number % len(forms)]
        where = f"{step.name}: {'.'.join(map(str, path))} = {value!r}"
        made = demo.made(step, request, (parent, replaced(row, path, value)))
        if any(made.records.get(key) != whole.records[key] for key in untouched):
            yield f"{where}: other rows lose their records"
        if made.records != whole.records and not made.reason and not (value == ID and ID_KEY in str(made.records)):
            yield f"{where}: taken for nothing"
        if made.reason and not is_told(made.reason, row, path, whole):
            yield f"{where}: not told where: {made.reason}"
        null = demo.made(step, request, (parent, replaced(row, path, None)))
        gone = demo.made(step, request, (parent, replaced(row, path, None, gone=len(path) > 1)))
        if null.records not in (gone.records, whole.records) and not null.reason:
            yield f"{where}: null is not as if it were not there"


def texts(value: Any, path: Place = ()) -> Iterator[Place]:
    """Where texts are in a row, but what tells the row apart."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            yield from texts(each, (*path, name))
        elif isinstance(each, str) and "@" not in str(name) and (path, name) != ((), "id"):
            yield (*path, name)


def losses(demo: Demo, step: Step) -> Iterator[str]:
    """Where a step makes fewer records, and does not say so, of a row in which a number stands in the place of a text.

    Texts are tried in the first row that has them there and that a record is made of, some of them where they are many.
    """
    base = demo.made(step)
    for request in base.asked:
        tried = set[Place]()
        for parent, row in list(demo.reader.rows(request)) if request.part != "*" else ():
            copied = copy_of(row)
            kinds = {tuple(0 if isinstance(name, int) else name for name in path): path for path in texts(copied)}
            if not (left := kinds.keys() - tried):
                continue
            whole = demo.made(step, request, (parent, copied))
            if whole.reason or len(whole.records) == len(base.records):
                continue
            tried |= left
            for kind in sorted(left, key=str)[:: len(left) // MOST + 1]:
                made = demo.made(step, request, (parent, replaced(copied, kinds[kind], 7)))
                if len(made.records) < len(whole.records) and not made.reason:
                    yield f"{step.name}: {'.'.join(map(str, kinds[kind]))} = 7: taken for nothing"
