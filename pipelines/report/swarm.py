"""A SHAP summary plot as SVG text: a line a feature, a dot a customer, coloured by the feature's value."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

LEFT, RIGHT, TOP, BELOW, ROW, WIDTH = 210, 20, 46, 44, 26, 760
LOW, HIGH = (30, 108, 190), (200, 40, 80)
MISSING, GUIDE, INK = "#9aa5b1", "#e3e8ee", "#1c2733"
DOT = 2.2
STRAY = 9.0  # how far dots of one line may lie apart, so that they do not hide each other
TITLE = "What features do to the log-odds of leaving"

Point = Mapping[str, str]


def swarm(points: Sequence[Point]) -> str:
    """The plot of rows of `contributions.csv`; the strongest feature comes first and stands on top."""
    lines: dict[str, list[Point]] = {}
    for point in points:
        lines.setdefault(point["feature"], []).append(point)
    reach = max((abs(float(point["contribution"])) for point in points), default=1.0) or 1.0
    middle = (LEFT + WIDTH - RIGHT) / 2
    scale = (WIDTH - RIGHT - LEFT) / 2 / reach
    body = "".join(
        _line(name, dots, TOP + ROW * (number + 0.5), middle, scale)
        for number, (name, dots) in enumerate(lines.items())
    )
    bottom = TOP + ROW * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + BELOW}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">'
        f"<title>{TITLE}</title>"
        f'<text x="{LEFT}" y="18" font-size="14" font-weight="600">{TITLE}</text>{_key()}'
        f"{_axis(reach, middle, scale, bottom)}{body}</svg>"
    )


def _key() -> str:
    """What the colours mean."""
    meant = (("0", "low value"), ("1", "high value"), ("", "no value"))
    return "".join(
        f'<rect x="{LEFT + 90 * number}" y="28" width="8" height="8" rx="4" fill="{_colour(place)}"/>'
        f'<text x="{LEFT + 13 + 90 * number}" y="36">{name}</text>'
        for number, (place, name) in enumerate(meant)
    )


def _axis(reach: float, middle: float, scale: float, bottom: float) -> str:
    """Guides at nothing and at half and all of the reach, and which side is which."""
    marks = "".join(
        f'<path d="M{middle + scale * at:.1f} {TOP}V{bottom}" stroke="{GUIDE if at else MISSING}"/>'
        f'<text x="{middle + scale * at:.1f}" y="{bottom + 16}" text-anchor="{anchor}">{_signed(at)}</text>'
        for at, anchor in (
            (-reach, "start"), (-reach / 2, "middle"), (0.0, "middle"), (reach / 2, "middle"), (reach, "end"),
        )
    )  # fmt: skip
    return (
        f'{marks}<text x="{LEFT}" y="{bottom + 34}">← stays</text>'
        f'<text x="{WIDTH - RIGHT}" y="{bottom + 34}" text-anchor="end">leaves →</text>'
    )


def _signed(log_odds: float) -> str:
    return f"{log_odds:+.2f}".replace("-", "−") if log_odds else "0"


def _line(name: str, dots: Sequence[Point], y: float, middle: float, scale: float) -> str:
    """One feature: a thin guide, its name, and its dots, each beside those that would cover it."""
    stacked = Counter[int]()
    circles = []
    for dot in dots:
        x = middle + scale * float(dot["contribution"])
        slot = round(x / (2 * DOT))
        at = y + _aside(stacked[slot])
        circles.append(f'<circle cx="{x:.1f}" cy="{at:.1f}" r="{DOT}" fill="{_colour(dot["place"])}"/>')
        stacked[slot] += 1
    return (
        f'<path d="M{LEFT} {y:g}H{WIDTH - RIGHT}" stroke="{GUIDE}"/>'
        f'<text x="{LEFT - 10}" y="{y + 4:g}" text-anchor="end">{escape(name)}</text>{"".join(circles)}'
    )


def _aside(before: int) -> float:
    """How far the next dot of a pile moves off the line: above, below, above, … and again from the line."""
    step = (before + 1) // 2 * DOT * 0.8 % STRAY
    return step if before % 2 else -step


def _colour(place: str) -> str:
    """From blue for the least value to red for the greatest; grey where it is missing."""
    if not place:
        return MISSING
    mixed = (low + (high - low) * float(place) for low, high in zip(LOW, HIGH, strict=True))
    return "#" + "".join(f"{round(part):02x}" for part in mixed)
