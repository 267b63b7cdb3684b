"""A price index beside the tables of a source, and rows in other money."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from models.contract.prices import read_prices
from models.contract.storage import read_summary, read_table
from models.domain.errors import BadSource, InvalidSetting
from models.domain.instants import to_micros
from pipelines import ingest, paths

HEAD = "order_id,line_id,customer_id,ordered_at,amount_minor,margin_minor,currency"
LINES = [
    "A1,1,ann,2024-02-05 10:00:00,12.00,6.00,GBP",
    "A1,2,ann,2024-02-05 10:00:00,3.00,1.00,GBP",
    "B1,1,bob,2024-03-10 09:30:00,99,30,",
    "A2,1,ann,2024-05-03 18:00:00,-12.00,-6.00,£",
]
INDEX = ["period_start,index", "2024-01-01,50", "2024-02-01,55", "2024-03-01,60", "2024-04-01,75"]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    settings(tmp_path)
    orders(tmp_path, *LINES)
    index(tmp_path, *INDEX)
    return tmp_path


def settings(folder, limit=0.5, **source):
    section = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major",
        "timezone": "UTC", "price_index": "prices.csv",
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": limit}}
    (folder / "params.yaml").write_text(json.dumps(values))


def orders(folder, *lines):
    (folder / "shop" / "orders.csv").write_text("\n".join([HEAD, *lines]) + "\n")


def index(folder, *lines, name="prices.csv"):
    (folder / "shop" / name).write_text("\n".join(lines) + "\n")


def instants(*days):
    return np.array([to_micros(datetime.fromisoformat(day).replace(tzinfo=UTC)) for day in days])


def test_an_index_is_kept_beside_the_tables(shop):
    ingest.main()
    assert read_table(paths.TABLES / "price_index.parquet")["index"].to_pylist() == [50.0, 55.0, 60.0, 75.0]


def test_a_value_of_a_month_counts_from_the_end_of_that_month(shop):
    ingest.main()
    assert read_prices(paths.TABLES).levels_at(instants("2024-02-29", "2024-03-01")).tolist() == [1.0, 1.1]


def test_the_tables_keep_amounts_as_they_were_paid(shop):
    ingest.main()
    assert read_table(paths.TABLES / "orders.parquet")["amount_minor"].to_pylist() == [1200, 300, -1200, 9900]


def test_the_run_says_what_the_index_does(shop, capsys):
    ingest.main()
    assert "in prices of 2024-01-01 and told in those of as-of" in capsys.readouterr().out


def test_the_file_of_the_index_is_not_called_unknown(shop, capsys):
    ingest.main()
    assert "prices.csv is no table" not in capsys.readouterr().out


def test_values_published_after_as_of_are_counted_and_left_out(shop):
    index(shop, *INDEX, "2024-05-01,80")
    ingest.main()
    counts = read_summary(paths.TABLES).rows["price_index"]
    assert (counts.read, counts.accepted, counts.out_of_scope) == (5, 4, 1)


def test_an_index_does_not_move_as_of(shop):
    ingest.main()
    with_index = read_summary(paths.TABLES).as_of
    settings(shop, price_index=None)
    ingest.main()
    assert read_summary(paths.TABLES).as_of == with_index


def test_without_the_setting_no_index_is_kept(shop):
    ingest.main()
    settings(shop, price_index=None)
    ingest.main()
    assert not (paths.TABLES / "price_index.parquet").exists()


def test_dates_of_the_index_follow_the_calendar_of_the_source(shop):
    jalali = ["A1,1,ann,1402-11-16,12.00,6.00,", "B1,1,bob,1403-02-12,9.00,3.00,"]
    orders(shop, *jalali)
    index(shop, "period_start,index", "1402/10/01,50", "1402/11/01,55", "1402/12/01,60")
    settings(shop, calendar="jalali")
    ingest.main()
    assert read_prices(paths.TABLES).money == "prices of 2023-12-22"


def test_a_file_that_is_not_there_is_named(shop):
    settings(shop, price_index="cpi.csv")
    with pytest.raises(BadSource, match=r"not a file in the folder `source\.path`.*given: 'shop/cpi\.csv'"):
        ingest.main()


def test_a_file_outside_the_folder_is_refused(shop):
    (shop / "shop" / "prices.csv").rename(shop / "prices.csv")
    settings(shop, price_index="../prices.csv")
    with pytest.raises(BadSource, match=r"not a file in the folder `source\.path`"):
        ingest.main()


def test_a_file_without_an_index_says_which_column_it_lacks(shop):
    index(shop, "month,cpi", "2024-01-01,50")
    with pytest.raises(BadSource, match=r"prices\.csv lacks period_start, index.*given: 'month, cpi'"):
        ingest.main()


def test_an_index_that_cannot_be_used_leaves_no_tables(shop):
    index(shop, *INDEX, "2024-05-01,none")
    with pytest.raises(BadSource, match=r"row 5 of prices\.csv cannot be used"):
        ingest.main()
    assert not paths.TABLES.exists()


@pytest.mark.parametrize("kind", ["simulator", "cdnow", "online_retail", "table"])
def test_a_source_that_cannot_have_an_index_file_says_so(shop, kind):
    settings(shop, kind=kind)
    with pytest.raises(InvalidSetting, match=r"`source\.price_index` has no meaning"):
        ingest.main()


def test_rows_in_another_currency_are_refused_and_counted(shop):
    orders(shop, *LINES, "C1,1,cat,2024-04-02 10:00:00,5.00,2.00,USD")
    ingest.main()
    assert read_summary(paths.TABLES).rows["orders"].reasons == {"other_currency": 1}
    assert read_table(paths.REJECTED / "orders.parquet")["currency"].to_pylist() == ["USD"]


def test_a_column_of_currencies_may_have_any_heading(shop):
    mapped = [*LINES, "C1,1,cat,2024-04-02 10:00:00,5.00,2.00,USD"]
    lines = [HEAD.replace("currency", "Cur"), *mapped]
    (shop / "shop" / "orders.csv").write_text("\n".join(lines) + "\n")
    columns = {name: name for name in HEAD.split(",") if name != "currency"} | {"currency": "Cur"}
    settings(shop, tables={"orders": {"columns": columns}})
    ingest.main()
    assert read_summary(paths.TABLES).rows["orders"].reasons == {"other_currency": 1}
