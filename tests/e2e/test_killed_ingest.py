"""kill -9 at any moment of ingest: no table is half-written, and the next run makes the same bytes."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_summary

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

ROOT = Path(__file__).parents[2]
LINES = 50_000
RANDOM_KILLS = 12
LONGEST = 60.0
SETTINGS = {
    "source": {
        "kind": "files",
        "path": "shop",
        "currency": "EUR",
        "amount_unit": "minor",
        "timezone": "Europe/Berlin",
    },
    "ingest": {"max_rejected_share": 0.01},
}
TABLES = Path("data") / "tables"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with files of some size, ingested once."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "shop").mkdir()
    (folder / "params.yaml").write_text(yaml.safe_dump(SETTINGS))
    (folder / "shop" / "orders.csv").write_text("\n".join(order_lines()))
    (folder / "shop" / "complaints.csv").write_text("\n".join(complaints()))
    finish(folder)
    return folder


def order_lines():
    yield "order_id,line_id,customer_id,ordered_at,amount_minor"
    for number in range(LINES):
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02} 10:00:00"
        yield f"o{number // 2},{number % 2},c{number % 3_001},{day},{number}"


def complaints():
    yield "complaint_id,customer_id,opened_at"
    yield "x,c1,nobody knows"
    for number in range(500):
        yield f"k{number},c{number},2024-03-01 12:00:00"


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines.ingest"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(folder):
    begun = time.monotonic()
    running = start(folder)
    said = running.communicate(timeout=LONGEST)[1]
    assert running.returncode == 0, said.decode()
    return time.monotonic() - begun


def kill_when(happened, running):
    """Kill as soon as something happened; whether it still ran by then."""
    until = time.monotonic() + LONGEST
    while running.poll() is None and not happened():
        assert time.monotonic() < until, "ingest neither got there nor ended"
        time.sleep(0.0005)
    if running.poll() is None:
        running.send_signal(signal.SIGKILL)
    running.communicate()
    return running.returncode == -signal.SIGKILL


def gone(path):
    """Whether a file is no longer there."""
    return lambda: not path.exists()


def anew(path):
    """Whether a file is another than before."""
    before = path.stat().st_mtime_ns if path.exists() else None

    def is_there():
        try:
            return path.stat().st_mtime_ns != before
        except FileNotFoundError:
            return False

    return is_there


def after(seconds):
    """Whether so much time has passed."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def digests(folder):
    """SHA-256 of everything that ingest leaves, by path; what is unfinished is nobody's file."""
    files = (path for path in (folder / "data").rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.suffix != ".unfinished"
    }


@pytest.fixture(scope="module")
def whole(shop):
    return digests(shop)


def check_what_is_left(folder, whole):
    """Every table opens and has the bytes it should; the summary stands only beside all of them."""
    for path in (folder / TABLES).glob("*.parquet"):
        pq.read_table(path)
    left = digests(folder)
    assert left.items() <= whole.items()
    if (folder / TABLES / "source.json").exists():
        named = set(read_summary(folder / TABLES).rows)
        assert {path.stem for path in (folder / TABLES).glob("*.parquet")} == named


MOMENTS = {
    "when the old summary goes": (gone, "source.json"),
    "while the first table is written": (anew, "orders.parquet.unfinished"),
    "when the first table stands": (anew, "orders.parquet"),
    "when the last table stands": (anew, "customers.parquet"),
    "when the summary stands": (anew, "source.json"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_ingest_killed_leaves_no_half_table_and_runs_again_to_the_same_bytes(shop, whole, moment):
    happened, name = MOMENTS[moment]
    assert kill_when(happened(shop / TABLES / name), start(shop))
    check_what_is_left(shop, whole)
    finish(shop)
    assert digests(shop) == whole


def test_the_room_of_a_killed_run_is_given_back(shop):
    room = shop / "data" / "ingest-of-a-killed-run"
    room.mkdir()
    finish(shop)
    assert not room.exists()


def test_ingest_killed_at_any_time_again_and_again_leaves_no_half_table(shop, whole):
    moments = random.Random(7)
    seconds = finish(shop)
    killed = 0
    for _ in range(RANDOM_KILLS):
        killed += kill_when(after(moments.uniform(0, seconds)), start(shop))
        check_what_is_left(shop, whole)
    finish(shop)
    assert (killed > RANDOM_KILLS // 2, digests(shop)) == (True, whole)
