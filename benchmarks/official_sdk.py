"""Microsoft's own Python SDK as a reader: users, groups and members with PageIterator, one request per group.

It needs msgraph-sdk, which this project does not. Install it apart, where there is half a gigabyte to spare::

    python3 -m venv sdk-venv
    sdk-venv/bin/pip install msgraph-sdk
    python -m benchmarks --only sdk --sdk-python sdk-venv/bin/python
"""

import asyncio
import importlib
import sys
import time
from functools import partial
from typing import Any

from benchmarks.readers.task import Sample, Tally, Task, main


def read(task: Task) -> Tally:
    """Read users, then groups, then the members of each group, or of one group in so many."""
    return asyncio.run(_read(task))


async def _read(task: Task) -> Tally:
    sdk = _Sdk(task)
    graph, token = sdk.graph, {"Authorization": f"Bearer {task.token}"}
    users = len(await sdk.ids(graph.users, token, task.users.split(",")))
    groups = await sdk.ids(graph.groups, token, task.groups.split(","))
    requests, units, started, cpu = sdk.requests, sdk.resource_units, time.perf_counter(), time.process_time()
    memberships = 0
    for group in groups[:: task.every]:
        members = graph.groups.by_group_id(group).members
        memberships += len(await sdk.ids(members, {**token, "ConsistencyLevel": "eventual"}, ["id"], count=True))
    sample = Sample(
        time.perf_counter() - started, time.process_time() - cpu, sdk.requests - requests, sdk.resource_units - units
    )
    return Tally(users, len(groups), memberships, sample if task.every > 1 else None)


class _Sdk:
    """The SDK's client on the root of a task; counts what it sends and what Graph charges."""

    def __init__(self, task: Task) -> None:
        self.requests = self.resource_units = 0
        try:
            msgraph, core, graph_adapter = map(
                importlib.import_module, ("msgraph", "msgraph_core", "msgraph.graph_request_adapter")
            )
        except ModuleNotFoundError as error:
            sys.exit(f"{error}: {__doc__}")
        authentication = importlib.import_module("kiota_abstractions.authentication")
        httpx = importlib.import_module("httpx")
        http = core.GraphClientFactory.create_with_default_middleware(
            client=httpx.AsyncClient(event_hooks={"response": [self._count]}), options=graph_adapter.options
        )
        self._adapter = msgraph.GraphRequestAdapter(
            authentication.anonymous_authentication_provider.AnonymousAuthenticationProvider(), client=http
        )
        self._adapter.base_url = f"{task.url}/v1.0"
        self._iterator = core.PageIterator
        self._configuration = importlib.import_module(
            "kiota_abstractions.base_request_configuration"
        ).RequestConfiguration
        self._headers = importlib.import_module("kiota_abstractions.headers_collection").HeadersCollection
        self.graph = msgraph.GraphServiceClient(request_adapter=self._adapter)

    async def ids(self, builder: Any, headers: dict[str, str], select: list[str], *, count: bool = False) -> list[str]:
        """Return the ids of a collection's objects, following its pages with the same headers."""
        sent = self._headers()
        for name, value in headers.items():
            sent.add(name, value)
        options = next(value for name, value in vars(type(builder)).items() if name.endswith("GetQueryParameters"))
        query = options(select=select, top=999, count=True) if count else options(select=select, top=999)
        first = await builder.get(self._configuration(headers=sent, query_parameters=query))
        found: list[str] = []
        if first.value:
            pages = self._iterator(first, self._adapter)
            pages.headers = sent
            await pages.iterate(partial(_note, found))
        return found

    async def _count(self, response: Any) -> None:
        self.requests += 1
        self.resource_units += int(response.headers.get("x-ms-resource-unit", 0))


def _note(found: list[str], item: Any) -> bool:
    """Note an object's id, and tell the iterator to go on."""
    found.append(item.id)
    return True


if __name__ == "__main__":
    main(read)
