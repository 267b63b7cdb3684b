"""How the C library keeps memory: so that what one answer gave back the next one takes, or everybody."""

import ctypes
import sys

# malloc.h of glibc
M_ARENA_MAX = -8
M_MMAP_THRESHOLD = -3

ARENAS = 2
GIVEN_BACK = 4 * 1024 * 1024  # bytes of a piece that goes back to the system as soon as it is free


def keep_little() -> None:
    """Let threads share two arenas, and large pieces go back; before the first thread begins.

    glibc gives each thread of a pool an arena of its own, up to eight for each core, and what one of them
    kept after a great answer no other can use: a server under load grows for an hour. Threads wait for
    Python's lock more than for an arena's. And after the first large piece it keeps pieces up to 32 MB for
    itself: what a run's columns are made from stays for ever. Nothing where the C library is another.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, GIVEN_BACK)
