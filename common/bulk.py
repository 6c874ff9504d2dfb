"""Writing many rows at once: the ORM for a few, PostgreSQL's COPY for many, and one statement for
all that is written `together`.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any, TypedDict, TypeVar
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

from common import copying
from common.bundle import Bundle

# What a column's JSON is read as, by the kind of its field; the first that fits.
KINDS: dict[type[models.Field[Any, Any]], Any] = {
    models.UUIDField: UUID,
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.BooleanField: bool,
    models.DateTimeField: datetime,
    models.DateField: date,
}
FEW = 100  # below this, one INSERT costs less than setting up a COPY, and a list than an array
M = TypeVar("M", bound=models.Model)
Makers = tuple[tuple[str, Callable[[], Any]], ...]
Relations = tuple[tuple[str, str, str], ...]

_bundle: ContextVar[Bundle | None] = ContextVar("bundle", default=None)


@contextmanager
def together(*, many: bool = False) -> Iterator[Bundle]:
    """What is inserted or updated through this module in the block is written at its end, in one
    statement. Nothing in the block may read what it wrote.

    A block in a block is part of it. Many rows of a table are copied at once, as ever; with `many`
    all new rows are, while the block goes on, each after those that it refers to.
    """
    outer = _bundle.get()
    if outer is not None:
        yield outer
        return
    with copying.under_way() if many else contextlib.nullcontext() as on_their_way:
        bundle = Bundle(on_their_way)
        token = _bundle.set(bundle)
        try:
            yield bundle
        finally:
            _bundle.reset(token)
        bundle.write()


class _Unswept:
    """How many ask for it: the search is the whole process's, not a thread's."""

    def __init__(self) -> None:
        self._turn, self._count, self._was_on = threading.Lock(), 0, True
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        """In a process that was forked off, which has none of the other threads."""
        if self._count and self._was_on:
            gc.enable()
        self._turn, self._count = threading.Lock(), 0

    def begin(self) -> None:
        with self._turn:
            if self._count == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._count += 1

    def end(self) -> None:
        with self._turn:
            self._count -= 1
            if self._count == 0 and self._was_on:
                gc.enable()


_unswept = _Unswept()


@contextmanager
def unswept() -> Iterator[None]:
    """Put Python's search for garbage off until the block ends: it would walk through everything
    that thousands of rows are made of, over and over, and find nothing. What nobody holds any more
    is let go of at once, as ever.
    """
    _unswept.begin()
    try:
        yield
    finally:
        _unswept.end()


def new(model: type[M], **values: Any) -> M:
    """A new row, as `model(**values)` makes it, at a fraction of its cost: for what is made by the
    thousand. Relations are given by their objects or by `…_id`.
    """
    made = model.__new__(model)
    fixed, makers, relations = _blank(model, tuple(values))
    state = made.__dict__
    state["_state"] = kept = ModelState()
    state.update(fixed)
    state.update(values)
    for name, make in makers:
        state[name] = make()
    for name, column, key in relations:
        other = state.pop(name)
        state[column] = None if other is None else other.__dict__[key]
        kept.fields_cache[name] = other
    return made


def stored(model: type[M], values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> M:
    """A row that the database holds, with the values of all its columns, as `from_db` makes it."""
    made = model.__new__(model)
    state = made.__dict__
    state["_state"] = kept = ModelState()
    kept.adding, kept.db = False, DEFAULT_DB_ALIAS
    state.update(values)
    return made


def read(rows: models.QuerySet[M]) -> list[M]:
    """The rows of a query, each made as `stored` makes it: for what is read by the thousand."""
    model, names = rows.model, columns(rows.model)
    return [stored(model, zip(names, values, strict=True)) for values in rows.values_list(*names)]


@functools.cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """The attributes that hold what a row's columns do, in their order."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def told(model: type[M], text: str) -> list[M]:
    """The rows that PostgreSQL has told as an array of what `to_json` makes of each."""
    return [stored(model, row) for row in _decoder(model).decode(text)]


@functools.cache
def _decoder(model: type[models.Model]) -> msgspec.json.Decoder[Any]:
    row: Any = TypedDict(  # type: ignore[misc]
        model.__name__, {field.attname: _kind(field) for field in model._meta.concrete_fields}
    )
    return msgspec.json.Decoder(list[row])


def _kind(field: Any) -> Any:
    kept = field
    while kept.is_relation:  # its column holds what the other side's key does
        kept = kept.target_field
    plain = next(plain for kind, plain in KINDS.items() if isinstance(kept, kind))
    return plain | None if field.null else plain


@functools.lru_cache(maxsize=1024)  # there are as many as places in the code that make rows
def _blank(
    model: type[models.Model], given: tuple[str, ...]
) -> tuple[dict[str, Any], Makers, Relations]:
    """What rows of a model begin with where some values are given: values, what makes others, and
    the given relations, each with its column and what that names of the other side.
    """
    fields = model._meta.local_concrete_fields
    made = {f.attname: f.default for f in fields if f.has_default() and callable(f.default)}
    fixed = {f.attname: f.get_default() for f in fields if f.attname not in made}
    makers = tuple((name, make) for name, make in made.items() if name not in given)
    relations = tuple(
        (f.name, f.attname, f.target_field.attname)
        for f in fields
        if isinstance(f, models.ForeignKey) and f.name in given
    )
    return fixed, makers, relations


def insert(model: type[M], rows: Collection[M]) -> None:
    """Insert new rows in one statement. Keys are made in Python; constraints and triggers hold as
    ever.

    Raises django.db.IntegrityError as an INSERT would.
    """
    bundle = _bundle.get()
    if rows and bundle is not None and bundle.copying is not None:
        bundle.copying.send(model, rows)
    elif len(rows) >= FEW:
        copying.copy(model, rows)
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


def these(ids: Iterable[UUID]) -> RawSQL:
    """Many ids as one parameter, for `field__in=`; a list would be one parameter for each."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(ids)])


def some(ids: Collection[UUID]) -> RawSQL | list[UUID]:
    """Ids for `field__in=`: many as one parameter, a few as they are."""
    return these(ids) if len(ids) >= FEW else list(ids)


def believed(kind: type[models.Model]) -> int:
    """How many rows PostgreSQL's planner takes a table to have; below 0 if it never looked."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [kind._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def analyze(*kinds: type[models.Model]) -> None:
    """Tell PostgreSQL's planner what the tables hold now, after many rows came at once."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(quote(kind._meta.db_table) for kind in kinds))
