"""The kernel: `compute_bounded` from Parquet to Parquet, on declarations of these columns."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.feature_engines.columns import HOUR, Columns, name_of
from models.contract.storage import write_batches
from models.contract.tables import table
from models.features.bounded import compute_bounded
from models.features.conditions import EVERY, Below, Filter, Known
from models.features.declaration import Expression, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES, RECENCY, TENURE, spend
from models.features.frame import feature_encoding, feature_schema
from models.features.measures import Age, Elapsed, One, Value
from models.features.table_rows import file_rows
from models.features.warm import warm

RETURNS = Filter(all_of=(Below("amount_minor", 0),))
ANSWERED = Filter(all_of=(Known("first_response_at"),))
UNRESOLVED = Filter(none_of=(Known("resolved_at"),))


def start() -> None:
    """Load the machine code."""
    warm()


def compute(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:
    """Write the features of a log."""
    names = ("orders", "complaints")
    tables = {name: file_rows(folder / f"{name}.parquet", table(name).names) for name in names}
    available = {name: rows.names for name, rows in tables.items()}
    with TemporaryDirectory() as room:
        shelf = compute_bounded(tables, available, snapshots, "UTC", Path(room), features=declared(columns))
        write_batches(shelf.batches(), feature_schema(shelf.names), out, feature_encoding(shelf.names))


def declared(columns: Columns) -> tuple[Feature, ...]:
    """The columns as features."""
    values: dict[str, Expression] = {
        name_of(kind, window): _windowed(kind, window)
        for kind, windows in columns.items()
        for window in windows
    }
    answers = Fold("complaints", Operator.SUM, Elapsed("first_response_at", HOUR), ANSWERED, 365)
    values |= {
        "recency_days": RECENCY,
        "tenure_days": TENURE,
        "complaints_open": _count("complaints", UNRESOLVED, None),
        "days_since_complaint": Fold("complaints", Operator.MIN, Age()),
        "first_response_hours": Ratio(answers, _count("complaints", ANSWERED, 365)),
    }
    return tuple(Feature(name, Family.RECENCY, Unit.DAYS, name, value) for name, value in values.items())


def _windowed(kind: str, window: int | None) -> Expression:
    match kind:
        case "purchases":
            return _count("orders", PURCHASES, window)
        case "spend":
            return spend(window)
        case "mean_amount":
            return Ratio(spend(window), _count("orders", PURCHASES, window))
        case "largest":
            return Fold("orders", Operator.MAX, Value("amount_minor"), PURCHASES, window)
        case "returns":
            return _count("orders", RETURNS, window)
        case "returned":
            return Fold("orders", Operator.SUM, Value("amount_minor", negated=True), RETURNS, window)
        case "complaints":
            return _count("complaints", EVERY, window)
    raise ValueError(kind)


def _count(name: str, where: Filter, window: int | None) -> Fold:
    return Fold(name, Operator.SUM, One(), where, window)
