"""A second run in the same folder: what did not change costs nothing, and what did gives the graph of a full read."""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from integration import Interrupted, Report, load, plan, run
from integration.config.settings import Config
from integration.http.auth import GivenToken
from integration.mirror.mirror import Mirror
from integration.sources.collection import Collection
from integration.sources.flow import Restarted
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.source import GraphSource
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant


def small() -> Tenant:
    return synthetic_tenant(users=300, groups=60, memberships=1500, seed=21)


def read(simulator: Simulator, out: str = "out", **settings: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), **settings)
    return run(manager, plan(manager), config, out=out)


def graph(out: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return [
            *database.execute("SELECT _key, _type, properties FROM entities ORDER BY _key"),
            *database.execute("SELECT _key, _type, properties FROM relationships ORDER BY _key"),
        ]


def slowly(rows: Iterator[Any]) -> Iterator[Any]:
    for row in rows:
        time.sleep(0.001)
        yield row


def port(simulator: Simulator) -> int:
    return urlsplit(simulator.url).port or 0


def test_an_unchanged_tenant_costs_a_handful_of_requests() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
        before = graph("out")
        simulator.reset()
        report = read(simulator)
        assert len(simulator.requests) <= 10
    assert {result.notes for result in report.results} == {("unchanged",)}
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph("out") == before


@pytest.mark.parametrize("seed", range(4))
def test_changes_give_the_graph_of_a_full_read(seed: int) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        for round_ in range(3):
            tenant.mutate(60, seed=10 * seed + round_)
            simulator.reset()
            report = read(simulator)
            assert report.reading["mirror"] == "updated"
            assert not report.reading["readWhole"]
            assert len(simulator.requests) <= 12
            fresh = f"fresh-{round_}"
            read(simulator, fresh)
            assert graph("out") == graph(fresh)


def test_a_deleted_user_leaves_its_groups_and_comes_back_with_them() -> None:
    tenant = small()
    user = next(member for _, kind, member in tenant.memberships() if kind == "user")
    with Simulator(tenant) as simulator:
        read(simulator)
        before = graph("out")
        tenant.delete(user)
        read(simulator)
        assert not [row for row in graph("out") if user in row[0]]
        tenant.restore(user)
        read(simulator)
    assert [row[:2] for row in graph("out")] == [row[:2] for row in before]


def test_a_user_that_comes_back_does_not_bring_a_deleted_group_back() -> None:
    tenant = small()
    group, user = next((group, member) for group, kind, member in tenant.memberships() if kind == "user")
    with Simulator(tenant) as simulator:
        read(simulator)
        tenant.delete(user)
        read(simulator)
        tenant.delete(group)
        tenant.restore(user)
        read(simulator)
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


@pytest.mark.parametrize("faults", [Faults(delta_gone=1.0), Faults(delta_expired=1.0)], ids=["gone", "expired"])
def test_a_lost_delta_token_means_a_full_read_and_says_so(faults: Faults) -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
    tenant.mutate(50, seed=5)
    with Simulator(tenant, faults=faults, port=port(simulator)) as simulator:
        report = read(simulator)
        assert report.exit_code() == 0
        assert report.reading["readWhole"]
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


def test_a_few_changes_run_no_step_on_everything() -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        tenant.mutate(20, seed=3)
        report = read(simulator)
    notes = {result.type: result.notes for result in report.results}
    assert set(notes.values()) <= {("changed",), ("unchanged",)}
    assert notes["azure_user"] == ("changed",)
    assert report.of("azure_user").count == len(tenant.users)


def test_a_step_that_was_left_out_of_a_run_reads_everything_in_the_next() -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        tenant.mutate(40, seed=8)
        manager = load()
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, plan(manager, only=["azure_user"]), config, out="out")
        tenant.mutate(40, seed=9)
        read(simulator)
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


def test_fresh_reads_everything_anew() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
        simulator.reset()
        report = read(simulator, fresh=True)
        assert any(request.path.startswith("/v1.0/users?") for request in simulator.requests)
    assert report.reading["mirror"] == "new"


def test_a_full_read_is_due_from_time_to_time() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
        report = read(simulator, full_every=0.0)
    assert set(report.reading["readWhole"].values()) == {"the periodic full read is due"}


def test_a_mirror_of_another_version_is_made_anew_and_says_so() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
        before = graph("out")
        with closing(sqlite3.connect("out/mirror.db")) as database:
            database.execute("PRAGMA user_version = 0")
        report = read(simulator)
        assert report.reading["mirror"].startswith("rebuilt")
        Path("out/mirror.db").write_bytes(b"not a mirror")
        assert read(simulator).reading["mirror"].startswith("rebuilt")
    assert graph("out") == before


def test_a_setting_that_decides_on_records_makes_the_step_run_again() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
        report = read(simulator, instance_name="Contoso Production")
    assert report.of("azure_account").notes == ()
    with closing(sqlite3.connect("out/graph.db")) as database:
        assert database.execute("SELECT displayName FROM azure_account").fetchall() == [("Contoso Production",)]


def test_members_of_every_kind_are_counted() -> None:
    tenant = small()
    kinds: dict[str, int] = {}
    for _, kind, _member in tenant.memberships():
        kinds[kind] = kinds.get(kind, 0) + 1
    with Simulator(tenant) as simulator:
        report = read(simulator)
        again = read(simulator)
    expected = {f"#microsoft.graph.{kind}": count for kind, count in kinds.items() if kind not in ("user", "group")}
    assert expected
    assert list(report.reading["notRepresented"].values()) == [expected]
    assert again.reading["notRepresented"] == report.reading["notRepresented"]


def test_members_of_every_kind_are_counted_anew_from_what_changed() -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        for seed in range(3):
            others = [
                (group, kind, member) for group, kind, member in tenant.memberships() if kind not in ("user", "group")
            ]
            for group, _, member in others[seed::5]:
                tenant.remove_member(group, member)
            for (_, _, member), (group, _, _) in zip(others[seed + 1 :: 7], others[seed::7], strict=False):
                if member not in {key for _, key in tenant.members_of(group)}:
                    tenant.add_member(group, member)
            tenant.mutate(30, seed)
            expected = Counter(f"#microsoft.graph.{kind}" for _, kind, _ in tenant.memberships())
            del expected["#microsoft.graph.user"], expected["#microsoft.graph.group"]
            assert list(read(simulator).reading["notRepresented"].values()) == [expected]


def test_a_group_that_hides_its_members_makes_memberships_partial() -> None:
    tenant = small()
    group = next(iter(tenant.groups))
    tenant.update(group, visibility="HiddenMembership")
    roles = ("User.Read.All", "GroupMember.Read.All", "Organization.Read.All", "Policy.Read.All")
    with Simulator(tenant, roles=roles) as simulator:
        report = read(simulator)
    result = report.of("azure_user_group_has_user")
    assert result.verdict == "partial"
    assert "1 of them hide" in result.reason
    assert "Member.Read.Hidden" in result.reason
    assert report.of("azure_user_group").verdict == "complete"


def test_members_that_groups_hide_are_read_once_the_token_may() -> None:
    tenant = small()
    for group in [*tenant.groups][:5]:
        tenant.update(group, visibility="HiddenMembership")
    roles, port, found = ("User.Read.All", "GroupMember.Read.All", "Organization.Read.All", "Policy.Read.All"), 0, []
    for more in ((), ("Member.Read.Hidden",), ("Member.Read.Hidden",)):
        with Simulator(tenant, roles=(*roles, *more), port=port) as simulator:
            port = int(simulator.url.rpartition(":")[2])
            manager = load()
            config = Config(graph_url=simulator.url, access_token=Secret(simulator.signin.issue()))
            report = run(manager, plan(manager), config, out="out")
        found.append((report.of("azure_user_group_has_user").verdict, report.reading.get("readWhole", {})))
    assert [verdict for verdict, _ in found] == ["partial", "complete", "complete"]
    assert ["/groups/*/members" in str(why) for _, why in found] == [False, True, False]
    with closing(sqlite3.connect("out/graph.db")) as database:
        of_users = "SELECT count(*) FROM relationships WHERE _type = 'azure_user_group_has_user'"
        assert database.execute(of_users).fetchone()[0] == sum(kind == "user" for _, kind, _ in tenant.memberships())


@pytest.mark.parametrize("silent", [True, False])
def test_memberships_of_what_was_deleted_before_the_first_run_come_back_with_it(silent: bool) -> None:
    tenant = small()
    users = sorted({member for _, kind, member in tenant.memberships() if kind == "user"})[:5]
    group = next(
        member
        for _, kind, member in tenant.memberships()
        if kind == "group" and "Unified" in tenant.groups[member]["groupTypes"]
    )
    for user in users:
        tenant.delete(user)
    tenant.delete(group)
    with Simulator(tenant, faults=Faults(silent_restores=silent)) as simulator:
        read(simulator)
        for user in users[:3]:
            tenant.restore(user)
        report = read(simulator)
        (reason,) = report.reading["readWhole"].values()
        assert reason == "3 objects were restored that had been deleted when it was read"
        tenant.restore(users[3])
        tenant.restore(group)
        read(simulator)
        read(simulator, "fresh")
        assert graph("out") == graph("fresh")
        simulator.reset()
        assert read(simulator).reading["readWhole"] == {}
        assert len(simulator.requests) <= 10


@pytest.mark.parametrize("silent", [True, False])
def test_a_group_that_comes_back_before_its_members_has_them_when_they_do(silent: bool) -> None:
    tenant = small()
    group, user = next(
        (group, member)
        for group, kind, member in tenant.memberships()
        if kind == "user" and "Unified" in tenant.groups[group]["groupTypes"]
    )
    with Simulator(tenant, faults=Faults(silent_restores=silent)) as simulator:
        read(simulator)
        before = [row[:2] for row in graph("out")]
        tenant.delete(user)
        tenant.delete(group)
        read(simulator)
        for one in (group, user):
            tenant.restore(one)
            read(simulator)
        assert [row[:2] for row in graph("out")] == before
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


def test_memberships_that_cannot_be_read_anew_fail_their_types() -> None:
    tenant = small()
    user = next(member for _, kind, member in tenant.memberships() if kind == "user")
    tenant.delete(user)
    with Simulator(tenant) as simulator:
        read(simulator)
    tenant.restore(user)
    faults = Faults(silent_restores=True, status_503=100_000, after=7, retry_after_seconds=100_000)
    with Simulator(tenant, faults=faults, port=port(simulator)) as simulator:
        report = read(simulator)
        failed = {result.type for result in report.results if result.verdict == "failed"}
        waits_for_no_users = {"azure_user_group_has_group"}  # it may be made before Graph tells of the user
        assert (
            failed | waits_for_no_users
            == {"azure_user_assigned_group", "azure_user_group_has_user"} | waits_for_no_users
        )
    with Simulator(tenant, port=port(simulator)) as simulator:
        assert {result.verdict for result in read(simulator).results} == {"complete"}
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


def test_what_was_deleted_before_may_be_refused() -> None:
    with Simulator(
        small(), faults=Faults(forbidden={"/directory/deletedItems": "Authorization_RequestDenied"})
    ) as simulator:
        report = read(simulator)
    assert {result.verdict for result in report.results} == {"complete"}
    assert ["deletedItems" in reason for reason in report.reading["withoutDeletedItems"]] == [True, True]


def test_a_replayed_membership_of_a_deleted_user_waits_for_the_user() -> None:
    user, link = {"id": "user-1"}, "http://127.0.0.1/v1.0/delta"

    def members(mirror: Mirror) -> list[Any]:
        with mirror.pieces("members") as pieces:
            return [each for _, found in pieces.more() for each in found]

    with closing(Mirror(Path("mirror.db"))) as mirror:
        mirror.open("contoso.example", fresh=False)
        for name, row in (("users", user), ("groups", {"id": "group-1"})):
            mirror.begin(name, link)
            mirror.add(name, [row], None)
            mirror.complete(name)
        mirror.begin("members", link)
        mirror.add_children("members", [("group-1", b'[{"id": "user-1"}]')], [("group-1", None)])
        mirror.complete("members")
        mirror.change("users", {}, ["user-1"], link)
        mirror.settle("members")
        mirror.change_children("members", {"group-1": {"user-1": user}}, {}, [], link)
        assert members(mirror) == []
        mirror.change("users", {"user-1": user}, [], link)
        mirror.settle("members")
        assert members(mirror) == [user]


def test_a_membership_goes_with_its_user_whichever_answer_tells_of_the_deletion_first() -> None:
    user, link = {"id": "user-1"}, "http://127.0.0.1/v1.0/delta"
    with closing(Mirror(Path("mirror.db"))) as mirror:
        mirror.open("contoso.example", fresh=False)
        mirror.begin("users", link)
        mirror.add("users", [user], None)
        mirror.complete("users")
        mirror.begin("members", link)
        mirror.add_children("members", [("group-1", b'[{"id": "user-1"}]')], [("group-1", None)])
        mirror.complete("members")
        mirror.begin("owners", link, ["user-1"])
        mirror.complete("owners")
        mirror.change("users", {}, ["user-1"], link)
        mirror.settle("members")
        with mirror.pieces("members") as pieces:
            assert [each for _, found in pieces.more() for each in found] == []


def test_a_deleted_member_that_a_new_group_does_not_list_any_more_comes_back_when_it_is_restored() -> None:
    user, other, link = {"id": "user-1"}, {"id": "user-2"}, "http://127.0.0.1/v1.0/delta"
    with closing(Mirror(Path("mirror.db"))) as mirror:
        mirror.open("contoso.example", fresh=False)
        mirror.begin("users", link)
        mirror.add("users", [user, other], None)
        mirror.complete("users")
        mirror.begin("members", link)
        mirror.complete("members")
        mirror.change_children("members", {"group-1": {"user-1": user, "user-2": other}}, {}, [], link)
        mirror.change("users", {}, ["user-1"], link)
        mirror.add_children("members", [("group-1", b'[{"id": "user-2"}]')], [("group-1", None)])
        mirror.settle("members")
        assert mirror.children("members", "group-1") == {"user-2": other}
        mirror.change("users", {"user-1": user}, [], link)
        assert mirror.settle("members") == 0
        assert mirror.children("members", "group-1") == {"user-1": user, "user-2": other}


def test_only_a_listing_of_users_tells_which_users_exist() -> None:
    """A report names deleted users for days, and a filtered list leaves out those who are there."""
    user, link = {"id": "user-1"}, "http://127.0.0.1/v1.0/delta"
    with closing(Mirror(Path("mirror.db"))) as mirror:
        mirror.open("contoso.example", fresh=False)

        def read_whole(name: str, *rows: Any, decides: bool) -> None:
            mirror.begin(name, link)
            mirror.add(name, rows, None, decides=decides)
            mirror.complete(name, decides=decides)

        def members() -> list[Any]:
            mirror.settle("members")
            with mirror.pieces("members") as pieces:
                return [each for _, found in pieces.more() for each in found]

        read_whole("users", user, decides=True)
        mirror.begin("members", link)
        mirror.add_children("members", [("group-1", b'[{"id": "user-1"}]')], [("group-1", None)])
        mirror.complete("members")
        for rows in ([user], []):
            read_whole("guests", *rows, decides=False)
        assert members() == [user]
        mirror.change("users", {}, ["user-1"], link)
        read_whole("report", user, decides=False)
        assert members() == []


def test_a_delta_query_that_is_refused_later_means_a_full_read() -> None:
    with Simulator(small()) as simulator:
        read(simulator)
    refused = Faults(forbidden={"/users/delta": "Authorization_RequestDenied"})
    with Simulator(small(), faults=refused, port=port(simulator)) as again:
        report = read(again)
    assert report.of("azure_user").verdict == "complete"
    assert any("not permitted" in reason for reason in report.reading["readWhole"].values())


def test_deletions_after_a_periodic_full_read_are_seen() -> None:
    tenant = small()
    users = sorted({member for _, kind, member in tenant.memberships() if kind == "user"})
    with Simulator(tenant) as simulator:
        read(simulator)
        for user in users[:5]:
            tenant.delete(user)
        read(simulator)
        read(simulator, full_every=0)
        tenant.delete(users[6])
        report = read(simulator)
        read(simulator, "fresh")
    assert not [result for result in report.results if result.problems]
    assert graph("out") == graph("fresh")


def test_a_run_that_ends_before_memberships_are_read_anew_has_them_read_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetch = GraphSource.fetch

    def killed(source: GraphSource, request: Request, into: Collection) -> None:
        if into.anew:
            raise Interrupted("stopped here")
        fetch(source, request, into)

    tenant = small()
    user = next(member for _, kind, member in tenant.memberships() if kind == "user")
    tenant.delete(user)
    with Simulator(tenant, faults=Faults(silent_restores=True)) as simulator:
        read(simulator)
        tenant.restore(user)
        with monkeypatch.context() as patch:
            patch.setattr(GraphSource, "fetch", killed)
            with pytest.raises(Interrupted):
                read(simulator)
        assert read(simulator).reading["mirror"] == "resumed"
        read(simulator, "fresh")
    assert graph("out") == graph("fresh")


def test_who_reads_memberships_while_they_are_read_anew_starts_again() -> None:
    tenant = small()
    user = next(member for _, kind, member in tenant.memberships() if kind == "user")
    tenant.delete(user)
    groups = Request("collection", "/groups", select=("id", "visibility"))
    members, users = Request("relation", "/groups", "members", ("id",)), Request("collection", "/users", select=("id",))
    with Simulator(tenant, faults=Faults(silent_restores=True)) as simulator, closing(Mirror(Path("m.db"))) as mirror:

        def reader(*, new: bool) -> Reader:
            client = GraphClient(simulator.url, GivenToken(Secret(simulator.token)), requests.Session())
            return Reader([GraphSource(client, in_flight=4)], mirror, opened="new" if new else "updated")

        for new in (True, False):
            mirror.open("contoso.example", fresh=False)
            reading = reader(new=new)
            for request in (users, groups, members):
                reading.ensure(request)
            if new:
                whole = len(list(reading.rows(members)))
                reading.close()
                mirror.finish()
                tenant.restore(user)
        rows = reading.rows(members)
        next(rows)
        settling = threading.Thread(target=reading.settle, args=(members,))
        settling.start()
        with pytest.raises(Restarted):
            list(slowly(rows))
        settling.join()
        assert len(list(reading.rows(members))) > whole
        reading.close()
