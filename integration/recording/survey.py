"""Reading a tenant for a recording: real answers become made-up ones before anything else sees them.

The run that asks never learns a real value: it asks for pseudonyms, and what it gets, and keeps on disk, has nothing
but pseudonyms in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from integration.errors import CassetteError
from integration.http.bodies import read_body
from integration.http.decoding import decode
from integration.http.room import MOST
from integration.http.surroundings import routes_to
from integration.recording.api import RawAnswer, RecordedApi
from integration.tapes.cassette import answer_headers
from integration.tapes.tapes import response_to
from integration.text.secret import redacted, repeats_secret


class Survey:
    """A tape: the APIs themselves, scrubbed, and of large collections a sample.

    Args:
        apis: those that may be asked.
    """

    offline = True
    one_by_one = True

    def __init__(self, apis: Sequence[RecordedApi]) -> None:
        self._apis = apis

    def adapter(self) -> BaseAdapter:
        """Return the adapter that asks the APIs."""
        return Scrubbing(self._apis)

    def close(self) -> None:
        """Tell the APIs that everything is read: the answers stay in memory."""
        for api in self._apis:
            api.ended()


class Scrubbing(HTTPAdapter):
    """Sends requests with real values in place of pseudonyms, and answers with pseudonyms.

    Args:
        apis: those that may be asked; each replaces the tenant's values, and is told the answers.
    """

    def __init__(self, apis: Sequence[RecordedApi]) -> None:
        super().__init__()
        self._apis = apis

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a request, and return its answer with pseudonyms.

        Raises:
            CassetteError: it is to none of the APIs, for which alone the tenant's values are known.
        """
        for api in self._apis:
            root = api.root_of(str(request.url))
            if root is not None:
                break
        else:
            raise CassetteError("only what Microsoft Graph and Azure give can be recorded from a live tenant")

        def exchange(real: requests.PreparedRequest, to: str) -> RawAnswer:
            response = self._exchange(real, api, to, options)
            body = decode(read_body(response, MOST)) or None
            pace = {name: value for name, value in response.headers.items() if name.lower() in api.pacing}
            told = _without_secrets([{**answer_headers(response.headers), **pace}, body])
            return RawAnswer(response.status_code, *told)

        given = api.asked(request, root, exchange)
        return response_to(self, request, given.status, given.headers, orjson.dumps(given.body))

    def _exchange(
        self, request: requests.PreparedRequest, api: RecordedApi, root: str, options: Mapping[str, Any]
    ) -> requests.Response:
        """Send a request, once more with a fresh token where the API refused the first."""
        tokens = api.tokens()
        if tokens is None:
            return super().send(request, **options)
        with requests.Session() as session:
            settings = {**options, **routes_to(root, session)}
        for last in (False, True):
            token = tokens.token()
            request.headers["Authorization"] = f"Bearer {token.reveal()}"
            response = super().send(request, **settings)
            if last or response.status_code != 401:
                break
            response.close()
            tokens.renew(token)
        return response


def _without_secrets(told: list[Any]) -> list[Any]:
    """Return what a server said without what it repeats of the token: names and kinds of objects have no pseudonyms."""
    return [_redacted(each) for each in told] if repeats_secret(orjson.dumps(told).decode()) else told


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {redacted(name): _redacted(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_redacted(each) for each in value]
    return redacted(value) if isinstance(value, str) else value
