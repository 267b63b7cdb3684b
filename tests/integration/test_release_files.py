"""A release on disk: its id is its content, and damage is noticed."""

import json

import pytest

from models.domain.errors import DamagedRelease, MissingRelease
from models.release import Manifest, assemble, copy_release, read_manifest, write_manifest


def manifest(files):
    return Manifest(
        as_of=1_767_222_000_000_000,
        currency="EUR",
        timezone="Europe/Amsterdam",
        horizon_days=90,
        value_window_days=365,
        window_reason="7 backtests of 365 days have closed",
        response_state="assumed",
        mean_order_amount_minor=5400,
        feature_fingerprint="f" * 64,
        files=files,
    )


@pytest.fixture
def parts(tmp_path):
    churn = tmp_path / "fitted" / "churn"
    churn.mkdir(parents=True)
    (churn / "model.json").write_text("{}")
    (churn / "backtest.parquet").write_text("not part of a release")
    policy = tmp_path / "policy.json"
    policy.write_text('{"a": 1}')
    return {"churn": churn, "policy.json": policy}


@pytest.fixture
def release(tmp_path, parts):
    folder = tmp_path / "release"
    write_manifest(folder, manifest(assemble(folder, parts)))
    return folder


def test_what_was_written_is_read_back(release):
    assert read_manifest(release).value_window_days == 365


def test_backtests_do_not_travel_in_a_release(release):
    assert sorted(read_manifest(release).files) == ["churn/model.json", "policy.json"]


def test_the_same_content_has_the_same_id(tmp_path, parts, release):
    again = manifest(assemble(tmp_path / "again", parts))
    assert again.release_id == read_manifest(release).release_id


def test_another_policy_is_another_release(tmp_path, parts, release):
    parts["policy.json"].write_text('{"a": 2}')
    other = manifest(assemble(tmp_path / "other", parts))
    assert other.release_id != read_manifest(release).release_id


def test_a_changed_file_is_named(release):
    (release / "policy.json").write_text('{"a": 3}')
    with pytest.raises(DamagedRelease, match=r"policy\.json"):
        read_manifest(release)


def test_a_missing_file_is_named(release):
    (release / "churn" / "model.json").unlink()
    with pytest.raises(DamagedRelease, match=r"churn/model\.json"):
        read_manifest(release)


def test_an_added_file_is_named(release):
    (release / "extra.json").write_text("{}")
    with pytest.raises(DamagedRelease, match=r"extra\.json"):
        read_manifest(release)


def test_a_changed_manifest_no_longer_has_its_id(release):
    values = json.loads((release / "release.json").read_text())
    (release / "release.json").write_text(json.dumps({**values, "currency": "USD"}))
    with pytest.raises(DamagedRelease):
        read_manifest(release)


def test_another_format_is_refused_with_the_one_that_is_read(release):
    values = json.loads((release / "release.json").read_text())
    (release / "release.json").write_text(json.dumps({**values, "format": 99}))
    with pytest.raises(DamagedRelease, match="allowed: 1; given: 99"):
        read_manifest(release)


def test_a_folder_without_a_manifest_is_unfinished(tmp_path):
    with pytest.raises(MissingRelease, match="Run `make`"):
        read_manifest(tmp_path)


def test_a_copy_replaces_what_was_there(tmp_path, release):
    target = tmp_path / "live"
    target.mkdir()
    (target / "old.txt").write_text("old")
    copy_release(release, target)
    assert read_manifest(target) == read_manifest(release)
