"""A table too long for the memory, checked in parts, leaves the very files that it would leave whole."""

import json

import pytest

from models.contract.storage import read_json
from pipelines import ingest, paths
from pipelines.sources import files, long_tables

LINES = 4_000
HEAD = "order,customer,day,amount,article"


def line(number):
    """Three lines an order; some rows repeat, some cannot be read or are cut, some name nobody."""
    order = number * 7 % LINES // 3
    amount = "a lot" if number % 401 == 0 else f"{number % 97}.50"
    customer = "" if number % 211 == 0 else f"c{order % 300}"
    if number % 997 == 0:
        return f"{order},{customer}"
    return f"{order},{customer},2024-{number % 12 + 1:02}-10 {number % 24:02}:00,{amount},i{number % 50}"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    rows = [line(number) for number in range(LINES)]
    rows += [*rows[::100], "9999,c1,2024-01-10 10:00,5.00,i1,one value too many"]
    (tmp_path / "shop" / "log.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    columns = {
        "order_id": "order", "customer_id": "customer", "ordered_at": "day", "amount_minor": "amount",
        "item_id": "article",
    }  # fmt: skip
    source = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major",
        "timezone": "Europe/London", "tables": {"orders": {"file": "log.csv", "columns": columns}},
    }  # fmt: skip
    (tmp_path / "params.yaml").write_text(
        json.dumps({"source": source, "ingest": {"max_rejected_share": 0.1}})
    )
    return tmp_path


def outcome():
    """Every file that ingest left, by name."""
    ingest.main()
    folders = (paths.TABLES, paths.REJECTED)
    return {file.name: file.read_bytes() for folder in folders for file in folder.iterdir()}


def in_parts(*given):
    return whole_or_long(*given, most=500)


whole_or_long = long_tables.whole_or_long


@pytest.fixture
def both(shop, monkeypatch):
    whole = outcome()
    monkeypatch.setattr(files, "whole_or_long", in_parts)
    return whole, outcome()


def test_the_same_files_are_left_byte_for_byte(both):
    whole, parted = both
    assert {name for name in whole if whole[name] != parted.get(name)} == set()


def test_there_was_something_to_get_wrong(both):
    counts = read_json(paths.REJECTED / "counts.json")["orders"]
    assert min(counts["accepted"], counts["merged"], counts["out_of_scope"], counts["rejected"]) > 0


def test_nothing_stays_behind_on_disk(both, shop):
    assert {path.name for path in (shop / "data").iterdir()} == {"tables", "rejected", "oracle"}
