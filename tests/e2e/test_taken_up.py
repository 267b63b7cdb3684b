"""A whole run is taken up by a server only as it was written, and told events that it holds are marked."""

import hashlib
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.contract.told_events import Shop, told
from models.domain.errors import DamagedRelease
from models.domain.instants import iso
from serving.golden import check_golden
from serving.releases import open_releases, reload
from serving.snapshot import load_snapshot
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
