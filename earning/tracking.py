"""Tracking: where members stand on what milestones count, and which levels what they do passes.

What milestones look at of an activity is `Seen`. What a level pays is counted like anything else
and may pass the next level of another milestone; `earning.deciding` goes from one to the next.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection

from common import clock
from earning import marks
from earning.evaluation import Outcome
from earning.models import Activity, Milestone, MilestoneReached
from earning.submissions import Checked
from members import households
from members.models import Member
from plans import terms
from program import attributes, catalog
from program.catalog import versioned
from program.models import Program

Counted = tuple[uuid.UUID, str]  # member, and what is counted
Kind = tuple[str, str]  # type of activities, and what is counted of them
PLAIN = ("", Milestone.Distinct.DAY, Milestone.Distinct.PARTNER, Milestone.Distinct.LOCATION)


@versioned
def active(program: Program) -> tuple[Milestone, ...]:
    """The milestones in force in their order, kept in memory."""
    rows = Milestone.objects.filter(is_active=True).select_related("counter", "unit", "type")
    return tuple(rows.prefetch_related("options", "type__attributes"))


def paid_in(program: Program) -> set[str]:
    """The units that milestones pay, also by options, and the counters that count them."""
    counters = catalog.of(program).counters
    paid = {unit for milestone in active(program) for unit in milestone.pays_in}
    return paid | {code for unit in paid for code in counters.get(unit, ())}


COUNTED = """
    SELECT a.member_id, a.unit_id,
           date_trunc(%s, e.occurred_at AT TIME ZONE %s)::date, sum(e.amount)::bigint
    FROM points_account a JOIN points_entry e ON e.account_id = a.id
    WHERE a.member_id = ANY(%s) AND a.unit_id = ANY(%s)
      AND NOT (%s AND EXISTS (
          SELECT 1 FROM points_posting p
          WHERE p.id = e.posting_id AND p.source ~ '^plan(-refund)?:'))
    GROUP BY 1, 2, 3"""

# the values are those of the last change, and are read only where milestones count them
DONE = """
    SELECT coalesce(m.merged_into_id, m.id), a.type_id,
           (a.occurred_at AT TIME ZONE %(zone)s)::date, a.partner_id, coalesce(l.code, ''),
           CASE WHEN cardinality(%(values)s::text[]) = 0 THEN '{}'::jsonb ELSE (
               SELECT coalesce(jsonb_object_agg(said.key, said.value), '{}')
               FROM jsonb_each(coalesce((
                   SELECT c.after FROM earning_activitychange c WHERE c.activity_id = a.id
                   ORDER BY c.number DESC LIMIT 1), a.attributes)) said
               WHERE said.key = ANY(%(values)s)) END, count(*)
    FROM members_member m JOIN earning_activity a ON a.member_id = m.id
    LEFT JOIN program_location l ON l.id = a.location_id
    WHERE (m.id = ANY(%(ids)s) OR m.merged_into_id = ANY(%(ids)s)) AND a.type_id = ANY(%(types)s)
      AND NOT EXISTS (SELECT 1 FROM earning_activitychange c
                      WHERE c.activity_id = a.id AND c.kind = 'cancel')
    GROUP BY 1, 2, 3, 4, 5, 6"""

PASSED = """
    SELECT coalesce(m.merged_into_id, m.id), r.milestone_id, r.period
    FROM members_member m JOIN earning_milestonereached r ON r.member_id = m.id
    WHERE (m.id = ANY(%s) OR m.merged_into_id = ANY(%s)) AND r.milestone_id = ANY(%s)
      AND NOT EXISTS (SELECT 1 FROM earning_milestonevoid v WHERE v.reached_id = r.id)"""


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What milestones look at of an activity: its day, type, partner, location, values; and by how
    many there are more of it (`times`), for all milestones or those that count one `distinct` only.
    """

    on: date
    type: str = ""
    partner: str = ""
    location: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    times: int = 0
    only: Collection[str] | None = None

    @classmethod
    def of(cls, one: Checked, *, times: int, values: Mapping[str, Any] | None = None) -> Seen:
        """An activity as it stands, or with other values."""
        said = one.submission
        values = one.current if values is None else values
        return cls(one.on, one.type.code, said.partner, said.location, values, times)

    def where(self, distinct: str) -> str | None:
        """What is counted once of it; None where there is no such thing."""
        if distinct == Milestone.Distinct.LOCATION:
            return f"{self.partner}/{self.location}" if self.location else None
        if distinct in PLAIN:
            return self.partner
        value = self.values.get(distinct)
        return None if value is None else str(attributes.plain({distinct: value})[distinct])

    def visits(self, type: str, distinct: str) -> int:
        """By how many there are more of a kind."""
        is_meant = self.only is None or distinct in self.only
        return self.times if type == self.type and is_meant else 0


@dataclasses.dataclass(frozen=True, slots=True)
class Passed:
    """A level that an activity has just passed."""

    milestone: Milestone
    level: int
    period: str
    member: Member
    owner: str
    turn: int = 0
    counters: tuple[str, ...] = ()  # that count what it pays
    via: tuple[str, ...] = ()  # the milestones whose pay led to it, the nearest last

    @property
    def id(self) -> uuid.UUID:
        return MilestoneReached.id_for(
            self.milestone.code, self.level, self.period, self.owner, self.turn
        )

    @property
    def pays(self) -> dict[str, int]:
        """What it pays, by unit; nothing where it only lets the member choose."""
        paid = self.milestone
        if paid.unit_id is None or paid.amount is None:
            return {}
        return dict.fromkeys((paid.unit_id, *self.counters), paid.amount)

    def row(self, activity: Activity) -> MilestoneReached:
        """The level as it is stored."""
        return MilestoneReached(
            id=self.id,
            member=self.member,
            milestone=self.milestone,
            level=self.level,
            period=self.period,
            activity=activity,
            turn=self.turn,
        )


def _ends(level: Passed, gains: Mapping[str, int]) -> bool:
    """Whether a mark that is fed by what it pays comes to an end."""
    every = level.milestone.every
    return every is None or gains.get(str(level.milestone.counter_id), 0) < every


Claim = Callable[[Sequence[Passed]], Sequence[Passed]]


class Tracker:
    """Where the members of a batch stand on what milestones count; read under the lock of their
    accounts.
    """

    def __init__(
        self,
        milestones: Sequence[Milestone],
        *,
        homes: Mapping[uuid.UUID, uuid.UUID],
        zone: str,
        counters: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.milestones, self.homes, self.zone, self.counters = milestones, homes, zone, counters
        self.tallies: dict[Counted, marks.Tally] = {}
        self.passes: dict[tuple[uuid.UUID, str], list[date]] = {}
        self.credited: set[str] = set()  # counters that plans credit: for status only
        self._kinds: set[Kind] = {(m.type_id, m.distinct) for m in milestones if m.type_id}
        self._has_own = any(milestone.is_own for milestone in milestones)

    @classmethod
    def load(cls, program: Program, members: Iterable[Member]) -> Tracker:
        """With everything counted so far; what a household gets once, one batch decides."""
        known, ids = active(program), [member.pk for member in members]
        homes = households.homes(ids) if known and ids else {}
        counters = catalog.of(program).counters
        tracker = cls(known, homes=homes, zone=program.time_zone, counters=counters)
        if known and ids:
            tracker.credited = terms.credited(program)
            tracker._load(ids)
            households.lock(tracker.homes.values())
        return tracker

    @property
    def values(self) -> set[str]:
        """The attributes whose values are counted."""
        return {distinct for _type, distinct in self._kinds if distinct not in PLAIN}

    def take(self, one: Checked, member: Member, outcomes: Sequence[Outcome]) -> list[Passed]:
        """Count an activity and what it earned, and say which levels it passed."""
        if not self.milestones:
            return []
        gains = Counter[str]()
        for outcome in outcomes:
            gains[outcome.rule.unit] += outcome.amount
        seen = Seen.of(one, times=0 if one.is_cancelled else 1)
        passed = self.crossed(member, seen, gains)
        self.add(member, seen, gains)
        return passed

    def settle(self, passed: Sequence[Passed], on: date, *, claim: Claim = list) -> list[Passed]:
        """Levels that were passed on a day, and then those that what they pay passes, as long as
        there are any: in the order of the milestones, those nearer to the activity first.

        `claim` says which of some levels nobody had passed before.
        """
        found: list[Passed] = []
        wave = list(claim(passed)) if passed else []
        while wave:
            found += wave
            more = [one for level in wave for one in self._pay(level, on)]
            wave = list(claim(more)) if more else []
        return found

    def _pay(self, level: Passed, on: date) -> list[Passed]:
        """Count what a level pays, and say which levels of other milestones that passes; its own
        next one, too, but none of those that led to it.
        """
        seen, gains = Seen(on), level.pays
        if not self.milestones or not gains:
            return []
        found = self.crossed(level.member, seen, gains)
        self.add(level.member, seen, gains)
        via = (*level.via, level.milestone.code)
        return [
            dataclasses.replace(one, via=via)
            for one in found
            if one.milestone.code not in via
            or (one.milestone.code == via[-1] and _ends(one, gains))
        ]

    def crossed(self, member: Member, seen: Seen, gains: Mapping[str, int]) -> list[Passed]:
        """The levels that so much more of each unit, and of an activity, pass."""
        found: list[Passed] = []
        for milestone in self.milestones:
            change = self._change(milestone, member, seen, gains)
            if change is None or change.amount < 0:
                continue
            tally, passes = self.tally(member.pk, milestone), self._passes(member.pk, milestone)
            owner = self.owner(milestone, member)
            counters = self.counters.get(milestone.unit_id or "", ())
            for level, (label, *_rest) in marks.passed(milestone, tally, change, passes):
                found.append(Passed(milestone, level, label, member, owner, counters=counters))
                if milestone.is_rolling:
                    passes.append(date.fromisoformat(label))
        return found

    def dropped(
        self, member: Member, seen: Seen, gains: Mapping[str, int]
    ) -> list[tuple[Passed, tuple[str, ...]]]:
        """The levels that so much less no longer reaches, with the labels they may stand under."""
        found: list[tuple[Passed, tuple[str, ...]]] = []
        for milestone in self.milestones:
            change = self._change(milestone, member, seen, gains)
            if change is None or change.amount > 0:
                continue
            tally, passes = self.tally(member.pk, milestone), self._passes(member.pk, milestone)
            owner = self.owner(milestone, member)
            found += [
                (Passed(milestone, level, labels[0], member, owner), labels)
                for level, labels in marks.lost(milestone, tally, change, passes)
            ]
        return found

    def add(self, member: Member, seen: Seen, gains: Mapping[str, int]) -> None:
        """Count an activity, and amounts of units on its day."""
        for unit, amount in gains.items():
            self.count(member.pk, unit, seen.on, amount)
        for type, distinct in self._kinds:
            times, where = seen.visits(type, distinct), seen.where(distinct)
            if times and where is not None:
                self._visits(member.pk, type, distinct).add(seen.on, times, where)

    def count(self, member: uuid.UUID, unit: str, on: date, amount: int) -> None:
        """Add to what a member has counted of a unit."""
        key = (member, unit)
        if key not in self.tallies:
            self.tallies[key] = marks.Amounts()
        self.tallies[key].add(on, amount)

    def tally(self, member: uuid.UUID, milestone: Milestone) -> marks.Tally:
        """What a member has counted of what a milestone counts."""
        if milestone.type_id:
            return self._visits(member, milestone.type_id, milestone.distinct)
        return self.tallies.setdefault((member, str(milestone.counter_id)), marks.Amounts())

    def owner(self, milestone: Milestone, member: Member) -> str:
        """Who passes a level once: a member, or a household."""
        home = self.homes.get(member.pk)
        if milestone.per == Milestone.Per.HOUSEHOLD and home is not None:
            return f"household:{home}"
        return f"member:{member.pk}"

    def _change(
        self, milestone: Milestone, member: Member, seen: Seen, gains: Mapping[str, int]
    ) -> marks.Change | None:
        """What changes of what a milestone counts; None where that is nothing."""
        where: str | None = seen.partner
        if milestone.type_id:
            amount = seen.visits(milestone.type_id, milestone.distinct)
            where = seen.where(milestone.distinct) if amount else None
        else:
            amount = gains.get(str(milestone.counter_id), 0)
        if not amount or where is None:
            return None
        joined = clock.local_date(member.joined_at, self.zone) if self._has_own else None
        return marks.Change(seen.on, amount, where, joined)

    def _visits(self, member: uuid.UUID, type: str, distinct: str) -> marks.Tally:
        key = (member, f"{type}:{distinct}")
        if key not in self.tallies:
            self.tallies[key] = marks.Visits(distinct)
        return self.tallies[key]

    def _passes(self, member: uuid.UUID, milestone: Milestone) -> list[date]:
        return self.passes.setdefault((member, milestone.code), [])

    def _load(self, ids: list[uuid.UUID]) -> None:
        on_units = [one for one in self.milestones if one.counter_id]
        counters = {str(one.counter_id) for one in on_units}
        with connection.cursor() as cursor:
            if counters:
                spoilt = bool(counters & self.credited)
                asked: list[Any] = [marks.grain(on_units), self.zone, ids, list(counters), spoilt]
                cursor.execute(COUNTED, asked)
                for member, unit, on, amount in cursor:
                    self.count(member, unit, on, amount)
            rolling = [one.code for one in self.milestones if one.is_rolling]
            if rolling:
                cursor.execute(PASSED, [ids, ids, rolling])
                for member, milestone, label in cursor:
                    day = date.fromisoformat(label)
                    self.passes.setdefault((member, milestone), []).append(day)
        if self._kinds:
            self._load_visits(ids)

    def _load_visits(self, ids: list[uuid.UUID]) -> None:
        types = list({type for type, _distinct in self._kinds})
        asked: dict[str, Any] = {
            "zone": self.zone,
            "ids": ids,
            "types": types,
            "values": list(self.values),
        }
        with connection.cursor() as cursor:
            cursor.execute(DONE, asked)
            for member, type, on, partner, location, values, times in cursor:
                seen = Seen(on, type, partner, location, msgspec.json.decode(values), times)
                for kind, distinct in self._kinds:
                    where = seen.where(distinct)
                    if kind == type and where is not None:
                        self._visits(member, type, distinct).add(on, times, where)
