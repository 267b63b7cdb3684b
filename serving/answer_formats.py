"""Scores as JSON, as a line for each customer, or as an Arrow stream."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from fastapi import Request, Response

from models.contract.columns import Kind
from serving.arrow_bodies import ARROW
from serving.asking import LINES
from serving.formats import accepted
from serving.intervals import INTERVAL
from serving.layout import PLAN
from serving.plain_routes import JSON, json_bytes
from serving.told_columns import Told, json_rows

Answer: TypeAlias = Mapping[str, Any]

EXTRA = {"known": pa.bool_(), "decided_by": pa.string(), "error": pa.string()}
RUN = {"model_version": pa.string(), "data_as_of": pa.string(), "as_of": pa.string(), "currency": pa.string()}
_NUMBERS = {Kind.MONEY: pa.int64(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}
KINDS = {
    **{name: _NUMBERS.get(kind, pa.string()) for name, kind in PLAN.items() if name not in RUN},
    **dict.fromkeys(INTERVAL, pa.float64()),
    **EXTRA,
}
HEADERS = {"vary": "accept"}


def format_of(request: Request) -> str:
    """The media type that the caller likes best. Raises `NotAcceptable`."""
    return accepted(request.headers.get("accept", ""), (JSON, LINES, ARROW))


def answer_in(kind: str, run: Answer, results: Sequence[Answer], fields: Sequence[str] | None) -> Response:
    """All results in a format; run: which run and instant they speak of."""
    if kind != ARROW and any("error" in each for each in results):
        kept = results if fields is None else [_only(fields, each) for each in results]
        return written_in(kind, run, [json_bytes(each) for each in kept])
    names = dict.fromkeys(name for each in results for name in each)
    return columns_in(kind, run, {name: [each.get(name) for each in results] for name in names}, fields)


def columns_in(kind: str, run: Answer, columns: Told, fields: Sequence[str] | None) -> Response:
    """The same of results by column."""
    if fields is not None:
        columns = {name: columns[name] for name in (*fields, "error") if name in columns}
    if kind == ARROW:
        return Response(arrow_stream(run, columns), headers=HEADERS, media_type=ARROW)
    return written_in(kind, run, json_rows(columns))


def written_in(kind: str, run: Answer, rows: Sequence[bytes]) -> Response:
    """Results that are JSON already."""
    if kind == LINES:
        end = b",%b\n" % json_bytes({name: run[name] for name in RUN})[1:]
        text = b"".join([row[:-1] + end for row in rows])
    else:
        text = b'%b,"results":[%b]}' % (json_bytes(run)[:-1], b",".join(rows))
    return Response(text, headers=HEADERS, media_type=kind)


def _only(fields: Sequence[str], answer: Answer) -> Answer:
    return {name: answer[name] for name in (*fields, "error") if name in answer}


def arrow_stream(run: Answer, columns: Told) -> bytes:
    """One record batch: a column for each field, instants as ISO text, as JSON has them."""
    rows = len(next(iter(columns.values())))
    names = [name for name in KINDS if name in columns]
    told = {**columns, "error": [_why(each) for each in columns["error"]]} if "error" in columns else columns
    arrays = [_array(told[name], KINDS[name]) for name in names]
    wide = [_array([run[name]] * rows, kind) for name, kind in RUN.items()]
    batch = pa.record_batch([*arrays, *wide], [*names, *RUN])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _why(error: Mapping[str, Any] | None) -> str | None:
    """What is wrong, of a problem document."""
    return None if error is None else str(error["detail"])


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """An array from its buffers: `pa.array` of a list imports pandas where that is installed."""
    valid = np.array([value is not None for value in values], np.bool_)
    bitmap = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bitmap, *_MADE[kind](values)])


def _texts(values: Sequence[Any]) -> list[pa.Buffer]:
    texts = [value or "" for value in values]
    letters = "".join(texts).encode("utf-8", "replace")
    sizes: Iterable[int] = map(len, texts)
    if len(letters) != sum(map(len, texts)):  # beyond ASCII a letter takes more than a byte
        sizes = (len(text.encode("utf-8", "replace")) for text in texts)
    return [pa.py_buffer(np.cumsum([0, *sizes]).astype(np.int32)), pa.py_buffer(letters)]


def _truths(values: Sequence[Any]) -> list[pa.Buffer]:
    return [pa.py_buffer(np.packbits(np.array([bool(value) for value in values]), bitorder="little"))]


def _numbers(dtype: type) -> Callable[[Sequence[Any]], list[pa.Buffer]]:
    return lambda values: [pa.py_buffer(np.array([value or 0 for value in values], dtype))]


_MADE: Mapping[pa.DataType, Callable[[Sequence[Any]], list[pa.Buffer]]] = {
    pa.string(): _texts,
    pa.bool_(): _truths,
    pa.int64(): _numbers(np.int64),
    pa.float64(): _numbers(np.float64),
}
