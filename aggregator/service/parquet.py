"""Rows as a Parquet file. The only importer of pyarrow, which is an extra of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from importlib import import_module
from typing import Any, BinaryIO

from aggregator.core.export_rows import Column, Kind, Row
from aggregator.errors import UsageError
from aggregator.types import Link, Media

GROUP_ROWS = 10_000
GROUP_BYTES = 32 * 1024 * 1024
"""A row group is written when it has so many rows or, in memory, so many bytes."""


class ParquetFile:
    """Written group by group, compressed by zstd: memory does not grow with what is written."""

    def __init__(self, target: BinaryIO, columns: Sequence[Column]) -> None:
        """Raises UsageError when pyarrow is not installed."""
        self._arrow = _import("pyarrow")
        self._columns = columns
        self._schema = self._arrow.schema(
            [(column.name, _type(self._arrow, column.kind)) for column in columns]
        )
        parquet = _import("pyarrow.parquet")
        self._writer = parquet.ParquetWriter(target, self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def write(self, rows: Sequence[Row]) -> None:
        arrays = [
            self._arrow.array([_plain(column.value(row)) for row in rows], type=field.type)
            for column, field in zip(self._columns, self._schema, strict=True)
        ]
        self._waiting.append(self._arrow.record_batch(arrays, schema=self._schema))
        enough = sum(batch.num_rows for batch in self._waiting) >= GROUP_ROWS
        if enough or sum(batch.nbytes for batch in self._waiting) >= GROUP_BYTES:
            self._write_group()

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        if self._waiting:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        table = self._arrow.Table.from_batches(self._waiting, schema=self._schema)
        self._writer.write_table(table, row_group_size=table.num_rows or None)
        self._waiting.clear()


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed: pip install pyarrow"
        ) from None


def _type(arrow: Any, kind: Kind) -> Any:
    text, whole, real = arrow.string(), arrow.int64(), arrow.float64()
    media = {
        **dict.fromkeys(("url", "kind", "type", "title", "credit"), text),
        "size": whole,
        "duration": real,
        "width": whole,
        "height": whole,
    }
    links = dict.fromkeys(("kind", "url", "ref", "title"), text)
    types = {
        Kind.WHOLE: whole,
        Kind.REAL: real,
        Kind.MOMENT: arrow.timestamp("us", tz="UTC"),
        Kind.SIGN: text,
        Kind.TEXT: text,
        Kind.TEXTS: arrow.list_(text),
        Kind.MEDIA: arrow.list_(arrow.struct([*media.items()])),
        Kind.LINKS: arrow.list_(arrow.struct([*links.items()])),
    }
    return types[kind]


def _plain(value: object) -> object:
    """What Arrow takes: no types of ours, durations in seconds."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Media | Link):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return value
