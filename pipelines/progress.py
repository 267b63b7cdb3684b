"""Progress of long steps: a bar on a terminal, plain lines in a log, nothing for what is quick."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TextIO, TypeVar

from tqdm import tqdm

T = TypeVar("T")

QUIET_SECONDS = 2.0
LINE_SECONDS = 5.0


def track(
    items: Iterable[T],
    label: str,
    *,
    total: int | None = None,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Yield the items and show how far along they are once two seconds have passed.

    On a terminal a bar; elsewhere one line every five seconds and one at the end, so that logs stay short.
    """
    stream = stream if stream is not None else sys.stderr
    if total is None and isinstance(items, Sized):
        total = len(items)
    if stream.isatty():
        yield from tqdm(items, desc=label, total=total, file=stream, delay=QUIET_SECONDS, leave=True)
        return
    yield from _lines(items, label, total, stream, clock)


def _lines(
    items: Iterable[T], label: str, total: int | None, stream: TextIO, clock: Callable[[], float]
) -> Iterator[T]:
    started = clock()
    next_line = started + QUIET_SECONDS
    done = shown = 0
    for done, item in enumerate(items, start=1):
        yield item
        now = clock()
        if now >= next_line:
            _line(stream, label, done, total, now - started)
            shown, next_line = done, now + LINE_SECONDS
    if clock() - started >= QUIET_SECONDS and not done == shown == total:
        _line(stream, label, done, done, clock() - started)


def _line(stream: TextIO, label: str, done: int, total: int | None, seconds: float) -> None:
    of = f" of {total}" if total is not None else ""
    stream.write(f"{label}: {done}{of} after {seconds:.0f} s\n")
    stream.flush()
