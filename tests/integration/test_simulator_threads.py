"""The same seed gives the same bytes, however many threads there are to work with."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INGEST = """
import sys
import pyarrow as pa
from pipelines import ingest
threads = int(sys.argv[1])
pa.set_cpu_count(threads)
pa.set_io_thread_count(threads)
ingest.main()
print(pa.cpu_count())
"""
PARAMS = {
    "source": {
        "kind": "simulator", "path": "simulator", "currency": "EUR", "amount_unit": "minor",
        "timezone": "Europe/Berlin",
    },
    "ingest": {"max_rejected_share": 0.0},
    "simulator": {"customers": 3_000, "years": 3, "inflation_per_year": 0.1},
}  # fmt: skip


def written(folder, threads):
    """What ingest leaves of a world on so many threads, by file: the digests."""
    folder.mkdir()
    (folder / "params.yaml").write_text(json.dumps(PARAMS))
    pools = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    told = subprocess.run(
        [sys.executable, "-c", INGEST, str(threads)],
        cwd=folder,
        env={**os.environ, **pools, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.splitlines()[-1] == str(threads)
    files = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def on_one_and_two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("threads")
    return written(folder / "one", 1), written(folder / "two", 2)


def test_one_and_two_threads_write_the_same_bytes(on_one_and_two):
    one, two = on_one_and_two
    assert one == two


@pytest.mark.parametrize("file", ["tables/orders", "tables/complaints", "oracle/customers", "oracle/worth"])
def test_tables_and_truth_are_among_them(on_one_and_two, file):
    assert f"data/{file}.parquet" in on_one_and_two[0]
