"""Contract tables where Spark finds them: a folder, or any address that Spark reads."""

import json
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from models.contract import prices
from models.contract.prices import Prices, prices_of
from models.contract.storage import SUMMARY, SourceSummary, summary_from
from models.domain.errors import BadSource
from models.features.owners import CUSTOMER
from models.features.stream import TABLE

# Where a row stood: within its file, and its file among those of the table, which are read in order of name.
_FILE, _ROW = "file", "row"


def read_summary(session: SparkSession, folder: str) -> SourceSummary:
    """What ingest found. Raises `BadSource` when it left nothing there."""
    try:
        said = session.read.text(f"{folder}/{SUMMARY}", wholetext=True).first()
    except AnalysisException as error:
        if _is_absent(error):
            raise BadSource(
                f"there is no {SUMMARY} in the folder of the tables",
                given=folder,
                remedy="Name a folder that ingest wrote, such as data/tables.",
            ) from error
        raise
    return summary_from(json.loads(said[0]))


def read_prices(session: SparkSession, folder: str, zone: str) -> Prices:
    """The prices that ingest left there; none where the source has no index."""
    try:
        index = session.read.parquet(f"{folder}/{prices.FILE}")
    except AnalysisException as error:
        if _is_absent(error):
            return Prices(np.empty(0, np.int64), np.empty(0))
        raise
    return prices_of(index.toArrow(), zone)


def stream_of(session: SparkSession, folder: str, tables: Mapping[str, Sequence[str]]) -> DataFrame:
    """These columns of these tables as one stream of rows by customer (`models/features/stream.py`).

    A table is a Parquet file or a folder of them.
    """
    each = [
        _rows_of(session.read.parquet(f"{folder}/{name}.parquet"), name, number, columns)
        for number, (name, columns) in enumerate(tables.items())
    ]
    together = reduce(lambda some, more: some.unionByName(more, allowMissingColumns=True), each)
    by_customer = together.repartition(CUSTOMER).sortWithinPartitions(CUSTOMER, _FILE, _ROW)
    return by_customer.select(CUSTOMER, TABLE, *tables)


def _rows_of(table: DataFrame, name: str, number: int, columns: Sequence[str]) -> DataFrame:
    return table.select(
        CUSTOMER,
        sql.lit(number).alias(TABLE),
        sql.col("_metadata.file_path").alias(_FILE),
        sql.col("_metadata.row_index").alias(_ROW),
        sql.struct(*columns).alias(name),
    )


def _is_absent(error: AnalysisException) -> bool:
    return bool(error.getCondition() == "PATH_NOT_FOUND")
