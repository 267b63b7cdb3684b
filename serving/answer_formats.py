"""Scores as JSON, as a line for each customer, or as an Arrow stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from models.contract.columns import Kind
from serving.asking import ARROW, JSON, LINES
from serving.formats import accepted
from serving.layout import PLAN
from serving.plain_routes import json_answer, json_bytes

Answer: TypeAlias = Mapping[str, Any]

EXTRA = {"known": pa.bool_(), "decided_by": pa.string(), "error": pa.string()}
RUN = {"model_version": pa.string(), "data_as_of": pa.string(), "as_of": pa.string(), "currency": pa.string()}
_NUMBERS = {Kind.MONEY: pa.int64(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}


def format_of(request: Request) -> str:
    """The media type that the caller likes best. Raises `NotAcceptable`."""
    return accepted(request.headers.get("accept", ""), (JSON, LINES, ARROW))


def answer_in(kind: str, run: Answer, results: Iterable[Answer], fields: Sequence[str] | None) -> Response:
    """All results in a format; run: which run and instant they speak of."""
    kept = results if fields is None else (_only(fields, each) for each in results)
    headers = {"vary": "accept"}
    if kind == LINES:
        return StreamingResponse(_lines(run, kept), headers=headers, media_type=LINES)
    if kind == ARROW:
        return Response(arrow_stream(run, list(kept), fields), headers=headers, media_type=ARROW)
    return json_answer({**run, "results": list(kept)}, headers)


def _only(fields: Sequence[str], answer: Answer) -> Answer:
    return {name: answer[name] for name in (*fields, "error") if name in answer}


def _lines(run: Answer, results: Iterable[Answer]) -> Iterator[bytes]:
    for each in results:
        yield json_bytes({**each, **{name: run[name] for name in RUN}}) + b"\n"


def arrow_stream(run: Answer, results: Sequence[Answer], fields: Sequence[str] | None) -> bytes:
    """One record batch: a column for each field, instants as ISO text, as JSON has them."""
    kinds = {
        **{name: _NUMBERS.get(kind, pa.string()) for name, kind in PLAN.items() if name not in RUN},
        **EXTRA,
    }
    names = [name for name in kinds if fields is None or name in {*fields, "error"}]
    columns = [_array([_cell(each.get(name)) for each in results], kinds[name]) for name in names]
    wide = [_array([run[name]] * len(results), kind) for name, kind in RUN.items()]
    batch = pa.record_batch([*columns, *wide], [*names, *RUN])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _cell(value: Any) -> Any:
    return value["detail"] if isinstance(value, Mapping) else value


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """An array from its buffers: `pa.array` of a list imports pandas where that is installed."""
    valid = np.array([value is not None for value in values], np.bool_)
    bitmap = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bitmap, *_MADE[kind](values)])


def _texts(values: Sequence[Any]) -> list[pa.Buffer]:
    letters = [(value or "").encode("utf-8", "replace") for value in values]
    ends = np.cumsum([0, *map(len, letters)]).astype(np.int32)
    return [pa.py_buffer(ends), pa.py_buffer(b"".join(letters))]


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
