"""Kept releases whose models this version can read, and those whose models it cannot."""

import json

import pytest

from models.domain.errors import DamagedRelease, MissingRelease
from models.learned.lifetime_value import load, unknown_value
from models.release import Manifest, digests, write_manifest
from pipelines import paths, registry
from pipelines.readable import require_readable, unreadable

MANIFEST = {
    "as_of": 0,
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "horizon_days": 90,
    "value_window_days": 365,
    "window_reason": "",
    "response_state": "assumed",
    "mean_order_amount_minor": 100,
    "feature_fingerprint": "",
}


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """A function that keeps a release whose model of value lacks some keys; returns its id."""
    monkeypatch.chdir(tmp_path)

    def write(*lacking):
        folder = tmp_path / "release"
        unknown_value(("recency_days",), "no amounts").save(folder / "lifetime_value")
        saved = folder / "lifetime_value" / "lifetime_value.json"
        parts = json.loads(saved.read_text())
        for key in lacking:
            del parts["lost"][key]
        saved.write_text(json.dumps(parts))
        manifest = Manifest(**MANIFEST, files=digests(folder))
        write_manifest(folder, manifest)
        registry.keep(paths.REGISTRY, manifest.release_id, folder)
        return manifest.release_id

    return write


def test_a_release_of_this_version_can_be_read(keep):
    kept = keep()
    require_readable(kept)
    assert unreadable(kept) is None


@pytest.mark.parametrize("lacking", [["slope"], ["start"], ["slope", "start"]])
def test_a_release_of_an_earlier_form_cannot(keep, lacking):
    kept = keep(*lacking)
    assert unreadable(kept) == f"release {kept} cannot be read: its model of value is of an earlier form"
    with pytest.raises(DamagedRelease, match="earlier form"):
        load(registry.release_folder(paths.REGISTRY, kept) / "lifetime_value")


def test_who_pinned_a_release_of_an_earlier_form_is_told_the_way_out(keep):
    with pytest.raises(DamagedRelease, match="it is pinned") as stopped:
        require_readable(keep("slope"))
    assert "make unpin" in stopped.value.remedy


def test_a_release_that_is_not_kept_is_missing_and_not_of_an_earlier_form(keep):
    keep()
    with pytest.raises(MissingRelease):
        unreadable("0123456789abcdef")
