"""Batches, resource units and throttling."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.simulator import Faults, Simulator, demo_tenant
from tests.simulator.client import EVENTUAL, Client, step
from tests.simulator.demo_ids import group_id
from tests.simulator.properties import Json


@pytest.fixture
def demo() -> Iterator[tuple[Simulator, Client]]:
    with Simulator(demo_tenant()) as simulator:
        yield simulator, Client(simulator)


def test_batch_answers_each_request_in_any_order(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    steps = [step(n, f"/groups/{group_id(1 + n % 12)}/members?$select=id") for n in range(20)]
    response = client.batch(*steps).json()["responses"]
    assert [each["id"] for each in response] != [each["id"] for each in steps]
    assert {each["id"] for each in response} == {each["id"] for each in steps}
    assert all(each["status"] == 200 and each["headers"]["x-ms-resource-unit"] == "2" for each in response)
    assert sorted(simulator.requests[-1].inner) == sorted((each["url"], 200) for each in steps)


def test_batch_inner_failures(demo: tuple[Simulator, Client]) -> None:
    inner = demo[1].inner(
        step(1, "users/nobody"),
        step(2, "/users?$top=1", dependsOn=["1"]),
        step(3, "https://graph.example/v1.0/users"),
        step(4, "/$batch"),
        step(5, f"/groups/{group_id(9)}/members/$count", headers=EVENTUAL),
        step(6, "/users?$top=1&$count=true", headers=EVENTUAL),
    )
    assert {number: each["status"] for number, each in inner.items()} == {
        "1": 404, "2": 424, "3": 400, "4": 400, "5": 200, "6": 200,
    }  # fmt: skip
    assert inner["6"]["body"]["@odata.count"] == 20
    assert inner["1"]["body"]["error"]["code"] == "Request_ResourceNotFound"


@pytest.mark.parametrize(
    "steps",
    [
        [step(n, "/organization") for n in range(21)],
        [step("a", "/organization"), step("A", "/organization")],
        [step(1, "/organization", dependsOn=["2"]), step(2, "/organization", dependsOn=["1"])],
        [{"method": "GET", "url": "/organization"}],
    ],
)
def test_batch_envelopes_that_fail_as_a_whole(steps: list[Json], demo: tuple[Simulator, Client]) -> None:
    assert demo[1].batch(*steps).status_code == 400


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/organization", 1),
        ("/users", 2),
        ("/users?$select=id", 2),
        ("/users?$top=19", 1),
        ("/groups?$top=999", 1),
        ("/groups?$expand=members", 2),
        (f"/groups/{group_id(1)}/members", 3),
        (f"/groups/{group_id(1)}/members?$select=id", 2),
        (f"/groups/{group_id(1)}/members?$select=id&$top=19", 1),
        (f"/groups/{group_id(1)}/owners", 1),
        ("/groups/delta", 1),
    ],
)
def test_resource_units(path: str, units: int, demo: tuple[Simulator, Client]) -> None:
    assert demo[1].get(path).headers["x-ms-resource-unit"] == str(units)


def test_throttling_warns_and_refuses() -> None:
    with Simulator(demo_tenant(), quota=30) as simulator:
        client = Client(simulator)
        answers = [client.get("/users")]
        while answers[-1].status_code == 200:
            answers.append(client.get("/users"))
        assert len(answers) > 15
        assert "x-ms-throttle-limit-percentage" not in answers[0].headers
        assert float(answers[-2].headers["x-ms-throttle-limit-percentage"]) > 0.8
        assert answers[-1].status_code == 429
        assert answers[-1].headers["Retry-After"].isdecimal()
        assert answers[-1].headers["x-ms-throttle-scope"].startswith("Tenant_Application/Read/")
        assert answers[-1].headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
        inner = client.inner(step(1, "/users"))["1"]
        assert (inner["status"], "Retry-After" in inner["headers"]) == (429, True)
        assert simulator.stats.resource_units == 2 * (len(answers) - 1)
        assert simulator.stats.throttled == 2
        time.sleep(float(inner["headers"]["Retry-After"]))
        assert client.get("/users").status_code == 200
        assert simulator.stats.rude == 0


def test_requests_before_an_announced_retry_after_are_rude() -> None:
    with Simulator(demo_tenant(), faults=Faults(status_429=1, retry_after_seconds=30)) as simulator:
        client = Client(simulator)
        assert client.get("/users").headers["Retry-After"] == "30"
        client.get("/groups")
        assert simulator.stats.rude == 0, "what was on its way is excused"
        time.sleep(1.2)
        client.get("/groups")
        client.batch(step(1, "/users"))
        assert simulator.stats.rude == 2
        simulator.reset()
        client.get("/groups")
        assert simulator.stats.rude == 0


def test_retry_after_is_written_in_every_form() -> None:
    def written(form: Any) -> str | None:
        with Simulator(
            demo_tenant(), faults=Faults(status_429=1, retry_after=form, retry_after_seconds=1.5)
        ) as simulator:
            response = Client(simulator).get("/users")
            assert response.status_code == 429
            return response.headers.get("Retry-After")

    assert written("integer") == "2"
    assert written("fractional") == "1.500"
    assert written("missing") is None
    date = written("date")
    assert date is not None
    assert parsedate_to_datetime(date).timestamp() - time.time() > 0
