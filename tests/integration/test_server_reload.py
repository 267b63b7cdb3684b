"""Another run takes the place of the one in use whole, or not at all."""

import json
import threading
import time

import pytest

from models.contract.told_events import Shop, told
from models.domain.errors import InvalidSetting
from serving.releases import erase, forget_erased, open_releases
from serving.store.kept import kept_from
from serving.store.opening import open_store

WITHIN_SECONDS = 10


@pytest.fixture
def folder(make_serving_folder):
    return make_serving_folder(customers=3)


def release_of(client):
    return client.get("/readyz").json()["release_id"]


def until(holds):
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def another(make_serving_folder, name="another-release", customers=5):
    changed = {number: {"model_version": name} for number in range(1, customers + 4)}
    make_serving_folder(customers=customers, changed=changed, release_id=name)


def test_a_new_folder_is_taken_up_without_a_restart(client_for, folder, make_serving_folder):
    with client_for(folder) as client:
        another(make_serving_folder)
        assert until(lambda: release_of(client) == "another-release")


def test_a_damaged_folder_is_not_taken_up(client_for, folder):
    with client_for(folder) as client:
        (folder / "plan.parquet").write_bytes(b"damaged")
        (folder / "serving.json").write_text((folder / "serving.json").read_text() + "\n")
        assert until(lambda: "plan.parquet" in (client.get("/readyz").json()["refused"] or ""))
        assert release_of(client) == "0123456789abcdef"


def test_a_folder_that_was_mended_is_taken_up(client_for, folder, make_serving_folder):
    with client_for(folder) as client:
        (folder / "serving.json").write_text("{")
        assert until(lambda: client.get("/readyz").json()["refused"])
        another(make_serving_folder)
        assert until(lambda: release_of(client) == "another-release")
        assert client.get("/readyz").json()["refused"] is None


def test_a_folder_that_is_being_written_changes_nothing(client_for, folder):
    with client_for(folder) as client:
        (folder / "serving.json").unlink()
        time.sleep(0.3)
        assert client.get("/readyz").json()["refused"] is None


def test_a_server_without_a_release_takes_up_the_first(client_for, tmp_path, make_serving_folder):
    (tmp_path / "serving").mkdir()
    with client_for(tmp_path / "serving") as client:
        make_serving_folder(customers=3)
        assert until(lambda: client.get("/readyz").status_code == 200)


def test_every_answer_names_its_release(client_for, folder):
    with client_for(folder) as client:
        assert client.get("/v1/customers/C000001").headers["holdfast-release"] == "0123456789abcdef"


def test_a_reload_is_counted(client_for, folder, make_serving_folder):
    with client_for(folder) as client:
        another(make_serving_folder)
        assert until(lambda: 'holdfast_reloads_total{result="loaded"} 1' in client.get("/metrics").text)


def test_who_was_erased_does_not_come_back_with_a_new_folder(client_for, folder, make_serving_folder):
    with client_for(folder) as client:
        client.delete("/v1/customers/C000001")
        another(make_serving_folder)
        assert until(lambda: release_of(client) == "another-release")
        assert client.get("/v1/customers/C000001").json()["known"] is False


def test_no_answer_mixes_two_releases(client_for, folder, make_serving_folder):
    """Each run has its own number of rows, so an answer of one with the header of another would show."""
    sizes = {"0123456789abcdef": 3, "another-release": 5, "third-release": 7}
    with client_for(folder) as client:
        stop, mixed, seen = threading.Event(), [], set()

        def ask():
            while not stop.is_set():
                answer = client.get("/v1/at-risk")
                told = answer.json()
                seen.add(told["model_version"])
                if answer.headers["holdfast-release"] != told["model_version"] or told["total"] != sizes.get(
                    told["model_version"]
                ):
                    mixed.append(json.dumps(told)[:200])

        askers = [threading.Thread(target=ask) for _ in range(3)]
        for each in askers:
            each.start()
        for name in ("another-release", "third-release"):
            another(make_serving_folder, name, sizes[name])
            until(lambda wanted=name: release_of(client) == wanted)
        stop.set()
        for each in askers:
            each.join()
    assert (mixed, len(seen)) == ([], 3)


def test_what_one_server_erased_another_with_the_same_store_forgets(folder):
    store = open_store("sqlite://")
    one, other = open_releases(folder, store), open_releases(folder, store)
    erase(one, "C000001", 5)
    before = "C000001" in other.current.snapshot.score_rows
    forget_erased(other)
    assert (before, "C000001" in other.current.snapshot.score_rows) == (True, False)
    store.close()


def test_amounts_of_told_orders_stay_when_their_customer_is_erased(folder):
    store = open_store("sqlite://")
    releases = open_releases(folder, store)
    order = {"type": "order", "customer_id": "C1", "order_id": "O", "ordered_at": "2024-01-01T00:00:00Z"}
    event = told({"event_id": "e", **order, "lines": [{"amount_minor": 7}]}, Shop("UTC"), 2 * 10**15)
    store.tell([kept_from(event)])
    erasure = erase(releases, "C1", 5)
    assert (erasure.events, erasure.amounts) == (1, 1)
    store.close()


class OfAnotherVersion(Exception):
    """What nobody foresaw."""


@pytest.mark.parametrize(
    "error", [InvalidSetting("`policy.new` is unknown"), KeyError("new"), OfAnotherVersion()]
)
def test_a_folder_that_this_version_cannot_read_is_not_taken_up(
    client_for, folder, make_serving_folder, monkeypatch, error
):
    def load(_):
        raise error

    with client_for(folder) as client:
        monkeypatch.setattr("serving.releases.load_snapshot", load)
        another(make_serving_folder)
        assert until(lambda: client.get("/readyz").json()["refused"])
        assert release_of(client) == "0123456789abcdef"


def test_a_release_comes_after_one_that_this_version_could_not_read(
    client_for, folder, make_serving_folder, monkeypatch
):
    def load(_):
        raise KeyError

    with client_for(folder) as client:
        with monkeypatch.context() as patch:
            patch.setattr("serving.releases.load_snapshot", load)
            another(make_serving_folder)
            assert until(lambda: client.get("/readyz").json()["refused"])
        another(make_serving_folder, "third-release", 4)
        assert until(lambda: release_of(client) == "third-release")


def test_a_first_release_that_cannot_be_read_leaves_the_server_not_ready(client_for, folder, monkeypatch):
    def load(_):
        raise InvalidSetting("`policy.new` is unknown")

    monkeypatch.setattr("serving.releases.load_snapshot", load)
    with client_for(folder) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, "policy.new" in answer.json()["detail"]) == (503, True)


def test_a_release_in_another_currency_than_the_ledger_is_not_taken_up(
    client_for, folder, make_serving_folder
):
    dollars = {number: {"currency": "USD"} for number in range(1, 7)}
    with client_for(folder) as client:
        make_serving_folder(customers=3, changed=dollars, currency="USD")
        assert until(lambda: "currency" in (client.get("/readyz").json()["refused"] or ""))
        assert client.get("/v1/customers/C000001").json()["currency"] == "EUR"


def test_ledger_and_store_are_closed_though_a_task_beside_them_failed(client_for, folder, monkeypatch):
    """Whoever opens them next would find them in use."""

    async def failing(*_):
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr("serving.app.tend", failing)
        with client_for(folder):
            pass
    with client_for(folder) as client:
        assert client.get("/readyz").status_code == 200
