"""What batches may ask for: as much as Graph answers without throttling."""

from collections.abc import Sequence

from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import MOST
from integration.sources.msgraph.client import GraphClient

_BUSY = 0.8
_BUCKET = 6_400


class Budget:
    """Adapts the size of batches to what Graph answers, and tells when its resource units run low.

    Args:
        client: sends the batches; it is slowed down where Graph asks for that.

    Attributes:
        size: the most requests in the next batch.
    """

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._spent = 0
        self.size = MOST

    def runs_low(self, answers: Sequence[Answer]) -> bool:
        """Take a batch's answers into account, and tell whether it is time to spend less.

        That is where Graph throttles, where it says that four fifths of a limit are used, and where four fifths of the
        8,000 units are spent that it grants a tenant at once (Microsoft Graph throttling limits).

        Raises:
            GraphError: Graph asks to wait for longer than a request is tried.
        """
        throttled = [answer for answer in answers if answer.status == 429]
        failed = [answer for answer in answers if answer.status >= 400 and answer.status != 404]
        if failed:
            self._client.meter.again(len(failed), throttled=len(throttled))
        asked = [answer.retry_after for answer in failed if answer.retry_after is not None]
        for answer in failed:
            if (answer.retry_after or 0) > self._client.patience.deadline and (error := answer.error()):
                raise error
        self.size = max(1, self.size // 2) if throttled else min(MOST, self.size + 1)
        if throttled:
            self._client.pace.throttled(max(asked, default=self._client.patience.wait(1)))
        elif asked:
            self._client.pace.hold(max(asked))
        self._spent += sum(answer.units for answer in answers)
        used = max((answer.percentage or 0.0 for answer in answers), default=0.0)
        return bool(throttled) or self._spent >= _BUCKET or used >= _BUSY
