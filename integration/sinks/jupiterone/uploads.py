"""Uploads of one synchronization job, side by side."""

from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from integration.sinks.jupiterone.api import Api, BatchTooLarge
from integration.sinks.jupiterone.batches import Batch, RecordKind
from integration.text.discretion import logger
from integration.text.whose import carried
from integration.threads import Threads

IN_FLIGHT = 30
"""The most uploads at once, as in JupiterOne's SDK."""
_log = logger("integration.sinks")


class Uploads:
    """Uploads batches, at most 30 at once.

    Args:
        api: sends them.

    Attributes:
        sent: how many objects of each kind were uploaded.
        shrunk: how many of them lost their ``_rawData``, because with it they alone were larger than JupiterOne takes.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self.sent: dict[RecordKind, int] = {"entities": 0, "relationships": 0}
        self.shrunk = 0

    @property
    def loss(self) -> str:
        """What the shrunk objects lost, for people."""
        return f"{self.shrunk} objects were too large and were uploaded without their raw data"

    def send(self, job: str, packed: Iterable[Batch]) -> None:
        """Upload batches as they are made; the next one is made when there is a place for it.

        Raises:
            OutputError: an upload failed for good; those that were under way have ended.
        """
        running: set[Future[int]] = set()
        with Threads(IN_FLIGHT, thread_name_prefix="upload") as executor:
            try:
                for batch in packed:
                    running.add(executor.submit(carried(self._upload), job, batch))
                    self.sent[batch.kind] += batch.count
                    running = self._collect(running, None if len(running) == IN_FLIGHT else 0)
                while running:
                    running = self._collect(running, None)
            except BaseException:
                self._api.stop(cut=False)
                raise

    def _collect(self, running: set[Future[int]], seconds: float | None) -> set[Future[int]]:
        """Wait so long for an upload to end, and return those that have not."""
        done, pending = wait(running, seconds, FIRST_COMPLETED)
        self.shrunk += sum(future.result() for future in done)
        return pending

    def _upload(self, job: str, batch: Batch) -> int:
        """Upload a batch, in pieces where it is too large, and return how many objects were shrunk."""
        try:
            self._api.upload(job, batch)
        except BatchTooLarge:
            shrunk = batch.count == 1
            pieces = list(batch.smaller())
            if shrunk:
                _log.warning("%s is too large for JupiterOne: it is uploaded without its _rawData", batch.key)
            return shrunk + sum(self._upload(job, piece) for piece in pieces)
        return 0
