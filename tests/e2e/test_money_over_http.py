"""Money over HTTP on a finished run: the cap that is told is the cap that is kept, also through kill -9."""

import csv
import json
import os
import socket
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest

from models.domain.vocabulary import EntryKind
from serving.client import Client, Unreachable
from serving.ledger import reads
from serving.ledger.opening import reading_ledger
from serving.ledger.verification import verify

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

KILLS = int(os.environ.get("HOLDFAST_KILLS", "2"))
CLIENTS = 8
ANSWERS_BETWEEN_KILLS = 60


@pytest.fixture(scope="module")
def customer(finished):
    """Whom the list would give most, as a row of it."""
    with (finished.data / "lists" / "at_risk.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["recommended_offer"]]
    return max(rows, key=lambda row: int(row["incentive_cap_minor"]))


@pytest.fixture(scope="module")
def calm(finished):
    """Who has no complaint open, and value to be lost."""
    with (finished.data / "lists" / "at_risk.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["open_complaints"] == "0"]
    return max(rows, key=lambda row: int(row["value_at_stake_low_minor"]))


@pytest.fixture
def shop(finished, start_server, tmp_path):
    """A client of a server with an empty ledger."""
    server, port = start_server(finished.data / "serving", tmp_path)
    yield Client(f"http://127.0.0.1:{port}")
    server.terminate()
    server.wait(timeout=30)


def asked(customer, amount, **more):
    return {
        "customer_id": customer["customer_id"],
        "requested_minor": amount,
        "currency": customer["currency"],
        "action": customer["recommended_action"],
        **more,
    }


def test_the_cap_of_the_list_is_the_cap_that_is_kept(shop, customer):
    cap = int(customer["incentive_cap_minor"])
    above = shop.reserve(**asked(customer, cap + 1))
    whole = shop.reserve(**asked(customer, cap))
    more = shop.reserve(**asked(customer, 1))
    told = [(one["granted_minor"], one["limiting_constraint"]) for one in (above, whole, more)]
    assert told == [(0, "cap"), (cap, None), (0, "window")]


def test_what_is_left_of_the_cap_is_told_everywhere(shop, customer):
    name, cap = customer["customer_id"], int(customer["incentive_cap_minor"])
    before = shop.customer(name)["remaining_cap_minor"]
    made = shop.reserve(**asked(customer, cap - 10))
    shop.commit(made["reservation_id"], cap - 20)
    told = shop.incentive_cap(name)
    assert (before, shop.customer(name)["remaining_cap_minor"]) == (cap, 20)
    assert (told["spent_minor"], told["reserved_minor"], told["available_minor"]) == (cap - 20, 0, 20)


def test_nobody_unknown_gets_money(shop, customer):
    told = shop.reserve(**{**asked(customer, 1), "customer_id": "nobody we know"})
    assert (told["granted_minor"], told["limiting_constraint"]) == (0, "cap")


def test_an_angry_customer_without_an_open_complaint_gets_no_recovery(shop, calm):
    cap = shop.incentive_cap(calm["customer_id"], purpose="recovery")["cap_minor"]
    told = shop.reserve(**{**asked(calm, 100), "action": None, "purpose": "recovery"})
    assert (cap, told["granted_minor"]) == (0, 0)


def test_a_complaint_that_is_told_opens_the_recovery_at_once(shop, calm):
    name = calm["customer_id"]
    opened = {
        "event_id": "c-1",
        "type": "complaint.opened",
        "customer_id": name,
        "complaint_id": "anger",
        "opened_at": shop.customer(name)["data_as_of"],
    }
    assert shop.tell([opened])["accepted"] == 1
    cap = shop.incentive_cap(name, purpose="recovery")["cap_minor"]
    told = shop.reserve(**{**asked(calm, cap), "action": None, "purpose": "recovery"})
    assert (cap > 0, told["granted_minor"]) == (True, cap)


def test_a_server_that_is_killed_under_load_loses_no_cent_that_it_answered(
    finished, start_server, tmp_path, customer
):
    answers: dict[str, dict] = {}

    def send(client, names):
        for name in names:
            try:
                made = client.reserve(**asked(customer, 1, partial=True), key=name)
                answers[name] = made
                if made["reservation_id"] and int(name.rpartition("-")[2]) % 2:
                    answers[f"{name}/c"] = client.commit(made["reservation_id"], 1, key=f"{name}/c")
            except Unreachable:
                return

    for turn in range(KILLS):
        server, port = start_server(finished.data / "serving", tmp_path)
        client = Client(f"http://127.0.0.1:{port}", attempts=1)
        before = len(answers)
        each = [[f"{turn}-{n}-{i}" for i in range(200)] for n in range(CLIENTS)]
        threads = [threading.Thread(target=send, args=(client, names)) for names in each]
        for thread in threads:
            thread.start()
        while len(answers) < before + ANSWERS_BETWEEN_KILLS and any(one.is_alive() for one in threads):
            threads[0].join(0.01)
        server.kill()
        server.wait(timeout=30)
        for thread in threads:
            thread.join()
    with reading_ledger(f"sqlite:///{tmp_path / 'ledger'}.db") as rows:
        entries = Counter(entry.reservation_id for entry in reads.entries(rows))
        kinds = {(one.reservation_id, one.kind) for one in reads.entries(rows)}
        assert verify(rows).findings == ()
    granted = {one["reservation_id"] for one in answers.values() if one["granted_minor"]}
    committed = {one["reservation_id"] for name, one in answers.items() if name.endswith("/c")}
    assert granted <= entries.keys()
    assert {(one, EntryKind.COMMIT) for one in committed} <= kinds
    assert len(granted) > 1


def test_an_answer_that_got_lost_on_its_way_is_told_again(shop, customer, tmp_path):
    body = json.dumps(asked(customer, 10)).encode()
    head = (
        "POST /v1/incentives/reservations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: lost\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(shop.base_url).port)) as connection:
        connection.sendall(head.encode() + body)
        while not entries_in(tmp_path):  # committed: from now on the answer is under way
            time.sleep(0.005)
    again = shop.reserve(**asked(customer, 10), key="lost")
    assert (again["repeated"], again["granted_minor"], len(entries_in(tmp_path))) == (True, 10, 1)


def entries_in(folder):
    with reading_ledger(f"sqlite:///{folder / 'ledger'}.db") as rows:
        return list(reads.entries(rows))


def test_a_second_server_on_the_same_ledger_is_refused_in_words(
    finished, shop, start_server, tmp_path, capfd
):
    with pytest.raises(AssertionError, match="ended before it was ready"):
        start_server(finished.data / "serving", tmp_path)
    last = capfd.readouterr().err.splitlines()[-1]
    assert "another process writes to this" in last
    assert "Stop that process" in last
