"""Whatever a file holds, a table in parts on disk leaves the very files that it would leave in memory."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.domain.errors import HoldfastError
from pipelines import ingest, paths
from pipelines.sources import files, long_tables
from tests.fuzzing.bases import BASES, ORDERS
from tests.fuzzing.mutations import LINE_MUTATIONS
from tests.fuzzing.outcomes import settle

EACH = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LINES = st.lists(st.sampled_from(sorted(LINE_MUTATIONS)), min_size=1, max_size=3)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_ID_KEY", "a secret of the tests")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text(ORDERS)
    return Path("shop")


def outcome():
    """Every file that ingest left, or what it said instead."""
    try:
        ingest.main()
    except HoldfastError as error:
        return error.message
    return {
        file.name: file.read_bytes() for each in (paths.TABLES, paths.REJECTED) for file in each.iterdir()
    }


def in_parts(*given):
    return whole_or_long(*given, most=3)


whole_or_long = long_tables.whole_or_long


@pytest.mark.parametrize("kind", ["orders", "Persian orders", "customers", "Zendesk tickets"])
def test_parts_of_a_damaged_file_come_to_what_the_whole_does(shop, kind):
    base = BASES[kind]
    settle(base.settings)

    @EACH
    @given(lines=LINES, seed=st.integers(0, 1 << 32))
    def damaged(lines, seed):
        (shop / base.name).write_bytes(base.damaged(lines, [], seed))
        whole = outcome()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "whole_or_long", in_parts)
            assert outcome() == whole

    damaged()
