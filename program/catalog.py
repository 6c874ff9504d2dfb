"""The program's data in memory: read once per version and process, then free.

One cheap read of the Program row tells whether what a process holds is still true; the row's
version moves with every change of program data, whoever makes it. Apps on higher floors keep their
own part by `versioned`.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db.models import prefetch_related_objects

from program.errors import ProgramMissing, UnknownActivityType, UnknownLocation, UnknownPartner
from program.models import ActivityType, Location, Partner, Program, Unit

T = TypeVar("T")


@dataclasses.dataclass(slots=True)
class _Call:
    """What one call knows of the program: the version it was told, and the row of that."""

    version: int | None = None
    program: Program | None = None


_call: ContextVar[_Call | None] = ContextVar("call", default=None)
_last: dict[str, Program] = {}  # the row that was read last, for as long as its version stands


@contextmanager
def one_call() -> Iterator[None]:
    """One call from outside, decided by one program: the one that stood when it came in.

    Once its version is `told`, `current` asks no more.
    """
    token = _call.set(_Call())
    try:
        yield
    finally:
        _call.reset(token)


def told(version: int | None) -> None:
    """Tell the call that runs which version of the program stands."""
    call = _call.get()
    if call is not None:
        call.version, call.program = version, None


def look_again() -> None:
    """Read, for the call that runs, which program stands by now."""
    call = _call.get()
    if call is not None:
        call.program = _read()
        call.version = call.program.version


@contextmanager
def reading(program: Program | None = None) -> Iterator[None]:
    """A stretch of work for which one reading of the program is enough: `current` asks at most
    once within, and not at all where the caller has the row.
    """
    call = _call.get()
    if call is not None and call.version is not None:
        yield
        return
    row = program or _read()
    token = _call.set(_Call(row.version, row))
    try:
        yield
    finally:
        _call.reset(token)


def current() -> Program:
    """The Program row. Raises ProgramMissing before a blueprint has been applied."""
    call = _call.get()
    if call is None or call.version is None:
        return _read()
    if call.program is None:
        kept = _last.get("it")
        call.program = kept if kept is not None and kept.version == call.version else _read()
        _last["it"] = call.program
    return call.program


def _read() -> Program:
    program = Program.objects.first()
    if program is None:
        raise ProgramMissing("Apply a blueprint first: manage.py program apply blueprints/hotel")
    return program


def versioned(load: Callable[[Program], T]) -> Callable[[Program], T]:
    """Keep what `load(program)` returns for as long as the program's version stands."""
    kept: dict[str, tuple[int, T]] = {}

    @functools.wraps(load)
    def get(program: Program) -> T:
        version, value = kept.get("it", (None, None))
        if version != program.version or value is None:
            value = load(program)
            kept["it"] = (program.version, value)
        return value

    return get


@dataclasses.dataclass(frozen=True)
class Catalog:
    """Units, activity types (with their attributes), partners and places, by code."""

    units: dict[str, Unit]
    types: dict[str, ActivityType]
    partners: dict[str, Partner]
    locations: dict[tuple[str, str], Location]

    @functools.cached_property
    def counters(self) -> dict[str, tuple[str, ...]]:
        """The counters that count what is earned of a unit, by that unit."""
        return counters(self.units.values())

    @property
    def default_unit(self) -> Unit:
        """The unit that is shown first: the default, else the first spendable one."""
        spendable = [unit for unit in self.units.values() if unit.kind == Unit.Kind.SPENDABLE]
        return next((unit for unit in spendable if unit.is_default), spendable[0])

    def type(self, code: str) -> ActivityType:
        """The activity type, or UnknownActivityType naming those there are."""
        if code not in self.types:
            known = ", ".join(self.types)
            raise UnknownActivityType(
                f"There is no activity type {code!r}. Use one of: {known}.", pointer="/type"
            )
        return self.types[code]

    def partner(self, code: str) -> Partner:
        """The active partner, or UnknownPartner."""
        partner = self.partners.get(code)
        if partner is None or not partner.is_active:
            raise UnknownPartner(f"There is no active partner {code!r}.", pointer="/partner")
        return partner

    def location(self, partner: str, code: str) -> Location | None:
        """The partner's place, None for an empty code, or UnknownLocation."""
        if not code:
            return None
        if (partner, code) not in self.locations:
            raise UnknownLocation(
                f"Partner {partner!r} has no location {code!r}. Add it in the admin or correct "
                "the code.",
                pointer="/location",
            )
        return self.locations[partner, code]


def counters(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    """The counters that count what is earned of a unit, by that unit; only units that have any."""
    found: dict[str, tuple[str, ...]] = {}
    for unit in units:
        if unit.counts_id is not None:
            found[unit.counts_id] = (*found.get(unit.counts_id, ()), unit.code)
    return found


@versioned
def of(program: Program) -> Catalog:
    """The catalog of the program as it stands."""
    types = list(ActivityType.objects.all())
    prefetch_related_objects(types, "attributes")
    return Catalog(
        units={unit.code: unit for unit in Unit.objects.all()},
        types={type.code: type for type in types},
        partners={partner.code: partner for partner in Partner.objects.all()},
        locations={(place.partner_id, place.code): place for place in Location.objects.all()},
    )
