"""The stage `export_serving` on a small release: what it writes is what a server loads."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from models.contract.histories import open_histories
from models.contract.storage import write_table
from models.contract.tables import ORDERS
from models.release import Manifest, digests, file_digest, write_manifest
from pipelines import export_serving, paths
from tests.list_examples import choices, scores

AS_OF = datetime(2024, 6, 30, 22, tzinfo=UTC)
LINE = {"order_id": "1", "line_id": "1", "ordered_at": AS_OF, "amount_minor": 900}
PEOPLE = [("A", 0, 900), ("B", 512, 100)]


@pytest.fixture
def told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("{report: {language: fa}, source: {phone_country_code: '98'}}")
    paths.LIVE.mkdir(parents=True)
    (paths.LIVE / "policy.json").write_text("{}")
    (paths.LIVE / "features.json").write_text('{"features": [{"family": "rhythm"}]}')
    manifest = Manifest(
        as_of=0,
        currency="EUR",
        timezone="Europe/Berlin",
        horizon_days=90,
        value_window_days=365,
        window_reason="",
        response_state="assumed",
        mean_order_amount_minor=5400,
        feature_fingerprint="f" * 64,
        files=digests(paths.LIVE),
    )
    write_manifest(paths.LIVE, manifest)
    paths.FITTED_POPULATION.mkdir(parents=True)
    (paths.FITTED_POPULATION / "population.parquet").write_bytes(b"counted of the data")
    write_table(scores(PEOPLE, AS_OF), paths.SCORES / "scores.parquet")
    (paths.SCORES / "caps.arrow").write_bytes(b"caps")
    write_table(choices(PEOPLE), paths.PLAN / "plan.parquet")
    orders = ORDERS.schema(("order_id", "line_id", "customer_id", "ordered_at", "amount_minor"))
    rows = [{**LINE, "customer_id": "A"}, {**LINE, "order_id": "2", "customer_id": "B"}]
    write_table(pa.Table.from_pylist(rows, schema=orders), paths.TABLES / "orders.parquet")
    (paths.TABLES / "source.json").write_text("{}")
    export_serving.main()
    return json.loads((paths.SERVING / "serving.json").read_text())


def test_what_is_served_speaks_for_the_data_and_not_for_the_release(told):
    assert told["as_of"] == "2024-06-30T22:00:00Z"


def test_what_is_served_says_in_which_time_zone_the_shop_counts_days(told):
    assert told["timezone"] == "Europe/Berlin"


def test_what_is_served_names_every_file_by_its_content(told):
    assert told["files"] == {name: file_digest(paths.SERVING / name) for name in told["files"]}


def test_what_was_counted_of_articles_travels_along_as_of_the_data(told):
    assert (paths.SERVING / "population/population.parquet").read_bytes() == b"counted of the data"
    assert "population/population.parquet" in told["files"]


def test_the_release_travels_along(told):
    assert (paths.SERVING / "release" / "policy.json").is_file()


def test_what_is_served_says_whether_customers_are_known_by_purchases(told):
    assert told["knows_purchases"] is True


def test_a_release_of_attributes_alone_knows_no_purchases():
    assert not export_serving.knows_purchases({"features": [{"family": "attributes"}]})


def test_what_is_served_says_in_which_language_reasons_are_told(told):
    assert told["language"] == "fa"


def test_what_is_known_of_each_customer_travels_along(told):
    (row,) = open_histories(paths.SERVING / "history").rows_of("B")["orders"]
    assert (row["order_id"], row["amount_minor"]) == ("2", 900)


def test_every_history_is_named_by_its_content(told):
    files = {f"history/{path.name}" for path in (paths.SERVING / "history").iterdir()}
    assert files <= set(told["files"])


def test_what_is_served_says_whose_phone_numbers_need_no_country(told):
    assert told["phone_country_code"] == "98"
