"""Where a warehouse is: its URL, whose password is neither written nor shown."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from models.domain.errors import BadSource

VARIABLE = "HOLDFAST_WAREHOUSE_URL"
MASK = "***"

_SECRET_WORDS = ("password", "passwd", "pwd", "token", "secret")


def warehouse_url(setting: str | None, environment: Mapping[str, str]) -> str:
    """The URL of the warehouse: the environment's, else the setting `source.url`.

    Raises `BadSource` where there is none, or where the setting holds a password: what stands in params.yaml
    is copied into dvc.lock and into the log of runs.
    """
    given = environment.get(VARIABLE, "").strip()
    if given:
        return given
    if setting is None:
        raise BadSource(
            "there is no URL of the warehouse",
            allowed="duckdb:///path/to/file.duckdb or postgres://user@host/database",
            remedy=f"Set the environment variable {VARIABLE}, or source.url where it holds no password.",
        )
    if any(True for _ in secrets(setting)):
        raise BadSource(
            "`source.url` holds a password, and what stands in params.yaml is copied into other files",
            given=masked(setting, setting),
            remedy=f"Remove it there and set the environment variable {VARIABLE} to the whole URL.",
        )
    return setting


def scheme(url: str) -> str:
    """What stands before '://', in small letters; empty where nothing does."""
    return url.partition("://")[0].lower() if "://" in url else ""


def masked(text: str, url: str) -> str:
    """A text without the secrets of the URL."""
    for secret in sorted(secrets(url), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def secrets(url: str) -> Iterator[str]:
    """The secrets of a URL, as they stand in it and as they are meant."""
    try:
        parts = urlsplit(url)
    except ValueError:  # nothing can be told apart in it
        yield url
        return
    if parts.password:
        yield from {parts.password, unquote(parts.password), unquote_plus(parts.password)}
    for name, value in parse_qsl(parts.query):
        if any(word in name.lower() for word in _SECRET_WORDS):
            yield value
