"""The registry's history: appended to, never rewritten."""

import pytest

from pipelines.registry import Entry, append, champion_id, history, keep, release_folder


def entry(release_id, *, promoted=True):
    return Entry(release_id, as_of=1, promoted=promoted, reason="because", champion_before=None)


def test_an_empty_registry_has_no_champion(tmp_path):
    assert champion_id(tmp_path) is None


def test_the_last_promoted_release_is_the_champion(tmp_path):
    for one in (entry("a"), entry("b"), entry("c", promoted=False)):
        append(tmp_path, one)
    assert champion_id(tmp_path) == "b"


def test_refusals_are_kept_too(tmp_path):
    append(tmp_path, entry("a", promoted=False))
    assert history(tmp_path) == (entry("a", promoted=False),)


def test_the_same_decision_twice_in_a_row_is_written_once(tmp_path):
    append(tmp_path, entry("a"))
    append(tmp_path, entry("a"))
    assert len(history(tmp_path)) == 1


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "release.json").write_text("{}")
    return folder


def test_a_release_is_kept_under_its_id(tmp_path, release):
    keep(tmp_path / "registry", "abc", release)
    assert (release_folder(tmp_path / "registry", "abc") / "release.json").exists()
