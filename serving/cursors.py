"""Where a page of the list ended: a rank, bound to the scoring run whose ranks they are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from serving.refusals import ForeignCursor


def cursor_after(run_id: str, rank: int) -> str:
    """The opaque text that asks for what follows `rank`."""
    return urlsafe_b64encode(f"{run_id}.{rank}".encode()).decode().rstrip("=")


def rank_before(cursor: str, run_id: str) -> int:
    """The rank after which a page begins. Raises `ForeignCursor` for any other run's cursor."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise _foreign("the cursor is not one that this server gave out") from None
    run, _, rank = text.partition(".")
    if run != run_id:
        raise _foreign("the cursor belongs to another scoring run, whose ranks were different")
    if not (rank.isascii() and rank.isdecimal() and len(rank) <= 18):
        raise _foreign("the cursor is not one that this server gave out")
    return int(rank)


def _foreign(problem: str) -> ForeignCursor:
    return ForeignCursor(problem, remedy="Start again without a cursor.")
