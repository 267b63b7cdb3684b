"""Features of a log that is not held in memory: read some rows at a time, articles counted of a share."""

import pyarrow.compute as pc
import pytest
import yaml

from models.contract.storage import read_json, read_table
from models.features.table_rows import file_rows
from pipelines import articles, build_features, ingest, paths


@pytest.fixture(scope="module")
def world(request, tmp_path_factory):
    """A folder in which a small world went through `ingest` and `build_features`."""
    folder = tmp_path_factory.mktemp("long")
    settings = yaml.safe_load((request.config.rootpath / "params.yaml").read_text())
    settings["simulator"] |= {"customers": 300, "inflation_per_year": 0.2}
    settings["population"] |= {"min_customers": 20}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ingest.main()
        build_features.main()
        yield folder


def built():
    features = (paths.FEATURES / "features.parquet").read_bytes()
    counted = (paths.FITTED_POPULATION / "every_population.parquet").read_bytes()
    return features, counted, read_json(paths.FEATURES / "features.json")


@pytest.mark.usefixtures("world")
def test_read_some_rows_at_a_time_it_gives_the_same_bytes(monkeypatch):
    before = built()
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    build_features.main()
    assert built() == before


@pytest.mark.usefixtures("world")
def test_what_articles_are_counted_of_are_whole_customers():
    orders = read_table(paths.TABLES / "orders.parquet")
    rows = file_rows(paths.TABLES / "orders.parquet", orders.column_names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(articles, "MOST_LINES", orders.num_rows // 4)
        some = articles.some_customers(rows)
    chosen = pc.is_in(orders["customer_id"], value_set=pc.unique(some["customer_id"]))
    assert 0.1 * orders.num_rows < some.num_rows < 0.5 * orders.num_rows
    assert orders.filter(chosen).select(some.column_names).combine_chunks() == some


@pytest.mark.usefixtures("world")
def test_of_a_share_of_the_customers_articles_are_as_popular(monkeypatch):
    orders = read_table(paths.TABLES / "orders.parquet")
    whole = read_table(paths.FITTED_POPULATION / "population.parquet")
    monkeypatch.setattr(build_features, "MOST_ROWS", 0)
    monkeypatch.setattr(articles, "MOST_LINES", orders.num_rows // 2)
    build_features.main()
    some = read_table(paths.FITTED_POPULATION / "population.parquet")
    assert some != whole
    assert pc.mean(some["popularity"]).as_py() == pytest.approx(pc.mean(whole["popularity"]).as_py(), rel=0.3)
