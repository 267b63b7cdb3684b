"""How the C library keeps memory: in few pieces, so that what one answer gave back the next one takes."""

import ctypes
import sys

M_ARENA_MAX = -8  # malloc.h of glibc
ARENAS = 2


def keep_few_arenas() -> None:
    """Let threads share two arenas; before the first thread begins. Nothing where the C library is another.

    glibc gives each thread of a pool an arena of its own, up to eight for each core, and what one of them
    kept after a great answer no other can use: a server under load grows for an hour. Threads wait for
    Python's lock more than for an arena's.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
