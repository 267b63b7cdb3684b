"""XLSX files with cells of every type, and such as were damaged on the way."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from random import Random

from openpyxl import Workbook

from pipelines.sources.csv_text import NOTHING
from tests.fuzzing.mutations import ODD_CELLS, byte_changed, cut

Moment = dt.datetime
HEADINGS = ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor", "units")
CELLS = (
    None, True, False, 0, -5, 1.5, 0.1 + 0.2, 1e300, 10**18, 2**70, float("nan"), float("inf"),
    Moment(2024, 1, 5, 10, 30), Moment(1900, 1, 1), Moment(9999, 12, 31), dt.date(2024, 1, 5),
    dt.time(10, 5), dt.timedelta(hours=49), dt.timedelta(days=-1), Decimal("1.50"), "a\nb",
    *(cell for cell in ODD_CELLS if all(letter >= " " or letter == "\t" for letter in cell)),
)  # fmt: skip
FORMATS = ("0.00", "yyyy-mm-dd", "h:mm", "[h]:mm:ss", "@", '"day" dd', "0%", "[$-fa-IR]yyyy/mm/dd", "mmm")
DAMAGES = (
    (b't="n"', b't="d"'),
    (b't="n"', b't="s"'),
    (b"<v>", b"<v>x"),
    (b'r="A2"', b'r="ZZZZ9"'),
    (b' s="', b' s="9'),
)


def odd_workbook(seed: int) -> tuple[bytes, int | None]:
    """An XLSX file, and how many rows of data it holds; None where it was damaged.

    Some hold a formula whose result nobody computed: those are refused as they are.
    """
    random = Random(seed)
    content, rows = _whole(random)
    damage = random.random()
    if damage < 0.15:
        return cut(random, content), None
    if damage < 0.3:
        return byte_changed(random, content), None
    return (_damaged_part(random, content), None) if damage < 0.5 else (content, rows)


def _whole(random: Random) -> tuple[bytes, int]:
    workbook = Workbook()
    sheet = workbook.active
    for _ in range(random.choice((0, 0, 1, 2))):
        sheet.append([])
    sheet.append(list(HEADINGS))
    rows = [_row(random, number) for number in range(random.choice((0, 1, 5, 12)))]
    for row in rows:
        sheet.append(row)
        sheet.cell(sheet.max_row, random.randrange(6) + 1).number_format = random.choice(
            ("General", *FORMATS)
        )
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue(), sum(any(map(_says_something, row)) for row in rows)


def _row(random: Random, number: int) -> list:
    row = [f"A{number % 4}", number, f"c{number % 3}", Moment(2024, 1, 1 + number, 10), number * 1.5, 1]
    for _ in range(random.choice((0, 0, 1, 2, 6))):
        row[random.randrange(6)] = random.choice(CELLS)
    beyond = random.choices(CELLS, k=random.randrange(3)) if random.random() < 0.1 else []
    return [None] * 6 if random.random() < 0.1 else row + beyond


def _says_something(value: object) -> bool:
    """A number that is none says nothing."""
    return not (value is None or value != value or value in NOTHING)  # noqa: PLR0124  # NaN


def _other_marks(random: Random, part: bytes) -> bytes:
    """Cells of another type, style or place than they say."""
    before, after = random.choice(DAMAGES)
    return part.replace(before, after)


def _damaged_part(random: Random, content: bytes) -> bytes:
    """One of the files within is cut or changed."""
    whole, written = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    victim = random.choice((*whole.namelist(), *["xl/worksheets/sheet1.xml"] * 10))
    with zipfile.ZipFile(written, "w") as damaged:
        for name in whole.namelist():
            part = whole.read(name)
            if name == victim:
                part = random.choice((cut, byte_changed, _other_marks))(random, part)
            damaged.writestr(name, part)
    return written.getvalue()
