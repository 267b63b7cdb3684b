"""Small charts as SVG text: no script, no font, no network, the same bytes for the same figures."""

from collections.abc import Sequence
from html import escape

WIDTH = 560
INK = "#1c2733"
SOFT = "#d9e0e7"
ACCENT = "#0b6e6e"
PALE = "#8fc1bd"


def bars(labels: Sequence[str], values: Sequence[float], shown: Sequence[str], title: str) -> str:
    """Horizontal bars with their figures written out. Values are non-negative."""
    row, left, right = 30, 150, 110
    scale = (WIDTH - left - right) / max([*values, 1e-12])
    parts = []
    for number, (label, value, text) in enumerate(zip(labels, values, shown, strict=True)):
        top = number * row + 6
        width = max(value * scale, 1.0)
        parts.append(
            f'<text x="{left - 10}" y="{top + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{left}" y="{top + 2}" width="{width:.1f}" height="18" rx="3" fill="{ACCENT}"/>'
            f'<text x="{left + width + 8:.1f}" y="{top + 15}">{escape(text)}</text>'
        )
    return _svg("".join(parts), len(labels) * row + 10, title)


def calibration(predicted: Sequence[float], observed: Sequence[float], title: str) -> str:
    """Observed share against predicted probability with the diagonal of perfect calibration."""
    size, left, top = 300, 60, 10
    x = [left + value * size for value in predicted]
    y = [top + (1 - value) * size for value in observed]
    ticks = "".join(_tick(left, top, size, share / 4) for share in range(5))
    diagonal = f'<path d="M{left} {top + size}L{left + size} {top}" stroke="{PALE}" stroke-dasharray="5 4"/>'
    points = [f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)]
    line = f"M{'L'.join(points)}" if points else ""
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{ACCENT}"/>' for a, b in zip(x, y, strict=True)
    )
    names = (
        f'<text x="{left + size / 2}" y="{top + size + 42}" text-anchor="middle">predicted probability</text>'
        f'<text x="{left + size + 16}" y="{top + 14}">dashed: perfect</text>'
        f'<text x="{left + size + 16}" y="{top + 34}">dots: share that left</text>'
    )
    body = f'{ticks}{diagonal}<path d="{line}" stroke="{ACCENT}" fill="none" stroke-width="2"/>{dots}{names}'
    return _svg(body, top + size + 52, title)


def _tick(left: int, top: int, size: int, share: float) -> str:
    x, y = left + share * size, top + (1 - share) * size
    return (
        f'<path d="M{left} {y:.1f}H{left + size}M{x:.1f} {top}V{top + size}" stroke="{SOFT}"/>'
        f'<text x="{left - 8}" y="{y + 5:.1f}" text-anchor="end">{share:.0%}</text>'
        f'<text x="{x:.1f}" y="{top + size + 20}" text-anchor="middle">{share:.0%}</text>'
    )


def _svg(body: str, height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )
