"""How the C library keeps memory that was freed."""

import ctypes
import sys

_ARENA_MAX = -8


def share_arena() -> None:
    """Have all threads take memory from one arena.

    glibc gives threads arenas of their own, and each keeps for its own thread what was freed in it: with the threads
    of a run that doubles the memory held. Elsewhere than on Linux with glibc nothing is done. For programs: a host's
    memory is the host's affair.

    Source: mallopt(3), M_ARENA_MAX.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_ARENA_MAX, 1)
