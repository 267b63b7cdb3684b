"""Logs as JSON, one object a line, on standard error. No path, no query, no key: they name customers."""

import logging
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from models.domain.instants import SECOND
from serving.operation.asked import Asked
from serving.operation.lines import line_of

STANDARD = frozenset({"holdfast", "uvicorn.error"})


class JsonLines(logging.Formatter):
    """A record as one line of JSON; what a call adds as `extra={"facts": {…}}` stands beside its message."""

    def format(self, record: logging.LogRecord) -> str:
        """'{"at": "…", "level": "info", "event": "…"}'."""
        told = {
            "level": record.levelname.lower(),
            "event": record.getMessage().strip(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["where"] = frames(record.exc_info[2])
        return line_of(int(record.created * SECOND), told).removesuffix("\n")


class NotTwice(logging.Filter):
    """Drops the server's own report of an exception: the application has told it, with the request's id."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is told."""
        return not record.getMessage().startswith("Exception in ASGI application")


def frames(trace: TracebackType | None) -> list[str]:
    """Where an error came from, innermost last: 'file.py:12 function'. Its message may name a customer."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def log_as_json() -> None:
    """Send Holdfast's and the HTTP server's logs to standard error as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(NotTwice())
    for name in STANDARD:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def answers_to(stream: TextIO) -> Callable[[Asked, str, float], None]:
    """Write a line for each answer: which route and how, for which key, in how many milliseconds.

    Not by `logging`, which takes longer for a line than many an answer.
    """

    def tell(asked: Asked, method: str, seconds: float) -> None:
        told = {
            "level": "info",
            "event": "answered",
            "request_id": asked.request_id,
            "method": method,
            "route": asked.route,
            "status": asked.status,
            "ms": round(seconds * 1_000, 2),
            "key": asked.caller.name,
        }
        if asked.problem:
            told["problem"] = asked.problem
        stream.write(line_of(time.time_ns() // 1_000, told))

    return tell
