"""A simulated world as a shop in Tehran exports it: `make map` and ingest give its own tables back."""

import io
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_summary
from pipelines import ingest, map_files, paths, simulate
from pipelines.examples.persian_books import CATEGORIES, REASONS, REGIONS, ZONE, in_rials
from pipelines.params import section
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate as simulated
from pipelines.workspace import deep_merge

ROOT = Path(__file__).parents[2]
CUSTOMERS = 250
# What the books hold, by table; the words of coded columns are Persian.
HELD = {
    "orders": (
        "order_id", "line_id", "customer_id", "ordered_at", "item_id", "category", "units", "amount_minor",
    ),
    "customers": ("customer_id", "signed_up_at", "birth_date", "region", "referred_by"),
    "complaints": (
        "complaint_id", "customer_id", "opened_at", "first_response_at", "resolved_at", "reason", "severity",
        "satisfaction",
    ),
}  # fmt: skip
KEYS = {"orders": ("order_id", "line_id"), "customers": ("customer_id",), "complaints": ("complaint_id",)}
WORDS = {"category": CATEGORIES, "region": REGIONS, "reason": REASONS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Written by `make simulate FORMAT=persian`, mapped with no question asked, and ingested."""
    here = tmp_path_factory.mktemp("persian")
    (here / "params").mkdir()
    shutil.copy(ROOT / "params.yaml", here)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setattr(sys, "argv", ["simulate", "OUT=books", f"CUSTOMERS={CUSTOMERS}", "FORMAT=persian"])
        simulate.main()
        patch.setattr(sys, "argv", ["map_files", "books", "YES=1", "MARGIN=30%", "CONSENT=allow"])
        map_files.main()
        settings = deep_merge(
            yaml.safe_load(Path("params.yaml").read_text()),
            yaml.safe_load(Path("params/books.yaml").read_text()),
        )
        Path("params.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True))
        ingest.main()
    return here


@pytest.fixture(scope="module")
def world():
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        settings = section(SimulatorSettings, "simulator")
    return simulated(in_rials(SimulatorSettings(customers=CUSTOMERS, seed=settings.seed)), ZONE)


def comparable(table, name, words):
    """What the books hold of a table: instants to the second, amounts to the toman, words in English."""
    columns = {}
    for column in HELD[name]:
        values = table[column]
        if pa.types.is_timestamp(values.type):
            values = pc.floor_temporal(values, unit="second")
        elif column in words:
            english = {persian: word for word, persian in words[column].items()}
            values = pa.array([english.get(value) for value in values.to_pylist()])
        elif column == "amount_minor":
            values = pa.array([10 * round(value / 10) for value in values.to_pylist()])
        columns[column] = values.cast(table.schema.field(column).type)
    return pa.table(columns).sort_by([(key, "ascending") for key in KEYS[name]]).combine_chunks()


@pytest.mark.parametrize("name", HELD)
def test_the_books_give_the_simulators_own_table_back(folder, world, name):
    found = comparable(pq.read_table(folder / paths.TABLES / f"{name}.parquet"), name, WORDS)
    expected = comparable(world.tables[name], name, {})
    differing = [column for column in HELD[name] if found[column].to_pylist() != expected[column].to_pylist()]
    assert differing == []


@pytest.mark.parametrize("name", HELD)
def test_every_row_of_the_books_is_accepted(folder, world, name):
    counts = read_summary(folder / paths.TABLES).rows[name]
    assert counts.accepted == counts.read == world.tables[name].num_rows


def test_amounts_are_rials_of_a_shop_in_tehran(folder):
    summary = read_summary(folder / paths.TABLES)
    assert (summary.currency, summary.timezone) == ("IRR", ZONE)


def test_the_books_are_written_as_persian_programs_write(folder):
    books = folder / "books"
    sales = (books / "فروش.csv").read_bytes().decode("cp1256").splitlines()
    people = (books / "مشتریان.csv").read_bytes()
    assert sales[0].split(";")[2] == "تاريخ"  # with Arabic yeh
    assert people.startswith("\N{BOM}".encode())
    assert "۱۴۰" in people.decode()
