"""What the columns of a wide table hold: numbers, words, or nothing that a model could learn from."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.attributes import Attribute
from models.contract.columns import Kind
from models.contract.parse_numbers import LARGEST_MINOR, parse_booleans, parse_numbers
from models.domain.text import fold

# A column of numbers in which more of the filled cells than this are no numbers is a column of words.
MOST_UNREADABLE = 0.05
# Words that differ in more of the filled cells than this name the customer, and say nothing of others.
MOST_DISTINCT = 0.5
# Whole numbers called an id that differ in so many of the filled cells are one, though a few occur twice.
NEARLY_UNIQUE = 0.95
ENOUGH_ROWS = 20

# Headings of whole numbers that name a row rather than measure anything. (Folded.)
NAMING = {
    "id", "ids", "key", "code", "no", "nr", "number", "row", "index", "uuid", "guid", "شناسه", "شماره", "کد",
    "ردیف", "رقم", "معرف",
}  # fmt: skip
NAMING_ENDS = ("id", "number")

# Headings of what no business needs to copy in order to know who may leave. (Folded.)
PERSONAL = {
    "name", "firstname", "lastname", "surname", "fullname", "customername", "email", "emailaddress", "mail",
    "phone", "phonenumber", "mobile", "tel", "telephone", "address", "street", "نام", "نامخانوادگی", "ایمیل",
    "موبایل", "تلفن", "ادرس", "نشانی", "الاسم", "هاتف", "جوال", "العنوان",
}  # fmt: skip


@dataclass(frozen=True)
class WideColumns:
    """The attributes with their values [n] in contract types, and sentences on what was found or left out."""

    values: Mapping[Attribute, pa.Array]
    notes: tuple[str, ...]


def understand(
    columns: Mapping[str, pa.Array], kinds: Mapping[str, Kind], keep: Collection[str], decimal_mark: str
) -> WideColumns:
    """Turn normalised texts [n] by heading into attributes.

    kinds: what a person says that columns hold. keep: columns to use although they look like an id, or are
    somebody's personal data.
    """
    values: dict[Attribute, pa.Array] = {}
    notes: list[str] = []
    left_out: dict[str, list[str]] = {}
    for name, texts in columns.items():
        numbers = parse_numbers(texts, decimal_mark=decimal_mark).values
        useless = _useless(name, texts, numbers, kept=name in keep or name in kinds)
        if useless:
            left_out.setdefault(useless, []).append(name)
            continue
        kind = kinds.get(name) or _kind(texts, numbers)
        typed = _typed(_without_point(texts, numbers, decimal_mark), numbers, kind)
        values[Attribute(name, kind)] = typed
        notes += _gaps(name, texts, typed, kind)
    reasons = [f"{', '.join(names)}: left out, {reason}" for reason, names in left_out.items()]
    return WideColumns(values, (*reasons, *notes))


def _useless(name: str, texts: pa.Array, numbers: pa.Array, *, kept: bool) -> str:
    """Why a column says nothing that holds for others; empty when it may."""
    filled = len(texts) - texts.null_count
    distinct = pc.count_distinct(texts).as_py()
    if not filled:
        return "every cell is empty"
    if distinct == 1 and filled == len(texts):
        return "the same in every row"
    if kept:
        return ""
    if _is_personal(name):
        return "personal data is not copied (source.table.keep insists)"
    if filled >= ENOUGH_ROWS and _names_rows(name, texts, numbers, distinct):
        return "(nearly) every row has a value of its own (source.table.keep insists)"
    return ""


def _is_personal(name: str) -> bool:
    return fold(name).replace(" ", "") in PERSONAL


def _names_rows(name: str, texts: pa.Array, numbers: pa.Array, distinct: int) -> bool:
    filled: int = len(texts) - texts.null_count
    if numbers.null_count > texts.null_count + MOST_UNREADABLE * filled:
        return distinct > MOST_DISTINCT * filled
    whole = pc.all(pc.equal(numbers, pc.floor(numbers))).as_py()
    if not whole or distinct < NEARLY_UNIQUE * filled:
        return False
    heading = fold(name).split()
    named = not NAMING.isdisjoint(heading) or "".join(heading).endswith(NAMING_ENDS)
    running = pc.max(numbers).as_py() - pc.min(numbers).as_py() < 2 * filled
    return named or bool(running and distinct == len(texts))


def _kind(texts: pa.Array, numbers: pa.Array) -> Kind:
    filled = len(texts) - texts.null_count
    unreadable = numbers.null_count - texts.null_count
    return Kind.NUMBER if unreadable <= MOST_UNREADABLE * filled else Kind.CATEGORY


def _typed(texts: pa.Array, numbers: pa.Array, kind: Kind) -> pa.Array:
    if kind is Kind.CATEGORY:
        return texts
    if kind is Kind.BOOLEAN:
        return parse_booleans(texts).values
    sane = pc.less_equal(pc.abs(numbers), float(LARGEST_MINOR))
    return pc.if_else(sane, numbers, pa.scalar(None, pa.float64()))


def _without_point(texts: pa.Array, numbers: pa.Array, decimal_mark: str) -> pa.Array:
    """Texts [n] in which whole numbers have no decimals ('46.0', as a column with gaps is often written).

    Where any number has a fraction of its own, all stay as they stand.
    """
    if not pc.all(pc.equal(numbers, pc.floor(numbers))).as_py():
        return texts
    return pc.replace_substring_regex(texts, rf"^(-?\d+){re.escape(decimal_mark)}0$", r"\1")


def _gaps(name: str, texts: pa.Array, values: pa.Array, kind: Kind) -> Iterator[str]:
    """What a person should know of the cells of a column that are empty or odd."""
    odd = texts.filter(pc.and_(texts.is_valid(), values.is_null())).unique().to_pylist()
    unreadable = values.null_count - texts.null_count
    if unreadable:
        shown = ", ".join(repr(text) for text in odd[:3])
        yield f"{name}: {unreadable:,} cells are no {kind} ({shown}) and count as empty"
    if texts.null_count and kind is not Kind.CATEGORY:
        yield f"{name}: {texts.null_count:,} cells are empty"
