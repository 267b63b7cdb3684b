"""Files with the same headings are looked at as one."""

import pytest

from pipelines.mapping_proposal import alike
from pipelines.mapping_proposal.alike import together
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.sources.mapping import Encoding


def looked(name, encoding=Encoding.UTF_8, sheet=None, **columns):
    contents = tuple(contents_of(heading, texts) for heading, texts in columns.items())
    tallies = {"status": (("paid", 2), ("sent", 1))} if "status" in columns else {}
    return Looked(name, contents, len(contents[0].texts), True, 0, encoding, ",", sheet, tallies)


def names(*files):
    return [(one.name, one.others) for one in together(files)]


def test_months_with_the_same_headings_are_one():
    assert names(looked("1.csv", id=["1"]), looked("x.csv", no=["1"]), looked("2.csv", id=["2"])) == [
        ("1.csv", ("2.csv",)),
        ("x.csv", ()),
    ]


def test_their_rows_stand_one_after_another_whatever_the_order_of_columns():
    (one,) = together([looked("1.csv", id=["1"], day=["a"]), looked("2.csv", Day=["b"], ID=["2"])])
    assert [contents.texts for contents in one.columns] == [("1", "2"), ("a", "b")]
    assert one.rows == 2


def test_their_statuses_are_added_up():
    (one,) = together([looked("1.csv", status=["paid"]), looked("2.csv", status=["sent"])])
    assert one.tallies == {"status": (("paid", 4), ("sent", 2))}


def test_many_rows_are_thinned_out_evenly(monkeypatch):
    monkeypatch.setattr(alike, "LOOKED_AT", 10)
    (one,) = together([looked(f"{month}.csv", id=[f"{month}-{row}" for row in range(10)]) for month in "abc"])
    assert {text[0] for text in one.columns[0].texts} == {"a", "b", "c"}
    assert len(one.columns[0].texts) <= 10


def test_sheets_of_a_workbook_are_tables_of_their_own():
    sheets = [looked("shop.xlsx", None, sheet, id=["1"]) for sheet in ("May", "June")]
    assert names(*sheets) == [("shop.xlsx", ()), ("shop.xlsx", ())]


@pytest.mark.parametrize(
    ("first", "other", "together_in"),
    [
        ((Encoding.CP1256, "چای"), (Encoding.UTF_8, "tea"), Encoding.CP1256),
        ((Encoding.UTF_8, "tea"), (Encoding.CP1252, "thé"), Encoding.CP1252),
        ((Encoding.UTF_8, "چای"), (Encoding.UTF_8, "tea"), Encoding.UTF_8),
        ((Encoding.UTF_8, "چای"), (Encoding.CP1256, "چای"), None),
        ((Encoding.UTF_16, "چای"), (Encoding.UTF_8, "tea"), None),
    ],
)
def test_plain_ascii_may_stand_beside_one_encoding(first, other, together_in):
    files = [looked(f"{text}.csv", encoding, id=[text]) for encoding, text in (first, other)]
    found = together(files)
    assert (found[0].encoding if len(found) == 1 else None) is together_in
