"""In which format a list is answered: as the caller says, else as its Accept header prefers."""

from enum import StrEnum

from models.domain.errors import one_of
from serving.refusals import NotAcceptable


class Format(StrEnum):
    """The formats of the list."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"


# The order decides where a caller likes several equally, as `*/*` does.
MEDIA_TYPES = {
    "application/json": Format.JSON,
    "text/csv": Format.CSV,
    "text/html": Format.HTML,
}


def preferred_format(accept: str) -> Format:
    """The format that an Accept header likes best (RFC 9110 §12.5.1). Raises `NotAcceptable`."""
    ranges = dict(_range(part) for part in (accept or "*/*").split(","))
    best, liking = Format.JSON, 0.0
    for media_type, candidate in MEDIA_TYPES.items():
        quality = _quality(ranges, media_type)
        if quality > liking:
            best, liking = candidate, quality
    if liking == 0:
        raise NotAcceptable(
            "the list does not exist in any format that the request accepts",
            allowed=one_of(MEDIA_TYPES),
            given=accept,
            remedy="Change the Accept header, or add `format=json`, `format=csv` or `format=html`.",
        )
    return best


def _quality(ranges: dict[str, float], media_type: str) -> float:
    """How much a media type is liked, 0 to 1: the most specific range that names it counts."""
    family = media_type.partition("/")[0]
    for name in (media_type, f"{family}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def _range(part: str) -> tuple[str, float]:
    """('text/html', 0.8) of 'text/html;level=1;q=0.8'; a quality that is no number counts as 0."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            quality = _number(value)
    return name, quality


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
