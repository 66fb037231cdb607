"""Requests in flight: how many, and which of those that wait goes next."""

import threading
import time
from collections.abc import Callable

from integration.http.pace import Pace


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
        thread.join(10)
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
    assert done.wait(5)
    thread.join(10)
