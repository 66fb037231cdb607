"""Calls of Dask that could wait for ever: where a scheduler or a worker is frozen or cut off, nothing ends them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from integration.errors import Interrupted
from integration.fleet.ending import FLEET_STOPPED
from integration.sdk.stopping import Asks
from integration.text.whose import carried
from integration.threads import starting

_LOOKS = 0.1
T = TypeVar("T")


def begun(call: Callable[[], T]) -> "Future[T]":
    """Call something in a thread of its own, which nobody has to wait for."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - who asks for the result gets it
            future.set_exception(error)

    with starting():
        threading.Thread(target=carried(work), daemon=True).start()
    return future


def in_time(call: Callable[[], T], seconds: float, stop: Asks | None = None) -> T:
    """Call something, and leave it to itself where it takes too long.

    Args:
        call: what to call.
        seconds: for which it is waited for.
        stop: tells when not to wait any longer.

    Raises:
        TimeoutError: it took longer.
        Interrupted: it was to be waited for no longer.
    """
    future, ends = begun(call), time.monotonic() + seconds
    while not wait([future], _LOOKS).done:
        if stop is not None and stop.is_set():
            raise Interrupted(FLEET_STOPPED)
        if time.monotonic() > ends:
            raise TimeoutError(f"no answer in {seconds:g} seconds")
    return future.result()
