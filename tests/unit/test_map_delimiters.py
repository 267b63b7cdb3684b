"""What parts the values of a line, and where the headings stand."""

import pytest

from pipelines.mapping_proposal.delimiters import delimiter_of, heading_row, rows_of


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3\n1,5;2;3,25\n", ";"),
        ("a\tb\n1,000\t2\n3\t4,000\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('name;note\nann;"one, two, three"\nbob;"four;five"\n', ";"),
        ("single\n1\n2\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_what_gives_every_line_as_many_values(text, delimiter):
    assert delimiter_of(text).delimiter == delimiter


def test_a_quote_that_never_closes_parts_nothing():
    assert delimiter_of('a,b\n1,"' + "x" * 200_000).width < 3


def test_a_quoted_line_end_does_not_end_a_row():
    assert rows_of('a,b\n1,"two\nlines"\n', ",") == [["a", "b"], ["1", "two\nlines"]]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["order", "amount"], ["1", "2"]], 0),
        ([["Sales 2023"], ["order", "amount"], ["1", "2"], ["2", "3"]], 1),
        ([["1", "2"], ["2", "3"]], None),
        ([["order", ""], ["1", "2"]], None),
        ([["order", "date", ""], ["1", "2", "3"]], 0),
        ([], None),
    ],
)
def test_headings_are_words_and_as_many_as_the_values(rows, place):
    assert heading_row(rows) == place
