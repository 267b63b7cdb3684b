from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.cursors import cursor_after, rank_before
from serving.refusals import ForeignCursor


@given(st.integers(min_value=0, max_value=10**12))
def test_a_cursor_remembers_its_rank(rank):
    assert rank_before(cursor_after("run", rank), "run") == rank


def test_a_cursor_of_another_run_is_refused():
    with pytest.raises(ForeignCursor, match="another scoring run"):
        rank_before(cursor_after("yesterday", 5), "today")


@pytest.mark.parametrize("rank", ["", "-1", "1.5", "x", "9" * 30, "٣"])
def test_a_cursor_with_no_rank_is_refused(rank):
    forged = urlsafe_b64encode(f"run.{rank}".encode()).decode()
    with pytest.raises(ForeignCursor):
        rank_before(forged, "run")


@given(st.text(max_size=60))
def test_any_other_text_is_refused_and_breaks_nothing(text):
    with pytest.raises(ForeignCursor):
        rank_before(text, "run")
