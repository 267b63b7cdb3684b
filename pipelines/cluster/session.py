"""A Spark session in which the kernel runs: clocks in UTC, and our code on the workers."""

import os
import sys
from pathlib import Path
from zipfile import ZipFile

from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
PACKAGE = "models"  # all that a worker imports of ours

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # instants mean what they say, however old
    "spark.executorEnv.PYTHONPATH": str(ROOT),  # workers that see this folder keep its compiled kernel
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.log.level": "ERROR",  # a source without a price index is not worth a page of warning
}

# On one machine nobody else has to reach the session.
OF_ONE_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def open_session(master: str) -> SparkSession:
    """A session at that master; workers run this interpreter unless `PYSPARK_PYTHON` names another."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("holdfast features").config(map=SETTINGS)
    if on_one_machine(master):
        builder = builder.config(map=OF_ONE_MACHINE)
    return builder.getOrCreate()


def on_one_machine(master: str) -> bool:
    """Whether workers see our folder, being here: `local`, `local[2]`, `local[*]`."""
    return master.partition("[")[0] == "local"


def send_code(session: SparkSession, room: Path) -> None:
    """Send our code to workers elsewhere; the folder `room` must stay until the session ends."""
    archive = room / f"{PACKAGE}.zip"
    pack_code(archive)
    session.sparkContext.addPyFile(str(archive))


def pack_code(archive: Path) -> None:
    """Put all that a worker imports of ours into an archive from which Python imports it."""
    with ZipFile(archive, "w") as packed:
        for file in sorted((ROOT / PACKAGE).rglob("*.py")):
            packed.write(file, file.relative_to(ROOT))
