"""`build_features` for a source without time: attributes of every customer, as of the one instant."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.absent import write_absent
from models.contract.storage import SourceSummary, read_table, write_json, write_table
from models.evaluation.folds import CustomerFolds
from models.features.attribute_catalogue import described, fingerprint_with
from models.features.attributes import Encoding, attributes_at, encoded, fit_encodings
from models.features.fingerprint import fingerprint
from models.features.frame import FeatureFrame, to_table
from pipelines import articles, paths


def build(summary: SourceSummary, horizon_days: int) -> None:
    """Write data/features: one snapshot, levels of attributes learned from the labelled customers."""
    plan = CustomerFolds(summary.as_of, horizon_days)
    customers = read_table(paths.TABLES / "customers.parquet")
    everyone = _without_features(pc.unique(customers["customer_id"]), plan.scoring)
    labelled = everyone.rows(_labelled(everyone))
    encodings = fit_encodings(attributes_at(customers, labelled.customer_id, labelled.snapshot))
    frame = encoded(everyone, customers, encodings)
    articles.absent("one row a customer names no articles")
    write_json(plan.to_json(), paths.FEATURES / "schedule.json")
    write_table(to_table(frame), paths.FEATURES / "features.parquet")
    write_json(_description(encodings), paths.FEATURES / "features.json")
    write_absent(paths.FITTED_BTYD, "models of rhythm", "a table of customers knows no purchases")
    print(f"{len(frame.names)} features of {len(encodings)} attributes for {len(frame):,} customers")


def _without_features(customer_id: pa.Array, snapshot: int) -> FeatureFrame:
    ids = np.array(sorted(customer_id.to_pylist()), dtype=object)
    return FeatureFrame((), np.empty((len(ids), 0), np.float32), ids, np.full(len(ids), snapshot))


def _labelled(frame: FeatureFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whose outcome the source says [n]."""
    outcomes = read_table(paths.TABLES / "outcomes.parquet", ["customer_id", "churned"]).drop_null()
    known = pc.is_in(pa.array(frame.customer_id, pa.string()), value_set=outcomes["customer_id"])
    return np.asarray(known)


def _description(encodings: tuple[Encoding, ...]) -> dict[str, object]:
    return {
        "names": [name for each in encodings for name in each.names],
        "fingerprint": fingerprint_with(fingerprint(()), encodings),
        "switched_off": {},
        "features": described(encodings),
        "attributes": [each.to_json() for each in encodings],
    }
