import os
import socket
from datetime import timedelta

import pytest

from models.contract.storage import SourceSummary, write_summary
from models.domain.findings import Verdict
from models.domain.instants import DAY
from models.domain.vocabulary import AmountUnit
from pipelines.examination import locks, machine, source
from pipelines.sources.source import SourceKind, SourceSettings
from serving import doctor
from serving.access import commands
from serving.settings import Settings

NOW = 1_700_000_000_000_000


def verdicts(findings):
    return [finding.verdict for finding in findings]


def settings(path, **changed):
    return SourceSettings(
        **{
            "kind": SourceKind.FILES,
            "path": str(path),
            "currency": "EUR",
            "amount_unit": AmountUnit.MINOR,
            "timezone": "Europe/Berlin",
            **changed,
        }
    )


def test_a_disk_without_room_for_a_run_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "disk_usage", lambda _: type("Usage", (), {"free": 10}))
    assert machine.disk(tmp_path, tmp_path).verdict is Verdict.WRONG


def test_a_disk_with_room_is_well(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "disk_usage", lambda _: type("Usage", (), {"free": 10 * machine.GB}))
    assert machine.disk(tmp_path, tmp_path).verdict is Verdict.WELL


def test_an_encoding_that_loses_letters_is_wrong():
    assert verdicts(machine.encodings({"text": "ANSI_X3.4-1968"})) == [Verdict.WRONG]


@pytest.mark.parametrize("name", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_is_well_however_it_is_spelt(name):
    assert verdicts(machine.encodings({"text": name})) == [Verdict.WELL]


def test_a_time_zone_of_nowhere_is_wrong():
    assert machine.time_zone("Europe/Nowhere").verdict is Verdict.WRONG


def test_rules_from_before_2022_are_wrong(monkeypatch):
    monkeypatch.setattr(machine, "OFFSET_SINCE", timedelta(hours=4.5))
    assert "older than 2022" in machine.time_zone("Europe/Berlin").words


def test_a_folder_without_orders_is_wrong(tmp_path):
    assert verdicts(source.files_and_mapping(settings(tmp_path / "none"), {})) == [Verdict.WRONG]


def test_a_file_that_reads_as_it_says_is_well(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,order_id,order_line,ordered_at,amount_minor\nC1,O1,1,2024-01-01T10:00:00Z,100\n"
    )
    assert set(verdicts(source.files_and_mapping(settings(tmp_path), {}))) <= {Verdict.WELL, Verdict.NOTE}


def test_a_file_that_lacks_a_column_is_wrong_by_name(tmp_path):
    (tmp_path / "orders.csv").write_text("customer,when\nC1,2024-01-01\n")
    findings = list(source.files_and_mapping(settings(tmp_path), {}))
    assert [(one.subject, one.verdict) for one in findings] == [("mapping of orders", Verdict.WRONG)]


@pytest.mark.parametrize(
    ("days", "verdict"), [(3, Verdict.WELL), (4, Verdict.NOTE), (14, Verdict.NOTE), (15, Verdict.WRONG)]
)
def test_data_grow_old(tmp_path, days, verdict):
    summary = SourceSummary("files", "EUR", "UTC", NOW - days * DAY, None, rows={}, columns={})
    write_summary(summary, tmp_path)
    assert source.age(tmp_path, NOW, invented=False).verdict is verdict


def test_a_lock_is_held_by_one(tmp_path):
    with locks.alone(tmp_path / "lock") as first, locks.alone(tmp_path / "lock") as second:
        assert (first, second) == (None, os.getpid())


def test_a_lock_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with locks.alone(tmp_path / "lock") as holder:
            assert holder is None


def test_looking_at_a_lock_takes_nobody_s_away(tmp_path):
    with locks.alone(tmp_path / "lock"):
        assert locks.nightly_lock(tmp_path / "lock").verdict is Verdict.NOTE
        assert locks.nightly_lock(tmp_path / "lock").verdict is Verdict.NOTE


@pytest.fixture
def server(tmp_path, make_serving_folder):
    """Settings of a server that has everything but a key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Settings(
        serving_dir=make_serving_folder(),
        keys_url=f"sqlite:///{tmp_path / 'keys.db'}",
        ledger_url=f"sqlite:///{tmp_path / 'ledger.db'}",
        audit_dir=tmp_path / "audit",
        port=port,
    )


def found(server, subject, now=NOW):
    return [one for one in doctor.examined(server, now) if one.subject.startswith(subject)]


def test_a_server_that_has_what_it_needs_exits_0(server, capsys):
    assert (doctor.run(server, NOW), "WRONG" in capsys.readouterr().out) == (0, False)


def test_a_server_without_a_release_exits_1(server, tmp_path):
    assert doctor.run(server.model_copy(update={"serving_dir": tmp_path / "none"}), NOW) == 1


def test_a_server_for_the_world_without_a_key_is_wrong(server):
    assert verdicts(found(server.model_copy(update={"host": "0.0.0.0"}), "keys")) == [Verdict.WRONG]


def test_a_key_that_ends_soon_is_named(server):
    commands.run(server.keys_url, ["create", "shop", "admin", "days=10"], NOW)
    assert [one.verdict for one in found(server, "key ")] == [Verdict.NOTE]


def test_a_key_that_nobody_used_for_months_is_named(server):
    commands.run(server.keys_url, ["create", "shop", "admin"], NOW - 91 * DAY)
    assert ["nobody used it" in one.words for one in found(server, "key ")] == [True]


def test_a_key_in_use_is_not(server):
    commands.run(server.keys_url, ["create", "shop", "admin"], NOW - 10 * DAY)
    assert found(server, "key ") == []


def test_a_port_that_something_else_holds_is_wrong(server):
    with socket.create_server(("127.0.0.1", server.port)) as other:
        other.settimeout(0.1)
        assert verdicts(found(server, "port")) == [Verdict.WRONG]


def test_a_folder_that_cannot_be_written_is_wrong(server, tmp_path):
    (tmp_path / "file").write_text("")
    changed = server.model_copy(update={"audit_dir": tmp_path / "file"})
    assert verdicts(found(changed, "audit")) == [Verdict.WRONG]


def test_the_doctor_shows_no_secret(server, capsys):
    commands.run(server.keys_url, ["create"], NOW)
    secret = capsys.readouterr().out.split()[0].split("_")[2]
    doctor.run(server, NOW)
    assert secret not in capsys.readouterr().out
