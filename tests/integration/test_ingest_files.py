"""The stage `ingest` on a folder of files, in a folder of its own."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.contract.storage import read_summary, read_table
from models.domain.errors import BadSource, InvalidSetting, TooManyRejected
from models.domain.instants import iso
from pipelines import ingest, paths

HEAD = "order_id,line_id,customer_id,ordered_at,amount_minor,item_id"
LINES = [
    "A1,1,ann,2024-01-05 10:00:00,12.50,tea",
    "A1,2,ann,2024-01-05 10:00:00,3.10,cup",
    "B1,1,bob,2024-02-01 09:30:00,99,pot",
    "A2,1,ann,2024-03-01 18:00:00,-12.50,tea",
]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    settings(tmp_path)
    orders(tmp_path, *LINES)
    return tmp_path


def settings(folder, limit=0.2, **source):
    section = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major",
        "timezone": "Europe/London",
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": limit}}
    (folder / "params.yaml").write_text(json.dumps(values))


def orders(folder, *lines, head=HEAD):
    (folder / "shop" / "orders.csv").write_text("\n".join([head, *lines]) + "\n")


def summary():
    return read_summary(paths.TABLES)


def column(name, table="orders"):
    return read_table(paths.TABLES / f"{table}.parquet")[name].to_pylist()


def test_a_file_of_orders_becomes_a_table(shop):
    ingest.main()
    assert column("amount_minor") == [1250, 310, -1250, 9900]


def test_the_newest_order_is_as_of(shop):
    ingest.main()
    assert iso(summary().as_of) == "2024-03-01T18:00:00Z"


def test_a_log_without_one_purchase_is_refused(shop):
    orders(shop, "A1,1,ann,2024-01-05 10:00:00,-12.50,tea")
    with pytest.raises(BadSource, match="no order line is a purchase"):
        ingest.main()


def test_offers_keep_the_customers_who_got_nothing(shop):
    head = "campaign_id,customer_id,assigned_at,arm,propensity,design,face_value_minor,contact_cost_minor"
    rows = ["spring,ann,2024-02-01,none,.5,randomised,0,0", "spring,bob,2024-02-01,coupon,.5,randomised,5,1"]
    (shop / "shop" / "offers.csv").write_text("\n".join([head, *rows]) + "\n")
    ingest.main()
    assert column("arm", "offers") == ["none", "coupon"]


def test_customers_are_derived_from_orders(shop):
    ingest.main()
    assert column("customer_id", "customers") == ["ann", "bob"]


def test_the_run_says_that_there_are_no_complaints(shop, capsys):
    ingest.main()
    assert "no complaints: complaint and response-time features are off" in capsys.readouterr().out


def test_a_source_without_an_oracle_leaves_a_marker(shop):
    ingest.main()
    assert (paths.ORACLE / "absent.json").exists()


def test_counts_are_written_when_nothing_was_refused(shop):
    ingest.main()
    assert [path.name for path in paths.REJECTED.iterdir()] == ["counts.json"]


def test_two_runs_write_the_same_bytes(shop):
    ingest.main()
    first = {path.name: path.read_bytes() for path in paths.TABLES.iterdir()}
    ingest.main()
    assert {path.name: path.read_bytes() for path in paths.TABLES.iterdir()} == first


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda text: text.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.replace("tea", '"te\na"').encode(), id="newline in quotes"),
    ],
)
def test_the_ways_in_which_csv_is_written_do_not_matter(shop, written):
    path = shop / "shop" / "orders.csv"
    path.write_bytes(written(path.read_text()))
    ingest.main()
    assert column("amount_minor") == [1250, 310, -1250, 9900]


def test_a_compressed_file_is_read(shop):
    path = shop / "shop" / "orders.csv"
    (shop / "shop" / "orders.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    ingest.main()
    assert summary().rows["orders"].accepted == 4


def test_parquet_gives_what_csv_gives(shop):
    ingest.main()
    expected = (paths.TABLES / "orders.parquet").read_bytes()
    path = shop / "shop" / "orders.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    typed = {
        name: list(values) for name, values in zip(HEAD.split(","), zip(*rows, strict=True), strict=True)
    }
    typed["amount_minor"] = [float(amount) for amount in typed["amount_minor"]]
    typed["line_id"] = [int(number) for number in typed["line_id"]]
    path.unlink()
    pq.write_table(pa.table(typed), shop / "shop" / "orders.parquet")
    ingest.main()
    assert (paths.TABLES / "orders.parquet").read_bytes() == expected


def test_an_order_line_without_a_customer_is_out_of_scope(shop):
    orders(shop, *LINES, "Z,1,,2024-01-01 10:00,5,tea")
    ingest.main()
    assert summary().rows["orders"].out_of_scope == 1


def test_a_refused_row_is_kept_as_it_was_read_with_the_reason(shop):
    orders(shop, *LINES, "Z,1,cy,soon,5,tea")
    ingest.main()
    (row,) = read_table(paths.REJECTED / "orders.parquet").to_pylist()
    assert (row["row"], row["reason"], row["ordered_at"]) == (5, "not_a_time", "soon")


def test_too_many_refusals_stop_the_run(shop):
    settings(shop, limit=0.1)
    orders(shop, *LINES, "Z,1,cy,soon,5,tea")
    with pytest.raises(TooManyRejected, match="not_a_time 1"):
        ingest.main()


def test_refused_rows_are_written_before_the_run_stops(shop):
    settings(shop, limit=0.1)
    orders(shop, *LINES, "Z,1,cy,soon,5,tea")
    with pytest.raises(TooManyRejected):
        ingest.main()
    assert (paths.REJECTED / "orders.parquet").exists()


def test_a_stopped_run_leaves_no_tables_of_an_earlier_one(shop):
    ingest.main()
    orders(shop, "Z,1,cy,soon,5,tea")
    with pytest.raises(TooManyRejected):
        ingest.main()
    assert not paths.TABLES.exists()


def test_a_run_killed_between_tables_leaves_no_summary(shop, monkeypatch):
    def killed(rows, path):
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest, "write_table", killed)
    with pytest.raises(KeyboardInterrupt):
        ingest.main()
    assert not (paths.TABLES / "source.json").exists()


def test_a_mistyped_year_does_not_become_as_of(shop):
    orders(shop, *LINES, "C1,1,bob,2042-03-01 18:00:00,5,tea")
    with pytest.raises(BadSource, match=r"far beyond nearly all orders.*source\.extracted_at"):
        ingest.main()


def test_the_end_of_a_contract_to_come_does_not_become_as_of(shop):
    (shop / "shop" / "contracts.csv").write_text(
        "contract_id,customer_id,started_at,ended_at\nk,ann,2024-01-05 10:00:00,2027-12-31 10:00:00\n"
    )
    ingest.main()
    assert iso(summary().as_of) == "2024-03-01T18:00:00Z"


def test_facts_after_the_extraction_are_refused(shop):
    settings(shop, limit=0.5, extracted_at="2024-02-15")
    ingest.main()
    assert summary().rows["orders"].reasons == {"after_as_of": 1}


def test_the_extraction_is_as_of_at_the_end_of_its_local_day(shop):
    settings(shop, extracted_at="2024-07-01")
    ingest.main()
    assert iso(summary().as_of) == "2024-07-01T23:00:00Z"


def test_what_was_noted_during_the_day_of_a_dated_order_is_not_too_early(shop):
    orders(shop, "A,1,ann,2024-01-05,5,2024-01-05 15:00", head=HEAD.replace("item_id", "known_at"))
    ingest.main()
    assert column("known_at") == column("ordered_at")


def test_lines_without_numbers_are_merged_when_equal_and_numbered(shop):
    orders(
        shop,
        "A,ann,2024-01-05,5,tea", "A,ann,2024-01-05,5,tea", "A,ann,2024-01-05,5,cup",
        head=HEAD.replace("line_id,", ""),
    )  # fmt: skip
    ingest.main()
    assert (column("line_id"), summary().rows["orders"].merged) == (["1", "3"], 1)


def test_an_unknown_column_is_named(shop):
    orders(shop, "A,1,ann,2024-01-05,5,tea,red", head=HEAD + ",colour")
    ingest.main()
    assert any("colour" in note for note in summary().notes)


def test_an_unknown_file_is_named(shop):
    (shop / "shop" / "tickets.csv").write_text("id\n1\n")
    ingest.main()
    assert "tickets.csv is no table of the contract and was not read" in summary().notes


def test_complaints_are_read_beside_orders(shop):
    (shop / "shop" / "complaints.csv").write_text(
        "complaint_id,customer_id,opened_at,resolved_at\nk1,ann,2024-01-06 10:00,\n"
    )
    ingest.main()
    assert summary().columns["complaints"] == ("complaint_id", "customer_id", "opened_at")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"order_id,customer_id\n1,2\n", "lacks ordered_at, amount_minor", id="columns missing"),
        pytest.param(HEAD.encode() + b"\nA,1,ann\n", "no line has as many values", id="short lines only"),
        pytest.param(HEAD.encode("utf-16"), "first bytes are those of utf-16", id="another encoding"),
        pytest.param(HEAD.encode() + b"\nA,1,\xe9\xe8,2024-01-01,5,\n", "not utf-8 in line 2", id="latin-1"),
        pytest.param(b"", "is empty", id="empty file"),
        pytest.param(HEAD.encode() + b"\n", "no order line can be used", id="heading alone"),
        pytest.param(b"order_id,order_id\n1,2\n", "several columns of one name", id="repeated heading"),
        pytest.param(HEAD.encode() + b"\nA,1,ann,1403-05-03,5,\n", "Jalali", id="another calendar"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_a_sentence(shop, content, message):
    (shop / "shop" / "orders.csv").write_bytes(content)
    with pytest.raises(BadSource, match=message):
        ingest.main()


def test_a_compressed_file_cut_short_is_refused_with_a_sentence(shop):
    path = shop / "shop" / "orders.csv"
    whole = gzip.compress(path.read_bytes() * 50)
    (shop / "shop" / "orders.csv.gz").write_bytes(whole[: len(whole) // 2])
    path.unlink()
    with pytest.raises(BadSource, match="cannot be read as CSV"):
        ingest.main()


def test_orders_that_are_there_twice_are_refused(shop):
    (shop / "shop" / "orders.csv.gz").write_bytes(b"")
    with pytest.raises(BadSource, match="more than once"):
        ingest.main()


def test_a_folder_that_is_not_there_is_refused(shop):
    settings(shop, path="elsewhere")
    with pytest.raises(BadSource, match="not a folder"):
        ingest.main()


def test_an_unknown_time_zone_is_refused(shop):
    settings(shop, timezone="Mars/Olympus")
    with pytest.raises(InvalidSetting, match="time zone"):
        ingest.main()
