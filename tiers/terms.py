"""The terms of qualification: what a ladder, its rungs and the ways to them are."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date, datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Over what a requirement counts: lifetime, year (of the program), half_year, quarter or month
    (of the calendar), months (rolling), membership_year, membership_half_year or since_change.
    """

    kind: str = "lifetime"
    months: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """At least so much of the counter `unit`, so many activities of `type`, or so many program
    years at rank `rank` or above.

    What the counter `less` has counted is taken off: purchases less returns. With `distinct`, not
    each activity is counted but each day, partner or location that had one.
    """

    at_least: int
    unit: str = ""
    less: str = ""
    rank: int = 0
    window: Window = Window()
    type: str = ""
    distinct: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """Requirements that must all hold, in force from a day up to but not on another.

    One that `keeps` is open only to those who hold the tier, or a higher one, already; one of a
    `group` ("segment:card", "plan:plus") only to who is in it then. What is reached by one
    `for_life` has no end.
    """

    needs: tuple[Requirement, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    keeps: bool = False
    for_life: bool = False
    group: str = ""

    def is_in_force(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day < self.ends_on
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """What qualification needs to know of a tier; `threshold` where reaching it uses that up."""

    code: str
    rank: int
    id: uuid.UUID
    routes: tuple[Route, ...] = ()
    name: str = ""
    threshold: int | None = None

    @property
    def is_by_invitation(self) -> bool:
        """Whether nothing that is counted leads to it."""
        return not self.routes and self.threshold is None


@dataclasses.dataclass(frozen=True, slots=True)
class Validity:
    """How long a hold lasts.

    life; years: to the end of the program year that lies `count` years on, plus `months`;
    half_years: to the end of the half-year that lies `count` on; months: from attaining; active:
    until `months` have passed without any credit. The last day of the latter two is moved to the
    end of the month, quarter, half-year or year that `round_to` names.
    """

    kind: str = "life"
    count: int = 0
    months: int = 0
    round_to: str = "day"


@dataclasses.dataclass(frozen=True, slots=True)
class LadderRule:
    """What qualification needs to know of a ladder; `rungs` from the lowest up.

    `downgrade` is to_earned, one_step or never. The program year starts on the first of
    `year_starts` (a month); where `is_own_year`, each member has their own, from the day of
    joining, for what counts, for how long a tier lasts and for what rolls over. Where it `uses_up`,
    reaching a tier takes its threshold off the counter. A surplus that stays is `carries_at_most`.
    `units` is every counter that any route reads, and the ladder's own; `types` is every type of
    which activities are counted; `groups` is every group that a route is only for.
    """

    code: str
    rungs: tuple[Rung, ...]
    zone: str
    validity: Validity = Validity()
    downgrade: str = "to_earned"
    year_starts: int = 1
    sharing: str = "never"
    counter: str = ""
    head_starts: tuple[tuple[str, int], ...] = ()
    rolls_over: bool = False
    is_own_year: bool = False
    uses_up: bool = False
    carries_at_most: int | None = None
    units: frozenset[str] = dataclasses.field(init=False, compare=False, repr=False)
    types: frozenset[str] = dataclasses.field(init=False, compare=False, repr=False)
    groups: frozenset[str] = dataclasses.field(init=False, compare=False, repr=False)
    turns: tuple[date, ...] = dataclasses.field(init=False, compare=False, repr=False)
    is_plain: bool = dataclasses.field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        needs = [need for rung in self.rungs for route in rung.routes for need in route.needs]
        named = {unit for need in needs for unit in (need.unit, need.less) if unit}
        types = frozenset(need.type for need in needs if need.type)
        if self.counter and (types or self.uses_up):  # of what counts itself, its account is locked
            named.add(self.counter)
        routes = [route for rung in self.rungs for route in rung.routes]
        starts = {route.starts_on for route in routes if route.starts_on}
        groups = frozenset(route.group for route in routes if route.group)
        object.__setattr__(self, "units", frozenset(named))
        object.__setattr__(self, "types", types)
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "turns", tuple(sorted(starts)))
        object.__setattr__(self, "is_plain", self._is_plain())

    def _is_plain(self) -> bool:
        """Whether all that a ladder says is: from so much of one counter on, ever, for life; the
        higher the rung, the more it takes.
        """
        takes = [_plain_need(rung) for rung in self.rungs]
        needs = [need for need in takes if need is not None]
        heights = [need.at_least for need in needs]
        is_for_life = self.validity.kind == "life" or self.downgrade == "never"
        is_more = self.head_starts or self.rolls_over or self.uses_up
        is_simple = not is_more and self.validity.kind != "active"
        is_one = len({need.unit for need in needs}) == 1 and len(needs) == len(self.rungs)
        return is_simple and is_for_life and is_one and heights == sorted(heights)

    @property
    def own_window(self) -> str:
        """The window that is a year of this ladder."""
        return "membership_year" if self.is_own_year else "year"

    def year_of(self, day: date) -> date:
        """The first day of the program year that holds `day`."""
        return date(day.year - (day.month < self.year_starts), self.year_starts, 1)


def _plain_need(rung: Rung) -> Requirement | None:
    """The one need of a rung's one route, if nothing else is said of either."""
    if len(rung.routes) != 1 or len(rung.routes[0].needs) != 1:
        return None
    need = rung.routes[0].needs[0]
    is_plain = rung.routes[0] == Route((need,)) and need == Requirement(need.at_least, need.unit)
    return need if is_plain and need.unit else None


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A tier held from `starts_at` to `ends_at` (exclusive; None: for life)."""

    rung: Rung
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or self.ends_at > moment)
