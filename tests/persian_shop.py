"""A small shop in Tehran over two Jalali years, and its books in several ways of writing the same facts.

The facts are invented and always the same. `PERSIAN` is how such a shop exports them: orders from old
bookkeeping software (cp1256, whose digits are Latin and whose yeh is Arabic), customers and tickets from web
applications (UTF-8 with Persian digits), dates Jalali, amounts in toman, tickets known by telephone.
`PERSIAN_DIGITS` has the orders in UTF-8, with Persian digits and separators. `LATIN` is the twin: English
headings, Gregorian dates, Latin digits, amounts in rial.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import jdatetime

CUSTOMERS = 900
# Local times of the shop: 1 Farvardin 1401 to 29 Esfand 1402.
OPENS = datetime(2022, 3, 21)  # noqa: DTZ001
CLOSES = datetime(2024, 3, 19)  # noqa: DTZ001
ITEMS = ("K01", "K02", "K03", "K04", "K05", "K06")
PROVINCES = ("تهران", "اصفهان", "یزد", "کرمان")
CANCELLED, DONE = "لغو شده", "تکمیل شده"

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC_LETTERS = str.maketrans("ی", "ي")


@dataclass(frozen=True)
class Customer:
    number: int
    joined: datetime
    province: str
    digits: str  # of the telephone, without the zero in front


@dataclass(frozen=True)
class Line:
    order: int
    customer: int
    at: datetime
    item: str
    units: int
    toman: int
    status: str


@dataclass(frozen=True)
class Ticket:
    number: int
    customer: int
    opened: datetime
    resolved: datetime | None
    subject: str
    rating: int | None
    spelling: int


@dataclass(frozen=True)
class Shop:
    customers: Sequence[Customer]
    lines: Sequence[Line]
    tickets: Sequence[Ticket]


@dataclass(frozen=True)
class Style:
    """How numbers and times are written, and what the columns and files are called."""

    orders_file: str
    orders_encoding: str
    delimiter: str
    orders_head: str
    customers_file: str
    customers_head: str
    tickets_file: str
    tickets_encoding: str
    tickets_head: str
    order_digits: Callable[[str], str]
    digits: Callable[[str], str]
    separator: str
    day: Callable[[datetime], str]
    per_toman: int


def persian(text: str) -> str:
    return text.translate(_PERSIAN_DIGITS)


def latin(text: str) -> str:
    return text


def jalali(moment: datetime) -> str:
    return jdatetime.datetime.fromgregorian(datetime=moment).strftime("%Y/%m/%d")


def gregorian(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


PERSIAN = Style(
    orders_file="فروش.csv",
    orders_encoding="cp1256",
    delimiter=";",
    orders_head="شماره سفارش;تاریخ;ساعت;کد مشتری;کد کالا;تعداد;مبلغ کل (تومان);وضعیت".translate(
        _ARABIC_LETTERS
    ),
    customers_file="مشتریان.csv",
    customers_head="کد مشتری,شماره موبایل,تاریخ عضویت,استان",
    tickets_file="تیکت‌ها.csv",
    tickets_encoding="utf-8-sig",
    tickets_head="شماره تیکت,موبایل مشتری,تاریخ ایجاد,تاریخ بسته شدن,موضوع,امتیاز رضایت",
    order_digits=latin,
    digits=persian,
    separator=",",
    day=jalali,
    per_toman=1,
)
PERSIAN_DIGITS = replace(PERSIAN, orders_encoding="utf-8", order_digits=persian, separator="٬")
LATIN = Style(
    orders_file="orders.csv",
    orders_encoding="utf-8",
    delimiter=",",
    orders_head="Order No,Order Date,Order Time,Customer ID,SKU,Quantity,Line Total (Rial),Order Status",
    customers_file="customers.csv",
    customers_head="Customer ID,Mobile,Sign-up Date,Province",
    tickets_file="tickets.csv",
    tickets_encoding="utf-8",
    tickets_head="Ticket ID,Customer Mobile,Created At,Closed At,Subject,Satisfaction",
    order_digits=latin,
    digits=latin,
    separator="",
    day=gregorian,
    per_toman=10,
)


def shop(customers: int = CUSTOMERS) -> Shop:
    """The facts: who joined when, what they bought until they stayed away, and what went wrong."""
    drawn = random.Random(1402)
    people = [
        Customer(
            number,
            OPENS + timedelta(minutes=drawn.randrange(540 * 24 * 60)),
            drawn.choice(PROVINCES),
            f"912{drawn.randrange(10**7):07}",
        )
        for number in range(1, customers + 1)
    ]
    lines, tickets, orders = [], [], count(10_000)
    for person in people:
        for at in _visits(person, drawn):
            lines += _basket(next(orders), person, at, drawn)
            if drawn.random() < 0.08:
                tickets.append(_ticket(len(tickets) + 1, person, at, drawn))
    return Shop(people, lines, [ticket for ticket in tickets if ticket.opened < CLOSES])


def write(folder: Path, facts: Shop, style: Style) -> Path:
    """The shop's books in a folder, one file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [style.orders_head, *(_line(line, style) for line in facts.lines)]
    (folder / style.orders_file).write_text("\n".join(lines) + "\n", encoding=style.orders_encoding)
    people = [style.customers_head, *(_person(person, style) for person in facts.customers)]
    (folder / style.customers_file).write_text("\n".join(people) + "\n", encoding="utf-8")
    by_number = {person.number: person for person in facts.customers}
    tickets = [style.tickets_head, *(_told(ticket, by_number, style) for ticket in facts.tickets)]
    (folder / style.tickets_file).write_text("\n".join(tickets) + "\n", encoding=style.tickets_encoding)
    return folder


def _visits(person: Customer, drawn: random.Random) -> list[datetime]:
    gap = drawn.choice((14, 21, 30, 45))
    visits, at = [person.joined], person.joined
    while drawn.random() > 0.05:
        at += timedelta(minutes=round(drawn.gammavariate(2, gap / 2) * 24 * 60) + 1)
        if at >= CLOSES:
            break
        visits.append(at)
    return visits


def _basket(order: int, person: Customer, at: datetime, drawn: random.Random) -> list[Line]:
    status = CANCELLED if drawn.random() < 0.04 else DONE
    items = drawn.sample(ITEMS, drawn.choice((1, 1, 2, 3)))
    return [
        Line(order, person.number, at, item, units, units * drawn.randrange(60, 400) * 1_000, status)
        for item in items
        for units in (drawn.choice((1, 1, 2)),)
    ]


def _ticket(number: int, person: Customer, at: datetime, drawn: random.Random) -> Ticket:
    opened = at + timedelta(days=drawn.randrange(1, 6))
    resolved = opened + timedelta(days=drawn.randrange(1, 15))
    subject = drawn.choice(("دیر رسید", "خراب بود", "اشتباه فرستادید"))
    rating = drawn.choice((None, 1, 2, 4, 5))
    return Ticket(
        number,
        person.number,
        opened,
        resolved if resolved < CLOSES else None,
        subject,
        rating,
        drawn.randrange(4),
    )


def _line(line: Line, style: Style) -> str:
    amount = f"{line.toman * style.per_toman:,}".replace(",", style.separator)
    status = line.status.translate(_ARABIC_LETTERS) if style.orders_encoding == "cp1256" else line.status
    values = (
        str(line.order), style.day(line.at), line.at.strftime("%H:%M"), f"C{line.customer:03}", line.item,
        str(line.units), amount,
    )  # fmt: skip
    return style.delimiter.join([*(style.order_digits(value) for value in values), status])


def _person(person: Customer, style: Style) -> str:
    values = (f"C{person.number:03}", f"0{person.digits}", style.day(person.joined))
    return ",".join([*(style.digits(value) for value in values), person.province])


def _told(ticket: Ticket, people: dict[int, Customer], style: Style) -> str:
    digits = people[ticket.customer].digits
    spellings = (f"0{digits}", digits, f"+98{digits}", f"0098 {digits[:3]} {digits[3:]}")
    phone = spellings[ticket.spelling] if style.digits is persian else f"0{digits}"
    closed = "" if ticket.resolved is None else style.day(ticket.resolved)
    rating = "" if ticket.rating is None else str(ticket.rating)
    values = (str(ticket.number), phone, style.day(ticket.opened), closed)
    return ",".join([*(style.digits(value) for value in values), ticket.subject, style.digits(rating)])
