"""Delta queries: a copy that follows them equals the tenant."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.simulator import Faults, Simulator, Tenant, demo_tenant, synthetic_tenant
from tests.simulator.client import Client, code
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.properties import Json


@pytest.fixture
def demo() -> Iterator[tuple[Simulator, Client]]:
    with Simulator(demo_tenant()) as simulator:
        yield simulator, Client(simulator)


class Copy:
    """What a reader of deltas knows: ids, edges, and which objects are gone."""

    def __init__(self, client: Client) -> None:
        self.client, self.links = (
            client,
            {"users": "/users/delta?$select=displayName", "groups": "/groups/delta?$select=id,members"},
        )
        self.ids: dict[str, set[str]] = {"users": set(), "groups": set()}
        self.edges: set[tuple[str, str]] = set()
        self.pages = 0

    def update(self) -> None:
        for name in self.links:
            for page in self.client.pages(self.links[name]):
                self.pages += 1
                for item in page["value"]:
                    self.apply(name, item)
                self.links[name] = page.get("@odata.deltaLink", "")

    def apply(self, name: str, item: Json) -> None:
        if "@removed" in item:
            self.ids[name].discard(item["id"])
            return
        self.ids[name].add(item["id"])
        for entry in item.get("members@delta", ()):
            assert entry.keys() - {"@removed"} == {"@odata.type", "id"}
            change = self.edges.discard if "@removed" in entry else self.edges.add
            change((item["id"], entry["id"]))

    def living_edges(self, tenant: Tenant) -> set[tuple[str, str]]:
        known = self.ids["users"] | self.ids["groups"]
        others = {member for _, kind, member in tenant.memberships() if kind not in ("user", "group")}
        return {
            (group, member) for group, member in self.edges if group in self.ids["groups"] and member in known | others
        }


@pytest.mark.parametrize("faults", [Faults(), Faults(delta_replays=0.5), Faults(silent_restores=True)])
def test_deltas_bring_a_copy_to_the_truth(faults: Faults) -> None:
    tenant = synthetic_tenant(1500, 60, 6000, seed=3)
    with Simulator(tenant, faults=faults) as simulator:
        copy = Copy(Client(simulator))
        for round_number in range(4):
            copy.update()
            assert copy.ids == {"users": set(tenant.users), "groups": set(tenant.groups)}
            assert copy.living_edges(tenant) == {(group, member) for group, _, member in tenant.memberships()}
            tenant.mutate(150, seed=round_number)
        copy.update()
        copy.pages = 0
        copy.update()
        assert copy.pages == 2


def test_delta_slices_large_groups_and_leaves_out_empty_ones() -> None:
    tenant = synthetic_tenant(1500, 10, 3000, seed=4)
    with Simulator(tenant) as simulator:
        pages = list(Client(simulator).pages("/groups/delta?$select=displayName,members"))
        slices = [len(group.get("members@delta", ())) for page in pages for group in page["value"]]
        assert max(sum(len(group.get("members@delta", ())) for group in page["value"]) for page in pages) == 500
        assert sum(slices) == 3000
        assert len(slices) > 10
        assert all(group["members@delta"] for page in pages for group in page["value"] if "members@delta" in group)
        assert all(("@odata.deltaLink" in page) != ("@odata.nextLink" in page) for page in pages)
        assert urlsplit(pages[0]["@odata.nextLink"]).query.startswith("$skiptoken=")


def test_delta_tells_soft_deletion_restoring_and_purging(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    tenant = simulator.tenant

    def ask(path: str) -> tuple[list[Json], str]:
        page = client.get(path).json()
        return page["value"], page["@odata.deltaLink"]

    nothing, users = ask("/users/delta?$deltatoken=latest&$select=displayName")
    groups = ask("/groups/delta?$deltatoken=latest&$select=members")[1]
    assert nothing == []
    tenant.delete(user_id(1))
    tenant.update(user_id(2), jobTitle="Not selected")
    changes, users = ask(users)
    assert changes == [{"id": user_id(1), "@removed": {"reason": "changed"}}]
    assert ask(groups)[0] == []
    assert user_id(1) not in {item["id"] for item in client.items(f"/groups/{group_id(1)}/members")}
    tenant.restore(user_id(1))
    changes, users = ask(users)
    assert changes == [{"displayName": "Ada Example", "id": user_id(1)}]
    tenant.purge(user_id(1))
    assert ask(users)[0] == [{"id": user_id(1), "@removed": {"reason": "deleted"}}]
    removed = {"@odata.type": "#microsoft.graph.user", "id": user_id(1), "@removed": {"reason": "deleted"}}
    assert {"id": group_id(7), "members@delta": [removed]} in ask(groups)[0]
    tenant.delete(group_id(5))
    assert {"id": group_id(5), "@removed": {"reason": "deleted"}} in ask(groups)[0]


def test_delta_filters_up_to_fifty_ids(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    either = " or ".join(f"id eq '{user_id(n)}'" for n in (1, 2))
    assert {item["id"] for item in client.items(f"/users/delta?$filter={either}")} == {user_id(1), user_id(2)}
    many = " or ".join(f"id eq '{user_id(n)}'" for n in range(1, 52))
    assert client.get(f"/users/delta?$filter={many}").status_code == 400


def test_delta_tokens_end() -> None:
    with Simulator(demo_tenant(), faults=Faults(delta_gone=1, delta_expired=1)) as simulator:
        client = Client(simulator)
        link = client.get("/users/delta?$select=mail").json()["@odata.deltaLink"]
        gone, expired = client.get(link), client.get(link)
        assert (gone.status_code, code(gone)) == (410, "resyncRequired")
        assert len(client.items(gone.headers["Location"])) == 20
        assert (expired.status_code, code(expired)) == (400, "syncStateNotFound")
        assert client.items(link) == []


def test_a_group_that_is_deleted_softly_comes_back_with_its_members(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    link = client.get("/groups/delta?$deltatoken=latest&$select=members").json()["@odata.deltaLink"]
    simulator.tenant.delete(group_id(6))
    page = client.get(link).json()
    assert page["value"] == [{"id": group_id(6), "@removed": {"reason": "changed"}}]
    assert client.get(f"/groups/{group_id(6)}/members").status_code == 404
    simulator.tenant.restore(group_id(6))
    (group,) = client.items(page["@odata.deltaLink"])
    assert [entry["id"] for entry in group["members@delta"]] == [user_id(n) for n in (1, 6, 7, 16, 17)]


def test_a_delta_chain_whose_page_token_died_starts_again() -> None:
    tenant = synthetic_tenant(100, 30, 1500, seed=9)
    with Simulator(tenant, faults=Faults(expired_page=1)) as simulator:
        client = Client(simulator)
        first = client.get("/groups/delta?$select=members").json()["@odata.nextLink"]
        assert [code(client.get(first)) for _ in range(2)] == ["Directory_ExpiredPageToken"] * 2
        found = client.items("/groups/delta?$select=members")
        assert sum(len(group.get("members@delta", ())) for group in found) == 1500
