import stat
from dataclasses import replace
from datetime import date

import pytest

from models.domain.errors import InvalidSetting
from models.domain.instants import DAY
from serving.access.api_keys import key_of
from serving.access.commands import run
from serving.access.key_ring import TOO_OLD, KeyRing, read_ring
from serving.access.key_store import keep_key, note_used, read_keys
from serving.access.scopes import Scope
from serving.refusals import KeysUnavailable, Unauthenticated

NOW = 1_700_000_000_000_000


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The URL of an empty store of keys, in each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'var' / 'keys.db'}"
        return
    import psycopg

    url = request.getfixturevalue("postgres_server")
    yield url
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS api_key_secrets, api_keys")


@pytest.fixture
def file_store(tmp_path):
    return f"sqlite:///{tmp_path / 'var' / 'keys.db'}"


@pytest.fixture
def command(capsys):
    """Run a command and return the words of its first line."""

    def _command(url, *words, now=NOW):
        run(url, words, now)
        return capsys.readouterr().out.splitlines()

    return _command


def presented(url, text, now=NOW):
    return key_of(text, read_keys(url), now)


def test_a_store_begins_empty(store):
    assert read_keys(store) == {}


def test_looking_for_keys_makes_no_file(file_store, tmp_path):
    read_keys(file_store)
    assert list(tmp_path.iterdir()) == []


def test_the_first_key_is_an_admin_s(store, command):
    text = command(store, "create")[0]
    assert presented(store, text).scopes == {Scope.ADMIN}


def test_a_second_key_needs_a_name_and_scopes(file_store, command):
    command(file_store, "create")
    with pytest.raises(InvalidSetting, match="no command of the keys"):
        command(file_store, "create")


def test_what_was_said_of_a_key_is_kept(store, command):
    text = command(
        store,
        "create",
        "shop",
        "read:scores",
        "write:events",
        "days=30",
        "team=care",
        "authority=500",
        "rate=7",
    )[0]
    key = presented(store, text)
    assert (key.name, key.scopes, key.expires_at, key.team, key.authority_minor, key.requests_per_second) == (
        "shop",
        {Scope.READ_SCORES, Scope.WRITE_EVENTS},
        NOW + 30 * DAY,
        "care",
        500,
        7,
    )


def test_a_key_s_secret_is_nowhere_in_the_file(file_store, command, tmp_path):
    secret = command(file_store, "create")[0].split("_")[2]
    assert secret.encode() not in (tmp_path / "var" / "keys.db").read_bytes()


def test_the_file_is_its_owner_s_alone(file_store, command, tmp_path):
    command(file_store, "create")
    assert stat.S_IMODE((tmp_path / "var" / "keys.db").stat().st_mode) == 0o600


def test_a_list_shows_no_secret(file_store, command):
    secret = command(file_store, "create")[0].split("_")[2]
    assert secret not in "".join(command(file_store, "list"))


def test_after_a_rotation_both_secrets_count(store, command):
    old = command(store, "create")[0]
    new = command(store, "rotate", old.split("_")[1])[0]
    assert presented(store, old).key_id == presented(store, new).key_id


def test_a_rotated_secret_ends_after_its_overlap(store, command):
    old = command(store, "create")[0]
    command(store, "rotate", old.split("_")[1], "overlap=2")
    with pytest.raises(Unauthenticated):
        presented(store, old, now=NOW + 2 * DAY)


def test_a_second_rotation_ends_the_first_secret_at_once(store, command):
    old = command(store, "create")[0]
    command(store, "rotate", old.split("_")[1], now=NOW + 1)
    command(store, "rotate", old.split("_")[1], now=NOW + 2)
    with pytest.raises(Unauthenticated):
        presented(store, old, now=NOW + 3)


def test_a_rotation_gives_the_key_its_lifetime_again(file_store, command):
    old = command(file_store, "create", "shop", "read:scores", "days=30")[0]
    new = command(file_store, "rotate", old.split("_")[1], now=NOW + 20 * DAY)[0]
    assert presented(file_store, new, now=NOW + 40 * DAY).expires_at == NOW + 50 * DAY


def test_a_revoked_key_stays_revoked(store, command):
    text = command(store, "create")[0]
    command(store, "revoke", text.split("_")[1])
    with pytest.raises(Unauthenticated, match="revoked"):
        presented(store, text)


def test_a_revoked_key_is_not_rotated_back_to_life(file_store, command):
    text = command(file_store, "create")[0]
    command(file_store, "revoke", text.split("_")[1])
    with pytest.raises(InvalidSetting, match="revoked"):
        command(file_store, "rotate", text.split("_")[1])


@pytest.mark.parametrize(
    "words",
    [
        ("create", "shop", "read:everything"),
        ("create", "shop"),
        ("create", "shop", "read:scores", "days=0"),
        ("create", "shop", "read:scores", "days=many"),
        ("create", "shop", "read:scores", "colour=red"),
        ("rotate",),
        ("revoke", "nobody"),
        ("list", "all"),
        ("sing",),
        (),
    ],
)
def test_what_is_no_command_is_refused(file_store, words):
    with pytest.raises(InvalidSetting):
        run(file_store, words, NOW)


@pytest.mark.parametrize("url", ["mysql://host/keys", "keys.db"])
def test_a_url_that_means_no_store_is_refused(url):
    with pytest.raises(InvalidSetting, match="means no store"):
        read_keys(url)


def test_a_refused_url_does_not_show_its_password():
    with pytest.raises(InvalidSetting) as refused:
        read_keys("mysql://me:topsecret@host/keys")
    assert "topsecret" not in refused.value.message


def test_a_damaged_store_is_told_and_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / "keys.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(KeysUnavailable):
        read_keys(f"sqlite:///{tmp_path / 'keys.db'}")


def test_the_day_of_last_use_is_kept(store, command):
    text = command(store, "create")[0]
    ring = read_ring(store, lambda: NOW)
    ring.key_of(text)
    ring.refresh()
    assert str(read_keys(store)[text.split("_")[1]].last_used_on) == "2023-11-14"


def test_a_server_whose_store_failed_for_a_minute_trusts_no_key(file_store, command):
    text = command(file_store, "create")[0]
    now = NOW
    ring = KeyRing(file_store, lambda: now)
    ring.refresh()
    now = NOW + TOO_OLD + 1
    with pytest.raises(KeysUnavailable):
        ring.key_of(text)


def test_a_key_written_twice_is_one_key(store, command):
    key = presented(store, command(store, "create")[0])
    keep_key(store, replace(key, name="another name"))
    assert [one.name for one in read_keys(store).values()] == ["another name"]


def test_a_use_of_a_key_that_is_gone_is_no_error(store, command):
    command(store, "create")
    note_used(store, ["gone"], date(2026, 1, 1))
