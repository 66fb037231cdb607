"""How the program's process uses memory. For programs: a host's process is the host's affair."""

import ctypes
import gc
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_OWN_PAGES_FROM = 262_144
_OBJECTS_BEFORE_A_LOOK = 50_000


def give_memory_back() -> None:
    """Have the C library keep little of what was freed.

    glibc gives threads arenas of their own, and each keeps for its own thread what was freed in it: with the threads
    of a run that doubles the memory held. And it soon learns to take answers of a megabyte from an arena too, where
    what lives longer keeps them from going back. Elsewhere than on Linux with glibc nothing is done.

    Source: mallopt(3), M_ARENA_MAX and M_MMAP_THRESHOLD.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_ARENA_MAX, 1)
        libc.mallopt(_MMAP_THRESHOLD, _OWN_PAGES_FROM)


def collect_rarely() -> None:
    """Have Python look for garbage in cycles less often.

    A run makes objects by the million, as do its imports by the thousand, and hardly one is part of a cycle: looking
    cost a twentieth of its time.
    """
    gc.set_threshold(_OBJECTS_BEFORE_A_LOOK)


def keep_what_is_there() -> None:
    """Have Python never again look for garbage in cycles among what is there now, such as all that was imported."""
    gc.freeze()
