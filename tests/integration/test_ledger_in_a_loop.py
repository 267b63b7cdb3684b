"""The ledger in a file, asked by coroutines: nobody waits for ever, and a key is done once."""

import asyncio
import sqlite3
from threading import Event

import pytest

from models.domain.ledger.refusals import KeyInFlight, LedgerUnavailable
from serving.ledger.sqlite import writer
from tests.ledger_examples import reserve, write
from tests.ledger_stores import SqliteStores

SOON_SECONDS = 5


@pytest.fixture
def ledger(tmp_path):
    opened = SqliteStores(tmp_path).new()
    yield opened
    opened.close()


@pytest.fixture
def held(ledger, monkeypatch):
    """A writer that waits before each batch until it is let go."""
    let_go, begin = Event(), writer.begin

    def waiting(*told):
        let_go.wait(SOON_SECONDS)
        return begin(*told)

    monkeypatch.setattr(writer, "begin", waiting)
    yield let_go
    let_go.set()


def soon(told):
    return asyncio.run(asyncio.wait_for(told, SOON_SECONDS))


def test_a_coroutine_is_answered_as_a_thread_is(ledger):
    first, again = soon(ledger.write_soon(write(reserve(10)))), ledger.write(write(reserve(10)))
    assert (first.granted_minor, again.reservation_id, again.repeated) == (10, first.reservation_id, True)


def test_many_coroutines_are_answered_each(ledger):
    async def many():
        asked = [ledger.write_soon(write(reserve(1, customer_id=f"C{n}"), key=f"k{n}")) for n in range(300)]
        return await asyncio.gather(*asked)

    assert len({one.reservation_id for one in soon(many())}) == 300


def test_a_closed_ledger_says_so(ledger):
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        soon(ledger.write_soon(write(reserve(1))))


def test_a_second_write_under_a_key_is_refused_while_the_first_is_under_way(ledger, held):
    async def two():
        first = asyncio.create_task(ledger.write_soon(write(reserve(1))))
        await asyncio.sleep(0)
        with pytest.raises(KeyInFlight):
            await ledger.write_soon(write(reserve(1)))
        held.set()
        return await first

    assert soon(two()).granted_minor == 1


def test_whoever_goes_away_is_answered_by_a_retry(ledger, held):
    async def gone():
        first = asyncio.create_task(ledger.write_soon(write(reserve(1))))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        held.set()
        return await ledger.write_soon(write(reserve(1)))

    assert soon(gone()).repeated


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it ends loudly
def test_nobody_waits_for_ever_where_a_file_fails_even_to_roll_back(ledger, monkeypatch):
    def fail(*_):
        raise sqlite3.OperationalError("disk I/O error")

    for name in ("begin", "_roll_back"):
        monkeypatch.setattr(writer, name, fail)
    with pytest.raises(LedgerUnavailable, match="could not write"):
        soon(ledger.write_soon(write(reserve(1))))
    ledger.thread.join(SOON_SECONDS)
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.write(write(reserve(1), key="another"))
