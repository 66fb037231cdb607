"""Ending a run before its time: because its host asks for that, or because of a signal.

A signal may strike anywhere, in the middle of cleaning up too. So it only leaves a note; a thread of its own finds it,
or the host's event, and tells everybody who waits.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from integration.errors import ConfigurationError, Interrupted
from integration.text.discretion import logger
from integration.text.whose import carried
from integration.threads import starting

LOOKS = 0.1
"""Seconds after which whoever waits looks up. Python handles a signal in the main thread alone, and where the signal
comes right before this thread begins to wait, only when it has waited."""
_PATIENCE = 5.0
_ENOUGH = 3
STOPPED = "stopped; the next run in this folder goes on from here"
T = TypeVar("T")
_log = logger("integration")


@runtime_checkable
class Asks(Protocol):
    """Tells whether a run is to end, as ``threading.Event`` does."""

    def is_set(self) -> bool:
        """Return whether it is."""


class _Host:
    """What a host sets; where it cannot be asked any more, the run goes on, and says once that nobody can end it so.

    Raises:
        ConfigurationError: it cannot be asked at all.
    """

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._answers = True
        try:
            asks.is_set()
        except Exception as error:  # noqa: BLE001 - whatever a host's code raises
            raise ConfigurationError(
                [f"run: stop cannot be asked whether it is set ({type(error).__name__}): give a threading.Event"]
            ) from None

    def is_set(self) -> bool:
        """Return whether the host wishes the run to end."""
        try:
            return self._answers and self._asks.is_set()
        except Exception as error:  # noqa: BLE001 - a proxy of another process, say, which has ended
            self._answers = False
            _log.warning("stop cannot be asked any more (%s): the run goes on", type(error).__name__)
            return False


class Interrupts:
    """SIGINT and SIGTERM, wherever they would raise ``KeyboardInterrupt``, as a wish to end; a context manager.

    A signal during the wish does nothing, but for the third one after five seconds: it ends the process.

    Args:
        for_good: the process is about to end. Where a signal has come, or it is a process of the program's own,
            those that come afterwards are ignored: what was told stands.
    """

    def __init__(self, *, for_good: bool = False) -> None:
        self._for_good = for_good
        self._came: list[float] = []
        self._raises = False
        self._were: dict[int, Any] = {}

    def is_set(self) -> bool:
        """Return whether a signal has come."""
        return bool(self._came)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if _raises_interrupt(signal.getsignal(number)):
                    self._were[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._were.items():
            signal.signal(number, signal.SIG_IGN if self._for_good and self._came else handler)
        if self._for_good:
            let_result_stand()

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Have the first signal raise ``KeyboardInterrupt`` meanwhile, for code that listens to nothing else."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def _note(self, number: int, _: FrameType | None) -> None:
        self._came.append(time.monotonic())
        if len(self._came) >= _ENOUGH and self._came[-1] - self._came[0] > _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        if self._raises:
            self._raises = False
            raise KeyboardInterrupt


def let_result_stand() -> None:
    """Ignore interrupts from now on, because all is done and told; nothing where this is not the program's own process.

    Whoever calls a command inside a process of theirs wants their handlers back. ``integration_command`` alone goes on
    with nothing, and says so by its handler.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and getattr(signal.getsignal(signal.SIGINT), "ends_with_the_process", False):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


def _raises_interrupt(handler: Any) -> bool:
    return handler is signal.default_int_handler or getattr(handler, "ends_with_the_process", False)


class Stopping:
    """Whether a run is to end, and who has to be told; a context manager.

    Args:
        asked: what a host sets when the run is to end.

    Raises:
        ConfigurationError: that cannot be asked.
    """

    def __init__(self, asked: Asks | None = None) -> None:
        self._own = Interrupts()
        self.interrupts = asked if isinstance(asked, Interrupts) else self._own
        self._asks: list[Asks] = [self.interrupts, *([_Host(asked)] if asked is not None else [])]
        self._told: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=carried(self._watch), name="stopping", daemon=True)

    def asked(self) -> bool:
        """Return whether the run is to end."""
        return any(each.is_set() for each in self._asks)

    def check(self) -> None:
        """Raise ``Interrupted`` where the run is to end."""
        if self.asked():
            raise Interrupted(STOPPED)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._own)
            with starting():
                self._watcher.start()
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()
        self._own.__exit__()

    @contextmanager
    def telling(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have something called, by another thread, when the run is to end; at once where it is already.

        Args:
            stop: must return soon, and may be called once more than once; what it raises is logged.
        """
        with self._lock:
            self._told.append(stop)
            if self.asked():
                _told(stop)
        try:
            yield
        finally:
            with self._lock:
                self._told.remove(stop)

    def without_waiting(self, call: Callable[[], T]) -> T:
        """Call something that waits for the network, and leave it to itself where the run is to end meanwhile.

        Raises:
            Interrupted: the run is to end.
        """
        outcome: list[Callable[[], T]] = []
        changed = threading.Event()

        def work() -> None:
            try:
                result = call()
                outcome.append(lambda: result)
            except BaseException as error:  # noqa: BLE001 - the caller raises it
                outcome.append(_raising(error))
            changed.set()

        self.check()
        with starting():
            threading.Thread(target=carried(work), daemon=True).start()
        with self.telling(changed.set):
            while not changed.wait(LOOKS):
                self.check()
        if not outcome:
            raise Interrupted(STOPPED)
        return outcome[0]()

    def _watch(self) -> None:
        while not self._ended.wait(LOOKS):
            if self.asked():
                with self._lock:
                    for stop in self._told:
                        _told(stop)
                return


def _told(stop: Callable[[], None]) -> None:
    """Call something; where it fails, the others are to be told all the same."""
    try:
        stop()
    except Exception:  # noqa: BLE001 - nobody else may be left waiting for its sake
        _log.exception("what is to end with the run could not be told")


def _raising(error: BaseException) -> Callable[[], Any]:
    def again() -> Any:
        raise error

    return again
