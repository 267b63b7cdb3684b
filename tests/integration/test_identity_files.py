"""The stage `ingest` on files whose tickets name customers by telephone and e-mail."""

import json
import os
from functools import partial
from pathlib import Path

import pytest

from models.contract.storage import read_summary, read_table
from models.domain.errors import BadSource, InvalidSetting, TooManyRejected
from models.domain.identity import Concealment, concealed
from models.domain.vocabulary import IdentityKind
from pipelines import ingest, paths
from pipelines.params import section
from pipelines.sources import files
from pipelines.sources.long_tables import whole_or_long
from pipelines.sources.parts import read_part
from pipelines.sources.source import SourceSettings

SECRET = "a secret of the business"
HOW = Concealment(SECRET.encode(), "98")

ANN, BOB, SHARED, STRANGER = "0912 000 0001", "09120000002", "09120000003", "09129999999"
CLEAR = ("9120000001", "912 000 0001", "9120000002", "9120000003", "9129999999", "example.org")

ORDERS = """id,line,who,when,paid,note
A1,1,ann,2024-01-05 10:00:00,12.50,call 0912 000 0001
B1,1,bob,2024-02-01 09:30:00,99,
C1,1,cy,2024-03-01 18:00:00,5,
"""
CUSTOMERS = f"""id,since,mobile,mail
ann,2023-01-01,{ANN},Ann@example.org
bob,2023-01-01,+98{BOB[1:]},bob@example.org
cy,2023-01-01,{SHARED},cy@example.org
dee,2023-01-01,{SHARED},
"""
COMPLAINTS = f"""ticket,phone,opened
T1,{ANN},2024-01-10 09:00:00
T2,+98 {BOB[1:]},2024-01-11 09:00:00
T3,{SHARED},2024-01-12 09:00:00
T4,{STRANGER},2024-01-13 09:00:00
T5,no phone,2024-01-14 09:00:00
T6,,2024-01-15 09:00:00
"""
SURVEYS = """answer,mail,at,score
S1, ANN@example.org ,2024-01-20 09:00:00,5
S2,eve@example.org,2024-01-21 09:00:00,1
"""

ORDER_COLUMNS = {
    "order_id": "id", "line_id": "line", "customer_id": "who", "ordered_at": "when", "amount_minor": "paid",
}  # fmt: skip
TABLES = {
    "orders": {"columns": ORDER_COLUMNS},
    "customers": {
        "columns": {"customer_id": "id", "known_at": "since"},
        "identities": {"phone": "mobile", "email": "mail"},
    },
    "complaints": {
        "columns": {
            "complaint_id": "ticket",
            "customer_id": {"column": "phone", "identity": "phone"},
            "opened_at": "opened",
        },
    },
    "surveys": {
        "columns": {
            "survey_id": "answer",
            "customer_id": {"column": "mail", "identity": "email"},
            "answered_at": "at",
            "kind": {"constant": "csat"},
            "score": "score",
        },
    },
}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET)
    (tmp_path / "shop").mkdir()
    settings(tmp_path)
    for name, text in zip(TABLES, (ORDERS, CUSTOMERS, COMPLAINTS, SURVEYS), strict=True):
        (tmp_path / "shop" / f"{name}.csv").write_text(text)
    return tmp_path


def settings(folder, limit=0.5, tables=TABLES, **source):
    section = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major",
        "timezone": "Asia/Tehran", "phone_country_code": "98", "tables": tables,
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": limit}}
    (folder / "params.yaml").write_text(json.dumps(values))


def without(table, setting):
    """The mapping without one setting of one table."""
    return TABLES | {table: {key: value for key, value in TABLES[table].items() if key != setting}}


def without_line_numbers():
    return {name: heading for name, heading in ORDER_COLUMNS.items() if name != "line_id"}


def customers_of(table):
    rows = read_table(paths.TABLES / f"{table}.parquet").to_pylist()
    return {row.get("complaint_id", row.get("survey_id")): row["customer_id"] for row in rows}


def hidden(kind, text):
    return concealed(kind, text, HOW)


def said(capsys, beginning):
    """What the run noted that begins so."""
    notes = [line.removeprefix("note: ") for line in capsys.readouterr().out.splitlines()]
    return next((note for note in notes if note.startswith(beginning)), None)


READERS = {
    ".parquet": lambda path: str(read_table(path).to_pylist()),
    ".arrow": lambda path: str(read_part(path).to_pylist()),
}


def clear_keys_below(folder):
    """Files below a folder in which a key can be read, and the key; tables are read as text."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = READERS.get(path.suffix, Path.read_text)(path)
        found += [(path.name, key) for key in CLEAR if key.lower() in text.lower()]
    return found


def test_a_ticket_finds_its_customer_by_telephone(shop):
    ingest.main()
    assert customers_of("complaints") == {"T1": "ann", "T2": "bob"}


def test_an_answer_finds_its_customer_by_e_mail(shop):
    ingest.main()
    assert customers_of("surveys") == {"S1": "ann"}


def test_rows_that_find_nobody_are_out_of_scope(shop):
    ingest.main()
    assert read_summary(paths.TABLES).rows["complaints"].out_of_scope == 4


def test_the_unmatched_share_of_each_table_is_printed(shop, capsys):
    ingest.main()
    assert said(capsys, "complaints: 4 of 6 rows") == (
        "complaints: 4 of 6 rows (66.7 %) name nobody we know by phone "
        "(1 unknown, 1 ambiguous, 1 unreadable, 1 blank)"
    )


def test_keys_are_written_as_a_table(shop):
    ingest.main()
    rows = read_table(paths.TABLES / "identity.parquet").to_pylist()
    assert {"system": "phone", "external_id": hidden(IdentityKind.PHONE, ANN), "customer_id": "ann"} in rows


def test_a_key_of_two_customers_is_not_in_the_table(shop):
    ingest.main()
    ids = read_table(paths.TABLES / "identity.parquet")["external_id"].to_pylist()
    assert hidden(IdentityKind.PHONE, SHARED) not in ids


def test_keys_left_out_of_the_table_are_counted(shop):
    ingest.main()
    counts = read_summary(paths.TABLES).rows["identity"]
    assert (counts.read, counts.accepted, counts.out_of_scope) == (7, 5, 2)


def test_no_key_can_be_read_in_anything_that_is_written(shop):
    ingest.main()
    assert clear_keys_below(shop / "data") == []


def test_no_key_can_be_read_among_refused_rows(shop):
    for name in ("orders", "customers", "complaints", "surveys"):
        path = shop / "shop" / f"{name}.csv"
        path.write_text(path.read_text().replace("2024-01", "soon").replace("2023-01", "long ago"))
    with pytest.raises(TooManyRejected):
        ingest.main()
    assert len(list(paths.REJECTED.glob("*.parquet"))) == 4
    assert clear_keys_below(shop / "data") == []


def test_no_key_can_be_read_in_a_line_that_was_not_understood(shop):
    with (shop / "shop" / "complaints.csv").open("a") as file:
        file.write(f"T7,{ANN},2024-01-16,one value too many\n")
    ingest.main()
    assert read_summary(paths.TABLES).rows["complaints"].reasons == {"wrong_length": 1}
    assert clear_keys_below(shop / "data") == []


def test_no_key_can_be_read_in_what_long_tables_leave_on_disk_meanwhile(shop, monkeypatch):
    monkeypatch.setattr(files, "whole_or_long", partial(whole_or_long, most=2))
    by_phone = {"columns": without_line_numbers() | {"customer_id": {"column": "who", "identity": "phone"}}}
    settings(shop, tables=TABLES | {"orders": by_phone})
    files.read(section(SourceSettings, "source"), os.environ, shop / "room")
    assert len({path.parts[-2] for path in (shop / "room").rglob("*.arrow")}) == 3
    assert clear_keys_below(shop / "room") == []


def test_long_tables_find_the_same_customers(shop, monkeypatch):
    ingest.main()
    whole = {path.name: path.read_bytes() for path in paths.TABLES.iterdir()}
    monkeypatch.setattr(files, "whole_or_long", partial(whole_or_long, most=2))
    ingest.main()
    assert {path.name: path.read_bytes() for path in paths.TABLES.glob("*.parquet")}.items() <= whole.items()


def test_a_refused_row_shows_the_hidden_key(shop):
    (shop / "shop" / "complaints.csv").write_text(COMPLAINTS.replace("2024-01-10", "soon"))
    ingest.main()
    (row,) = read_table(paths.REJECTED / "complaints.parquet").to_pylist()
    assert row["phone"] == hidden(IdentityKind.PHONE, ANN)


def test_a_refused_row_shows_only_columns_that_the_mapping_names(shop):
    (shop / "shop" / "orders.csv").write_text(ORDERS.replace("2024-01-05 10:00:00", "soon"))
    ingest.main()
    (row,) = read_table(paths.REJECTED / "orders.parquet").to_pylist()
    assert "note" not in row


def test_a_key_on_rows_out_of_scope_is_nobodys(shop):
    tables = TABLES | {
        "customers": TABLES["customers"] | {"where": [{"column": "id", "not_in": ["dee"]}]},
    }
    settings(shop, tables=tables)
    ingest.main()
    assert customers_of("complaints")["T3"] == "cy"


def test_customers_known_by_a_key_alone_have_it_for_their_id(shop):
    by_phone = ORDER_COLUMNS | {"customer_id": {"column": "who", "identity": "phone"}}
    settings(shop, tables={"orders": {"columns": by_phone}, "complaints": TABLES["complaints"]})
    (shop / "shop" / "orders.csv").write_text(ORDERS.replace("ann", "09120000001"))
    for name in ("customers", "surveys"):
        (shop / "shop" / f"{name}.csv").unlink()
    ingest.main()
    ordered = read_table(paths.TABLES / "orders.parquet")["customer_id"].to_pylist()
    assert ordered == [hidden(IdentityKind.PHONE, ANN)] == [customers_of("complaints")["T1"]]


def test_that_customers_are_known_by_a_key_alone_is_said(shop, capsys):
    settings(shop, tables=without("customers", "identities"))
    ingest.main()
    expected = "complaints: no table says whose a phone is, so the hidden phone is the customer's id"
    assert said(capsys, "complaints: no table says") == expected


def test_a_table_that_is_looked_up_by_one_key_can_say_whose_another_is(shop):
    tables = TABLES | {
        "customers": without("customers", "identities")["customers"] | {"identities": {"phone": "mobile"}},
        "complaints": TABLES["complaints"] | {"identities": {"email": "mail"}},
    }
    (shop / "shop" / "complaints.csv").write_text(
        f"ticket,phone,opened,mail\nT1,{ANN},2024-01-10,ANN@example.org\n"
    )
    settings(shop, tables=tables)
    ingest.main()
    assert customers_of("surveys") == {"S1": "ann"}


def test_the_summary_carries_the_fingerprint_of_the_secret(shop):
    ingest.main()
    assert len(read_summary(paths.TABLES).identity_key) == 8


def test_without_keys_there_is_no_fingerprint_and_no_secret_is_needed(shop, monkeypatch):
    monkeypatch.delenv("HOLDFAST_ID_KEY")
    for name in ("complaints", "surveys"):
        (shop / "shop" / f"{name}.csv").unlink()
    settings(
        shop,
        tables={"orders": TABLES["orders"], "customers": without("customers", "identities")["customers"]},
    )
    ingest.main()
    assert read_summary(paths.TABLES).identity_key is None


def test_without_a_secret_the_run_stops(shop, monkeypatch):
    monkeypatch.delenv("HOLDFAST_ID_KEY")
    with pytest.raises(BadSource, match="HOLDFAST_ID_KEY"):
        ingest.main()


def test_phones_without_a_country_stop_the_run(shop):
    settings(shop, phone_country_code=None)
    with pytest.raises(InvalidSetting, match="phone_country_code"):
        ingest.main()


def test_another_secret_than_the_last_time_is_noticed(shop, monkeypatch, capsys):
    ingest.main()
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET[::-1])
    ingest.main()
    assert said(capsys, "HOLDFAST_ID_KEY has changed") is not None


def test_the_same_secret_as_the_last_time_is_no_news(shop, capsys):
    ingest.main()
    ingest.main()
    assert said(capsys, "HOLDFAST_ID_KEY has changed") is None


def test_two_runs_write_the_same_bytes(shop):
    ingest.main()
    first = {path.name: path.read_bytes() for path in paths.TABLES.iterdir()}
    ingest.main()
    assert {path.name: path.read_bytes() for path in paths.TABLES.iterdir()} == first
