"""A small, well-behaved client of Microsoft Graph for the simulator's own tests."""

import time
from collections.abc import Iterator
from typing import Any

import requests

from tests.simulator.properties import Json
from tests.simulator.server import Simulator

EVENTUAL = {"ConsistencyLevel": "eventual"}


class Client:
    """Plain requests, and a reader that retries as Graph's guidance asks."""

    def __init__(self, simulator: Simulator, token: str = "test-token") -> None:
        self.url, self.session = f"{simulator.url}/v1.0", requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.verify = simulator.ca_file or True

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(path if "://" in path else self.url + path, headers=headers, timeout=120)

    def pages(self, path: str, **headers: str) -> Iterator[Json]:
        link: str | None = path
        while link:
            response = self.get(link, **headers)
            assert response.status_code == 200, response.text
            yield response.json()
            link = response.json().get("@odata.nextLink")

    def items(self, path: str, **headers: str) -> list[Json]:
        return [item for page in self.pages(path, **headers) for item in page["value"]]

    def batch(self, *steps: Json) -> requests.Response:
        return self.session.post(f"{self.url}/$batch", json={"requests": list(steps)}, timeout=120)

    def inner(self, *steps: Json) -> dict[str, Json]:
        response = self.batch(*steps)
        assert response.status_code == 200, response.text
        return {each["id"]: each for each in response.json()["responses"]}

    def try_page(self, link: str, attempts: int = 12) -> Json:
        """One page in spite of faults; an error that no retry mends is returned as it is."""
        for _ in range(attempts):
            try:
                response = self.get(link)
                if response.status_code in (200, 400, 404, 410):
                    return dict(response.json())
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, ValueError):
                continue
            time.sleep(float(response.headers.get("Retry-After", 0)))
        raise AssertionError(f"{link} never succeeded")

    def try_all(self, path: str) -> list[Json]:
        """A whole collection in spite of faults: an expired page token starts it again."""
        items: list[Json] = []
        link, restarts = path, 0
        while True:
            page = self.try_page(link)
            if page.get("error", {}).get("code") == "Directory_ExpiredPageToken" and restarts < 5:
                items, link, restarts = [], path, restarts + 1
            elif "error" in page:
                raise LookupError(page["error"]["code"])
            else:
                items += page["value"]
                if "@odata.nextLink" not in page:
                    return items
                link = page["@odata.nextLink"]


def step(number: int | str, url: str, **more: Any) -> Json:
    return {"id": str(number), "method": "GET", "url": url, **more}


def ids_of(items: list[Json]) -> list[str]:
    return [item["id"] for item in items]


def code(response: requests.Response) -> str:
    return str(response.json()["error"]["code"])


def read_everything(client: Client, groups: list[Json]) -> set[tuple[str, str]]:
    """All memberships but those of service principals, through batches whose failed requests are asked again."""
    waiting = [f"/groups/{group['id']}/members?$select=id&$top=50" for group in groups]
    edges: dict[str, set[str]] = {}
    for _ in range(2000):
        if not waiting:
            return {(group, member) for group, members in edges.items() for member in members}
        chunk, waiting = waiting[:20], waiting[20:]
        body = {"requests": [step(n, url) for n, url in enumerate(chunk)]}
        try:
            response = client.session.post(f"{client.url}/$batch", json=body, timeout=120)
            answers = response.json()["responses"] if response.status_code == 200 else []
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, ValueError):
            answers = []
        waiting += chunk if not answers else []
        for each in answers:
            url = chunk[int(each["id"])]
            group = url.split("/")[2]
            if each["status"] == 200:
                edges.setdefault(group, set()).update(item["id"] for item in each["body"]["value"])
                if "@odata.nextLink" in each["body"]:
                    waiting.append(each["body"]["@odata.nextLink"].removeprefix(client.url))
            elif each["status"] == 400:
                edges.pop(group, None)
                waiting.append(f"/groups/{group}/members?$select=id&$top=50")
            elif each["status"] != 404:
                waiting.append(url)
    raise AssertionError("the batches never ended")
