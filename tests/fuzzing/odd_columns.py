"""Columns of every type that Parquet stores, with values at the edges of what anybody can mean."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

Moment = dt.datetime
NAMES = ("order_id", "customer_id", "ordered_at", "amount_minor")
FURTHER = (
    "line_id",
    "margin_minor",
    "units",
    "category",
    "known_at",
    "currency",
    "Order ID",
    "",
    " ",
    "order_id ",
)
DAYS = (
    Moment(2024, 1, 5, 10),
    Moment(2024, 3, 31, 2, 30),
    Moment(1402, 1, 1),
    Moment(1, 1, 1),
    Moment(9999, 12, 31),
)
FAR = (0, 2**62, -(2**62))
_NAN = float("nan")

# What a column may hold, by type; None is always among it.
HELD: tuple[tuple[pa.DataType, tuple], ...] = (
    (pa.string(), ("a", "", "nan", "NULL", "2024-01-05", "5.5", "x" * 50, "\x00", "۱۲", "٫", "[1]")),
    (pa.large_string(), ("a", "b")),
    (pa.string_view(), ("a", "b")),
    (pa.binary(), (b"a", b"5", b"\xff", b"")),
    (pa.binary(4), (b"abcd",)),
    (pa.float64(), (1.5, -2.0, _NAN, float("inf"), -float("inf"), 1e300, 1e15, 5e-324, -0.0)),
    (pa.float32(), (1.5, -2.0, _NAN)),
    (pa.int64(), (0, 1, -5, 2**63 - 1, -(2**63), 10**15)),
    (pa.uint64(), (0, 2**64 - 1)),
    (pa.int8(), (0, 127, -128)),
    (pa.bool_(), (True, False)),
    (pa.null(), ()),
    (pa.decimal128(20, 2), (Decimal("1.50"), Decimal("-99999999.99"))),
    (pa.decimal128(38, 10), (Decimal("12345678901234567890.123456789"),)),
    (pa.decimal256(70, 4), (Decimal(10) ** 50,)),
    (pa.timestamp("us"), DAYS),
    (pa.timestamp("us", "UTC"), DAYS),
    (pa.timestamp("ns", "Asia/Tehran"), DAYS[:2]),
    (pa.date32(), tuple(day.date() for day in DAYS)),
    (pa.date64(), (DAYS[0].date(),)),
    (pa.time64("us"), (dt.time(10, 5),)),
    (pa.duration("us"), (dt.timedelta(hours=49), dt.timedelta(days=-1))),
    (pa.list_(pa.int64()), ([1, 2], [])),
    (pa.struct([("a", pa.int64())]), ({"a": 1},)),
    (pa.map_(pa.string(), pa.int64()), ([("a", 1)],)),
)


def some_column(random: Random, rows: int) -> pa.Array:
    kind, held = random.choice(HELD)
    if pa.types.is_timestamp(kind) and random.random() < 0.2 and kind.unit == "us":
        return pa.array(random.choices(FAR, k=rows), pa.int64()).cast(kind)
    values = pa.array(random.choices((None, *held, *held), k=rows), kind)
    return values.dictionary_encode() if pa.types.is_string(kind) and random.random() < 0.3 else values


def usual_column(name: str, rows: int) -> pa.Array:
    values: dict[str, Callable[[int], object]] = {
        "ordered_at": lambda number: f"2024-01-{number % 28 + 1:02}",
        "amount_minor": lambda number: number * 1.5,
        "churn": lambda number: "Yes" if number % 2 else "No",
    }
    return pa.array([values.get(name, str)(number) for number in range(rows)])


def odd_parquet(seed: int, *names: str) -> tuple[bytes, int | None]:
    """A Parquet file some columns of which are odd, and how many rows it holds; None where it is damaged."""
    random = Random(seed)
    rows = random.choice((0, 1, 5, 25))
    wanted = [*(names or NAMES), *random.sample(FURTHER, random.randrange(4))]
    if random.random() < 0.05:
        wanted[random.randrange(len(wanted))] = random.choice(wanted)
    usual = [name in (*NAMES, "churn") and random.random() < 0.8 for name in wanted]
    columns = [
        usual_column(name, rows) if plain else some_column(random, rows)
        for name, plain in zip(wanted, usual, strict=True)
    ]
    written = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(columns, names=wanted), written, row_group_size=random.choice((2, 1000))
    )
    content = written.getvalue()
    return (content, rows) if random.random() < 0.8 else (content[: random.randrange(len(content))], None)
