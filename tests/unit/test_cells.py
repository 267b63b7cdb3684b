"""Text in the cells of a spreadsheet."""

import pytest

from models.domain.cells import safe_text


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@sum", "\tx", "\rx", "\nx"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["C1", "", "a=b", "'x", "سلام"])
def test_other_text_is_left_as_it_is(text):
    assert safe_text(text) == text
