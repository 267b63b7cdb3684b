"""Which requests come from this machine, to a name of this machine."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address

from starlette.types import Scope

from models.domain.errors import InvalidSetting
from serving.refusals import ForeignHost, ForeignOrigin

Headers = Sequence[tuple[bytes, bytes]]

# A proxy on this machine speaks for others: what it sends on is not from here.
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def check_may_listen(host: str, *, has_keys: bool) -> None:
    """Raise `InvalidSetting` where a server without keys would listen beyond this machine's loopback."""
    if not has_keys and not is_loopback(host):
        raise InvalidSetting(
            "without a key the server listens on this machine only",
            allowed="127.0.0.1, ::1 or localhost",
            given=host,
            remedy="Make the first key with `python -m serving keys create`, or unset HOLDFAST_HOST.",
        )


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def is_from_here(scope: Scope) -> bool:
    """Whether a program on this machine sent a request itself. Raises `ForeignHost`.

    A page elsewhere can make a browser on this machine call a name that resolves to 127.0.0.1 (DNS
    rebinding); its Host header gives it away. A peer without an address is a socket's file, which a proxy
    may hold: that is nobody in particular.
    """
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        return False
    host = ""
    for name, value in scope["headers"]:
        if name in FORWARDED:
            return False
        if name == b"host":
            host = value.decode("latin-1")
    if not is_loopback(host_name(host)):
        raise ForeignHost(
            "the request names a host that is not this machine",
            allowed="127.0.0.1, [::1] or localhost; with a key, any",
            given=host,
            remedy="Send a key, or ask for this machine by its own name.",
        )
    return True


def check_origin(method: str, headers: Headers) -> None:
    """Raise `ForeignOrigin` where a page of another site has a browser write.

    Browsers add a password that they know (Basic) to whatever a page sends, and name the page's site.
    """
    if method in READING:
        return
    told = {name: value for name, value in headers if name in (b"origin", b"sec-fetch-site", b"host")}
    site = told.get(b"sec-fetch-site", b"none")
    origin = told.get(b"origin")
    foreign = origin is not None and origin.partition(b"://")[2] != told.get(b"host")
    if foreign or site not in (b"none", b"same-origin"):
        raise ForeignOrigin(
            "a page of another site sent this",
            given=None if origin is None else origin.decode("latin-1"),
            remedy="Write from a program, or from this server's own pages.",
        )
