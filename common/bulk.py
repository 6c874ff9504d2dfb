"""Writing many rows at once: the ORM for a few, PostgreSQL's COPY for many, and one statement for
all that is written `together`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import DatabaseDefault, RawSQL

from common.bundle import Bundle

FEW = 100  # below this, one INSERT costs less than setting up a COPY
M = TypeVar("M", bound=models.Model)

_bundle: ContextVar[Bundle | None] = ContextVar("bundle", default=None)


@contextmanager
def together() -> Iterator[Bundle]:
    """What is inserted or updated through this module in the block is written at its end, in one
    statement. Nothing in the block may read what it wrote.

    A block in a block is part of it. Many rows of a table are copied at once, as ever.
    """
    outer = _bundle.get()
    if outer is not None:
        yield outer
        return
    bundle = Bundle()
    token = _bundle.set(bundle)
    try:
        yield bundle
    finally:
        _bundle.reset(token)
    bundle.write()


def is_together() -> bool:
    """Whether what is inserted now is written with something else."""
    return _bundle.get() is not None


def insert(model: type[M], rows: Collection[M]) -> None:
    """Insert new rows in one statement. Keys are made in Python; constraints and triggers hold as
    ever.

    Raises django.db.IntegrityError as an INSERT would.
    """
    bundle = _bundle.get()
    if len(rows) >= FEW:
        _copy(model, rows)
    elif bundle is not None:
        bundle.insert(rows)
    else:
        model._default_manager.bulk_create(rows)


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Store these columns of rows of one model, in one statement whatever their number."""
    bundle = _bundle.get()
    if bundle is not None:
        bundle.update(rows, names)
    elif rows:
        alone = Bundle()
        alone.update(rows, names)
        alone.write()


def _copy(model: type[M], rows: Collection[M]) -> None:
    # the connection itself, not its proxy, which costs a look-up a value
    connection = connections[DEFAULT_DB_ALIAS]
    first = next(iter(rows))
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(getattr(first, field.attname), DatabaseDefault)
    ]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"COPY {table} ({names}) FROM STDIN"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.cursor.copy(statement) as copy,
    ):
        for row in rows:
            values = ((field, getattr(row, field.attname)) for field in fields)
            copy.write_row([field.get_db_prep_save(value, connection) for field, value in values])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def these(ids: Iterable[UUID]) -> RawSQL:
    """Many ids as one parameter, for `field__in=`; a list would be one parameter for each."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(ids)])


def analyze(*kinds: type[models.Model]) -> None:
    """Tell PostgreSQL's planner what the tables hold now, after many rows came at once."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(quote(kind._meta.db_table) for kind in kinds))
