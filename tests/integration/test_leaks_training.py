"""An attribute that copies the label may pass as one that never changes; training catches it by name."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from models.domain.errors import Leakage
from pipelines import build_features, build_labels, ingest, train_churn
from pipelines.workspace import deep_merge

PARAMS = Path(__file__).parents[2] / "params.yaml"
FIRST = date(2023, 1, 1)
DAYS = 330
PEOPLE = 160
COLUMNS = ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor")
SETTINGS = {
    "source": {
        "kind": "files",
        "path": "shop",
        "currency": "EUR",
        "amount_unit": "minor",
        "timezone": "UTC",
        "static_attributes": ["status"],
        "tables": {
            "orders": {"file": "orders.csv", "columns": {name: name for name in COLUMNS}},
            "customers": {
                "file": "customers.csv",
                "columns": {"customer_id": "customer_id", "known_at": "known_at"},
                "attributes": {"status": {"column": "status", "kind": "category"}},
            },
        },
    },
    "value": {"margin_share": 0.3},
}


def leaves(number):
    return number % 3 == 0


def order_lines():
    """Every twelfth day or so; a third of the customers stop 100 days before the end."""
    yield ",".join(COLUMNS)
    for number in range(PEOPLE):
        last = DAYS - 100 if leaves(number) else DAYS
        for day in range(number % 12, last + 1, 12):
            yield f"o{number}-{day},1,c{number:03},{FIRST + timedelta(days=day)} 12:00:00,1000"


def customers():
    yield "customer_id,status,known_at"
    for number in range(PEOPLE):
        yield f"c{number:03},{'inactive' if leaves(number) else 'active'},2022-12-31 12:00:00"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text("\n".join(order_lines()))
    (tmp_path / "shop" / "customers.csv").write_text("\n".join(customers()))
    return tmp_path


def train(folder, **churn):
    settings = deep_merge(yaml.safe_load(PARAMS.read_text()), SETTINGS | {"churn": churn})
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    for stage in (ingest, build_features, build_labels, train_churn):
        stage.main()


def test_a_column_that_copies_the_label_stops_the_training_by_name(shop):
    with pytest.raises(Leakage, match=r"attribute_status: AUC 1\.000 alone"):
        train(shop)


def test_a_person_who_has_looked_can_let_it_pass(shop, capsys):
    train(shop, accept_predictors=["attribute_status"])
    assert "accepted in churn.accept_predictors: attribute_status: AUC 1.000" in capsys.readouterr().out
