"""Faults strike as they are told, and a client that retries survives them."""

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.simulator import Faults, Simulator, demo_tenant, synthetic_tenant
from tests.simulator.client import Client, code, read_everything
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.faults import SURVIVABLE


@pytest.mark.parametrize("name", [*(name for name in SURVIVABLE if not name.startswith("delta")), "all"])
def test_a_client_that_retries_survives(name: str) -> None:
    rates: dict[str, Any] = dict.fromkeys(SURVIVABLE, 0.04) if name == "all" else {name: 0.3}
    faults = Faults(**rates, retry_after="fractional", retry_after_seconds=0.01, slow_seconds=0.01)
    tenant = synthetic_tenant(300, 40, 1200, seed=6)
    with Simulator(tenant, faults=faults) as simulator:
        client = Client(simulator)
        users, groups = client.try_all("/users?$top=40&$select=id"), client.try_all("/groups?$top=10")
        assert {user["id"] for user in users} == set(tenant.users)
        assert {group["id"] for group in groups} == set(tenant.groups)
        direct = {(group, member) for group, kind, member in tenant.memberships() if kind != "servicePrincipal"}
        assert read_everything(client, groups) == direct
        fired = simulator.injector.fired
        assert set(fired) <= set(SURVIVABLE)
        assert sum(fired.values()) > (5 if name == "all" else 0)


def failure_of(faults: Faults) -> str:
    with Simulator(demo_tenant(), faults=faults) as simulator:
        client = Client(simulator)
        with pytest.raises(requests.RequestException) as caught:
            client.get("/users").json()
        assert len(client.items("/users")) == 20
        return str(caught.value)


def test_bodies_break_off_in_three_ways() -> None:
    assert "reset" in failure_of(Faults(reset=1))
    assert "IncompleteRead" in failure_of(Faults(truncated=1))
    assert "Unterminated string" in failure_of(Faults(malformed=1))


def test_answers_that_fail_or_dawdle() -> None:
    faults = Faults(status_503=1, status_504=1, intermittent_403=1, slow=1, slow_seconds=0.2)
    with Simulator(demo_tenant(), faults=faults) as simulator:
        client = Client(simulator)
        unavailable, timeout, unlicensed = (client.get("/users") for _ in range(3))
        assert (unavailable.status_code, unavailable.headers["Retry-After"]) == (503, "1")
        assert (timeout.status_code, timeout.content, "Retry-After" in timeout.headers) == (504, b"", False)
        assert code(unlicensed) == "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        began = time.monotonic()
        assert len(client.items("/users")) == 20
        assert time.monotonic() - began >= 0.2


def test_a_page_token_that_died_stays_dead() -> None:
    with Simulator(demo_tenant(), faults=Faults(expired_page=1, empty_pages=1, after=1)) as simulator:
        client = Client(simulator)
        second = client.get("/groups?$top=4").json()["@odata.nextLink"]
        third = client.get(second).json()["@odata.nextLink"]
        assert {code(client.get(third)) for _ in range(3)} == {"Directory_ExpiredPageToken"}
        assert [len(page["value"]) for page in client.pages("/groups?$top=4")] == [4, 0, 4, 4]


def test_a_token_that_expired_in_mid_run_is_dead() -> None:
    with Simulator(demo_tenant(), faults=Faults(expired_token_401=1, after=2)) as simulator:
        old = Client(simulator, simulator.signin.issue())
        assert [old.get("/users").status_code for _ in range(4)] == [200, 200, 401, 401]
        assert Client(simulator, simulator.signin.issue()).get("/users").status_code == 200


def test_scripted_faults_strike_as_often_as_they_say() -> None:
    with Simulator(demo_tenant(), faults=Faults(status_500=2, after=1)) as simulator:
        client = Client(simulator)
        assert [client.get("/organization").status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_faults_that_no_retry_mends() -> None:
    forbidden = {"/groups": "Authorization_RequestDenied"}
    with Simulator(
        demo_tenant(), faults=Faults(foreign_next_link=1, repeated_next_link=1, forbidden=forbidden)
    ) as simulator:
        client = Client(simulator)
        foreign = client.get("/users?$top=5").json()["@odata.nextLink"]
        assert urlsplit(foreign).hostname == "graph.elsewhere.example"
        second = client.get("/users?$top=6").json()["@odata.nextLink"]
        assert client.get(second).json()["@odata.nextLink"] == second
        assert (client.get("/groups").status_code, code(client.get("/groups"))) == (403, "Authorization_RequestDenied")


def test_vanished_groups_are_listed_then_gone_and_stripped_members_have_ids_only() -> None:
    with Simulator(demo_tenant(), faults=Faults(vanished=1, stripped_members=1)) as simulator:
        client = Client(simulator)
        assert group_id(1) in {group["id"] for group in client.items("/groups")}
        assert code(client.get(f"/groups/{group_id(1)}/members")) == "Request_ResourceNotFound"
        assert group_id(1) not in simulator.tenant.groups
        stripped = client.items(f"/groups/{group_id(7)}/members")[0]
        assert (stripped["id"], stripped["userPrincipalName"]) == (user_id(1), None)
        assert client.items(f"/groups/{group_id(7)}/members")[0]["userPrincipalName"] is not None
