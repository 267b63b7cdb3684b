"""Whole files of every kind that a shop may bring, and how each is declared: what fuzzing damages."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzzing.mutations import BYTE_MUTATIONS, LINE_MUTATIONS
from tests.fuzzing.outcomes import data_rows, unpacked
from tests.wide_examples import telco

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORDERS = "\n".join(
    ["order_id,line_id,customer_id,ordered_at,units,amount_minor,margin_minor,item_id"]
    + [
        f"A{number % 7},{number},c{number % 5},2024-{number % 12 + 1:02}-10 {number + 3:02}:30:00,"
        f"{number % 3 + 1},{number * 7}.50,{number}.25,tea"
        for number in range(14)
    ]
)
PERSIAN = "\n".join(
    ["شماره سفارش;مشتری;تاریخ;ساعت;تعداد;قیمت واحد;وضعیت"]
    + [
        f"A{number};{number % 4};1402/10/{number + 10};{number + 3}:05;{number % 3};1٬۲۵{number % 10}٬000;"
        + ("لغو شده" if number % 5 == 4 else "تکمیل شده")
        for number in range(12)
    ]
)
CUSTOMERS = "\n".join(
    ["customer_id,signed_up_at,birth_date,region,may_contact_email,known_at"]
    + [
        f"c{number},2023-12-{number + 1:02},1990-01-{number + 1:02},north,{number % 2},2024-01-01"
        for number in range(8)
    ]
)
PRICES = "\n".join(
    ["period_start,index,known_at"]
    + [f"2024-{month:02}-01,{100 + month}.5,2024-{month:02}-20" for month in range(1, 13)]
)
TELCO = [",".join(telco(1)[0]), *(",".join(row.values()) for row in telco(40))]
PERSIAN_COLUMNS = {
    "order_id": "شماره سفارش",
    "customer_id": "مشتری",
    "ordered_at": {"column": "تاریخ", "time": "ساعت"},
    "amount_minor": {"product": ["تعداد", "قیمت واحد"]},
}


@dataclass(frozen=True)
class Base:
    """A whole file: its text, its table, how it is written, and what the section `source` says of it."""

    text: str
    table: str
    name: str
    encoding: str = "utf-8"
    delimiter: str = ","
    packed: bool = False
    source: Mapping = field(default_factory=dict)

    @property
    def settings(self) -> dict:
        """The section `source`."""
        return {"kind": "files", "path": "shop", **self.source}

    def damaged(self, lines: list[str], content: list[str], seed: int) -> bytes:
        """The file after these mutations of lines and then of bytes, by name."""
        random = Random(seed)
        written = self.text.split("\n")
        for name in lines:
            written = LINE_MUTATIONS[name](random, written, self.delimiter)
        data = "\n".join(written).encode(self.encoding, "replace")
        if self.packed:
            data = gzip.compress(data, mtime=0)
        for name in content:
            data = BYTE_MUTATIONS[name](random, data)
        return data

    def rows(self, content: bytes) -> int | None:
        """How many rows of data the file holds; None where nobody can tell."""
        text = unpacked(content) if self.packed else content
        return None if text is None else data_rows(text, self.encoding, self.delimiter)


def _mapped(**orders) -> dict:
    return {"tables": {"orders": {"file": "orders.csv", **orders}}}


_PERSIAN = {"columns": PERSIAN_COLUMNS, "delimiter": ";", "where": [{"column": "وضعیت", "in": ["تکمیل شده"]}]}
_JALALI = {"currency": "IRR", "amount_unit": "toman", "timezone": "Asia/Tehran", "calendar": "jalali"}
# What cp1256 has no place for.
_CP1256 = str.maketrans("۰۱۲۳۴۵۶۷۸۹ی٬", "0123456789ي,")

BASES = {
    "orders": Base(ORDERS, "orders", "orders.csv"),
    "packed orders": Base(ORDERS, "orders", "orders.csv.gz", packed=True),
    "orders in utf-16": Base(ORDERS, "orders", "orders.csv", "utf-16", source=_mapped(encoding="utf-16")),
    "orders in cp1252": Base(
        ORDERS.replace("tea", "thé"), "orders", "orders.csv", "cp1252", source=_mapped(encoding="cp1252")
    ),
    "orders with a decimal comma": Base(
        ORDERS.replace(",", ";").replace(".", ","), "orders", "orders.csv", delimiter=";",
        source=_mapped(delimiter=";", decimal_mark=","),
    ),
    "Persian orders": Base(
        PERSIAN, "orders", "orders.csv", delimiter=";", source={**_mapped(**_PERSIAN), **_JALALI}
    ),
    "Persian orders in cp1256": Base(
        PERSIAN.translate(_CP1256), "orders", "orders.csv", "cp1256", ";",
        source={**_mapped(**_PERSIAN, encoding="cp1256"), **_JALALI},
    ),
    "customers": Base(CUSTOMERS, "customers", "customers.csv"),
    "Zendesk tickets": Base(
        (FIXTURES / "zendesk_tickets.csv").read_text().rstrip(), "complaints", "complaints.csv",
        source={"tables": {"complaints": {"preset": "zendesk"}}},
    ),
    "Freshdesk tickets": Base(
        (FIXTURES / "freshdesk_tickets.csv").read_text().rstrip(), "complaints", "complaints.csv",
        source={"tables": {"complaints": {"preset": "freshdesk"}}},
    ),
    "a price index": Base(PRICES, "price_index", "prices.csv", source={"price_index": "prices.csv"}),
    "a wide table": Base(
        "\n".join(TELCO), "customers", "wide.csv",
        source={
            "kind": "table", "path": "shop/wide.csv", "extracted_at": "2026-05-31",
            "table": {"customer_id": "customerID", "value_minor": "Profit"},
        },
    ),
}  # fmt: skip
