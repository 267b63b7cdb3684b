"""The kernel's features by Spark, from contract tables in Parquet to features in Parquet.

    python -m pipelines.cluster.features TABLES OUT [MASTER]

TABLES: the folder that ingest wrote, or its address; OUT: a new folder, or an address; MASTER: where Spark
runs, all cores of this machine unless given. The snapshots are those of params.yaml, as in `build_features`;
what was counted of articles is read where that stage left it, data/fitted/population, since a worker sees
only some customers.
"""

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import FloatType, StringType, StructField, StructType, TimestampType

from models.domain.errors import BadSource, InvalidSetting, NotEnoughHistory
from models.features.owners import CUSTOMER
from models.features.population import ALL, NOBODY, Populations, read_populations, side_by_side
from models.features.stream import Asked, fold_stream
from pipelines import paths
from pipelines.build_features import schedule_of
from pipelines.cluster.session import on_one_machine, open_session, send_code
from pipelines.cluster.tables import read_prices, read_summary, stream_of
from pipelines.stage import run

HERE = "local[*]"


def main() -> None:
    """Read the tables, write the features."""
    tables, out, master = _arguments(sys.argv[1:])
    with TemporaryDirectory() as room, open_session(master) as session:
        if not on_one_machine(master):
            send_code(session, Path(room))
        build(session, tables, out)


def build(session: SparkSession, tables: str, out: str) -> None:
    """Write the features of everybody in the folder `tables` into the new folder `out`."""
    asked = asked_of(session, tables)
    try:
        features(session, tables, asked).write.parquet(out, compression="zstd")
    except AnalysisException as error:
        if error.getCondition() == "PATH_ALREADY_EXISTS":
            raise InvalidSetting(
                "there is something where the features are to go",
                given=out,
                remedy="Name a new folder, or remove it: a run that failed leaves an empty one.",
            ) from error
        raise
    print(f"{len(asked.names)} features for {len(asked.snapshots)} snapshots in {out}")


def asked_of(session: SparkSession, tables: str) -> Asked:
    """What params.yaml here asks of these tables. Raises `NotEnoughHistory` where nobody ever ordered."""
    summary = read_summary(session, tables)
    if summary.first_order_at is None:
        raise NotEnoughHistory("features are read from orders, and this source has none", given=tables)
    schedule = schedule_of(summary, summary.first_order_at)
    prices = read_prices(session, tables, summary.timezone)
    return Asked(summary.columns, tuple(schedule.snapshots), summary.timezone, prices, _counted())


def _counted() -> Populations:
    if not (paths.FITTED_POPULATION / ALL).exists():
        print(f"without {paths.FITTED_POPULATION / ALL}, features of what was counted of articles are off")
        return NOBODY
    return side_by_side(read_populations(paths.FITTED_POPULATION))


def features(session: SparkSession, tables: str, asked: Asked) -> DataFrame:
    """One row a customer and snapshot, in no order: customer_id, snapshot, features."""
    stream = stream_of(session, tables, asked.tables)
    keys = [StructField(CUSTOMER, StringType()), StructField("snapshot", TimestampType())]
    columns = [StructField(name, FloatType()) for name in asked.names]
    return stream.mapInArrow(partial(fold_stream, asked), StructType([*keys, *columns]))


def _arguments(given: list[str]) -> tuple[str, str, str]:
    if len(given) not in {2, 3}:
        raise BadSource(
            "features on a cluster are read from somewhere and written somewhere",
            given=" ".join(given) or "nothing",
            remedy="For example: python -m pipelines.cluster.features data/tables features",
        )
    tables, out, master = [*given, HERE][:3]
    return tables.rstrip("/"), out, master


if __name__ == "__main__":
    run(main)
