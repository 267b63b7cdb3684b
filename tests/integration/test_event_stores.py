"""Every kind of store keeps what it acknowledged, once, and gives it back."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.domain.errors import InvalidSetting
from serving.store.kept import Amount, Status
from serving.store.opening import open_store, read_store
from serving.store.refusals import DamagedStore, StoreInUse, StoreUnavailable
from serving.store.tables import FEED_END
from tests.event_stores import event

KILLS = int(os.environ.get("HOLDFAST_KILLS", "5"))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'events.db'}"
    return request.getfixturevalue("empty_postgres")


@pytest.fixture
def empty_postgres(postgres_server):
    import psycopg

    name = f"store_{random.randrange(10**9)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_server.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()


def statuses(outcomes):
    return [one.status for one in outcomes]


def test_a_new_event_is_accepted(store):
    assert statuses(store.tell([event(1)])) == [Status.ACCEPTED]


def test_an_event_told_again_is_known_since_the_first_time(store):
    store.tell([event(1)])
    later = event(1).__class__("e1", "C1", 99_999, event(1).payload)
    (again,) = store.tell([later])
    assert (again.status, again.known_at) == (Status.KNOWN, event(1).known_at)


def test_an_event_told_twice_at_once_is_kept_once(store):
    assert statuses(store.tell([event(1), event(1)])) == [Status.ACCEPTED, Status.KNOWN]


def test_another_event_of_the_same_name_is_refused_with_both_fingerprints(store):
    store.tell([event(1)])
    (again,) = store.tell([event(1, payload='{"number":2}')])
    assert (again.status, again.told != again.kept) == (Status.REUSED, True)


def test_a_refused_event_changes_nothing(store):
    store.tell([event(1)])
    store.tell([event(1, payload='{"number":2}')])
    assert store.of_customers(["C1"]) == {"C1": [event(1)]}


def test_the_events_of_each_customer_are_found(store):
    store.tell([event(1, "A"), event(2, "B"), event(3, "A")])
    found = store.of_customers(["A", "B", "nobody"])
    assert found == {"A": [event(1, "A"), event(3, "A")], "B": [event(2, "B")]}


def test_many_customers_are_asked_about_at_once(store):
    store.tell([event(number, f"C{number}") for number in range(1200)])
    assert len(store.of_customers([f"C{number}" for number in range(1200)])) == 1200


def test_everything_comes_in_the_order_in_which_it_was_told(store):
    told = [event(3), event(1), event(2)]
    for one in told:
        store.tell([one])
    assert list(store.everything()) == told


def test_the_newest_event_is_the_one_known_last(store):
    store.tell([event(7), event(3)])
    assert store.newest() == event(7).known_at


def test_the_feed_ends_with_the_order_or_return_known_last(store):
    kinds = {1: "order", 5: "return", 7: "consent.changed"}
    said = [event(number, payload=f'{{"order_id":"1","type":"{kind}"}}') for number, kind in kinds.items()]
    store.tell([*said, event(9, payload=r'{"reason":"\"type\":\"order\"","type":"complaint.opened"}')])
    assert store.feed_end() == event(5).known_at


def test_where_the_feed_ends_is_looked_up_and_not_searched(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'events.db'}")
    plan = store.connection.execute(f"EXPLAIN QUERY PLAN {FEED_END}").fetchall()
    store.close()
    assert "told_event_of_feed" in str(plan)


def test_customers_of_a_consent_or_a_complaint_are_found_until_a_batch_holds_it(store):
    kinds = {"A": "order", "B": "consent.changed", "C": "complaint.opened", "D": "complaint.rated"}
    said = enumerate(kinds.items())
    store.tell([event(number, name, f'{{"type":"{kind}"}}') for number, (name, kind) in said])
    store.tell([event(9, "C", '{"type":"order"}')])
    store.mark("run", ["e3"])
    assert store.bound("run") == {"B": 1, "C": 2}


def test_an_empty_store_knows_nothing(store):
    assert (store.newest(), store.feed_end(), list(store.everything()), store.counts()) == (0, 0, [], (0, 0))


def test_what_a_batch_holds_is_marked_and_not_lost(store):
    store.tell([event(1), event(2)])
    store.mark("run", ["e1"])
    assert (store.of_customers(["C1"], "run"), store.counts("run"), len(list(store.everything()))) == (
        {"C1": [event(2)]},
        (2, 1),
        2,
    )


def test_another_batch_holds_other_events(store):
    store.tell([event(1)])
    store.mark("run", ["e1"])
    assert store.of_customers(["C1"], "another run") == {"C1": [event(1)]}


def test_an_erased_customer_has_no_events(store):
    store.tell([event(1, "A"), event(2, "B")])
    store.erase("A", 5, lambda _: [])
    assert list(store.everything()) == [event(2, "B")]


def test_nothing_is_kept_of_an_erased_customer_any_more(store):
    store.erase("A", 5, lambda _: [])
    assert statuses(store.tell([event(1, "A")])) == [Status.ERASED]


def test_an_erased_customer_is_remembered_as_erased(store):
    store.erase("A", 5, lambda _: [])
    assert store.erased() == {"A"}


def test_amounts_stay_under_a_pseudonym(store):
    store.tell([event(1, "A")])
    erasure = store.erase("A", 5, lambda events: [Amount(one.known_at, 700) for one in events])
    assert (erasure.events, erasure.amounts, "A" in erasure.pseudonym) == (1, 1, False)


def test_what_was_told_outlives_the_process(url):
    first = open_store(url)
    first.tell([event(1)])
    first.close()
    second = open_store(url)
    assert list(second.everything()) == [event(1)]
    second.close()


def test_many_threads_tell_each_event_once(store):
    numbers = [number for number in range(200) for _ in range(3)]
    random.Random(3).shuffle(numbers)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda number: store.tell([event(number)])[0].status, numbers))
    assert (told.count(Status.ACCEPTED), len(list(store.everything()))) == (200, 200)


def test_the_store_is_read_beside_the_server_that_writes(store, url):
    store.tell([event(1)])
    assert list(read_store(url)) == [event(1)]


def test_one_process_writes_to_a_file(tmp_path):
    first = open_store(f"sqlite:///{tmp_path / 'events.db'}")
    with pytest.raises(StoreInUse, match="another process writes to this store of events"):
        open_store(f"sqlite:///{tmp_path / 'events.db'}")
    first.close()


def test_a_file_of_something_else_is_no_store(tmp_path):
    (tmp_path / "events.db").write_bytes(b"something else, and long enough to be looked at" * 40)
    with pytest.raises(DamagedStore, match="HOLDFAST_STORE_URL"):
        open_store(f"sqlite:///{tmp_path / 'events.db'}")


def test_a_told_event_cannot_be_changed_in_the_file(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'events.db'}")
    store.tell([event(1)])
    with (
        sqlite3.connect(tmp_path / "events.db") as other,
        pytest.raises(sqlite3.IntegrityError, match="never"),
    ):
        other.execute("UPDATE told_event SET payload = ''")
    store.close()


def test_a_closed_store_answers_nobody(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'events.db'}")
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.tell([event(1)])


def test_a_store_for_a_trial_begins_empty_and_is_gone_afterwards():
    first, second = open_store("sqlite://"), open_store("sqlite://")
    first.tell([event(1)])
    assert list(second.everything()) == []
    folder = first.path.parent
    first.close()
    second.close()
    assert not folder.exists()


@pytest.mark.parametrize("url", ["events.db", "mysql://x", ""])
def test_another_url_is_refused(url):
    with pytest.raises(InvalidSetting, match="HOLDFAST_STORE_URL"):
        open_store(url)


@pytest.mark.slow
def test_every_acknowledged_event_outlives_kill_9(tmp_path, request):
    url = f"sqlite:///{tmp_path / 'events.db'}"
    script = request.config.rootpath / "tests" / "event_stores.py"
    acknowledged = set()
    for kill in range(KILLS):
        acknowledged |= _told_until_killed(script, url, kill, request.config.rootpath)
    store = open_store(url)
    kept = {one.event_id for one in store.everything()}
    store.close()
    assert (len(acknowledged) > KILLS, acknowledged - kept) == (True, set())


def _told_until_killed(script, url, seed, root):
    """Names of the events that a process acknowledged before it was killed."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, str(script), url, str(seed)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        first = process.stdout.readline()
        time.sleep(random.Random(seed).random() * 0.2)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    whole = (first + rest).rpartition("\n")[0]  # a line that was cut short acknowledges nothing
    return set(whole.split())
