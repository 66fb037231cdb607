"""Microsoft Graph as a recording knows it: requests alone and in batches, collections, and children of parents."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import orjson
import requests

from integration.config.clouds import GLOBAL_GRAPH
from integration.recording.api import FoundObject, RawAnswer, RecordedApi, Sending, Taken, body_of
from integration.sources.msgraph.habits import COUNTED
from integration.sources.msgraph.links import VERSION
from integration.tapes.cassette import answer_headers

_COUNTS: Mapping[str, str] = dict(COUNTED.values())
"""What says elsewhere how many objects of a listing there are, of which a recording keeps a few, by path."""
_EXPANDED = re.compile(r"[?&]\$expand=(\w+)\(")


class RecordedGraph(RecordedApi):
    """Microsoft Graph during one recording."""

    name = "Graph"
    home = f"{GLOBAL_GRAPH}{VERSION}"
    link = "@odata.nextLink"
    counted = "@odata.count"
    _answers: Mapping[str, Taken] = MappingProxyType({})
    _expanded: Mapping[str, list[FoundObject]] = MappingProxyType({})

    def root_of(self, url: str) -> str | None:
        """Return what a URL has up to the version."""
        root, version, _ = url.partition(VERSION)
        return root + version if version else None

    def asked(self, request: requests.PreparedRequest, root: str, exchange: Sending) -> RawAnswer:
        """Ask what a request asks, or all those in a batch."""
        if not (batch := body_of(request)):
            return self._get(request, root, exchange)
        targets = {str(each["id"]): self.home + str(each["url"]) for each in batch["requests"]}
        below = len(self.at(root))
        parts = [{**each, "url": self._real(targets[str(each["id"])], root)[below:]} for each in batch["requests"]]
        real = request.copy()
        real.url = self.at(root) + str(request.url).removeprefix(root)
        real.prepare_body(orjson.dumps({"requests": parts}), None)
        received = exchange(real, self.at(root))
        if not isinstance(received.body, dict) or "responses" not in received.body:
            return self._answer(f"{self.home}/$batch", received, root)
        given = [self._inner(each, targets, root) for each in received.body["responses"]]
        return RawAnswer(received.status, received.headers, {"responses": given})

    def ended(self) -> None:
        """Do nothing: each answer was kept when it came."""

    def answered(self, request: requests.PreparedRequest, answers: Mapping[str, Taken]) -> Taken | None:
        """Return the answer to a request.

        Some parents are asked again, one by one, for comparison: what these have is what came with them, also where
        there are others.
        """
        target = str(request.url)
        if self._answers is not answers:
            self._answers, self._expanded = answers, dict(_expanded(answers))
        children = self._expanded.get(target.partition("?")[0])
        return answers.get(target) if children is None else Taken(200, {}, {"value": children})

    def key(self, row: FoundObject) -> object:
        """Return the id of an object."""
        return row.get("id")

    def kind(self, row: FoundObject) -> object:
        """Return the type of an object, which Graph names among objects of several."""
        return row.get("@odata.type")

    def owner(self, path: str, known: Mapping[str, set[object]]) -> tuple[object, str] | None:
        """Return parent's id and relation of ``{parents}/{id}/{relation}``."""
        above, _, relation = path.rpartition("/")
        parents, _, parent = above.rpartition("/")
        return (parent, f"{parents}/*/{relation}") if parent in known.get(parents, ()) else None

    def _inner(self, answer: dict[str, Any], targets: Mapping[str, str], root: str) -> dict[str, Any]:
        number = str(answer["id"])
        headers = answer_headers(answer.get("headers") or {})
        given = self._answer(targets[number], RawAnswer(int(answer["status"]), headers, answer.get("body")), root)
        return {"id": number, "status": given.status, "headers": given.headers, "body": given.body}

    def _scrubbed(self, target: str, body: FoundObject, root: str) -> tuple[Any, str | None]:
        body.pop("@odata.deltaLink", None)
        body.pop(_COUNTS.get(target.partition("?")[0].removeprefix(self.home), ""), None)
        return super()._scrubbed(target, body, root)


def _expanded(answers: Mapping[str, Taken]) -> Iterator[tuple[str, list[FoundObject]]]:
    """Yield the path of a relation and the children, for each parent with which these came."""
    for target, answer in answers.items():
        if relation := _EXPANDED.search(target):
            for parent in answer.body.get("value") or ():
                if isinstance(children := parent.get(relation[1], []), list):
                    yield f"{target.partition('?')[0]}/{parent['id']}/{relation[1]}", children
