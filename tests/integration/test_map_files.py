"""`make map` from the command line, in a folder with the shipped parameters."""

import io
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from models.domain.errors import BadSource, InvalidSetting, Leakage, TooManyRejected
from models.domain.settings import settings_from
from models.policy.settings import PolicySettings
from pipelines import map_files
from pipelines.mapping_proposal.parameter_file import MARK
from pipelines.sources.source import SourceSettings
from pipelines.workspace import deep_merge

ROOT = Path(__file__).parents[2]
SALES = "Order No,Order Date,Customer,SKU,Total,Status\n" + "".join(
    f"{1000 + number},2023-{number % 12 + 1:02}-{number % 27 + 1:02},c{number % 40},tea,{number % 9 + 20}.50,"
    f"{'Cancelled' if number % 10 == 0 else 'Paid'}\n"
    for number in range(200)
)
TICKETS = (
    "Id,Requester email,Created at,Solved at,Ticket type,Priority,Satisfaction Score,Via,Group,Tags,Status\n"
) + "".join(
    f"{number},ann{number}@example.org,2023-05-{number % 27 + 1:02} 10:00,2023-06-01 12:00,"
    "Incident,High,Good,Mail,Care,,Solved\n"
    for number in range(1, 41)
)
TELCO = "customerID,gender,tenure,Contract,Churn\n" + "".join(
    f"T{number:03},{'MF'[number % 2]},{number % 60},{('Monthly', 'Yearly')[number % 3 == 0]},"
    f"{'Yes' if number * 7 % 11 < 3 else 'No'}\n"
    for number in range(300)
)


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self):
        return True


@pytest.fixture
def shop(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "sales.csv").write_text(SALES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody is at a terminal
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["map_files", *arguments])
    map_files.main()


def written(name="shop"):
    return yaml.safe_load(Path("params", f"{name}.yaml").read_text())


ANSWERS = ("CURRENCY=EUR", "TIMEZONE=Europe/Berlin", "MARGIN=.3")


def test_the_settings_that_are_written_are_settings(shop, monkeypatch):
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    settings = deep_merge(yaml.safe_load(Path("params.yaml").read_text()), written())
    settings_from(PolicySettings, settings["policy"], where="policy")
    assert (
        settings_from(SourceSettings, settings["source"], where="source").tables["orders"].file == "sales.csv"
    )


def test_each_setting_is_explained(shop, monkeypatch):
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    lines = Path("params", "shop.yaml").read_text().splitlines()
    settings = [place for place, line in enumerate(lines) if line.startswith("  ") and line[2].isalpha()]
    assert all(lines[place - 1].lstrip().startswith("#") for place in settings)


def test_cancelled_orders_are_left_out(shop, monkeypatch):
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert written()["source"]["tables"]["orders"]["where"] == [{"column": "Status", "not_in": ["Cancelled"]}]


def test_rows_are_shown_as_they_are_understood(shop, monkeypatch, capsys):
    run(monkeypatch, "shop", *ANSWERS)
    assert (
        "order_id 1001; line_id 1; customer_id c1; ordered_at Thu 2023-02-02 24:00 CET; item_id tea; "
        "amount_minor 21.50 EUR" in capsys.readouterr().out
    )


def test_every_row_is_accounted_for(shop, monkeypatch, capsys):
    run(monkeypatch, "shop", *ANSWERS)
    assert "200 rows read = 180 accepted + 0 merged + 20 out of scope + 0 rejected" in capsys.readouterr().out


def test_without_yes_nothing_is_written(shop, monkeypatch, capsys):
    run(monkeypatch, "shop", *ANSWERS)
    assert "Nothing was written. YES=1 writes params/shop.yaml." in capsys.readouterr().out
    assert list(Path("params").iterdir()) == []


def test_an_open_question_stops_with_what_to_pass(shop, monkeypatch):
    with pytest.raises(InvalidSetting, match=r"Add CURRENCY=EUR MARGIN=0\.3"):
        run(monkeypatch, "shop", "YES=1")


def test_a_person_is_asked_and_may_agree(shop, monkeypatch):
    replies = {"CURRENCY": "EUR", "TIMEZONE": "Europe/Berlin", "MARGIN": "30%", "y/N": "y"}
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(
        "builtins.input", lambda prompt: next(text for key, text in replies.items() if key in prompt)
    )
    run(monkeypatch, "shop")
    assert written()["value"]["margin_share"] == 0.3


def test_a_person_may_decline(shop, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _: "")
    run(monkeypatch, "shop", *ANSWERS)
    assert list(Path("params").iterdir()) == []


def test_settings_of_other_origin_are_never_replaced(shop, monkeypatch):
    Path("params", "shop.yaml").write_text("source: {}\n")
    with pytest.raises(BadSource, match="Choose another NAME"):
        run(monkeypatch, "shop", "YES=1", *ANSWERS)


def test_yes_replaces_an_earlier_proposal(shop, monkeypatch):
    Path("params", "shop.yaml").write_text(f"# {MARK} from before\n")
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert "source" in written()


def test_the_same_files_give_the_same_settings(shop, monkeypatch):
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    first = Path("params", "shop.yaml").read_bytes()
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert Path("params", "shop.yaml").read_bytes() == first


def test_a_help_desks_export_is_known(shop, monkeypatch, capsys):
    Path("shop", "tickets.csv").write_text(TICKETS)
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert written()["source"]["tables"]["complaints"]["preset"] == "zendesk"
    assert "make a secret that hides phone numbers and addresses" in capsys.readouterr().out


def test_files_with_the_same_headings_are_proposed_together(shop, monkeypatch, capsys):
    head, *lines = SALES.splitlines()
    Path("shop", "sales.csv").write_text("\n".join([head, *lines[:100]]) + "\n")
    Path("shop", "sales_2024.csv").write_text("\n".join([head, *lines[100:]]) + "\n")
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert written()["source"]["tables"]["orders"]["files"] == ["sales.csv", "sales_2024.csv"]
    said = capsys.readouterr().out
    assert "orders: sales.csv and 1 like it, 200 rows" in said
    assert "Status: Paid 180, Cancelled 20 (left out)" in said
    assert "  200 rows read = 180 accepted + 0 merged + 20 out of scope + 0 rejected" in said
    assert "    sales_2024.csv: 100 rows read = 90 accepted + 0 merged + 10 out of scope + 0 rejected" in said


def test_two_files_of_orders_with_other_headings_are_refused(shop, monkeypatch):
    Path("shop", "sales_2024.csv").write_text(SALES.replace("Status", "State", 1))
    with pytest.raises(BadSource, match=r"two files look like orders: sales\.csv and sales_2024\.csv"):
        run(monkeypatch, "shop", *ANSWERS)


def test_a_file_that_is_no_table_is_named(shop, monkeypatch, capsys):
    Path("shop", "prices.csv").write_text("id,name,price\n1,tea,3.10\n2,cup,12.50\n")
    run(monkeypatch, "shop", *ANSWERS)
    assert "prices.csv is not used" in capsys.readouterr().out


def test_an_error_names_the_file_that_was_given(shop, monkeypatch):
    Path("shop", "sales.csv").write_text(SALES.replace("Customer,", "Total,", 1))
    with pytest.raises(BadSource, match=r"^shop/sales\.csv has several columns of one name"):
        run(monkeypatch, "shop", *ANSWERS)


def test_files_without_orders_are_refused(shop, monkeypatch):
    Path("shop", "sales.csv").write_text("id,name,price\n1,tea,3.10\n2,cup,12.50\n")
    with pytest.raises(BadSource, match="none of the files holds orders"):
        run(monkeypatch, "shop", *ANSWERS)


def test_one_row_a_customer_with_a_churn_column_is_a_table(shop, monkeypatch):
    Path("telco.csv").write_text(TELCO)
    run(monkeypatch, "telco.csv", "YES=1", "NAME=telco", "AS_OF=2024-01-31")
    source = written("telco")["source"]
    assert (source["kind"], source["table"]["customer_id"], source["table"]["label"]) == (
        "table", "customerID", {"column": "Churn", "churned": ["Yes"], "stayed": ["No"]},
    )  # fmt: skip


def test_the_day_of_a_table_is_asked_for(shop, monkeypatch):
    Path("telco.csv").write_text(TELCO)
    with pytest.raises(InvalidSetting, match="For which day does the table speak"):
        run(monkeypatch, "telco.csv", "YES=1")


def test_a_column_that_copies_the_label_is_named_with_the_answer(shop, monkeypatch):
    lines = TELCO.splitlines()
    copied = [
        f"{lines[0]},Closing fee",
        *(f"{line},{9 if line.endswith('Yes') else 0}" for line in lines[1:]),
    ]
    Path("telco.csv").write_text("\n".join(copied) + "\n")
    with pytest.raises(Leakage, match=r"Closing fee.*DROP="):
        run(monkeypatch, "telco.csv", "YES=1", "AS_OF=2024-01-31")


def test_an_outcome_of_another_name_can_be_named(shop, monkeypatch):
    text = TELCO.replace("Churn", "visit").replace(",Yes\n", ",0\n").replace(",No\n", ",1\n")
    Path("mail.csv").write_text(text)
    run(monkeypatch, "mail.csv", "YES=1", "NAME=mail", "AS_OF=2024-01-31", "LABEL=visit:0")
    assert written("mail")["source"]["table"]["label"] == {
        "column": "visit",
        "churned": ["0"],
        "stayed": ["1"],
    }


def test_a_midnight_among_other_times_is_shown_as_the_beginning_of_its_day(shop, monkeypatch, capsys):
    timed = SALES.replace("2023-02-02", "2023-02-02 00:00:00", 1)
    Path("shop", "sales.csv").write_text(timed.replace("2023-03-03", "2023-03-03 10:30:00", 1))
    run(monkeypatch, "shop", *ANSWERS)
    assert "ordered_at Thu 2023-02-02 00:00 CET" in capsys.readouterr().out


def test_a_table_in_which_two_rows_share_an_id_keeps_its_ids(shop, monkeypatch, capsys):
    Path("telco.csv").write_text(TELCO + "T003,M,59,Yearly,No\n")
    run(monkeypatch, "telco.csv", "YES=1", "NAME=telco", "AS_OF=2024-01-31")
    assert written("telco")["source"]["table"]["customer_id"] == "customerID"
    assert "customerID: 2 rows share an id" in capsys.readouterr().out


def test_a_table_of_addresses_alone_is_read_by_hidden_keys(shop, monkeypatch, capsys):
    monkeypatch.delenv("HOLDFAST_ID_KEY", raising=False)
    lines = TELCO.replace("customerID", "Email", 1).splitlines()
    mails = [lines[0], *(line.replace(",", "@example.org,", 1) for line in lines[1:])]
    Path("telco.csv").write_text("\n".join(mails) + "\n")
    run(monkeypatch, "telco.csv", "YES=1", "NAME=telco", "AS_OF=2024-01-31")
    table = written("telco")["source"]["table"]
    assert table["customer_id"] == {"column": "Email", "identity": "email"}
    told = capsys.readouterr().out
    assert ("make a secret" in told, "T001@" in told) == (True, False)


def test_a_table_of_phones_alone_asks_for_their_country(shop, monkeypatch):
    lines = TELCO.replace("customerID", "Mobile", 1).splitlines()
    mobiles = [lines[0], *(f"0912{n:07}{line[4:]}" for n, line in enumerate(lines[1:]))]
    Path("telco.csv").write_text("\n".join(mobiles) + "\n")
    with pytest.raises(InvalidSetting, match="Which country's calling code"):
        run(monkeypatch, "telco.csv", "YES=1", "AS_OF=2024-01-31")
    run(monkeypatch, "telco.csv", "YES=1", "NAME=telco", "AS_OF=2024-01-31", "PHONE_COUNTRY=98")
    source = written("telco")["source"]
    assert (source["table"]["customer_id"]["identity"], source["phone_country_code"]) == ("phone", "98")


def test_whole_numbers_of_a_table_are_shown_without_decimals(shop, monkeypatch, capsys):
    Path("telco.csv").write_text(TELCO)
    run(monkeypatch, "telco.csv", "AS_OF=2024-01-31")
    told = capsys.readouterr().out
    assert ("tenure 0;" in told, "tenure 0.0" in told) == (True, False)


def test_an_empty_file_is_left_out_with_a_sentence(shop, monkeypatch, capsys):
    Path("shop", "tickets.csv").write_text("\ufeff\n")
    run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert "tickets.csv is empty and was left out" in capsys.readouterr().out
    assert list(written()["source"]["tables"]) == ["orders"]


def test_a_run_that_would_stop_is_not_offered(shop, monkeypatch):
    lines = SALES.splitlines()
    broken = [
        lines[0],
        *(line.replace("2023-", "2023-1", 1) if n < 20 else line for n, line in enumerate(lines[1:])),
    ]
    Path("shop", "sales.csv").write_text("\n".join(broken) + "\n")
    with pytest.raises(TooManyRejected, match=r"THE RUN WOULD STOP: .*not_a_time.*ordered_at ← Order Date"):
        run(monkeypatch, "shop", "YES=1", *ANSWERS)
    assert list(Path("params").iterdir()) == []
