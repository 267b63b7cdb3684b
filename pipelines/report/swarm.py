"""A SHAP summary plot as SVG text: a line a feature, a dot a customer, coloured by the feature's value."""

from collections.abc import Mapping, Sequence
from html import escape

LEFT, RIGHT, ROW, WIDTH = 190, 20, 24, 700
LOW, HIGH = (30, 108, 190), (200, 40, 80)
MISSING = "#9aa5b1"
INK = "#1c2733"
STRAY = 7  # dots of one line lie on so many levels, so that they do not hide each other
TITLE = "What features do to the log-odds of leaving"


def swarm(points: Sequence[Mapping[str, str]]) -> str:
    """The plot of rows of `contributions.csv`; the strongest feature comes first and stands on top."""
    lines: dict[str, list[Mapping[str, str]]] = {}
    for point in points:
        lines.setdefault(point["feature"], []).append(point)
    reach = max((abs(float(point["contribution"])) for point in points), default=1.0) or 1.0
    middle = (LEFT + WIDTH - RIGHT) / 2
    scale = (WIDTH - RIGHT - LEFT) / 2 / reach
    body = "".join(
        _line(name, dots, ROW * number + 20, middle, scale)
        for number, (name, dots) in enumerate(lines.items())
    )
    height = ROW * len(lines) + 50
    axis = (
        f'<path d="M{middle:g} 5V{height - 35}" stroke="{MISSING}"/>'
        f'<text x="{LEFT}" y="{height - 12}">← stays: {-reach:.2f}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{height - 12}" text-anchor="end">leaves: +{reach:.2f} →</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">'
        f"<title>{TITLE} (blue: low value, red: high)</title>{axis}{body}</svg>"
    )


def _line(name: str, dots: Sequence[Mapping[str, str]], y: float, middle: float, scale: float) -> str:
    circles = "".join(
        f'<circle cx="{middle + scale * float(dot["contribution"]):.1f}" '
        f'cy="{y + number % STRAY - STRAY // 2}" r="2" fill="{_colour(dot["place"])}"/>'
        for number, dot in enumerate(dots)
    )
    return f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>{circles}'


def _colour(place: str) -> str:
    """From blue for the least value to red for the greatest; grey where it is missing."""
    if not place:
        return MISSING
    mixed = (low + (high - low) * float(place) for low, high in zip(LOW, HIGH, strict=True))
    return "#" + "".join(f"{round(part):02x}" for part in mixed)
