"""A plain, well-behaved client of Microsoft Graph: requests, one gate for all threads, no processing."""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter

from benchmarks.readers.task import Task

Json = dict[str, Any]

MEMBERS = "/groups/{}/members?$select=id&$count=true&$top=999"
"""Path of a group's members; to be sent with ``ADVANCED``."""

ADVANCED = {"ConsistencyLevel": "eventual"}

_BACK_OFF_SECONDS = 1.0


class Client:
    """Sends requests for as many threads as there are connections.

    Args:
        task: names Graph and the token.
        connections: the most that are kept open.

    Attributes:
        version: URL of Graph's version 1.0.
        requests: how many were sent, those inside batches not counted.
        resource_units: what Graph charged, as its answers say.
    """

    def __init__(self, task: Task, connections: int) -> None:
        self.version = f"{task.url}/v1.0"
        self.requests = self.resource_units = 0
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {task.token}"
        self._session.mount("http://", HTTPAdapter(pool_maxsize=connections, pool_block=True))
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Json:
        """Return the content of a URL, however often Graph asks to come back later.

        Raises:
            requests.HTTPError: Graph refused.
        """
        return self._send("GET", url, headers=headers)

    def batch(self, paths: list[str]) -> Iterator[Json]:
        """Yield the contents of up to 20 paths relative to the version, in any order; what is throttled is asked again.

        Raises:
            LookupError: Graph refused one of them.
            requests.HTTPError: Graph refused the batch.
        """
        while paths:
            steps = [
                {"id": str(number), "method": "GET", "url": path, "headers": ADVANCED}
                for number, path in enumerate(paths)
            ]
            body = orjson.dumps({"requests": steps})
            answer = self._send(
                "POST", f"{self.version}/$batch", data=body, headers={"Content-Type": "application/json"}
            )
            again = []
            for each in answer["responses"]:
                self._charged(each["headers"])
                if each["status"] == 429:
                    self._close_gate(each["headers"])
                    again.append(paths[int(each["id"])])
                elif each["status"] != 200:
                    raise LookupError(f"{paths[int(each['id'])]}: {each['status']}")
                else:
                    yield each["body"]
            paths = again

    def pages(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Yield the pages of a collection from a URL on.

        Raises:
            requests.HTTPError: Graph refused one of them.
        """
        link: str | None = url
        while link:
            page = self.get(link, headers)
            yield page
            link = page.get("@odata.nextLink")

    def ids(self, collection: str, select: str) -> list[str]:
        """Return the ids of a collection's objects, having read the selected properties too."""
        url = f"{self.version}/{collection}?$select={select}&$top=999"
        return [item["id"] for page in self.pages(url) for item in page["value"]]

    def _send(self, method: str, url: str, **more: Any) -> Json:
        while True:
            self._wait_at_gate()
            response = self._session.request(method, url, **more)
            with self._lock:
                self.requests += 1
            self._charged(response.headers)
            if response.status_code not in (429, 503):
                response.raise_for_status()
                content: Json = orjson.loads(response.content)
                return content
            self._close_gate(response.headers)

    def _charged(self, headers: Mapping[str, str]) -> None:
        with self._lock:
            self.resource_units += int(headers.get("x-ms-resource-unit", 0))

    def _wait_at_gate(self) -> None:
        while (seconds := self._closed_until - time.monotonic()) > 0:
            time.sleep(seconds)

    def _close_gate(self, headers: Mapping[str, str]) -> None:
        seconds = float(headers.get("Retry-After", _BACK_OFF_SECONDS))
        with self._lock:
            self._closed_until = max(self._closed_until, time.monotonic() + seconds)
