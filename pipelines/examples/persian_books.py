"""A simulated world as a shop in Tehran would export it: three files, one a system.

Orders come from old bookkeeping software: cp1256, whose digits are Latin and whose yeh is Arabic. Customers
and complaints come from web applications: UTF-8 with a byte order mark and Persian digits. Everywhere
semicolons, Jalali dates, Persian headings and words; amounts are whole toman.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.examples.finished import finished_together
from pipelines.examples.jalali_texts import days_of, moments_of, times_of
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import World

ZONE = "Asia/Tehran"
RIALS_PER_CENT = 1_000  # a world's prices are cents by default
RIALS_PER_TOMAN = 10
DELIMITER = ";"

CATEGORIES = {
    "accessories": "لوازم جانبی", "baby": "نوزاد", "bath": "حمام", "books": "کتاب",
    "electronics": "الکترونیک", "garden": "باغبانی", "kitchen": "آشپزخانه", "lighting": "روشنایی",
    "pets": "حیوانات خانگی", "sports": "ورزشی", "stationery": "لوازم تحریر", "toys": "اسباب بازی",
}  # fmt: skip
REGIONS = {
    "north": "گیلان", "south": "فارس", "east": "خراسان", "west": "کرمانشاه", "capital": "تهران"
}  # fmt: skip
REASONS = {
    "late_delivery": "دیر رسید", "damaged_item": "خراب بود", "wrong_item": "اشتباه فرستادید",
    "poor_quality": "کیفیت پایین", "wrong_charge": "مبلغ اشتباه", "rude_service": "برخورد بد",
}  # fmt: skip
PRIORITIES = {1: "خیلی کم", 2: "کم", 3: "متوسط", 4: "بالا", 5: "فوری"}

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC_YEH = str.maketrans("ی", "ي")

Texts = Sequence[str]


@dataclass(frozen=True)
class _Book:
    """One file: its name, the table it holds, how its text is written, and its columns by heading."""

    name: str
    table: str
    encoding: str
    spelled: Callable[[str], str]
    columns: Mapping[str, Callable[[pa.Table], Texts]]

    def lines(self, rows: pa.Table) -> Iterator[str]:
        """The rows as lines of text."""
        columns = [column(rows) for column in self.columns.values()]
        return (self.spelled(DELIMITER.join(values)) + "\n" for values in zip(*columns, strict=True))

    @property
    def head(self) -> str:
        """The line of headings."""
        return self.spelled(DELIMITER.join(self.columns)) + "\n"


def in_rials(settings: SimulatorSettings) -> SimulatorSettings:
    """The same world at prices in rials."""
    return replace(
        settings,
        median_price_minor=settings.median_price_minor * RIALS_PER_CENT,
        face_values_minor=tuple(face * RIALS_PER_CENT for face in settings.face_values_minor),
    )


def write_persian_books(worlds: Iterable[World], folder: Path) -> Mapping[str, int]:
    """Write the three files; gives the rows of each. Not more than one block is in memory."""
    rows = Counter[str]()
    with finished_together(folder) as path_of, ExitStack() as open_files:
        files = {
            book.name: open_files.enter_context(
                path_of(book.name).open("w", encoding=book.encoding, newline="")
            )
            for book in BOOKS
        }
        for book in BOOKS:
            files[book.name].write(book.head)
        for world in worlds:
            for book in BOOKS:
                files[book.name].writelines(book.lines(world.tables[book.table]))
                rows[book.name] += world.tables[book.table].num_rows
    return rows


def _plain(name: str) -> Callable[[pa.Table], Texts]:
    return lambda rows: ["" if value is None else str(value) for value in rows[name].to_pylist()]


def _worded(name: str, words: Mapping[Any, str]) -> Callable[[pa.Table], Texts]:
    return lambda rows: ["" if value is None else words[value] for value in rows[name].to_pylist()]


def _day(name: str) -> Callable[[pa.Table], Texts]:
    return lambda rows: days_of(rows[name], ZONE)


def _time(name: str) -> Callable[[pa.Table], Texts]:
    return lambda rows: times_of(rows[name], ZONE)


def _moment(name: str) -> Callable[[pa.Table], Texts]:
    return lambda rows: moments_of(rows[name], ZONE)


def _toman(name: str) -> Callable[[pa.Table], Texts]:
    return lambda rows: [f"{round(value / RIALS_PER_TOMAN):,}" for value in rows[name].to_pylist()]


def _with_arabic_yeh(text: str) -> str:
    return text.translate(_ARABIC_YEH)


def _with_persian_digits(text: str) -> str:
    return text.translate(_PERSIAN_DIGITS)


BOOKS = (
    _Book(
        "فروش.csv",
        "orders",
        "cp1256",
        _with_arabic_yeh,
        {
            "شماره سفارش": _plain("order_id"),
            "ردیف": _plain("line_id"),
            "تاریخ": _day("ordered_at"),
            "ساعت": _time("ordered_at"),
            "کد مشتری": _plain("customer_id"),
            "کد کالا": _plain("item_id"),
            "گروه کالا": _worded("category", CATEGORIES),
            "تعداد": _plain("units"),
            "مبلغ کل (تومان)": _toman("amount_minor"),
        },
    ),
    _Book(
        "مشتریان.csv",
        "customers",
        "utf-8-sig",
        _with_persian_digits,
        {
            "کد مشتری": _plain("customer_id"),
            "تاریخ عضویت": _moment("signed_up_at"),
            "تاریخ تولد": _day("birth_date"),
            "استان": _worded("region", REGIONS),
            "کد معرف": _plain("referred_by"),
        },
    ),
    _Book(
        "شکایات.csv",
        "complaints",
        "utf-8-sig",
        _with_persian_digits,
        {
            "شماره شکایت": _plain("complaint_id"),
            "کد مشتری": _plain("customer_id"),
            "تاریخ ثبت": _moment("opened_at"),
            "تاریخ اولین پاسخ": _moment("first_response_at"),
            "تاریخ بسته شدن": _moment("resolved_at"),
            "موضوع": _worded("reason", REASONS),
            "اولویت": _worded("severity", PRIORITIES),
            "امتیاز رضایت": _plain("satisfaction"),
        },
    ),
)
