"""All features; `python -m models.features.catalogue` writes the page that lists them, docs/features.md."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.features.declaration import Feature
from models.features.declared import (
    activity,
    articles,
    baskets,
    complaints,
    contacts,
    contracts,
    customers,
    items,
    offers,
    orders,
    regularity,
    response_times,
    returns,
    rhythm,
    satisfaction,
    surveys,
)
from models.features.looked_up import RHYTHM

CATALOGUE: tuple[Feature, ...] = (
    *orders.FEATURES,
    *customers.FEATURES,
    *regularity.FEATURES,
    *rhythm.FEATURES,
    *returns.FEATURES,
    *items.FEATURES,
    *articles.FEATURES,
    *baskets.FEATURES,
    *complaints.FEATURES,
    *response_times.FEATURES,
    *satisfaction.FEATURES,
    *surveys.FEATURES,
    *contacts.FEATURES,
    *offers.FEATURES,
    *activity.FEATURES,
    *contracts.FEATURES,
)

PAGE = Path("docs/features.md")

_INTRODUCTION = """\
# Features

Written by `python -m models.features.catalogue` from the declarations in `models/features/declared`.

A feature speaks of one customer at one snapshot and reads only what had happened and was known by then. A
window of 90 days is the 90 times 24 hours up to the snapshot. A purchase is an order line with an amount
above 0, a return one below 0. The end of a contract and the promise of an answer are read as soon as they are
known, even ahead of their moment. Counts and sums are 0 where nothing happened; all else is then empty. A
feature whose table or column the source lacks is switched off, by name. Where the source has a price index,
amounts are in the money of its first period ([prices](prices.md)).

What articles are like (`item_popularity_365`, `item_vector_1_365` and their kin) is counted across all
customers, from what was known by the snapshot (`models/learned/training/population`), and looked up for the
articles that this customer bought: these features also read what others did.
"""


_LOOKED_UP = """\
## Looked up in fitted models ({count})

Of family rhythm too. The models (Pareto/NBD of purchase days, Gamma-Gamma of amounts) are fitted without
labels on the customers of a snapshot, every `btyd.refit_days` days. A snapshot uses the newest at or before
it, the release holds the newest of all, and no score fits anything. Where no model can be fitted these
columns are switched off.

| feature | meaning | unit | model | reads |
|---|---|---|---|---|"""


def to_markdown(features: Sequence[Feature]) -> str:
    """The catalogue as a page: one table of features per family."""
    parts = [_INTRODUCTION]
    for family, count in Counter(feature.family for feature in features).items():
        parts.append(f"## {family.value.replace('_', ' ').capitalize()} ({count})\n")
        parts.append("| feature | meaning | unit | reads |\n|---|---|---|---|")
        parts.append("\n".join(_row(feature) for feature in features if feature.family is family) + "\n")
    return "\n".join([*parts, _looked_up()])


def _looked_up() -> str:
    """The columns that are looked up in fitted models, as a section."""
    rows = [
        f"| `{column.name}` | {column.label} | {column.unit} | {column.model} | {', '.join(column.reads)} |"
        for column in RHYTHM
    ]
    return "\n".join([_LOOKED_UP.format(count=len(rows)), *rows, ""])


def _row(feature: Feature) -> str:
    read = sorted({f"{fold.table}.{column}" for fold in feature.folds for column in fold.columns})
    return f"| `{feature.name}` | {feature.label} | {feature.unit} | {', '.join(read)} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(to_markdown(CATALOGUE))


if __name__ == "__main__":
    main()
