"""One request per group, application, service principal and device after the listings, on 16 connections."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.readers.client import ADVANCED, MEMBERS, Client
from benchmarks.readers.task import Tally, Task, main

_THREADS = 16
_CHILDREN = {
    "applications": "/applications/{}/federatedIdentityCredentials",
    "servicePrincipals": "/servicePrincipals/{}/appRoleAssignedTo?$top=999",
    "devices": "/devices/{}/registeredOwners?$select=id",
}


def read(task: Task) -> Tally:
    """Read the listings, one after the other, then the children of each object."""
    client = Client(task, _THREADS)
    users, groups = client.ids("users", task.users), client.ids("groups", task.groups)
    paths = [path.format(identity) for name, path in _CHILDREN.items() for identity in client.ids(name, "id")]

    def children(path: str) -> int:
        return sum(len(page["value"]) for page in client.pages(client.version + path, ADVANCED))

    def counted(asked: Iterable[str]) -> int:
        return sum(executor.map(children, asked))

    with ThreadPoolExecutor(_THREADS) as executor:
        memberships = counted(MEMBERS.format(group) for group in groups)
        counted(paths)
    return Tally(len(users), len(groups), memberships)


if __name__ == "__main__":
    main(read)
