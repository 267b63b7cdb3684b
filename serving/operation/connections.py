"""Connections that are slow to say what they want, or say too much, are closed: each holds a file."""

import asyncio

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from serving.access.limits import LARGEST_HEADERS, LONGEST_PATH, LONGEST_QUERY
from serving.problem_schemas import Problem
from serving.problems import MEDIA_TYPE

# At how many bytes of request line and headers reading ends: beyond what the door lets through.
LARGEST_HEAD = 2 * (LARGEST_HEADERS + LONGEST_PATH + LONGEST_QUERY)


class Patient(HttpToolsProtocol):
    """The protocol of uvicorn, which waits `head_seconds` for a request line and headers to be complete."""

    head_seconds = 10.0
    head_timer: asyncio.TimerHandle | None = None
    in_head = False
    in_body = False
    beside_body = 0
    begun = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Somebody is there, and has to say what they want."""
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait no longer for who is being answered; for others until what they began is whole.

        The parser keeps bytes of a head, or behind a body, that is not whole yet: those are counted, but for
        the piece in which one begins behind something else.
        """
        idle = not (self.in_head or self.in_body)
        self.begun = 0
        self.beside_body += len(data)
        super().data_received(data)
        if self.begun > idle or not (self.in_head or self.in_body):
            self.beside_body = 0
        if self.beside_body > LARGEST_HEAD:
            self.send_400_response("the request line and headers are too large")
        if is_answering(self) and not self.in_head:
            self._stop_waiting()
        elif self.head_timer is None:
            self._expect_a_head()

    def on_message_begin(self) -> None:
        """A request line begins."""
        self.in_head = True
        self.begun += 1
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the request; what trails its body is none, and nobody asked for it."""
        if self.in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body, if there is one, comes next."""
        self.in_head, self.in_body = False, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Part of a body."""
        self.beside_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next request, if there is one, comes next."""
        self.in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told so as a problem too."""
        refuse(self, msg)

    def _expect_a_head(self) -> None:
        self.head_timer = self.loop.call_later(self.head_seconds, self.shutdown)

    def _stop_waiting(self) -> None:
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None


def patient_for(seconds: float) -> type[Patient]:
    """The protocol that waits so many seconds."""
    return type("Patient", (Patient,), {"head_seconds": seconds})


def is_answering(connection: HttpToolsProtocol) -> bool:
    """Whether the answer to a request is not whole yet."""
    return connection.cycle is not None and not connection.cycle.response_complete


def refuse(connection: HttpToolsProtocol, why: str) -> None:
    """Answer what cannot be read as HTTP with a problem, and close.

    What comes after a whole request lets its answer go out first; a body that breaks off ends its request.
    """
    if connection.transport.is_closing():
        return
    if is_answering(connection) and not connection.cycle.more_body:
        connection.flow.pause_reading()
        connection.shutdown()
        return
    if is_answering(connection):
        connection.cycle.disconnected = True
        connection.cycle.message_event.set()
        if connection.cycle.response_started:
            connection.transport.close()
            return
    problem = Problem(
        type="urn:holdfast:problem:bad-request",
        title="Bad Request",
        status=400,
        detail=why,
        instance="",
        remedy=f"Send HTTP/1.1 with at most {LARGEST_HEADERS} bytes of headers.",
    )
    body = problem.model_dump_json(exclude_none=True).encode()
    head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    connection.transport.write(STATUS_LINE[400] + head.encode() + body)
    connection.transport.close()
