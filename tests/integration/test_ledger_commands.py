import csv
import os
import subprocess
import sys

import pytest

from models.contract.tables import OFFERS
from models.domain.errors import BadSource, InvalidSetting
from models.domain.instants import DAY, SECOND, iso
from models.domain.ledger.commands import Approve, Commit, Release, Reverse
from models.domain.ledger.refusals import LedgerInUse, OtherCurrency
from models.domain.vocabulary import Purpose
from serving.ledger import commands
from serving.ledger.migrate import migrate
from serving.ledger.opening import open_ledger
from serving.ledger.sqlite.ledger import open_sqlite
from tests.ledger_examples import reserve, write

HEADING = "redemption_id,reservation_id,amount_minor,redeemed_at"
# Far ahead: whatever clock a command of its own reads, the ledger's time does not go back.
NOON = 30_000 * DAY
AT = "2024-10-04T12:00:00+02:00"


@pytest.fixture
def clock():
    return [NOON]


@pytest.fixture
def ledger(tmp_path, clock):
    opened = open_sqlite(tmp_path / "ledger.db", "EUR", clock=lambda: clock[0])
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def run(url, capsys):
    """Run a command: its exit code and the lines that it wrote."""

    def running(*words):
        code = commands.run(url, [str(word) for word in words])
        return code, capsys.readouterr().out.splitlines()

    return running


def made(ledger, amount=100, key="1", **changed):
    return ledger.write(write(reserve(amount, **changed), key=key)).reservation_id


def rows_of(path):
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def redemptions(tmp_path, *lines):
    path = tmp_path / "redeemed.csv"
    path.write_text("\n".join([HEADING, *lines]) + "\n")
    return path


def test_verify_says_that_all_is_well(ledger, run):
    made(ledger)
    code, lines = run("verify")
    assert code == 0
    assert lines[-1].startswith("1 entries, 1 accounts, 1 reservations, 1.00 EUR reserved; heads ")


def test_tables_of_an_older_version_are_not_taken_for_damage(ledger, url, run):
    made(ledger)
    ledger.close()
    migrate(url, "0002")
    with pytest.raises(BadSource, match="those of another version"):
        run("verify")


def test_an_unknown_command_is_refused(run):
    with pytest.raises(InvalidSetting, match="verify, import-redemptions FILE, export FOLDER"):
        run("spend")


def test_a_command_without_its_file_is_refused(run):
    with pytest.raises(InvalidSetting):
        run("backup")


def test_what_there_is_not_cannot_be_verified(run):
    with pytest.raises(BadSource, match="there is no ledger yet"):
        run("verify")


def test_a_url_of_nothing_is_refused_without_its_password():
    with pytest.raises(InvalidSetting) as told:
        open_ledger("mysql://me:secret@host/db", "EUR")
    assert "secret" not in told.value.message


def test_an_empty_ledger_needs_a_currency(url):
    with pytest.raises(OtherCurrency, match="no currency"):
        open_ledger(url)


def test_a_ledger_keeps_its_currency(ledger, url):
    ledger.close()
    with pytest.raises(OtherCurrency):
        open_ledger(url, "USD")


def test_a_redemption_of_what_is_reserved_is_committed(ledger, run, tmp_path):
    reservation = made(ledger, 100, contact_cost_minor=20)
    ledger.close()
    file = redemptions(tmp_path, f"r1,{reservation},50,{AT}")
    code, lines = run("import-redemptions", file)
    assert (code, lines) == (0, ["0 matched, 1 committed now, 0 known already, 0 orphans"])


def test_a_redemption_spends_the_contact_too(ledger, run, tmp_path):
    reservation = made(ledger, 100, contact_cost_minor=20)
    ledger.close()
    run("import-redemptions", redemptions(tmp_path, f"r1,{reservation},50,{AT}"))
    run("export", tmp_path / "out")
    assert rows_of(tmp_path / "out" / "ledger.csv")[-1]["committed_minor"] == "70"


def test_an_import_can_be_run_again(ledger, run, tmp_path):
    file = redemptions(tmp_path, f"r1,{made(ledger)},50,{AT}")
    ledger.close()
    run("import-redemptions", file)
    assert run("import-redemptions", file)[1] == ["0 matched, 0 committed now, 1 known already, 0 orphans"]


def test_a_redemption_is_matched_to_its_commit(ledger, run, tmp_path):
    reservation = made(ledger)
    ledger.write(write(Commit(reservation_id=reservation, amount_minor=50), key="c"))
    ledger.close()
    code, lines = run("import-redemptions", redemptions(tmp_path, f"r1,{reservation},50,{AT}"))
    assert (code, lines) == (0, ["1 matched, 0 committed now, 0 known already, 0 orphans"])


def test_what_no_reservation_allows_is_an_orphan(ledger, run, tmp_path):
    spent, open_, released = (made(ledger, key=key) for key in "123")
    ledger.write(write(Commit(reservation_id=spent, amount_minor=50), key="c"))
    ledger.write(write(Release(reservation_id=released), key="r"))
    ledger.close()
    file = redemptions(
        tmp_path, f"a,nobody,1,{AT}", f"b,{spent},49,{AT}", f"c,{released},1,{AT}", f"d,{open_},101,{AT}"
    )
    code, lines = run("import-redemptions", file)
    assert code == 1
    assert [line.split(":")[0] for line in lines[:-1]] == ["orphan a", "orphan b", "orphan c", "orphan d"]


def test_a_coupon_redeemed_twice_is_an_orphan(ledger, run, tmp_path):
    reservation = made(ledger)
    ledger.close()
    file = redemptions(tmp_path, f"a,{reservation},50,{AT}", f"b,{reservation},50,{AT}")
    assert run("import-redemptions", file)[1][0] == "orphan b: redemption a was for the same reservation"


@pytest.mark.parametrize(
    "line", ["a,x,1.5,2024-10-04T12:00:00Z", "a,x,1,2024-10-04T12:00:00", "a,x,-1," + AT]
)
def test_a_line_that_cannot_be_read_stops_the_import(ledger, run, tmp_path, line):
    with pytest.raises(BadSource, match="line 2"):
        run("import-redemptions", redemptions(tmp_path, line))


def test_an_import_beside_a_running_server_is_refused(ledger, run, tmp_path):
    with pytest.raises(LedgerInUse, match="another process writes"):
        run("import-redemptions", redemptions(tmp_path))


def test_a_backup_beside_a_running_server_is_taken(ledger, run, tmp_path):
    made(ledger)
    assert run("backup", tmp_path / "backup.db")[0] == 0


def test_a_backup_overwrites_nothing(ledger, run, tmp_path):
    (tmp_path / "backup.db").write_text("mine")
    with pytest.raises(BadSource, match="there already"):
        run("backup", tmp_path / "backup.db")


def test_a_ledger_is_not_restored_over(ledger, run, tmp_path):
    run("backup", tmp_path / "backup.db")
    with pytest.raises(BadSource, match="there already"):
        run("restore", tmp_path / "backup.db")


def test_an_anchor_can_be_made_from_a_shell(ledger, run):
    made(ledger)
    ledger.close()
    assert run("anchor")[1][0].startswith("anchor at 1: heads ")
    assert run("anchor")[1] == ["nothing new since the last anchor"]


def test_offers_have_the_columns_of_the_contract(ledger, run, tmp_path):
    made(ledger)
    run("export", tmp_path / "out")
    (offer,) = rows_of(tmp_path / "out" / "offers.csv")
    required = {column.name for column in OFFERS.columns if column.required}
    assert required <= offer.keys() <= {column.name for column in OFFERS.columns}


def test_an_offer_says_what_was_given_and_when_it_was_used(ledger, run, tmp_path, clock):
    reservation = made(ledger, 120, contact_cost_minor=20)
    clock[0] += DAY // 100
    ledger.write(write(Commit(reservation_id=reservation, amount_minor=120), key="c"))
    run("export", tmp_path / "out")
    (offer,) = rows_of(tmp_path / "out" / "offers.csv")
    assert (offer["face_value_minor"], offer["contact_cost_minor"], offer["arm"]) == ("100", "20", "coupon")
    assert (offer["assigned_at"], offer["redeemed_at"]) == (iso(NOON), iso(NOON + DAY // 100))


def test_what_expired_unused_was_an_offer(ledger, run, tmp_path, clock):
    made(ledger, ttl_seconds=60)
    clock[0] += 60 * SECOND
    ledger.expire_due()
    run("export", tmp_path / "out")
    (offer,) = rows_of(tmp_path / "out" / "offers.csv")
    assert offer["redeemed_at"] == ""


def test_what_was_never_given_is_no_offer(ledger, run, tmp_path, clock):
    ledger.write(write(Release(reservation_id=made(ledger, key="1")), key="r"))
    made(ledger, key="2", purpose=Purpose.OWED)
    made(ledger, key="3", authority_minor=1, ttl_seconds=60)
    clock[0] += 60 * SECOND
    ledger.expire_due()
    run("export", tmp_path / "out")
    assert rows_of(tmp_path / "out" / "offers.csv") == []


def test_what_was_approved_was_given_then(ledger, run, tmp_path, clock):
    reservation = made(ledger, authority_minor=1)
    clock[0] += 60 * SECOND
    ledger.write(write(Approve(reservation_id=reservation), key="a"))
    run("export", tmp_path / "out")
    (offer,) = rows_of(tmp_path / "out" / "offers.csv")
    assert offer["assigned_at"] == iso(NOON + 60 * SECOND)


def test_what_was_taken_back_whole_was_not_used(ledger, run, tmp_path):
    reservation = made(ledger)
    ledger.write(write(Commit(reservation_id=reservation, amount_minor=50), key="c"))
    ledger.write(write(Reverse(reservation_id=reservation, amount_minor=50), key="v"))
    run("export", tmp_path / "out")
    assert rows_of(tmp_path / "out" / "offers.csv")[0]["redeemed_at"] == ""


def test_a_campaign_offers_to_a_customer_once_in_the_file(ledger, run, tmp_path):
    made(ledger, key="1")
    made(ledger, key="2")
    assert "1 offers (1 more to the same customer" in run("export", tmp_path / "out")[1][0]


def test_the_server_module_runs_the_commands(ledger, url):
    made(ledger)
    environment = {**os.environ, "HOLDFAST_LEDGER_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "serving", "ledger", "verify"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 findings" in done.stdout
