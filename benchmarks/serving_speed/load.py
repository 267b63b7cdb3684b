"""A load generator that is not the bottleneck: prepared requests over a few open connections, one thread.

Each connection sends the next request as soon as its answer is whole. Answers must be 200 or 201 and have a
length.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

PIECE = 1 << 20
WELL = (b" 200 ", b" 201 ")


@dataclass(frozen=True)
class Answered:
    """What came of a stretch of load: latencies in seconds, and how long the stretch took."""

    latencies: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


@dataclass
class _Connection:
    """One open connection: when its request was sent, and what came of the answer."""

    channel: socket.socket
    sent: float = 0.0
    wanted: int = 0
    got: bytearray | None = None


def request(
    path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = (), host: str = "127.0.0.1"
) -> bytes:
    """One request as it goes over the wire; POST where there is a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def load(port: int, requests: Sequence[bytes], connections: int, seconds: float, least: int = 1) -> Answered:
    """Ask for so many seconds, and until at least so many answers came."""
    selector, waiting = selectors.DefaultSelector(), cycle(requests)
    channels = [_Connection(_opened(port)) for _ in range(connections)]
    for each in channels:
        selector.register(each.channel, selectors.EVENT_READ, each)
        _send(each, next(waiting))
    latencies: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds
    while (now := time.perf_counter()) < until or len(latencies) < least:
        for key, _ in selector.select(1.0):
            connection: _Connection = key.data
            if _whole(connection):
                now = time.perf_counter()
                latencies.append(now - connection.sent)
                _send(connection, next(waiting))
    elapsed = time.perf_counter() - begun
    for each in channels:
        each.channel.close()
    return Answered(tuple(latencies), elapsed)


def _opened(port: int) -> socket.socket:
    channel = socket.create_connection(("127.0.0.1", port))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return channel


def _send(connection: _Connection, message: bytes) -> None:
    connection.got, connection.wanted = bytearray(), 0
    connection.sent = time.perf_counter()
    connection.channel.sendall(message)


def _whole(connection: _Connection) -> bool:
    """Read what is there; whether the answer is complete. Raises `RuntimeError` for another status."""
    got = connection.got
    if got is None:
        raise RuntimeError("nothing was asked")
    piece = connection.channel.recv(PIECE)
    if not piece:
        raise RuntimeError("the server hung up")
    got += piece
    if not connection.wanted:
        end = got.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(got[:end]).lower()
        if not any(status in head[:16] for status in WELL):
            raise RuntimeError(bytes(got[:2000]).decode(errors="replace"))
        place = head.index(b"content-length:") + len(b"content-length:")
        connection.wanted = end + 4 + int(head[place : (head + b"\r").index(b"\r", place)])
    return len(got) >= connection.wanted
