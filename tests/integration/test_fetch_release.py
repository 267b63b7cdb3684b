"""Fetching a release: what is refused before MLflow is asked, and how a release is copied."""

import shutil

import pytest

from models.domain.errors import DamagedRelease, MissingRelease
from models.release import Manifest, assemble, read_manifest, write_manifest
from pipelines.fetch_release import BadRequest, arguments, checked_copy, fetch


@pytest.fixture
def release(tmp_path):
    """A small release, as the registry would hold it."""
    policy = tmp_path / "policy.json"
    policy.write_text("{}\n")
    folder = tmp_path / "registered"
    manifest = Manifest(
        as_of=0,
        currency="EUR",
        timezone="UTC",
        horizon_days=90,
        value_window_days=365,
        window_reason="three closed backtests",
        response_state="assumed",
        mean_order_amount_minor=5_000,
        feature_fingerprint="f",
        files=assemble(folder, {"policy.json": policy}),
    )
    write_manifest(folder, manifest)
    return folder


def test_a_release_and_a_folder_are_asked_for():
    with pytest.raises(BadRequest, match="a release and a folder"):
        arguments(["champion"])


def test_a_folder_that_exists_is_left_alone(tmp_path):
    with pytest.raises(BadRequest, match="exists already"):
        fetch(tmp_path / "mlflow.db", "champion", tmp_path)


def test_without_a_database_nothing_is_known(tmp_path):
    with pytest.raises(MissingRelease, match=r"there is no .*mlflow\.db"):
        fetch(tmp_path / "mlflow.db", "champion", tmp_path / "release")


def test_asking_does_not_make_a_database(tmp_path):
    with pytest.raises(MissingRelease):
        fetch(tmp_path / "mlflow.db", "champion", tmp_path / "release")
    assert not (tmp_path / "mlflow.db").exists()


def test_what_is_fetched_is_what_was_registered(release, tmp_path):
    checked_copy(release, tmp_path / "new" / "release")
    assert read_manifest(tmp_path / "new" / "release") == read_manifest(release)


def test_a_damaged_release_is_not_handed_out(release, tmp_path):
    (release / "policy.json").write_text('{"absolute_limit_minor": 0}\n')
    with pytest.raises(DamagedRelease):
        checked_copy(release, tmp_path / "fetched")


def test_nothing_stays_behind_of_a_damaged_release(release, tmp_path):
    (release / "policy.json").write_text('{"absolute_limit_minor": 0}\n')
    with pytest.raises(DamagedRelease):
        checked_copy(release, tmp_path / "fetched")
    assert not list(tmp_path.glob("fetched*"))


def test_a_registered_release_that_is_gone_is_missing(release, tmp_path):
    shutil.rmtree(release)
    with pytest.raises(MissingRelease, match="there is no release in"):
        checked_copy(release, tmp_path / "fetched")
