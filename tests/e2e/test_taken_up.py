"""A whole run is taken up by a server only as it was written, and told events that it holds are marked."""

import hashlib
import json
import shutil
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from models.contract.tables import CHANNELS
from models.contract.told_events import Shop, told
from models.domain.errors import DamagedRelease
from models.domain.instants import HOUR, iso, to_micros
from serving.app import create_app
from serving.golden import check_golden
from serving.loading import load_snapshot
from serving.releases import open_releases, reload
from serving.settings import Settings
from serving.store.kept import kept_from
from serving.store.opening import open_store

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def served(finished, tmp_path):
    return shutil.copytree(finished.data / "serving", tmp_path / "serving")


def test_customers_judged_anew_come_out_as_the_run_scored_them(served):
    snapshot = load_snapshot(served)
    assert (check_golden(snapshot, len(snapshot.scores)), snapshot.judging is None) == (None, False)


def test_a_run_whose_customers_come_out_otherwise_is_refused(served):
    path, manifest = served / "scores.parquet", served / "serving.json"
    scores = pq.read_table(path)
    place = scores.column_names.index("lifetime_value_minor")
    more = pa.array([None if value is None else value + 1 for value in scores[place].to_pylist()], pa.int64())
    pq.write_table(scores.set_column(place, "lifetime_value_minor", more), path)
    said = json.loads(manifest.read_text())
    said["files"]["scores.parquet"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(said))
    with pytest.raises(DamagedRelease, match="judged anew comes out otherwise"):
        check_golden(load_snapshot(served))


def test_a_told_order_that_the_run_holds_is_marked_and_one_that_it_lacks_is_not(served):
    snapshot = load_snapshot(served)
    customer = next(one for one in snapshot.scores["customer_id"] if _orders(snapshot, one))
    row = _orders(snapshot, customer)[0]
    store = open_store("sqlite://")
    store.tell([_order("held", row, snapshot), _order("new", {**row, "order_id": "another"}, snapshot)])
    releases = open_releases(served, store)
    found = store.of_customers([customer], releases.current.told.run)[customer]
    assert ([one.event_id for one in found], len(list(store.everything()))) == (["new"], 2)
    (served / "serving.json").write_text((served / "serving.json").read_text() + "\n")
    reload(releases)
    assert store.counts(releases.current.told.run) == (2, 1)
    store.close()


def _orders(snapshot, customer):
    rows = (snapshot.judging.histories.rows_of(customer) or {}).get("orders", [])
    return [row for row in rows if row["amount_minor"] > 0]


def _order(name, row, snapshot):
    line = {
        key: row[key] for key in ("line_id", "item_id", "category", "units", "amount_minor", "margin_minor")
    }
    event = {
        "event_id": name,
        "type": "order",
        "customer_id": row["customer_id"],
        "order_id": row["order_id"],
        "ordered_at": iso(row["ordered_at"]),
        "lines": [line],
    }
    return kept_from(told(event, Shop(snapshot.timezone), row["ordered_at"] + 10**12))


@pytest.fixture
def asked(served):
    """A client of a server over the run, and a told moment just before the run's as-of."""
    settings = Settings(
        serving_dir=served,
        store_url="sqlite://",
        ledger_url=f"sqlite:///{served.parent / 'ledger.db'}",
        keys_url=f"sqlite:///{served.parent / 'keys.db'}",
        audit_dir=served.parent / "audit",
    )
    client = TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    with client:
        yield client


def _known(client):
    """An instant known to the run: what is told then, is told late."""
    return iso(to_micros(datetime.fromisoformat(client.get("/readyz").json()["as_of"])) - HOUR)


def _contactable(client):
    return client.get("/v1/at-risk?contactable=true&limit=1").json()["items"][0]["customer_id"]


def _of(client, customer):
    return client.get(f"/v1/customers/{customer}").json()


def _tell(client, name, **said):
    at = _known(client)
    answer = client.post("/v1/events", json={"event_id": name, "known_at": at, **said})
    assert answer.json()["accepted"] == 1


def test_a_withdrawn_consent_binds_from_the_next_answer(asked):
    customer = _contactable(asked)
    forbidden = {f"may_contact_{channel}": False for channel in CHANNELS}
    _tell(asked, "c", type="consent.changed", customer_id=customer, **forbidden)
    answer = _of(asked, customer)
    assert (answer["do_not_contact_reason"], answer["incentive_cap_minor"]) == ("no_consent", 0)


def test_an_order_is_in_the_next_answer_and_in_the_next_batch_of_scores(asked):
    customer = _contactable(asked)
    before = _of(asked, customer)["churn_probability"]
    order = {"order_id": "told", "ordered_at": _known(asked), "lines": [{"amount_minor": 5_000}]}
    _tell(asked, "o", type="order", customer_id=customer, **order)
    after = _of(asked, customer)["churn_probability"]
    (of_batch,) = asked.post("/v1/scores", json={"customers": [{"customer_id": customer}]}).json()["results"]
    assert (after < before, of_batch["churn_probability"]) == (True, after)


def test_somebody_new_is_known_from_the_first_event_on_until_erased(asked):
    order = {"order_id": "told", "ordered_at": _known(asked), "lines": [{"amount_minor": 5_000}]}
    _tell(asked, "o", type="order", customer_id="somebody new", **order)
    known = _of(asked, "somebody new")["known"]
    asked.delete("/v1/customers/somebody new")
    assert (known, _of(asked, "somebody new")["known"]) == (True, False)


def test_nobody_who_was_erased_is_judged_from_the_runs_history(asked):
    customer = _contactable(asked)
    asked.delete(f"/v1/customers/{customer}")
    later = datetime.fromisoformat(_of(asked, "nobody")["as_of"]) + timedelta(days=30)
    told_later = asked.get(f"/v1/customers/{customer}", params={"as_of": later.isoformat()}).json()
    assert (_of(asked, customer)["known"], told_later["known"]) == (False, False)
