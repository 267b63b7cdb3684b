"""The summary vouches for the tables beside it, so it is the first to go and the last to come."""

import pytest

from models.contract.storage import SUMMARY
from pipelines import ingest, paths


@pytest.fixture
def left_by_an_earlier_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths.TABLES.mkdir(parents=True)
    for name in (SUMMARY, "orders.parquet"):
        (paths.TABLES / name).write_text("old")


def test_an_old_summary_is_gone_before_the_first_old_table(left_by_an_earlier_run, monkeypatch):
    removed = []
    monkeypatch.setattr(
        ingest.shutil, "rmtree", lambda folder, **_: removed.append(sorted(p.name for p in folder.glob("*")))
    )
    ingest.clear()
    assert removed[0] == ["orders.parquet"]
