"""Frames of features from rows in plain words, and what is in them."""

import numpy as np

from models.contract.tables import table as contract_table
from models.features.batch import compute_batch
from models.features.catalogue import CATALOGUE
from models.features.population import STATISTICS, Population, side_by_side
from tests.oracles.feature_histories import SNAPSHOTS, TABLES, as_tables

COLUMNS = {name: contract_table(name).names for name in TABLES}
NAMES = tuple(feature.name for feature in CATALOGUE)


def population(as_of, *items, seed=0):
    """Anything at all counted of some articles, and of all others."""
    drawn = np.random.default_rng(seed).integers(-3_000_000, 3_000_000, (len(STATISTICS), len(items) + 1))
    return Population(as_of, items, drawn)


# Nothing was counted before the first snapshot, and on the last one at its very moment. None knows all.
COUNTED = (
    population(SNAPSHOTS[0] + 1, "i1", "i3", seed=1),
    population(SNAPSHOTS[1] - 9, "i2", "i3", seed=2),
    population(SNAPSHOTS[2], "i0", "i1", seed=3),
)
POPULATIONS = side_by_side(COUNTED)


def batch(rows, zone="UTC", snapshots=SNAPSHOTS, **given_too):
    """The features of everybody in these rows, by the compiled kernel."""
    return compute_batch(as_tables(rows), COLUMNS, snapshots, zone, populations=POPULATIONS, **given_too)


def keyed(frame):
    """Bytes of each row by customer and snapshot: NaN equals NaN, and -0 differs from 0."""
    keys = zip(frame.customer_id, frame.snapshot, strict=True)
    return {
        (customer, int(snapshot)): row.tobytes()
        for (customer, snapshot), row in zip(keys, frame.values, strict=True)
    }


def same(left, right):
    """Whether two vectors agree to the last bit."""
    return np.asarray(left, np.float32).tobytes() == np.asarray(right, np.float32).tobytes()


def order_line(**changed):
    """One purchase, forty days before the last snapshot."""
    return {
        "order_id": "o",
        "line_id": "1",
        "customer_id": "A",
        "ordered_at": SNAPSHOTS[-1] - 40 * 86_400_000_000,
        "item_id": "i",
        "category": "k",
        "units": 2,
        "amount_minor": 100,
        "margin_minor": 10,
        "known_at": None,
        **changed,
    }
