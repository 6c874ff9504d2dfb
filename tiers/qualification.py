"""Qualification: which tier follows from what was counted, and when.

The rule is a pure function of dated credits, so any order of arrival gives the same tier at any
moment: a credit that lifts the window's sum over a threshold starts a hold on that tier, a hold
lasts as long as the ladder says, and the effective tier is the highest one held. Thresholds are
reached by being equal (`>=`). All amounts are in the counter's smallest part.
"""

from __future__ import annotations

import dataclasses
import uuid
from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection

from common import clock
from program.catalog import versioned
from program.models import Program
from tiers.models import Ladder, Tier


@dataclasses.dataclass(frozen=True, slots=True)
class Rung:
    """What qualification needs to know of a tier."""

    code: str
    rank: int
    threshold: int
    id: uuid.UUID
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LadderRule:
    """What qualification needs to know of a ladder; `rungs` from the lowest up."""

    code: str
    counter: str
    window: str
    validity: str
    rungs: tuple[Rung, ...]
    zone: str


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A tier held from `starts_at` to `ends_at` (exclusive; None: for life)."""

    rung: Rung
    starts_at: datetime
    ends_at: datetime | None


@versioned
def ladders(program: Program) -> tuple[LadderRule, ...]:
    """All ladders of the program as rules."""
    rows = Ladder.objects.prefetch_related("tiers")
    return tuple(_rule(ladder, program.time_zone) for ladder in rows)


def _rule(ladder: Ladder, zone: str) -> LadderRule:
    tiers: list[Tier] = sorted(ladder.tiers.all(), key=lambda tier: tier.rank)
    return LadderRule(
        code=ladder.code,
        counter=ladder.counter_id,
        window=ladder.window,
        validity=ladder.validity,
        rungs=tuple(
            Rung(tier.code, tier.rank, tier.threshold, tier.pk, tier.name) for tier in tiers
        ),
        zone=zone,
    )


class Climb:
    """A member's way up one ladder: dated credits in, holds on rungs out.

    Credits that arrive in order of time are folded in one by one; a late one folds everything anew.
    """

    def __init__(self, rule: LadderRule, credits: Iterable[tuple[datetime, int]] = ()) -> None:
        self.rule = rule
        self._credits: list[tuple[datetime, int]] = []
        self._restart()
        for moment, amount in sorted(credits):
            self.add(moment, amount)

    def add(self, occurred_at: datetime, amount: int) -> None:
        """Count one more credit, wherever in time it falls."""
        is_late = bool(self._credits) and occurred_at < self._credits[-1][0]
        insort(self._credits, (occurred_at, amount))
        if not is_late:
            self._fold(occurred_at, amount)
            return
        self._restart()
        for moment, credited in self._credits:
            self._fold(moment, credited)

    def rung_at(self, moment: datetime) -> Rung | None:
        """The highest rung held at `moment`, counting what happened until then."""
        return _top(h for h in self.holds if h.starts_at <= moment and _outlives(h, moment))

    def rung_before(self, moment: datetime) -> Rung | None:
        """The highest rung at `moment` that was reached strictly before it: what an activity of
        that moment earns at.
        """
        return _top(h for h in self.holds if h.starts_at < moment and _outlives(h, moment))

    def total_at(self, moment: datetime) -> int:
        """The counter over the window that holds `moment`, up to and including it."""
        window = _window(self.rule, moment)
        return sum(a for m, a in self._credits if m <= moment and _window(self.rule, m) == window)

    def spans(self) -> list[Span]:
        """What is held when: spans that do not overlap, in order of time."""
        return _highest(self.holds)

    def _restart(self) -> None:
        self.holds: list[Span] = []
        self._total, self._reached = 0, 0
        self._window: int | None = None

    def _fold(self, moment: datetime, amount: int) -> None:
        """A hold starts where the window's running sum first reaches a threshold."""
        window = _window(self.rule, moment)
        if window != self._window:
            self._total, self._reached, self._window = 0, 0, window
        self._total += amount
        rungs = self.rule.rungs
        while self._reached < len(rungs) and self._total >= rungs[self._reached].threshold:
            self.holds.append(Span(rungs[self._reached], moment, _ends(self.rule, moment)))
            self._reached += 1


def _outlives(hold: Span, moment: datetime) -> bool:
    return hold.ends_at is None or hold.ends_at > moment


def _top(holds: Iterable[Span]) -> Rung | None:
    return max((hold.rung for hold in holds), key=lambda rung: rung.rank, default=None)


def _window(rule: LadderRule, moment: datetime) -> int | None:
    return clock.local_date(moment, rule.zone).year if rule.window == Ladder.Window.YEAR else None


def _ends(rule: LadderRule, moment: datetime) -> datetime | None:
    if rule.validity == Ladder.Validity.LIFE:
        return None
    year = clock.local_date(moment, rule.zone).year
    return clock.end_of_day(date(year + 1, 12, 31), rule.zone)


def _highest(holds: list[Span]) -> list[Span]:
    """Overlapping holds flattened: at each moment the highest rung, equal neighbours joined."""
    edges = sorted(
        {s.starts_at for s in holds} | {s.ends_at for s in holds if s.ends_at is not None}
    )
    flat: list[Span] = []
    for index, start in enumerate(edges):
        end = edges[index + 1] if index + 1 < len(edges) else None
        live = [
            s for s in holds if s.starts_at <= start and (s.ends_at is None or s.ends_at > start)
        ]
        if not live:
            continue
        rung = max((s.rung for s in live), key=lambda rung: rung.rank)
        if flat and flat[-1].rung == rung and flat[-1].ends_at == start:
            flat[-1] = dataclasses.replace(flat[-1], ends_at=end)
        else:
            flat.append(Span(rung, start, end))
    return flat


def credits(
    member_ids: Sequence[uuid.UUID], counters: Sequence[str]
) -> dict[tuple[uuid.UUID, str], list[tuple[datetime, int]]]:
    """What each member's counters were credited, by moment: {(member, unit): [(occurred_at,
    amount)]}.
    """
    found: dict[tuple[uuid.UUID, str], list[tuple[datetime, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.member_id, a.unit_id, e.occurred_at, sum(e.amount)::bigint
               FROM points_account a JOIN points_entry e ON e.account_id = a.id
               WHERE a.member_id = ANY(%s) AND a.unit_id = ANY(%s)
               GROUP BY 1, 2, 3 ORDER BY 3""",
            [list(member_ids), list(counters)],
        )
        for member, unit, moment, amount in cursor:
            found.setdefault((member, unit), []).append((moment, amount))
    return found
