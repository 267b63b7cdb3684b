"""The stage from files to files, and the page that lists the features."""

import json

import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import RowCounts, SourceSummary, write_summary, write_table
from models.features.catalogue import CATALOGUE, PAGE, to_markdown
from models.features.declared import articles, offers
from models.features.frame import from_table, to_table
from models.features.looked_up import RHYTHM
from pipelines import build_features
from tests.oracles.feature_histories import DAY, FIRST_SNAPSHOT, as_tables

SNAPSHOTS = {
    "spacing_days": 30,
    "min_history_days": 90,
    "stacked": 3,
    "stacked_value": 2,
    "churn_cuts": 2,
    "value_cut_spacing_days": 90,
    "max_value_cuts": 4,
    "windows_days": [365, 182],
}
COUNTING = {"most_items": 100, "min_customers": 16, "min_items": 16, "refit_days": 14, "vector_days": 91}
BTYD = {"refit_days": 90, "prior_weight": 1.0, "max_customers": 3000}


def lines():
    return [
        {
            "order_id": f"o{customer}-{number}",
            "line_id": "1",
            "customer_id": customer,
            "ordered_at": FIRST_SNAPSHOT - number * (11 + place) * DAY,
            "item_id": f"i{number % 5}",
            "amount_minor": 1000 + number,
        }
        for place, customer in enumerate(("x", "y", "z"))
        for number in range(100)
    ]


@pytest.fixture
def built(tmp_path, monkeypatch, capsys):
    """The folder of a source with orders alone, after the stage; what it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(
        yaml.safe_dump(
            {"snapshots": SNAPSHOTS, "churn": {"horizon_days": 90}, "population": COUNTING, "btyd": BTYD}
        )
    )
    orders = as_tables({"orders": lines()})["orders"].drop_columns(["category", "margin_minor", "known_at"])
    write_table(orders, tmp_path / "data/tables/orders.parquet")
    summary = SourceSummary(
        kind="files",
        currency="EUR",
        timezone="Europe/Berlin",
        as_of=FIRST_SNAPSHOT,
        first_order_at=FIRST_SNAPSHOT - 99 * 13 * DAY,
        rows={"orders": RowCounts(read=300, accepted=300)},
        columns={"orders": tuple(orders.column_names)},
    )
    write_summary(summary, tmp_path / "data/tables")
    build_features.main()
    return tmp_path / "data/features", capsys.readouterr().out


def test_the_stage_says_what_is_off_and_why(built):
    names = ", ".join(feature.name for feature in offers.FEATURES)
    assert f"{names}: the source has no table offers" in built[1]


def test_the_columns_are_the_names_that_the_description_lists(built):
    names = json.loads((built[0] / "features.json").read_text())["names"]
    assert pq.read_schema(built[0] / "features.parquet").names == ["customer_id", "snapshot", *names]


def test_with_too_few_customers_what_looks_up_articles_is_off(built):
    names = ", ".join(feature.name for feature in articles.FEATURES)
    assert f"{names}: 3 customers bought articles in a year, counting takes 16" in built[1]


def test_with_too_few_customers_a_marker_says_that_nothing_was_counted(built):
    (marker,) = (built[0].parent / "fitted/population").iterdir()
    assert json.loads(marker.read_text())["reason"].startswith("3 customers")


def test_too_few_customers_for_a_model_of_rhythm_leave_a_marker_with_the_reason(built):
    marker = json.loads((built[0].parent / "fitted/btyd/absent.json").read_text())
    assert marker == {
        "absent": "models of rhythm",
        "reason": "no model of rhythm: 3 customers; a fit takes 50",
    }


def test_columns_without_a_model_are_switched_off(built):
    told = json.loads((built[0] / "features.json").read_text())
    assert {column.name for column in RHYTHM} <= set(told["switched_off"])


def test_every_snapshot_of_the_schedule_has_rows(built):
    schedule = json.loads((built[0] / "schedule.json").read_text())
    frame = from_table(pq.read_table(built[0] / "features.parquet"))
    assert set(schedule["final_churn_training"]) | {FIRST_SNAPSHOT} <= set(frame.snapshot.tolist())


def test_the_frame_survives_its_file(built):
    frame = from_table(pq.read_table(built[0] / "features.parquet"))
    again = from_table(to_table(frame))
    assert (again.names, again.values.tobytes()) == (frame.names, frame.values.tobytes())


def test_a_second_run_writes_the_same_bytes(built):
    before = (built[0] / "features.parquet").read_bytes()
    build_features.main()
    assert (built[0] / "features.parquet").read_bytes() == before


def test_a_log_too_long_for_memory_gives_the_same_bytes(built, monkeypatch):
    before = (built[0] / "features.parquet").read_bytes()
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    build_features.main()
    assert (built[0] / "features.parquet").read_bytes() == before


def test_a_log_of_returns_alone_has_no_rhythm_and_no_rows(built):
    path = built[0].parent / "tables/orders.parquet"
    columns = pq.read_schema(path).names
    returns = as_tables({"orders": [{**line, "amount_minor": -5} for line in lines()]})["orders"]
    write_table(returns.select(columns), path)
    build_features.main()
    told = json.loads((built[0] / "features.json").read_text())
    assert told["switched_off"]["silence_log_odds"] == "no model of rhythm: nobody is known to have bought"
    assert pq.read_metadata(built[0] / "features.parquet").num_rows == 0


def test_the_page_of_features_is_up_to_date(request):
    assert (request.config.rootpath / PAGE).read_text() == to_markdown(CATALOGUE), (
        "run python -m models.features.catalogue"
    )
