"""Requests in flight: how many, and which of those that wait goes next."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests

from integration import Interrupted
from integration.http.auth import GivenToken
from integration.http.pace import Lane, Pace
from integration.sources.msgraph.client import GraphClient
from integration.testing import GraphServer
from integration.text.secret import Secret


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_others_wait_for_goes_first() -> None:
    pace = Pace(1)
    order: list[str] = []
    waiting: list[str] = []

    def take(name: str, *, first: bool) -> None:
        waiting.append(name)
        with pace.turn(first=first):
            order.append(name)

    threads = [
        threading.Thread(target=take, args=(name,), kwargs={"first": name.startswith("page")})
        for name in ("batch 1", "batch 2", "page 1", "page 2")
    ]
    with pace.turn():
        for thread in threads:
            thread.start()
        wait_for(lambda: len(waiting) == len(threads))
        time.sleep(0.05)
        assert order == []
    for thread in threads:
        thread.join(120)
    assert {*order[:2]} == {"page 1", "page 2"}
    assert {*order[2:]} == {"batch 1", "batch 2"}


def test_who_sleeps_does_not_take_the_turn_of_who_waits() -> None:
    pace = Pace(1)
    asleep = [threading.Thread(target=pace.sleep, args=(20,), daemon=True) for _ in range(3)]
    for thread in asleep:
        thread.start()
    done = threading.Event()

    def take() -> None:
        with pace.turn():
            done.set()

    with pace.turn():
        thread = threading.Thread(target=take)
        thread.start()
        time.sleep(0.05)
        assert not done.is_set()
    assert done.wait(120)
    thread.join(120)


def begun(lane: Lane, turns: int) -> float:
    """How many seconds it takes until so many turns have begun."""
    started = time.monotonic()
    for _ in range(turns):
        with lane.turn():
            pass
    return time.monotonic() - started


def test_a_lane_keeps_to_its_limit_from_the_first_throttling_on() -> None:
    lane = Lane(2, 0.4)
    begun(lane, 50)
    lane.throttled(0.0)
    assert begun(lane, 5) >= 0.8


@pytest.mark.parametrize(("told", "most"), [(5.0, 4.3), (4.0, 4.0), (60.0, 60.0)])
def test_a_lane_waits_no_longer_than_its_own_span_takes_within_the_last_whole_second(told: float, most: float) -> None:
    lane, started = Lane(2, 4.2), time.monotonic()
    begun(lane, 2)
    lane.spent(told)
    waited = lane.waited
    assert most - 1 - (time.monotonic() - started) < waited < most + 0.001


def test_a_lane_believes_what_it_is_told_where_others_used_up_the_limit() -> None:
    lane = Lane(3, 4.2)
    begun(lane, 2)
    lane.spent(5.0)
    assert lane.waited == pytest.approx(5.0)


def test_what_waits_in_a_lane_ends_when_it_is_stopped() -> None:
    lane = Lane(1, 3600)
    begun(lane, 1)
    lane.throttled(0.0)
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(Interrupted):
            begun(lane, 1)
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    lane.stop()
    assert ended.wait(120)


def test_a_service_that_throttles_holds_up_nothing_else(graph: GraphServer) -> None:
    graph.add("/devices", {"id": "device-0001"})
    slow = "/identity/conditionalAccess/policies"
    graph.add(slow, {"id": "policy-0001"})
    graph.fail(slow, status=429, retry_after=3600, times=1)
    client = GraphClient(graph.url, GivenToken(Secret(graph.token)), requests.Session())
    held = threading.Event()
    client.tell_waits(lambda _: held.set())

    def read() -> None:
        with pytest.raises(Interrupted):
            client.get(client.url(slow))

    client.patience = replace(client.patience, deadline=7200.0)
    waiting = threading.Thread(target=read, daemon=True)
    waiting.start()
    assert held.wait(120)
    assert client.get(client.url("/devices")).body["value"] == [{"id": "device-0001"}]
    assert (client.pace.waited, client.waited > 0) == (0, True)
    client.stop()
    waiting.join(120)
    assert not waiting.is_alive()
