"""Which segments the customers of a backtest belonged to at its cut: stage, tenure, region."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.evaluation.segments import UNKNOWN, tenure_bands
from models.policy.customers import LifecycleFeatures
from models.policy.lifecycle import lifecycle_stage
from models.policy.lifecycle_settings import LifecycleSettings
from pipelines import paths
from pipelines.customer_facts import customers_at

Floats = NDArray[np.float64]
Words = NDArray[np.str_]


def segments_at(
    cut: int, customer_id: NDArray[np.object_], p: Floats, settings: LifecycleSettings
) -> Mapping[str, Words]:
    """The segment of each customer [n] by kind, as known at the cut (microseconds); p [n] as predicted there.

    Every customer must have features at the cut.
    """
    features = _features_at(cut, customer_id, settings.evidence)
    return {
        "stage": lifecycle_stage(features, p, settings),
        "tenure": tenure_bands(features.tenure_days),
        **_region_at(cut, customer_id),
    }


def stages_at(cut: int, customer_id: NDArray[np.object_], p: Floats, settings: LifecycleSettings) -> Words:
    """The lifecycle stage of each customer [n], as `segments_at` says it."""
    return lifecycle_stage(_features_at(cut, customer_id, settings.evidence), p, settings)


def _features_at(cut: int, customer_id: NDArray[np.object_], evidence: Sequence[str]) -> LifecycleFeatures:
    path = paths.FEATURES / "features.parquet"
    known = set(pq.read_schema(path).names)
    names = [name for name in dict.fromkeys([*LifecycleFeatures.names(), *evidence]) if name in known]
    instant = pa.scalar(cut, pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    table = pq.read_table(path, columns=["customer_id", *names], filters=pc.field("snapshot") == instant)
    rows = pc.index_in(pa.array(customer_id, pa.string()), value_set=table["customer_id"].combine_chunks())
    columns = {name: table[name].to_numpy()[rows.to_numpy()] for name in names}
    return LifecycleFeatures.from_columns(columns, len(customer_id), evidence)


def _region_at(cut: int, customer_id: NDArray[np.object_]) -> Mapping[str, Words]:
    """The region that was known of each customer; nothing where the source has none."""
    customers = customers_at(paths.TABLES, cut)
    if "region" not in customers.column_names:
        return {}
    rows = pc.index_in(
        pa.array(customer_id, pa.string()), value_set=customers["customer_id"].combine_chunks()
    )
    region = pc.fill_null(customers["region"].combine_chunks().take(rows), UNKNOWN)
    return {"region": np.asarray(region.to_pylist(), dtype=np.str_)}
