"""Instants as a Persian program writes them: local, Jalali, to the second."""

from collections.abc import Sequence

import jdatetime
import pyarrow as pa
import pyarrow.compute as pc


def days_of(moments: pa.ChunkedArray, zone: str) -> Sequence[str]:
    """'1403/05/03' of each instant; nothing where it is null. Each distinct day is converted once."""
    days = _local(moments, zone).cast(pa.date32())
    written = {day: _jalali(day) for day in pc.unique(days).to_pylist()}
    return [written[day] for day in days.to_pylist()]


def times_of(moments: pa.ChunkedArray, zone: str) -> Sequence[str]:
    """'14:20:05' of each instant; nothing where it is null."""
    told: list[str] = pc.fill_null(pc.strftime(_local(moments, zone), "%H:%M:%S"), "").to_pylist()
    return told


def moments_of(moments: pa.ChunkedArray, zone: str) -> Sequence[str]:
    """'1403/05/03 14:20:05' of each instant; nothing where it is null."""
    parts = zip(days_of(moments, zone), times_of(moments, zone), strict=True)
    return [f"{day} {time}".strip() for day, time in parts]


def _local(moments: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    """Local clock time in whole seconds."""
    return pc.local_timestamp(moments.cast(pa.timestamp("us", zone))).cast(pa.timestamp("s"), safe=False)


def _jalali(day: object) -> str:
    return "" if day is None else str(jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d"))
