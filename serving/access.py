"""Who may ask. This version has no API keys, so only this machine may, by a name of this machine."""

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.domain.errors import HoldfastError, InvalidSetting
from serving.problems import problem_of, response_of
from serving.refusals import BodyTooLarge, ForeignHost

LARGEST_BODY = 2 * 1024 * 1024

# The page needs its own style sheet and nothing else; answers about customers are not kept.
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def check_listens_here_only(host: str) -> None:
    """Raise `InvalidSetting` unless `host` is this machine's loopback."""
    if not is_loopback(host):
        raise InvalidSetting(
            "the server may listen on this machine only: there are no API keys in this version",
            allowed="127.0.0.1, ::1 or localhost",
            given=host,
            remedy="Unset HOLDFAST_HOST; to reach the server from elsewhere, tunnel to its port.",
        )


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


class Gate:
    """ASGI middleware: refuses strangers and large bodies, and adds the headers of `HEADERS`.

    A page elsewhere can make a browser on this machine call a name that resolves to 127.0.0.1 (DNS
    rebinding); its Host header gives it away.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = refusal_of(scope)
        answer: ASGIApp = self.app
        if refusal is not None:
            answer = response_of(problem_of(refusal, scope["path"]))
        await answer(scope, _limited(receive), _with_headers(send))


def refusal_of(scope: Scope) -> HoldfastError | None:
    """Why a request is refused before it is read; None when it is not."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not is_loopback(host_name(host)):
        return ForeignHost(
            "the request names a host that is not this machine",
            allowed="127.0.0.1, [::1] or localhost",
            given=host,
            remedy="Ask on the machine that runs the server.",
        )
    if not _is_from_here(scope):
        return ForeignHost(
            "the request comes from another machine, and there are no API keys in this version",
            allowed="requests from this machine",
            given=scope["client"][0],
            remedy="Ask on the machine that runs the server.",
        )
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) > LARGEST_BODY:
        return _too_large()
    return None


def _is_from_here(scope: Scope) -> bool:
    """False only for a peer whose address is another machine's; a socket file or a test has none."""
    client = scope.get("client")
    try:
        return client is None or ip_address(client[0]).is_loopback
    except ValueError:
        return True


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        "the body is too large",
        allowed=f"{LARGEST_BODY} bytes",
        remedy="Send the customers in several requests.",
    )


def _limited(receive: Receive) -> Receive:
    """Count what arrives: a body sent in chunks does not announce its length."""
    arrived = 0

    async def counting() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > LARGEST_BODY:
            raise _too_large()
        return message

    return counting


def _with_headers(send: Send) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return adding
