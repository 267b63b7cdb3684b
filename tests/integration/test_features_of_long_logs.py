"""Features of a log that is not held in memory: read some rows at a time, articles counted of a share."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from models.contract.storage import read_json, read_table
from models.domain.errors import DamagedRelease
from models.features.table_rows import TableRows, file_rows
from models.release_features import check_same
from pipelines import articles, build_features, ingest, paths


@pytest.fixture(scope="module")
def world(request, tmp_path_factory):
    """A folder in which a small world went through `ingest`."""
    folder = tmp_path_factory.mktemp("long")
    settings = yaml.safe_load((request.config.rootpath / "params.yaml").read_text())
    settings["simulator"] |= {"customers": 300, "inflation_per_year": 0.2}
    settings["population"] |= {"min_customers": 20}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ingest.main()
        yield folder


def built():
    features = (paths.FEATURES / "features.parquet").read_bytes()
    counted = (paths.FITTED_POPULATION / "every_population.parquet").read_bytes()
    return features, counted, read_json(paths.FEATURES / "features.json")


@pytest.mark.usefixtures("world")
def test_read_some_rows_at_a_time_it_gives_the_same_bytes(monkeypatch):
    build_features.main()
    before = built()
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    build_features.main()
    assert built() == before


@pytest.mark.usefixtures("world")
def test_what_articles_are_counted_of_are_whole_customers():
    orders = read_table(paths.TABLES / "orders.parquet")
    rows = file_rows(paths.TABLES / "orders.parquet", orders.column_names)
    some = articles.some_customers(rows, 4)
    chosen = pc.is_in(orders["customer_id"], value_set=pc.unique(some["customer_id"]))
    assert 0.1 * orders.num_rows < some.num_rows < 0.5 * orders.num_rows
    assert orders.filter(chosen).select(some.column_names).combine_chunks() == some


@pytest.mark.usefixtures("world")
def test_a_smaller_share_is_drawn_from_a_larger_one():
    rows = file_rows(paths.TABLES / "orders.parquet", articles.READ)
    half, quarter = (pc.unique(articles.some_customers(rows, one_in)["customer_id"]) for one_in in (2, 4))
    assert set(quarter.to_pylist()) < set(half.to_pylist())


@pytest.mark.parametrize(("lines", "one_in"), [(1, 1), (100, 1), (101, 2), (201, 4), (400, 4), (401, 8)])
def test_one_customer_in_a_power_of_two_is_counted(monkeypatch, lines, one_in):
    monkeypatch.setattr(articles, "MOST_LINES", 100)
    rows = TableRows(pa.table({"customer_id": ["c"] * lines}))
    assert articles.one_customer_in(rows) == one_in


@pytest.mark.usefixtures("world")
def test_how_articles_were_counted_is_part_of_what_a_release_states(monkeypatch):
    build_features.main()
    told = read_json(paths.FEATURES / "features.json")
    assert told["articles"]["one_in"] == 1
    orders = read_table(paths.TABLES / "orders.parquet")
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    monkeypatch.setattr(articles, "MOST_LINES", orders.num_rows // 3)
    build_features.main()
    other = read_json(paths.FEATURES / "features.json")
    assert other["articles"]["one_in"] == 4
    with pytest.raises(DamagedRelease, match="articles counted otherwise"):
        check_same(told, other)


@pytest.mark.usefixtures("world")
def test_of_a_share_of_the_customers_articles_are_as_popular(monkeypatch):
    build_features.main()
    orders = read_table(paths.TABLES / "orders.parquet")
    whole = read_table(paths.FITTED_POPULATION / "population.parquet")
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    monkeypatch.setattr(articles, "MOST_LINES", orders.num_rows // 3)
    build_features.main()
    some = read_table(paths.FITTED_POPULATION / "population.parquet")
    assert some != whole
    assert pc.mean(some["popularity"]).as_py() == pytest.approx(pc.mean(whole["popularity"]).as_py(), rel=0.4)
