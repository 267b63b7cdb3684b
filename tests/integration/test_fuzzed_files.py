"""Whatever a file holds, `ingest` accounts for every row of it or says what is wrong: more than 2,000 files.

Each file is made by chance from a seed, and the same file in every run.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.bases import BASES, ORDERS
from tests.fuzzing.mutations import BYTE_MUTATIONS, LINE_MUTATIONS, ODD_CELLS
from tests.fuzzing.odd_columns import odd_parquet
from tests.fuzzing.odd_workbooks import odd_workbook
from tests.fuzzing.outcomes import data_rows, settle, wrong

FILES = {
    "orders": 240,
    "packed orders": 150,
    "orders in utf-16": 150,
    "orders in cp1252": 130,
    "orders with a decimal comma": 130,
    "Persian orders": 150,
    "Persian orders in cp1256": 130,
    "customers": 110,
    "Zendesk tickets": 100,
    "Freshdesk tickets": 80,
    "a price index": 130,
    "a wide table": 90,
}
WRITTEN_BY_CHANCE, PARQUET, WIDE_PARQUET, WORKBOOKS, AMONG_OTHERS = 200, 130, 50, 50, 60

LINES = st.lists(st.sampled_from(sorted(LINE_MUTATIONS)), max_size=3)
BYTES = st.lists(st.sampled_from(sorted(BYTE_MUTATIONS)), max_size=1)
SEEDS = st.integers(0, 1 << 32)
CELLS = st.one_of(
    st.sampled_from(ODD_CELLS),
    st.sampled_from(["1", "2024-01-05", "c1"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
SHEETS = st.tuples(
    st.permutations(ORDERS.split("\n")[0].split(",")), st.lists(st.lists(CELLS, max_size=9), max_size=8)
)


def files(number):
    """So many files, the same ones in every run."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder with whole orders; keys are hidden with a secret."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_ID_KEY", "a secret of the tests")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text(ORDERS)
    return Path("shop")


def without_orders(shop):
    (shop / "orders.csv").unlink()
    return shop


def test_there_are_more_than_two_thousand_files():
    others = WRITTEN_BY_CHANCE + PARQUET + WIDE_PARQUET + WORKBOOKS + AMONG_OTHERS
    assert sum(FILES.values()) + others > 2_000


@pytest.mark.parametrize("kind", FILES)
def test_no_row_of_a_damaged_file_is_lost(shop, kind):
    base = BASES[kind]
    settle(base.settings)
    if base.table == "orders":
        without_orders(shop)

    @files(FILES[kind])
    @given(lines=LINES, content=BYTES, seed=SEEDS)
    def damaged(lines, content, seed):
        found = base.damaged(lines, content, seed)
        assert wrong(shop / base.name, found, base.table, base.rows(found)) == ""

    damaged()


def test_no_row_of_a_damaged_file_among_whole_ones_is_lost(shop):
    base = BASES["orders"]
    settle({**base.settings, "tables": {"orders": {"files": ["*.csv"]}}})
    (without_orders(shop) / "1.csv").write_text(ORDERS)
    (shop / "3.csv").write_text(ORDERS)

    @files(AMONG_OTHERS)
    @given(lines=LINES, content=BYTES, seed=SEEDS)
    def damaged(lines, content, seed):
        found = base.damaged(lines, content, seed)
        rows = base.rows(found)
        every = None if rows is None else rows + 2 * ORDERS.count("\n")
        assert wrong(shop / "2.csv", found, "orders", every) == ""

    damaged()


def test_no_row_of_a_file_written_by_chance_is_lost(shop):
    settle({"kind": "files", "path": "shop"})

    @files(WRITTEN_BY_CHANCE)
    @given(sheet=SHEETS, delimiter=st.sampled_from(",,,;\t"), end=st.sampled_from(["\n", "\r\n", "\r"]))
    def written(sheet, delimiter, end):
        headings, rows = sheet
        content = end.join(delimiter.join(cells) for cells in (headings, *rows)).encode()
        assert wrong(shop / "orders.csv", content, "orders", data_rows(content, "utf-8", ",")) == ""

    written()


def test_no_row_of_an_odd_parquet_file_is_lost(shop):
    settle({"kind": "files", "path": str(without_orders(shop))})

    @files(PARQUET)
    @given(seed=SEEDS)
    def typed(seed):
        content, rows = odd_parquet(seed)
        assert wrong(shop / "orders.parquet", content, "orders", rows) == ""

    typed()


def test_no_row_of_an_odd_wide_parquet_file_is_lost(shop):
    settle(
        {
            "kind": "table",
            "path": "shop/wide.parquet",
            "extracted_at": "2024-06-01",
            "table": {"label": "churn"},
        }
    )

    @files(WIDE_PARQUET)
    @given(seed=SEEDS)
    def typed(seed):
        content, rows = odd_parquet(seed, "churn", "tenure", "fee", "plan", "limit")
        assert wrong(shop / "wide.parquet", content, "customers", rows) == ""

    typed()


def test_no_row_of_an_odd_workbook_is_lost(shop):
    settle({"kind": "files", "path": str(without_orders(shop)), "decimal_mark": ","})

    @files(WORKBOOKS)
    @given(seed=SEEDS)
    def typed(seed):
        content, rows = odd_workbook(seed)
        assert wrong(shop / "orders.xlsx", content, "orders", rows) == ""

    typed()


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(0, id="in the heading"),
        pytest.param(3, id="in a row"),
        pytest.param(-1, id="in the last"),
    ],
)
def test_a_line_of_a_million_values_is_refused_or_said(shop, place):
    lines = ORDERS.split("\n")
    lines[place] += "," * 1_000_000
    settle({"kind": "files", "path": "shop"})
    content = "\n".join(lines).encode()
    assert wrong(shop / "orders.csv", content, "orders", len(lines) - 1) == ""
