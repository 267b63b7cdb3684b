"""What a shop's own system and its help desk might export, from the embedded simulator.

The exports have the blemishes that such files have: another mark for decimals, days first, repeated lines, a
line that names nobody, cancelled orders, tickets that are no complaints or come from strangers.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Europe/Berlin"
CUSTOMERS, YEARS, SEED = 3_000, 4, 11

SALES = (
    "Order No", "Customer No", "Customer e-mail", "Order date", "Time", "Article", "Product group",
    "Quantity", "Line total (EUR)", "Status",
)  # fmt: skip
TICKETS = (
    "Id", "Requester", "Requester email", "Group", "Subject", "Tags", "Status", "Priority", "Via",
    "Ticket type", "Created at", "Solved at", "Satisfaction Score", "Reopens", "Replies",
    "First reply time in minutes", "First reply time in minutes within business hours",
)  # fmt: skip
PRIORITIES = ("Low", "Normal", "High", "Urgent", "Urgent")

# Of how many lines, orders and tickets one has a blemish.
REPEATED_LINE, NOBODYS_LINE, CANCELLED_ORDER, STRANGERS_TICKET, MERGED_TICKET, QUESTION = (
    900,
    1_100,
    80,
    25,
    30,
    6,
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shop:
    """Order lines and complaints in order of time, and each customer's number."""

    lines: list[dict[str, Any]]
    complaints: list[dict[str, Any]]
    number_of: Mapping[str, int]


def write_own_shop(folder: Path, settings: SimulatorSettings) -> tuple[Path, Path]:
    """Write sales.csv and zendesk_tickets.csv; the same settings give the same bytes."""
    shop = imagined(settings)
    folder.mkdir(parents=True, exist_ok=True)
    sales, tickets = folder / "sales.csv", folder / "zendesk_tickets.csv"
    _write(sales, SALES, sales_lines(shop), delimiter=";", encoding="utf-8-sig")
    _write(tickets, TICKETS, ticket_rows(shop), delimiter=",", encoding="utf-8")
    return sales, tickets


def imagined(settings: SimulatorSettings) -> Shop:
    """A smaller world than the default one."""
    world = simulate(replace(settings, customers=CUSTOMERS, years=YEARS, seed=SEED), ZONE)
    lines = _in_time(world.tables["orders"], "ordered_at", "order_id", "line_id")
    complaints = _in_time(world.tables["complaints"], "opened_at", "complaint_id")
    people = sorted({row["customer_id"] for row in (*lines, *complaints)})
    return Shop(lines, complaints, {person: 10_001 + place for place, person in enumerate(people)})


def sales_lines(shop: Shop) -> Iterator[Row]:
    """The shop's order lines as its own system writes them."""
    orders = {
        order: place for place, order in enumerate(dict.fromkeys(row["order_id"] for row in shop.lines))
    }
    for place, row in enumerate(shop.lines, 1):
        order, customer = orders[row["order_id"]], shop.number_of[row["customer_id"]]
        named = place % NOBODYS_LINE != 0
        local = row["ordered_at"].astimezone(ZoneInfo(ZONE))
        line = {
            "Order No": 2_100_000 + order,
            "Customer No": customer if named else "",
            "Customer e-mail": _address(customer) if named else "",
            "Order date": f"{local:%d.%m.%Y}",
            "Time": f"{local:%H:%M}",
            "Article": row["item_id"],
            "Product group": row["category"],
            "Quantity": row["units"],
            "Line total (EUR)": f"{row['amount_minor'] / 100:.2f}".replace(".", ","),
            "Status": _status(order, row["amount_minor"]),
        }
        yield line
        if place % REPEATED_LINE == 0:
            yield line


def ticket_rows(shop: Shop) -> Iterator[Row]:
    """The help desk's tickets: complaints, and questions among them."""
    for place, row in enumerate(shop.complaints, 1):
        address = _address(shop.number_of[row["customer_id"]])
        if place % STRANGERS_TICKET == 0:
            address = f"guest{place}@example.net"
        ticket = _ticket(50_000 + place, address, row)
        if place % MERGED_TICKET == 0:
            ticket = {**ticket, "Tags": f"{ticket['Tags']} closed_by_merge"}
        yield ticket
        if place % QUESTION == 0:
            asked = {"Ticket type": "Question", "Subject": "Opening hours", "Tags": "question"}
            yield {**ticket, **asked, "Id": 90_000 + place, "Satisfaction Score": "Not Offered"}


def _ticket(number: int, address: str, row: Row) -> dict[str, Any]:
    answered, solved = row["first_response_at"], row["resolved_at"]
    minutes = None if answered is None else round((answered - row["opened_at"]).total_seconds() / 60)
    return {
        "Id": number,
        "Requester": f"Requester {number}",
        "Requester email": address,
        "Group": "Support",
        "Subject": row["reason"].replace("_", " ").capitalize(),
        "Tags": row["reason"],
        "Status": "Open" if solved is None else "Solved",
        "Priority": PRIORITIES[row["severity"] - 1],
        "Via": "Mail",
        "Ticket type": "Incident",
        "Created at": _local(row["opened_at"]),
        "Solved at": _local(solved),
        "Satisfaction Score": _rating(row["satisfaction"]),
        "Reopens": 0 if row["reopened_at"] is None else 1,
        "Replies": 0 if minutes is None else 2,
        "First reply time in minutes": minutes,
        "First reply time in minutes within business hours": None if minutes is None else minutes // 3,
    }


def _status(order: int, amount: int) -> str:
    if order % CANCELLED_ORDER == 0:
        return "cancelled"
    return "returned" if amount < 0 else "shipped"


def _rating(satisfaction: int | None) -> str:
    if satisfaction is None or satisfaction == 3:
        return "Offered" if satisfaction else "Not Offered"
    return "Good" if satisfaction > 3 else "Bad"


def _address(customer: int) -> str:
    return f"customer{customer}@example.com"


def _local(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


def _in_time(table: pa.Table, *by: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.sort_by([(name, "ascending") for name in by]).to_pylist()
    return rows


def _write(
    path: Path, headings: tuple[str, ...], rows: Iterator[Row], *, delimiter: str, encoding: str
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, headings, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
