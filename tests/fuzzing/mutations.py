"""Ways in which a text file goes wrong between a shop's software and this one, each a small damage.

A mutation of lines takes a source of chance, the lines of a file (the heading first) and its delimiter; one
of bytes takes a source of chance and the bytes as they are about to be written.
"""

from collections.abc import Callable, Mapping
from random import Random

Lines = list[str]

ODD_CELLS = (
    "", " ", "-", "--", "0", "-0", "1", "-5", "1e400", "-1e99", "9" * 40, "99999999999999999999", "1/0",
    "1.2.3", "1,5", "1.234,50", "12 500", "۱۲٬۵۰۰", "١٢٫٥", "12٣۴", "$5", "5 تومان", "€1", "+49 30 123",
    "2999-12-31", "2024-02-30", "0000-00-00", "24-1-5", "05.01.2024", "45296", "1704448800",
    "۱۴۰۲/۱۰/۱۵", "1402-10-15", "1445/06/23", "3 May 2024", "31-Feb-24", "2024-01-05T25:61:00",
    "2024-03-31 02:30:00", "2024-01-05 10:00:00+99:99", "NaN", "nan", "inf", "-Infinity", "NULL", "None",
    "#REF!", "#N/A",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "0912 345 6789", "'1", "Yes", "بله", "true",
    "\u200f12\u200e", "\u202e21", "\u200b", "\ufeff1", "\u00a07", "ي", "ﻋﻠﻲ", "e\u0301", "😀", "\x00",
    "a\x00b", "\x1a", "\t", '"', '""', 'a"b', '"a', 'a"', "it's", "a,b;c|d", "a\\", "\\N", "x" * 3000,
)  # fmt: skip
ODD_CHARACTERS = (
    "\x00",
    "\u200f",
    "\u202e",
    "\ufeff",
    "\u200c",
    '"',
    "'",
    "\x1a",
    "\x0b",
    "\u2028",
    "�",
    "٫",
    "\r",
)
_DIGITS = {"Persian": "۰۱۲۳۴۵۶۷۸۹", "Arabic": "٠١٢٣٤٥٦٧٨٩"}
_OTHER_DELIMITERS = ",;\t|"


def odd_cell(random: Random, lines: Lines, delimiter: str) -> Lines:
    """One value is something else altogether."""
    number, cells = _some_line(random, lines, delimiter)
    cells[random.randrange(len(cells))] = random.choice(ODD_CELLS)
    return _with(lines, number, delimiter.join(cells))


def odd_column(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Many values of one column are something else."""
    place = random.randrange(max(1, lines[0].count(delimiter) + 1)) if lines else 0
    changed = lines[:1]
    for line in lines[1:]:
        cells = line.split(delimiter)
        if place < len(cells) and random.random() < 0.8:
            cells[place] = random.choice(ODD_CELLS)
        changed.append(delimiter.join(cells))
    return changed


def odd_character(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Something that nobody sees, or that means something, in the middle of a line."""
    number, _ = _some_line(random, lines, delimiter)
    line = lines[number] if lines else ""
    place = random.randrange(len(line) + 1)
    return _with(lines, number, line[:place] + random.choice(ODD_CHARACTERS) + line[place:])


def line_cut(random: Random, lines: Lines, delimiter: str) -> Lines:
    number, _ = _some_line(random, lines, delimiter)
    line = lines[number] if lines else ""
    return _with(lines, number, line[: random.randrange(len(line) + 1)])


def line_lost(random: Random, lines: Lines, delimiter: str) -> Lines:
    number, _ = _some_line(random, lines, delimiter)
    return lines[:number] + lines[number + 1 :]


def lines_doubled(random: Random, lines: Lines, delimiter: str) -> Lines:
    """A line again, at another place; the heading, too."""
    number, _ = _some_line(random, lines, delimiter)
    place = random.randrange(len(lines) + 1)
    return lines[:place] + lines[number : number + 1] + lines[place:]


def lines_joined(random: Random, lines: Lines, delimiter: str) -> Lines:
    number, _ = _some_line(random, lines, delimiter)
    return [*lines[:number], "".join(lines[number : number + 2]), *lines[number + 2 :]]


def lines_shuffled(random: Random, lines: Lines, delimiter: str) -> Lines:
    """All lines in another order; the heading may end up anywhere."""
    return random.sample(lines, len(lines))


def columns_shuffled(random: Random, lines: Lines, delimiter: str) -> Lines:
    """All columns in another order; sometimes the headings alone, so that they say something wrong."""
    width = lines[0].count(delimiter) + 1 if lines else 1
    order = random.sample(range(width), width)
    heading_alone = random.random() < 0.3
    changed = []
    for number, line in enumerate(lines):
        cells = line.split(delimiter)
        fits = len(cells) == width and not (heading_alone and number)
        changed.append(delimiter.join(cells[place] for place in order) if fits else line)
    return changed


def heading_doubled(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Two columns of one name."""
    headings = lines[0].split(delimiter) if lines else [""]
    headings[random.randrange(len(headings))] = random.choice(headings)
    return _with(lines, 0, delimiter.join(headings))


def heading_odd(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Some headings are empty or something else."""
    headings = lines[0].split(delimiter) if lines else [""]
    for _ in range(random.randint(1, len(headings))):
        headings[random.randrange(len(headings))] = random.choice(("", "", *ODD_CELLS))
    return _with(lines, 0, delimiter.join(headings))


def heading_alone(random: Random, lines: Lines, delimiter: str) -> Lines:
    return lines[:1]


def nothing_left(random: Random, lines: Lines, delimiter: str) -> Lines:
    return random.choice(([], [""], ["", "", ""], [" "], ["\ufeff"]))


def other_delimiter(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Another delimiter everywhere, or in some lines."""
    other, share = random.choice(_OTHER_DELIMITERS), random.choice((0.2, 1.0))
    return [line.replace(delimiter, other) if random.random() < share else line for line in lines]


def more_values(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Values beyond the headings: one, or more than anybody would write."""
    number, _ = _some_line(random, lines, delimiter)
    return _with(
        lines, number, lines[number] + delimiter * random.choice((1, 2, 50, 20_000)) if lines else ""
    )


def blank_lines(random: Random, lines: Lines, delimiter: str) -> Lines:
    place = random.randrange(len(lines) + 1)
    return (
        lines[:place]
        + [random.choice(("", " ", "\t", delimiter, '""'))] * random.randint(1, 3)
        + lines[place:]
    )


def other_digits(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Digits of another script, in all lines, some, or some characters."""
    script = str.maketrans("0123456789", random.choice(list(_DIGITS.values())))
    share, single = random.choice((0.3, 1.0)), random.random() < 0.3
    return [
        "".join(letter.translate(script) if random.random() < 0.5 else letter for letter in line)
        if single
        else (line.translate(script) if random.random() < share else line)
        for line in lines
    ]


def other_years(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Dates of another calendar, or of a time to come."""
    year, share = random.choice(("1402", "1445", "2999", "9999", "0001", "24")), random.choice((0.1, 1.0))
    return [line.replace("2024", year) if random.random() < share else line for line in lines]


def stray_quotes(random: Random, lines: Lines, delimiter: str) -> Lines:
    """Quotation marks that open, close, or stand beside values."""
    changed = lines
    for _ in range(random.randint(1, 3)):
        number, cells = _some_line(random, changed, delimiter)
        place = random.randrange(len(cells))
        form = random.choice(('"{}', '{}"', '"{}"', '"{}" ', ' "{}"', '"{}"x', '""{}""', '"{}\n{}"'))
        cells[place] = form.replace("{}", cells[place])
        changed = _with(changed, number, delimiter.join(cells))
    return changed


LINE_MUTATIONS: Mapping[str, Callable[[Random, Lines, str], Lines]] = {
    each.__name__: each
    for each in (
        odd_cell, odd_column, odd_character, line_cut, line_lost, lines_doubled, lines_joined,
        lines_shuffled, columns_shuffled, heading_doubled, heading_odd, heading_alone, nothing_left,
        other_delimiter, more_values, blank_lines, other_digits, other_years, stray_quotes,
    )
}  # fmt: skip


def cut(random: Random, content: bytes) -> bytes:
    """The end is missing, from any byte on."""
    return content[: random.randrange(len(content) + 1)]


def beginning_lost(random: Random, content: bytes) -> bytes:
    """The first bytes are missing, a byte order mark among them."""
    return content[random.randint(1, 3) :]


def byte_changed(random: Random, content: bytes) -> bytes:
    place = random.randrange(max(1, len(content)))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def piece_doubled(random: Random, content: bytes) -> bytes:
    begin, end = sorted(random.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[begin:end] + content[end:]


def line_in_other_encoding(random: Random, content: bytes) -> bytes:
    """A line that somebody pasted from elsewhere."""
    lines = content.split(b"\n")
    encoding = random.choice(("cp1256", "cp1252", "utf-8", "utf-16", "utf-16-le", "mac_roman"))
    lines.insert(random.randrange(len(lines) + 1), "Ä,é,چای,ب,1".encode(encoding, "replace"))
    return b"\n".join(lines)


def mark_somewhere(random: Random, content: bytes) -> bytes:
    """A byte order mark at the beginning or in the middle."""
    place = random.choice((0, random.randrange(len(content) + 1)))
    return content[:place] + random.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + content[place:]


def other_line_ends(random: Random, content: bytes) -> bytes:
    """Windows', old ones, or each line as it likes."""
    ends = random.choice(((b"\r\n",), (b"\r",), (b"\n", b"\r\n", b"\r"), (b"\n\r",)))
    return b"".join(line + random.choice(ends) for line in content.split(b"\n"))


def as_it_is(random: Random, content: bytes) -> bytes:
    return content


BYTE_MUTATIONS: Mapping[str, Callable[[Random, bytes], bytes]] = {
    each.__name__: each
    for each in (
        as_it_is, cut, beginning_lost, byte_changed, piece_doubled, line_in_other_encoding,
        mark_somewhere, other_line_ends,
    )
}  # fmt: skip


def _some_line(random: Random, lines: Lines, delimiter: str) -> tuple[int, list[str]]:
    """The number of a line and its cells; the heading as often as any other."""
    number = random.randrange(max(1, len(lines)))
    return number, (lines[number] if lines else "").split(delimiter)


def _with(lines: Lines, number: int, line: str) -> Lines:
    return [*lines[:number], line, *lines[number + 1 :]]
