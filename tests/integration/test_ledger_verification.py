import pytest

from models.domain.ledger.commands import Commit
from serving.ledger.backups import back_up, restore
from serving.ledger.migrate import migrate
from serving.ledger.opening import reading_ledger
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write
from tests.ledger_stores import NOON, PostgresStores, SqliteStores

SPRING = "campaign:spring"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stores(request, tmp_path_factory):
    if request.param == "sqlite":
        return SqliteStores(tmp_path_factory.mktemp("ledgers"))
    return PostgresStores(request.getfixturevalue("postgres_server"))


@pytest.fixture
def ledger(stores):
    """Two customers, one of whom spent 40 of 100; a limit and an anchor."""
    opened = stores.new()
    stores.set_clock(NOON)
    opened.set_limit(SPRING, 500, actor="finance", reason="")
    spent = opened.write(write(reserve(100), key="1")).reservation_id
    opened.write(write(reserve(100, customer_id="C2"), key="2"))
    opened.write(write(Commit(reservation_id=spent, amount_minor=40), key="3"))
    opened.anchor()
    yield opened
    opened.close()


def findings(ledger):
    with ledger.snapshot() as rows:
        return " ".join(verify(rows).findings)


def test_an_honest_ledger_verifies(ledger):
    assert findings(ledger) == ""


def test_a_verdict_says_what_is_owed(ledger):
    with ledger.snapshot() as rows:
        verdict = verify(rows)
    assert (verdict.entries, verdict.accounts, sum(verdict.liability_minor.values())) == (3, 2, 100)


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("UPDATE entry SET reserved_minor = 90 WHERE kind = 'reserve'", "hash does not follow"),
        ("UPDATE entry SET reason = 'gift' WHERE kind = 'commit'", "hash does not follow"),
        ("UPDATE entry SET hash = repeat_of_a WHERE kind = 'commit'", "hash does not follow"),
        ("DELETE FROM entry WHERE kind = 'commit'", "not that of its last entry"),
        ("DELETE FROM entry WHERE customer_id = 'C2'", "heads of then were others"),
        ("UPDATE reservation SET committed_minor = 41 WHERE state = 'committed'", "kept otherwise"),
        ("UPDATE reservation SET state = 'released' WHERE state = 'reserved'", "kept otherwise"),
        ("DELETE FROM reservation WHERE customer_id = 'C2'", "has entries and is not kept"),
        ("UPDATE budget SET held_minor = held_minor - 1", "the entries come to (500, 140)"),
        ("UPDATE budget SET allotted_minor = allotted_minor + 1", "the entries come to (500, 140)"),
        ("UPDATE budget_change SET limit_minor = 150", "above its limit of 150"),
        ("DELETE FROM budget_change", "the entries come to (None, 140)"),
        ("UPDATE account SET entries = 7 WHERE customer_id = 'C1'", "not that of its last entry"),
        ("DELETE FROM account WHERE customer_id = 'C1'", "not that of its last entry"),
        ("UPDATE anchor SET digest = repeat_of_a", "heads of then were others"),
    ],
)
def test_what_was_changed_behind_the_ledgers_back_is_found(stores, ledger, forgery, said):
    stores.alter(forgery.replace("repeat_of_a", f"'{'a' * 64}'"))
    assert said in findings(ledger)


def test_an_answered_write_that_is_gone_is_found(stores, ledger):
    for table in ("entry", "account", "reservation", "budget", "budget_change", "anchor"):
        stores.alter(f"DELETE FROM {table}")
    assert "which has no entry" in findings(ledger)


def test_a_backup_is_a_ledger_that_verifies(ledger, tmp_path):
    with ledger.snapshot() as rows:
        original = verify(rows)
        back_up(rows, tmp_path / "backup.db")
    with reading_ledger(f"sqlite:///{tmp_path / 'backup.db'}") as rows:
        assert verify(rows) == original


def test_a_restored_ledger_goes_on_where_the_backup_ended(stores, ledger, tmp_path):
    with ledger.snapshot() as rows:
        original = verify(rows)
        back_up(rows, tmp_path / "backup.db")
    first = ledger.write(write(reserve(100), key="1"))
    ledger.close()
    again = stores.restored(tmp_path / "backup.db")
    with again.snapshot() as rows:
        assert verify(rows) == original
    assert again.write(write(reserve(100), key="1")) == first
    granted = [again.write(write(reserve(200, customer_id=name), key=name)).granted_minor for name in "DEF"]
    assert granted == [200, 0, 0]
    assert again.write(write(reserve(160, customer_id="G"), key="g")).granted_minor == 160
    assert findings(again) == ""
    again.close()


def test_a_backup_of_files_restores_into_a_file(ledger, tmp_path):
    with ledger.snapshot() as rows:
        back_up(rows, tmp_path / "backup.db")
    restore(tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new' / 'ledger.db'}")
    with reading_ledger(f"sqlite:///{tmp_path / 'new' / 'ledger.db'}") as rows:
        assert verify(rows).findings == ()


def older(backup):
    """A backup as an older version wrote it."""
    migrate(f"sqlite:///{backup}", "0002")
    return backup


def test_a_backup_of_an_older_version_is_restored_and_verifies(stores, ledger, tmp_path):
    with ledger.snapshot() as rows:
        back_up(rows, tmp_path / "backup.db")
    ledger.close()
    again = stores.restored(older(tmp_path / "backup.db"))
    with again.snapshot() as rows:
        verdict = verify(rows)
    again.close()
    assert (verdict.entries > 0, verdict.findings) == (True, ())
