"""JupiterOne's synchronization API: requests to one account, tried again where that can help.

Sources: JupiterOne, Sync jobs API reference; JupiterOne integration SDK, synchronization client.
"""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
import requests
from requests.models import REDIRECT_STATI

from integration.errors import OutputError
from integration.http import bodies
from integration.http.pace import Pace
from integration.http.patience import Patience, seconds_to_wait
from integration.http.transport import Lost, Received, Transport
from integration.sinks.jupiterone.account import Account, Mode
from integration.sinks.jupiterone.batches import Batch
from integration.text.discretion import logger
from integration.text.visible import line

SyncJob = Mapping[str, Any]
"""A synchronization job as JupiterOne describes it: ``id``, ``status``, counts."""
_JOBS = "/persister/synchronization/jobs"
_ENDED = "JOB_NOT_AWAITING_UPLOADS"
_LARGEST = 4_000_000
"""Bytes of an answer that are taken at most; JupiterOne's are of some hundred."""
_TOO_LARGE = "RequestEntityTooLargeException"
_LONGEST_TEXT = 300
_log = logger("integration.sinks")


class Refused(OutputError):
    """JupiterOne did not do what it was asked.

    Attributes:
        status: HTTP status; 0 where no answer came.
        code: JupiterOne's error code, possibly empty.
        wait: seconds after which it asks to be tried again; ``None`` where it does not say.
        again: whether the request had been tried before, and may have been done then.
    """

    def __init__(self, problem: str, status: int = 0, code: str = "", wait: float | None = None) -> None:
        self.status, self.code, self.wait, self.again = status, code, wait, False
        super().__init__(problem)

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be granted later."""
        lasting = self.code in (_ENDED, _TOO_LARGE) or self.status == 501
        return not lasting and (self.status in (0, 408, 429) or self.status >= 500)


class BatchTooLarge(Refused):
    """A batch is larger than JupiterOne takes."""


class Api:
    """Sends requests for one account; safe for use from many threads.

    Args:
        account: where to, and as whom.
        session: sends the prepared requests.
        patience: how long one request is tried.
        in_flight: the most requests at once.
    """

    def __init__(self, account: Account, session: requests.Session, patience: Patience, in_flight: int = 1) -> None:
        self._account, self._patience = account, patience
        self._pace = Pace(in_flight)
        self._transport = Transport(session, account.root, self._pace.check, _LARGEST)

    def check(self) -> None:
        """Raise ``OutputError`` where the API cannot be reached or refuses the key."""
        try:
            self._send("GET", f"{_JOBS}/{uuid.uuid4()}", attempts=3)
        except Refused as error:
            if error.status in (0, 401) or error.status >= 500 or error.status // 100 == 3:
                raise

    def start(self, mode: Mode) -> SyncJob:
        """Start a job that replaces what the instance holds, or one that only adds to it (``patch``)."""
        body = {"source": "integration-external", "integrationInstanceId": self._account.instance}
        return self._job("POST", body={**body, **({"syncMode": "PATCH"} if mode == "patch" else {})})

    def job(self, id: str) -> SyncJob:
        """Return how a job is."""
        return self._job("GET", id)

    def upload(self, id: str, batch: Batch) -> None:
        """Upload a batch, with the same correlation id however often it is tried.

        Raises:
            TooLarge: JupiterOne does not take so much at once.
            Refused: it does not take it at all, for instance because the job has ended, or something else answered: a
                gateway's page tells nothing of what became of the batch.
        """
        headers = {"Content-Encoding": "gzip", "JupiterOne-Correlation-Id": str(uuid.uuid4())}
        self._job("POST", id, f"/{batch.kind}", batch.packed, headers)

    def tell(self, id: str, events: Iterable[tuple[str, str]]) -> None:
        """Add events to a job's log: names and descriptions; where that fails, the job goes on."""
        described = [{"name": name, "description": description} for name, description in events]
        try:
            self._send("POST", f"{_JOBS}/{id}/events", orjson.dumps({"events": described}), attempts=3)
        except Refused as error:
            _log.warning("JupiterOne's job %s does not show its events: %s", id, error)

    def finalize(self, id: str, partial: Iterable[str]) -> SyncJob:
        """Have a job applied; of the partial types nothing is deleted."""
        try:
            return self._job("POST", id, "/finalize", {"partialDatasets": {"types": list(partial)}})
        except Refused as error:
            if error.code == _ENDED and error.again:
                return self.job(id)
            raise

    def abort(self, id: str, reason: str) -> None:
        """Give a job up; where that fails, its uploads are never applied either."""
        try:
            self._send("POST", f"{_JOBS}/{id}/abort", orjson.dumps({"reason": reason}), attempts=3)
        except Refused as error:
            _log.warning("JupiterOne's job %s could not be aborted: %s", id, error)

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than until ``stop``, which raises ``Interrupted``."""
        self._pace.sleep(seconds)

    def stop(self, *, cut: bool = True) -> None:
        """Make every request raise ``Interrupted``: those that wait, and those in flight, whose connections are cut.

        Args:
            cut: as it says; else those in flight come to their end.
        """
        self._pace.stop()
        if cut:
            self._transport.cut()

    def _job(
        self,
        method: str,
        id: str = "",
        below: str = "",
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> SyncJob:
        """Send a request to a job, or for a new one, and return the job that the answer names."""
        path = f"{_JOBS}/{id}{below}" if id else _JOBS
        answer = self._send(method, path, orjson.dumps(body) if isinstance(body, Mapping) else body, headers)
        job = answer.get("job")
        if not isinstance(job, dict) or not {"id", "status"} <= job.keys() or id not in ("", job["id"]):
            raise Refused(f"{self._account.root}{path}: the answer names no job: is this JupiterOne's API?")
        return job

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
    ) -> Mapping[str, Any]:
        """Send a request until it is granted, refused for good, or the deadline has passed."""
        patience = replace(self._patience, attempts=attempts or self._patience.attempts)
        ends = time.monotonic() + patience.deadline
        failures = 0
        while True:
            try:
                with self._pace.turn():
                    answer = self._exchange(method, path, body, headers or {})
                self._pace.good(None)
                return answer
            except Refused as error:
                error.again = failures > 0
                failures += 1
                pause = patience.wait(failures) if error.wait is None else error.wait
                spent = error.status != 429 and failures >= patience.attempts
                if not error.may_pass or spent or time.monotonic() + pause > ends:
                    raise
                _log.info("again in %.1f s: %s", pause, error)
                if error.status == 429:
                    self._pace.throttled(pause)
                elif error.wait is not None:
                    self._pace.hold(pause)
                else:
                    self._pace.sleep(pause)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Mapping[str, Any]:
        sent = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "JupiterOne-Account": self._account.id,
            "Authorization": f"Bearer {self._account.key.reveal()}",
            **headers,
        }
        url = f"{self._account.root}{path}"
        request = requests.Request(method, url, headers=sent, data=body)
        until = time.monotonic() + min(self._patience.exchange, self._patience.deadline)
        try:
            received = self._transport.send(request, self._patience.timeout, until)
        except (Lost, bodies.TooLarge) as error:
            self._pace.check()
            raise Refused(f"{url}: {error}; check URL and network") from None
        answer = _decoded(received.body)
        if not 200 <= received.status < 300:
            raise self._refusal(url, received, answer)
        return answer

    def _refusal(self, url: str, received: Received, answer: Mapping[str, Any]) -> Refused:
        status = received.status
        envelope = answer.get("error")
        envelope = envelope if isinstance(envelope, dict) else {}
        code, message = (line(envelope.get(name) or "")[:_LONGEST_TEXT] for name in ("code", "message"))
        advice = {
            401: "; check JUPITERONE_ACCOUNT and JUPITERONE_API_KEY",
            403: "; check what the API key may do",
        }.get(status, "; it redirects, which is not followed: check the URL" if status in REDIRECT_STATI else "")
        known = ", ".join(filter(None, [f"HTTP {status}", code, message]))
        wait = seconds_to_wait(received.headers.get("retry-after", ""), received.headers.get("date", ""))
        kind = BatchTooLarge if status == 413 or code == _TOO_LARGE else Refused
        return kind(f"{url}: JupiterOne refused the request ({known}){advice}", status, code, wait)


def _decoded(body: bytes | bytearray) -> Mapping[str, Any]:
    """Return a JSON object; what is none, such as a gateway's page, tells nothing."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}
