"""``jupiterone:``: the graph into a JupiterOne account, by synchronization jobs.

Sources: JupiterOne, Sync jobs overview, DIFF and PATCH sync modes, Custom integration: Code + Sync API.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain

import orjson
import requests

from integration.errors import OutputError
from integration.http.connections import Adapter
from integration.http.patience import Patience
from integration.sdk.report import Report, StepResult
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sdk.stopping import Stopping
from integration.sinks.jupiterone.account import ROOT, account_of
from integration.sinks.jupiterone.api import Api, SyncJob
from integration.sinks.jupiterone.batches import BATCH_BYTES, Batch, RecordKind, batches
from integration.sinks.jupiterone.history import History
from integration.sinks.jupiterone.uploads import IN_FLIGHT, Uploads
from integration.sinks.mapped import MappedGraph
from integration.text.discretion import logger
from integration.text.exact_json import exact_json
from integration.text.visible import line

PATIENCE = Patience(deadline=300.0, attempts=10)
"""How long one request is tried."""
HURRY = Patience(deadline=1.0, attempts=1, timeout=(1.0, 1.0), exchange=1.0)
"""The same for what is sent when a run is to end."""
FINISH_WITHIN = 3600.0
"""Seconds in which JupiterOne must have applied a job."""
POLLS = (0.1, 5.0)
"""Seconds until a job is asked after for the first time; they double each time, up to the second number."""
COUNTED_WITHIN = 30.0
"""Seconds in which JupiterOne must have counted what was uploaded, before the job is applied."""
_PENDING = ("AWAITING_UPLOADS", "FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS")
_LONGEST_TEXT = 1000
_log = logger("integration.sinks")


class JupiterOneSink:
    """Brings an integration instance of a JupiterOne account up to date.

    In the mode ``diff`` a job holds all records of the chosen types, and what the instance has beyond them is deleted;
    of types that are not complete, or were not chosen, nothing is, nor where ``History`` knows too little. In the mode
    ``patch`` a job holds the entities that were created or updated since they were delivered last; nothing is deleted,
    and relationships, which such a job does not take, wait for the next ``diff``.

    Args:
        address: what stands behind ``jupiterone:``: the API's base URL, ``?mode=patch``, both or neither.
        environment: variables: JUPITERONE_ACCOUNT, JUPITERONE_API_KEY, INTEGRATION_INSTANCE_ID, JUPITERONE_API_URL.
        stopping: tells when nothing more is to be sent: what waits, or awaits an answer, ends then.

    Raises:
        ConfigurationError: names all that is missing or wrong.
    """

    def __init__(self, address: str, environment: Mapping[str, str], stopping: Stopping | None = None) -> None:
        self._stopping = stopping or Stopping()
        self._account, self._mode = account_of(address, environment)
        root = "" if self._account.root == ROOT else self._account.root
        self.url = f"jupiterone:{root}{'?mode=patch' if self._mode == 'patch' else ''}"

    def check(self) -> None:
        """Raise ``OutputError`` where the API cannot be reached or refuses the key."""
        with self._session() as session:
            Api(self._account, session, PATIENCE).check()

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Run one job, and wait until JupiterOne has applied it.

        Raises:
            OutputError: a job that was started is aborted, unless JupiterOne was applying it already.
        """
        mapped = MappedGraph(graph, steps)
        self._bring(mapped, mapped.steps, report)

    def _bring(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        history = History(graph, self._account.name, steps, report)
        if self._mode == "patch":
            self._name_waiting(graph, steps)
            entities = [step for step in steps if not step.is_relationship]
            packed = self._batches(graph, entities, report)
            first = next(packed, None)
            history.added(entities, self._run(chain([first], packed), report, ()) if first else None)
        else:
            kept = history.kept()
            history.replaced(steps, self._run(self._batches(graph, steps, report), report, kept), kept)

    def _run(self, packed: Iterable[Batch], report: Report, kept: Iterable[str]) -> SyncJob:
        """Run a job that deletes nothing of the types that are ``kept``, and return it as it ended."""
        with self._session() as session:
            api = Api(self._account, session, PATIENCE)
            sender = Api(self._account, session, PATIENCE, IN_FLIGHT)
            uploads = Uploads(sender)
            with self._stopping.telling(api.stop), self._stopping.telling(sender.stop):
                job = api.start(self._mode)
                try:
                    api.tell(job["id"], (_event(result) for result in report.results))
                    uploads.send(job["id"], packed)
                    if uploads.shrunk:
                        api.tell(job["id"], [("warn_ingestion_limit_encountered", uploads.loss)])
                    self._await_counts(api, job["id"], uploads.sent)
                    job = api.finalize(job["id"], sorted({*report.incomplete, *kept}))
                except BaseException as error:
                    self._abort(job, str(error)[:_LONGEST_TEXT] or type(error).__name__)
                    raise
                job = self._finished(api, job)
            self._compare(job, uploads.sent)
            return job

    def _abort(self, job: SyncJob, reason: str) -> None:
        """Give a job up, over a connection of its own: the others may have been cut."""
        with self._session() as session:
            Api(self._account, session, HURRY if self._stopping.asked() else PATIENCE).abort(job["id"], reason)

    def _finished(self, api: Api, job: SyncJob) -> SyncJob:
        """Wait until JupiterOne has applied a job."""
        ends = time.monotonic() + FINISH_WITHIN
        pause, longest = POLLS
        while job["status"] in _PENDING:
            if time.monotonic() + pause > ends:
                raise OutputError(
                    f"{self.url}: the job {job['id']} is still {job['status']} after {FINISH_WITHIN:.0f} s;"
                    " JupiterOne may yet apply it"
                )
            api.pause(pause)
            pause = min(longest, 2 * pause)
            job = api.job(job["id"])
        if job["status"] != "FINISHED":
            raise OutputError(f"{self.url}: JupiterOne did not apply the job {job['id']}: {_text(job)}")
        return job

    def _await_counts(self, api: Api, id: str, sent: Mapping[RecordKind, int]) -> None:
        """Wait until JupiterOne counts all that was uploaded: what it lacks of a kind, applying the job would delete.

        Where it counts nothing of a kind before it applies the job, ``_compare`` tells.
        """
        ends = time.monotonic() + COUNTED_WITHIN
        pause, longest = POLLS
        while True:
            job = api.job(id)
            if not any(0 < _counted(job, kind) < count for kind, count in sent.items()):
                return
            if time.monotonic() + pause > ends:
                self._compare(job, sent)
            api.pause(pause)
            pause = min(longest, 2 * pause)

    def _compare(self, job: SyncJob, sent: Mapping[RecordKind, int]) -> None:
        """Compare how many objects JupiterOne has counted with how many were uploaded."""
        for kind, count in sent.items():
            counted = _counted(job, kind)
            if counted != count:
                raise OutputError(
                    f"{self.url}: {count} {kind} were uploaded, but JupiterOne's job {job['id']} counts {counted}:"
                    " run again"
                )

    def _batches(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> Iterator[Batch]:
        """Yield all entities that are to be uploaded, and then all relationships."""
        kinds: tuple[RecordKind, ...] = ("entities", "relationships")
        for kind in kinds:
            chosen = [step for step in steps if step.is_relationship == (kind == "relationships")]
            records = chain.from_iterable(self._records(graph, step, report) for step in chosen)
            yield from batches(kind, records, BATCH_BYTES)

    def _records(self, graph: StoredGraph, step: Step, report: Report) -> Iterator[bytes]:
        if self._mode == "diff":
            return graph.records(step)
        since = graph.delivered(self._account.name, step)
        return _changed(graph, step, since if graph.remembers(since) and not report.compare_all else 0)

    def _name_waiting(self, graph: StoredGraph, steps: Sequence[Step]) -> None:
        """Say which relationships a job that only adds does not bring up to date."""
        for step in steps:
            if step.is_relationship:
                since = graph.delivered(self._account.name, step)
                if not graph.remembers(since) or next(graph.changes(step, since), None):
                    _log.warning("%s: changes of %s wait for a run without mode=patch", self.url, step.name)

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        with requests.Session() as session:
            adapter = Adapter()
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            yield session


def _counted(job: SyncJob, kind: RecordKind) -> int:
    """Return how many objects of a kind a job counts as uploaded."""
    counted = job.get(f"num{kind.capitalize()}Uploaded")
    return counted if isinstance(counted, int) else 0


def _changed(graph: StoredGraph, step: Step, since: int) -> Iterator[bytes]:
    """Yield the whole objects of a type's entities that were created or updated since a revision.

    A property that an entity has lost is ``null``: what such an upload does not name stays as it is.
    """
    for change in graph.changes(step, since):
        if change.now is not None:
            lost = dict.fromkeys(orjson.loads(change.before or "{}"))
            stamps = {"_key": change.ends[0], "_type": step.name, "_class": step.classes}
            yield exact_json({**lost, **stamps, **orjson.loads(change.now)})


def _event(result: StepResult) -> tuple[str, str]:
    """Return the name and the description of the event that tells a type's verdict."""
    name = {"complete": "step_end", "failed": "step_failure"}.get(result.verdict, "warn_incomplete_data")
    reason = f": {result.reason}" if result.reason else ""
    return name, f"{result.type}: {result.verdict}, {result.count} records{reason}"[:_LONGEST_TEXT]


def _text(job: SyncJob) -> str:
    """Return what a job says of itself."""
    told = {name: value for name, value in job.items() if name != "id" and isinstance(value, str | int)}
    return line(", ".join(f"{name} {value}" for name, value in {"status": job["status"], **told}.items()))[
        :_LONGEST_TEXT
    ]
