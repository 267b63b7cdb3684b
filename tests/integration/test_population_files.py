"""Statistics of articles as a file: the same bytes every time, and refused when damaged."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.domain.errors import DamagedRelease
from models.features.population import FILE, read_population, read_populations, write_populations
from tests.feature_frames import population

SOME = population(1_522_000_000_000_000, "a", "b", "é")


@pytest.fixture
def folder(tmp_path):
    write_populations([SOME], tmp_path)
    return tmp_path


def test_a_population_survives_its_file(folder):
    again = read_population(folder)
    assert (again.as_of, again.items, again.values.tobytes()) == (
        SOME.as_of,
        SOME.items,
        SOME.values.tobytes(),
    )


def test_a_population_of_no_articles_survives_its_file(tmp_path):
    write_populations([population(7)], tmp_path)
    assert read_population(tmp_path).items == ()


def test_the_same_population_is_the_same_bytes(folder, tmp_path):
    before = (folder / FILE).read_bytes()
    write_populations([read_population(folder)], tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_every_population_is_kept_and_the_newest_apart(tmp_path):
    older = population(1_520_000_000_000_000, "a", "c")
    write_populations([older, SOME], tmp_path)
    assert [each.as_of for each in read_populations(tmp_path)] == [older.as_of, SOME.as_of]
    assert [each.items for each in read_populations(tmp_path)] == [("a", "c"), ("a", "b", "é")]
    assert read_population(tmp_path).as_of == SOME.as_of


def written_again(folder, change):
    path = folder / FILE
    table = pq.read_table(path)
    pq.write_table(change(table), path)
    return folder


def with_items(items):
    return lambda table: table.set_column(1, "item_id", pa.array(items, pa.string()))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda table: table.slice(0, 0), id="empty"),
        pytest.param(lambda table: table.slice(0, 3), id="others missing"),
        pytest.param(lambda table: table.drop_columns("popularity"), id="statistic missing"),
        pytest.param(lambda table: table.append_column("more", table["as_of"]), id="one statistic more"),
        pytest.param(with_items(["b", "a", "é", None]), id="not sorted"),
        pytest.param(with_items(["a", "a", "é", None]), id="twice"),
        pytest.param(with_items(["a", None, "é", None]), id="no name"),
        pytest.param(lambda table: table.set_column(0, "as_of", pa.array([1, 1, 2, 1])), id="two instants"),
        pytest.param(
            lambda table: table.set_column(2, "popularity", pa.array([1, None, 2, 1])), id="empty value"
        ),
    ],
)
def test_a_file_that_says_something_else_is_refused(folder, change):
    with pytest.raises(DamagedRelease, match="statistics of articles"):
        read_population(written_again(folder, change))


def test_a_file_that_was_cut_off_is_refused(folder):
    (folder / FILE).write_bytes((folder / FILE).read_bytes()[:-20])
    with pytest.raises(DamagedRelease, match="cannot be read"):
        read_population(folder)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DamagedRelease, match="cannot be read"):
        read_population(tmp_path)
