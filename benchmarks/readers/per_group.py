"""One request per group after the listings, on a fixed number of connections."""

import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.readers.client import ADVANCED, MEMBERS, Client
from benchmarks.readers.task import Sample, Tally, Task


def read(task: Task, threads: int) -> Tally:
    """Read users, then groups, then the members of each group, or of one group in so many."""
    client = Client(task, threads)
    users, groups = client.ids("users", task.users), client.ids("groups", task.groups)
    requests, units, started, cpu = client.requests, client.resource_units, time.perf_counter(), time.process_time()

    def members(group: str) -> int:
        return sum(len(page["value"]) for page in client.pages(client.version + MEMBERS.format(group), ADVANCED))

    with ThreadPoolExecutor(threads) as executor:
        memberships = sum(executor.map(members, groups[:: task.every]))
    sample = Sample(
        time.perf_counter() - started,
        time.process_time() - cpu,
        client.requests - requests,
        client.resource_units - units,
    )
    return Tally(len(users), len(groups), memberships, sample if task.every > 1 else None)
