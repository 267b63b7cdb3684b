"""What a server does beside answering goes on after whatever it meets."""

import asyncio
import logging
import threading

import pytest

from models.domain.errors import InvalidSetting
from serving.operation.beside import beside, in_thread, repeat
from serving.operation.metrics import Metrics, lines

FAILED = 'holdfast_background_failures_total{task="ledger"}'


def turns_after(errors):
    """How many turns were taken by work that raises each error once, then stops by cancelling itself."""
    taken, metrics = [], Metrics()

    async def work():
        taken.append(None)
        if len(taken) > len(errors):
            raise asyncio.CancelledError
        raise errors[len(taken) - 1]

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(repeat("ledger", work, 0, metrics))
    return len(taken), metrics


@pytest.mark.parametrize("error", [KeyError("C000001"), OSError(), InvalidSetting("of another version")])
def test_a_failure_does_not_end_the_work(error):
    assert turns_after([error])[0] == 2


def test_failures_are_counted():
    _, metrics = turns_after([KeyError("a"), InvalidSetting("b")])
    assert f"{FAILED} 2" in list(lines(metrics))


def test_the_same_failure_again_is_logged_once(caplog):
    with caplog.at_level(logging.ERROR, logger="holdfast"):
        turns_after([KeyError("a"), KeyError("a"), OSError()])
    assert [record.exc_info[0] for record in caplog.records] == [KeyError, OSError]


def test_a_task_that_failed_does_not_keep_others_from_being_closed():
    async def failing():
        raise KeyError

    async def both():
        async with beside(failing(), asyncio.sleep(60)):
            await asyncio.sleep(0)
        return "closed"

    assert asyncio.run(both()) == "closed"


@pytest.mark.parametrize("fails", [False, True])
def test_work_in_a_thread_is_done_before_what_it_uses_is_closed(fails):
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        go_on.wait(10)
        done.append("work")
        if fails:
            raise KeyError

    async def both():
        async with beside(in_thread(work)):
            while not begun.is_set():
                await asyncio.sleep(0.001)
            asyncio.get_running_loop().call_later(0.05, go_on.set)
        done.append("closed")

    asyncio.run(both())
    assert done == ["work", "closed"]
