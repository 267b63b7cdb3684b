"""Everyone at the scoring instant: features, what the live release predicts, what the policy reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.prices import read_prices
from models.contract.storage import SourceSummary, read_json, read_summary, read_table
from models.contract.tables import table as contract_table
from models.features.attributes import encoded
from models.features.frame import FeatureFrame
from models.learned.rows import read_frame
from models.release import Manifest, read_manifest
from models.release_features import check_same
from models.retention.judging.facts import READS
from models.retention.judging.judge import Judged, Known, load_judge, looked_up
from models.retention.judging.judge import judged as judge_all
from models.retention.judging.told import TableTold, Told
from pipelines import paths
from pipelines.customer_facts import consents, customers_at, gone, labelled
from pipelines.scored import placed


@dataclass(frozen=True)
class Run:
    """What the run's tables and its live release say: of whom, from what, and what was judged of them.

    customers: their newest version.
    """

    summary: SourceSummary
    manifest: Manifest
    customers: pa.Table
    judged: Judged


def judged(only: str | None = None) -> Run:
    """Read the run's tables, features and live release, and judge; one customer alone if one is named.

    Raises `InvalidSetting` where the policy takes for proof what is no feature.
    """
    manifest, summary = read_manifest(paths.LIVE), read_summary(paths.TABLES)
    check_same(read_json(paths.LIVE / "features.json"), read_json(paths.FEATURES / "features.json"))
    judge = load_judge(paths.LIVE, manifest, read_prices(paths.TABLES))
    customers = customers_at(paths.TABLES, summary.as_of)
    built = read_frame(paths.FEATURES / "features.parquet", [summary.as_of])
    if only is not None:
        customers = customers.filter(pc.equal(customers["customer_id"], only))
        built = built.rows(np.flatnonzero(built.customer_id == only))
    frame = encoded(looked_up(judge, built), customers, judge.encodings)
    found = judge_all(judge, known_of(customers, frame, summary.as_of))
    return Run(summary, manifest, customers, found)


def known_of(customers: pa.Table, frame: FeatureFrame, as_of: int) -> Known:
    """What the run's tables tell of these customers."""
    ids = everyone(customers, frame)
    at = np.searchsorted(ids, customers["customer_id"].to_numpy().astype(object))
    return Known(
        as_of=as_of,
        customer_id=ids,
        frame=frame,
        labelled=labelled(paths.TABLES, frame.customer_id),
        consents={channel: placed(codes, at, len(ids)) for channel, codes in consents(customers).items()},
        gone=gone(paths.TABLES, ids),
        told=told_of(ids),
    )


def told_of(ids: NDArray[np.object_]) -> Mapping[str, Told]:
    """The rows of the tables that facts are read from, where the source has them."""
    return {
        name: TableTold(contract_table(name), _read(name, columns), ids)
        for name, columns in READS.items()
        if _file(name).exists()
    }


def _read(name: str, columns: Sequence[str]) -> pa.Table:
    held = pq.read_schema(_file(name)).names
    return read_table(_file(name), [column for column in columns if column in held])


def _file(name: str) -> Path:
    return paths.TABLES / f"{name}.parquet"


def everyone(customers: pa.Table, frame: FeatureFrame) -> NDArray[np.object_]:
    """Every customer known, whether or not they bought; ids in ascending order."""
    listed = customers["customer_id"].to_numpy().astype(object)
    return np.union1d(listed, frame.customer_id)
