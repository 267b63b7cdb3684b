"""Connections that are slow to say what they want are closed: each holds a file of the process."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.access.limits import LARGEST_HEADERS, LONGEST_PATH, LONGEST_QUERY
from serving.problems import MEDIA_TYPE
from serving.schemas import Problem

# At how many bytes of request line and headers the parser gives up: beyond what the door lets through.
LARGEST_HEAD = 2 * (LARGEST_HEADERS + LONGEST_PATH + LONGEST_QUERY)


def patient_for(seconds: float) -> type[H11Protocol]:
    """The protocol of uvicorn, which waits so many seconds for a request line and headers to be complete."""

    class Patient(H11Protocol):
        head_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
            super().connection_made(transport)
            self._expect_a_head()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is not h11.IDLE:
                self._stop_waiting()
            elif self.head_timer is None and self.conn.trailing_data[0]:
                self._expect_a_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            """What is no HTTP is told so as a problem too."""
            refuse(self, msg)

        def _expect_a_head(self) -> None:
            self.head_timer = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

        def _stop_waiting(self) -> None:
            if self.head_timer is not None:
                self.head_timer.cancel()
                self.head_timer = None

    return Patient


def refuse(connection: H11Protocol, why: str) -> None:
    """Answer what cannot be read as HTTP with a problem, and close."""
    if connection.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
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
    headers: list[Any] = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
        connection.transport.write(connection.conn.send(event) or b"")
    connection.transport.close()
