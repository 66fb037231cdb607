"""A collection on its way into the mirror, as those see it who follow it."""

import threading

from integration.errors import Interrupted


class Restarted(Exception):
    """A collection began anew while it was read, because the source forgot where the reading was: start again."""


class Flow:
    """One collection on its way into the mirror: who reads it follows it while it grows.

    Attributes:
        readings: how often it began to be read whole; 0 while it is only being brought up to date.
        ended: all that will come is there.
        error: why not all of it came.
    """

    def __init__(self) -> None:
        self.readings = 0
        self.ended = False
        self.error: BaseException | None = None
        self._pages = 0
        self._changed = threading.Condition()

    def began(self) -> None:
        """Say that the collection is read whole from now on."""
        with self._changed:
            self.readings += 1
            self._changed.notify_all()

    def began_anew(self) -> None:
        """Say that what was there goes, and that the collection is read whole once more."""
        with self._changed:
            self.readings += 1
            self.ended = False
            self._changed.notify_all()

    def grew(self) -> None:
        """Say that there is more of it."""
        with self._changed:
            self._pages += 1
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Say that all that will come is there."""
        with self._changed:
            self.ended, self.error = True, error
            self._changed.notify_all()

    def stop(self) -> None:
        """Make everybody who follows it raise ``Interrupted``, unless it is all there."""
        if not self.ended:
            self.end(Interrupted("the run was stopped"))

    def wait_for_end(self) -> None:
        """Wait until everything is there, and raise what went wrong."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended)
        if self.error:
            raise self.error

    def wait_for_more(self, seen: int | None = None) -> int:
        """Wait until there may be more than after ``seen`` pages, and return how many there are now."""
        with self._changed:
            if seen is None:
                self._changed.wait_for(lambda: self.ended or self.readings)
            else:
                self._changed.wait_for(lambda: self.ended or self._pages != seen)
            return self._pages
