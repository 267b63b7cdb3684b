"""What the ledger gave comes back as the table `offers`, and the next run can learn from it."""

import json

import pytest

from models.contract.storage import read_table
from models.domain.instants import MINUTE, from_micros
from models.domain.ledger.commands import Commit
from pipelines import ingest, paths
from serving.ledger.exports import export
from tests.ledger_examples import reserve, write
from tests.ledger_stores import NOON, SqliteStores

LATER = 30 * MINUTE
SOURCE = {
    "kind": "files",
    "path": "shop",
    "currency": "EUR",
    "amount_unit": "minor",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def offers(tmp_path, monkeypatch):
    """The rows of `offers` after `ingest` of an export: one coupon used half an hour later, one not."""
    monkeypatch.chdir(tmp_path)
    stores = SqliteStores(tmp_path)
    ledger = stores.new()
    used = ledger.write(write(reserve(1_000, contact_cost_minor=50), key="1"))
    ledger.write(write(reserve(700, contact_cost_minor=50, customer_id="C2"), key="2"))
    stores.now = NOON + LATER
    ledger.write(write(Commit(reservation_id=used.reservation_id, amount_minor=1_000), key="3"))
    with ledger.snapshot() as rows:
        export(rows, tmp_path / "exported")
    ledger.close()
    shop = tmp_path / "shop"
    shop.mkdir()
    (tmp_path / "exported" / "offers.csv").rename(shop / "offers.csv")
    lines = [f"{name},1,{name},2024-11-30 10:00:00,1250" for name in ("C1", "C2")]
    (shop / "orders.csv").write_text(
        "\n".join(["order_id,line_id,customer_id,ordered_at,amount_minor", *lines])
    )
    paths.PARAMS.write_text(json.dumps({"source": SOURCE, "ingest": {"max_rejected_share": 0.0}}))
    ingest.main()
    return sorted(read_table(paths.TABLES / "offers.parquet").to_pylist(), key=lambda row: row["customer_id"])


def test_every_offer_is_accepted_with_its_money(offers):
    assert [(row["customer_id"], row["face_value_minor"], row["contact_cost_minor"]) for row in offers] == [
        ("C1", 950, 50),
        ("C2", 650, 50),
    ]


def test_instants_are_those_of_the_ledger(offers):
    assert [(row["assigned_at"], row["redeemed_at"]) for row in offers] == [
        (from_micros(NOON), from_micros(NOON + LATER)),
        (from_micros(NOON), None),
    ]


def test_nobody_takes_them_for_an_experiment(offers):
    assert {(row["design"], row["propensity"]) for row in offers} == {("targeted", None)}
