"""The same facts in Persian and in English spelling, from `make map` through the stage `ingest`."""

import io
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_summary
from models.domain.instants import local_date
from pipelines import ingest, map_files, paths
from pipelines.sources.concealing import VARIABLE
from pipelines.workspace import deep_merge
from tests.persian_shop import LATIN, PERSIAN, PERSIAN_DIGITS, shop, write

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the shop's own"
STYLES = {"persian": PERSIAN, "persian_digits": PERSIAN_DIGITS, "latin": LATIN}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """Map and ingest the shop in each style; gives the folders and what `make map` printed."""
    facts = shop(customers=60)
    return {name: _ingested(tmp_path_factory.mktemp(name), facts, style) for name, style in STYLES.items()}


def _ingested(folder, facts, style):
    (folder / "params").mkdir()
    shutil.copy(ROOT / "params.yaml", folder)
    write(folder / "books", facts, style)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(VARIABLE, SECRET)
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setattr(sys, "argv", ["map_files", "books", "YES=1", "MARGIN=۳۰٪"])
        map_files.main()
        settings = deep_merge(
            yaml.safe_load(Path("params.yaml").read_text()),
            yaml.safe_load(Path("params/books.yaml").read_text()),
        )
        Path("params.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True))
        ingest.main()
    return folder


def table(folder, name):
    return pq.read_table(folder / paths.TABLES / f"{name}.parquet")


@pytest.mark.parametrize("name", ["orders", "customers", "complaints", "identity"])
@pytest.mark.parametrize("style", ["persian_digits", "latin"])
def test_the_same_facts_are_the_same_table_however_they_are_written(ingested, name, style):
    assert table(ingested[style], name).equals(table(ingested["persian"], name))


def test_the_same_facts_are_the_same_bytes(ingested):
    files = {
        style: {path.name: path.read_bytes() for path in (folder / paths.TABLES).glob("*.parquet")}
        for style, folder in ingested.items()
    }
    assert files["persian"] == files["latin"]


def test_every_ticket_finds_its_customer(ingested):
    counts = read_summary(ingested["persian"] / paths.TABLES).rows["complaints"]
    assert (counts.accepted, counts.out_of_scope) == (counts.read, 0)


def test_the_summaries_agree_on_everything_but_the_names_of_the_source(ingested):
    persian, latin = (read_summary(ingested[style] / paths.TABLES) for style in ("persian", "latin"))
    assert (persian.rows, persian.as_of, persian.columns) == (latin.rows, latin.as_of, latin.columns)


def test_a_jalali_year_ends_in_march(ingested):
    as_of = read_summary(ingested["persian"] / paths.TABLES).as_of
    assert local_date(as_of, "Asia/Tehran").isoformat() == "2024-03-18"


def test_nothing_that_is_written_holds_a_telephone_number(ingested):
    written = b"".join(
        path.read_bytes() for path in (ingested["persian"] / "data").rglob("*") if path.is_file()
    )
    assert not any(person.digits.encode() in written for person in shop(customers=60).customers)
