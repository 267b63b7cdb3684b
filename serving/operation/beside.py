"""What a server does beside answering: again and again, whatever it meets, until the server stops."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from models.domain.errors import HoldfastError
from serving.operation.metrics import Metrics, count

log = logging.getLogger("holdfast")

Found = TypeVar("Found")


async def repeat(task: str, work: Callable[[], Awaitable[object]], every: float, metrics: Metrics) -> None:
    """Do a task's work every so many seconds until cancelled.

    A boundary: there is nobody above to tell, and a server whose keys, releases or ledger nobody looks after
    any more must not go on as if all were well. Each failure is counted, and logged unless it is the one
    before.
    """
    last = ""
    while True:
        await asyncio.sleep(every)
        try:
            await work()
        except HoldfastError as error:
            if last != error.message:
                log.error("%s failed", task, extra={"facts": {"problem": error.message}})
            last = error.message
        except Exception as error:
            if last != type(error).__name__:
                log.exception("%s failed", task)
            last = type(error).__name__
        else:
            last = ""
        if last:
            count(metrics, "holdfast_background_failures_total", task=task)


async def in_thread(work: Callable[..., Found], *given: Any, **named: Any) -> Found:
    """Do some work in a thread. Who is cancelled meanwhile waits for its end: what it uses is closed next."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *given, **named))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise


@asynccontextmanager
async def beside(*tasks: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run tasks for as long as the context is open; how any of them ended keeps nobody from closing it."""
    running = [asyncio.create_task(each) for each in tasks]
    try:
        yield
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
