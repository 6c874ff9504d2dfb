"""How values travel to PostgreSQL and back, where psycopg or Django takes long over thousands."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.types.array import ListDumper
from psycopg.types.datetime import TimestamptzLoader


class Moments(TimestamptzLoader):
    """Reads a moment as Python does, which is compiled; what Python has no word for, as psycopg."""

    timezone = UTC  # what Django asks for

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            return super().load(data)


class Lists(ListDumper):
    """Writes a list of UUIDs, of which there are thousands, at once; any other as psycopg does."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        if set(map(type, obj)) != {UUID}:
            return super().dump(obj)
        return f"{{{','.join([f'{one.int:032x}' for one in obj])}}}".encode()


@functools.cache
def adapted(adapters: AdaptersMap, zone: tzinfo) -> AdaptersMap:
    """Django's way to write and read values, with what is quicker for us."""
    made = AdaptersMap(adapters)
    made.register_dumper(list, Lists)
    if zone is UTC:
        made.register_loader("timestamptz", Moments)
    return made
