"""In which format a list is answered: as the caller says, else as its Accept header prefers."""

from collections.abc import Sequence
from enum import StrEnum

from models.domain.errors import one_of
from serving.refusals import NotAcceptable


class Format(StrEnum):
    """The formats of the list."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"
    NDJSON = "ndjson"
    XLSX = "xlsx"


# The order decides where a caller likes several equally, as `*/*` does.
MEDIA_TYPES = {
    "application/json": Format.JSON,
    "text/csv": Format.CSV,
    "text/html": Format.HTML,
    "application/x-ndjson": Format.NDJSON,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
}


def preferred_format(accept: str) -> Format:
    """The format of the list that an Accept header likes best. Raises `NotAcceptable`."""
    return MEDIA_TYPES[accepted(accept, tuple(MEDIA_TYPES))]


def accepted(accept: str, media_types: Sequence[str]) -> str:
    """The media type that an Accept header likes best (RFC 9110 §12.5.1). Raises `NotAcceptable`."""
    if not accept:
        return media_types[0]
    ranges = dict(_range(part) for part in accept.split(","))
    best, liking = "", 0.0
    for media_type in media_types:
        quality = _quality(ranges, media_type)
        if quality > liking:
            best, liking = media_type, quality
    if liking == 0:
        raise NotAcceptable(
            "the answer does not exist in any format that the request accepts",
            allowed=one_of(media_types),
            given=accept,
            remedy="Change the Accept header.",
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
