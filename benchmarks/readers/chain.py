"""Users beside one delta query on groups with members, followed to its end: cheap, but one page at a time."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.readers.client import Client
from benchmarks.readers.task import Tally, Task, main


def read(task: Task) -> Tally:
    """Read users, and all groups with their members as a first delta round tells them."""
    client = Client(task, 2)
    groups: set[str] = set()
    memberships = 0
    with ThreadPoolExecutor(1) as beside:
        users = beside.submit(client.ids, "users", task.users)
        for page in client.pages(f"{client.version}/groups/delta?$select=id,members"):
            for group in page["value"]:
                groups.add(group["id"])
                memberships += len(group.get("members@delta", ()))
        return Tally(len(users.result()), len(groups), memberships)


if __name__ == "__main__":
    main(read)
