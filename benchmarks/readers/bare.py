"""The practical limit: all pages side by side, members in batches of 20 on 8 threads, nothing done with them."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.readers.client import MEMBERS, Client
from benchmarks.readers.task import Tally, Task, main

_THREADS, _BATCH = 8, 20


def read(task: Task) -> Tally:
    """Read users beside groups and their members."""
    client = Client(task, _THREADS + 1)

    def members(groups: list[str]) -> int:
        count, waiting = 0, [MEMBERS.format(group) for group in groups]
        while waiting:
            following = []
            for page in client.batch(waiting):
                count += len(page["value"])
                if "@odata.nextLink" in page:
                    following.append(page["@odata.nextLink"].removeprefix(client.version))
            waiting = following
        return count

    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(_THREADS) as executor:
        users = beside.submit(client.ids, "users", task.users)
        groups = client.ids("groups", task.groups)
        chunks = [groups[start : start + _BATCH] for start in range(0, len(groups), _BATCH)]
        memberships = sum(executor.map(members, chunks))
        return Tally(len(users.result()), len(groups), memberships)


if __name__ == "__main__":
    main(read)
