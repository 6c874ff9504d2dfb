"""Milestones: marks that pay when they are passed, once for each level, period and owner; or let
the member choose.

What a milestone pays never passes a milestone itself, so none can set off its own level again.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce

from earning import choosing, marks, milestone_words
from earning.evaluation import Outcome
from earning.models import Activity, Milestone, MilestoneReached, MilestoneVoid
from earning.submissions import Checked
from events import outbox
from events.models import Event
from members import households, lineage
from members.models import Member
from plans import terms
from points.ledger import Credit, Earning
from points.models import Entry
from program.catalog import versioned
from program.models import Program

Counted = tuple[uuid.UUID, str]  # member, and what is counted


@versioned
def active(program: Program) -> tuple[Milestone, ...]:
    """The milestones in force, kept in memory."""
    rows = Milestone.objects.filter(is_active=True).select_related("counter", "unit", "type")
    return tuple(rows.prefetch_related("options"))


COUNTED = """
    SELECT a.member_id, a.unit_id,
           date_trunc(%s, e.occurred_at AT TIME ZONE %s)::date, sum(e.amount)::bigint
    FROM points_account a JOIN points_entry e ON e.account_id = a.id
    WHERE a.member_id = ANY(%s) AND a.unit_id = ANY(%s)
      AND NOT (%s AND EXISTS (
          SELECT 1 FROM points_posting p
          WHERE p.id = e.posting_id AND p.source ~ '^plan(-refund)?:'))
    GROUP BY 1, 2, 3"""

DONE = """
    SELECT coalesce(m.merged_into_id, m.id), a.type_id,
           (a.occurred_at AT TIME ZONE %s)::date, a.partner_id, count(*)
    FROM members_member m JOIN earning_activity a ON a.member_id = m.id
    WHERE (m.id = ANY(%s) OR m.merged_into_id = ANY(%s)) AND a.type_id = ANY(%s)
      AND NOT EXISTS (SELECT 1 FROM earning_activitychange c
                      WHERE c.activity_id = a.id AND c.kind = 'cancel')
    GROUP BY 1, 2, 3, 4"""

PASSED = """
    SELECT coalesce(m.merged_into_id, m.id), r.milestone_id, r.period
    FROM members_member m JOIN earning_milestonereached r ON r.member_id = m.id
    WHERE (m.id = ANY(%s) OR m.merged_into_id = ANY(%s)) AND r.milestone_id = ANY(%s)
      AND NOT EXISTS (SELECT 1 FROM earning_milestonevoid v WHERE v.reached_id = r.id)"""


def offers_choices(program: Program) -> bool:
    """Whether any milestone lets members choose."""
    return any(milestone.choose for milestone in active(program))


@dataclasses.dataclass(frozen=True, slots=True)
class Passed:
    """A level that an activity has just passed."""

    milestone: Milestone
    level: int
    period: str
    member: Member
    owner: str
    turn: int = 0

    @property
    def id(self) -> uuid.UUID:
        return MilestoneReached.id_for(
            self.milestone.code, self.level, self.period, self.owner, self.turn
        )

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


class Tracker:
    """Where the members of a batch stand on what milestones count; read under the lock of their
    accounts.
    """

    def __init__(
        self, milestones: Sequence[Milestone], *, homes: Mapping[uuid.UUID, uuid.UUID]
    ) -> None:
        self.milestones, self.homes = milestones, homes
        self.tallies: dict[Counted, marks.Tally] = {}
        self.passes: dict[tuple[uuid.UUID, str], list[date]] = {}
        self.credited: set[str] = set()  # counters that plans credit: for status only
        self._kinds = {(m.type_id, m.distinct) for m in milestones if m.type_id}

    @classmethod
    def load(cls, program: Program, members: Iterable[Member]) -> Tracker:
        """With everything counted so far; what a household gets once, one batch decides."""
        known, ids = active(program), [member.pk for member in members]
        tracker = cls(known, homes=households.homes(ids) if known and ids else {})
        if known and ids:
            tracker.credited = terms.credited(program)
            tracker._load(ids, program.time_zone)
            households.lock(tracker.homes.values())
        return tracker

    def take(self, one: Checked, member: Member, outcomes: Sequence[Outcome]) -> list[Passed]:
        """Count an activity and what it earned, and say which levels it passed."""
        if not self.milestones:
            return []
        gains = Counter[str]()
        for outcome in outcomes:
            gains[outcome.rule.unit] += outcome.amount
        passed = self.crossed(one, member, gains, visits=0 if one.is_cancelled else 1)
        for unit, amount in gains.items():
            self.count(member.pk, unit, one.on, amount)
        if not one.is_cancelled:
            self.visit(member.pk, one)
        return passed

    def crossed(
        self, one: Checked, member: Member, gains: Mapping[str, int], *, visits: int
    ) -> list[Passed]:
        """The levels that so much more of each unit, and so many more visits, pass."""
        found: list[Passed] = []
        for milestone in self.milestones:
            change = _change(milestone, one, gains, visits)
            if change is None or change.amount < 0:
                continue
            tally, passes = self.tally(member.pk, milestone), self._passes(member.pk, milestone)
            for level, (label, *_rest) in marks.passed(milestone, tally, change, passes):
                found.append(Passed(milestone, level, label, member, self.owner(milestone, member)))
                if milestone.is_rolling:
                    passes.append(date.fromisoformat(label))
        return found

    def dropped(
        self, one: Checked, member: Member, gains: Mapping[str, int], *, visits: int
    ) -> list[tuple[Passed, tuple[str, ...]]]:
        """The levels that so much less no longer reaches, with the labels they may stand under."""
        found: list[tuple[Passed, tuple[str, ...]]] = []
        for milestone in self.milestones:
            change = _change(milestone, one, gains, visits)
            if change is None or change.amount > 0:
                continue
            tally, passes = self.tally(member.pk, milestone), self._passes(member.pk, milestone)
            owner = self.owner(milestone, member)
            found += [
                (Passed(milestone, level, labels[0], member, owner), labels)
                for level, labels in marks.lost(milestone, tally, change, passes)
            ]
        return found

    def count(self, member: uuid.UUID, unit: str, on: date, amount: int) -> None:
        """Add to what a member has counted of a unit."""
        key = (member, unit)
        if key not in self.tallies:
            self.tallies[key] = marks.Amounts()
        self.tallies[key].add(on, amount)

    def visit(self, member: uuid.UUID, one: Checked, amount: int = 1) -> None:
        """Count an activity itself."""
        for type, distinct in self._kinds:
            if type == one.type.code:
                self._visits(member, type, distinct).add(one.on, amount, one.submission.partner)

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

    def _visits(self, member: uuid.UUID, type: str, distinct: str) -> marks.Tally:
        key = (member, f"{type}:{distinct}")
        if key not in self.tallies:
            self.tallies[key] = marks.Visits(distinct)
        return self.tallies[key]

    def _passes(self, member: uuid.UUID, milestone: Milestone) -> list[date]:
        return self.passes.setdefault((member, milestone.code), [])

    def _load(self, ids: list[uuid.UUID], zone: str) -> None:
        on_units = [one for one in self.milestones if one.counter_id]
        counters = {str(one.counter_id) for one in on_units}
        with connection.cursor() as cursor:
            if counters:
                spoilt = bool(counters & self.credited)
                asked: list[Any] = [marks.grain(on_units), zone, ids, list(counters), spoilt]
                cursor.execute(COUNTED, asked)
                for member, unit, on, amount in cursor:
                    self.count(member, unit, on, amount)
            if self._kinds:
                types = list({type for type, _distinct in self._kinds})
                cursor.execute(DONE, [zone, ids, ids, types])
                for member, type, on, where, times in cursor:
                    for kind, distinct in self._kinds:
                        if kind == type:
                            self._visits(member, type, distinct).add(on, times, where)
            rolling = [one.code for one in self.milestones if one.is_rolling]
            if rolling:
                cursor.execute(PASSED, [ids, ids, rolling])
                for member, milestone, label in cursor:
                    day = date.fromisoformat(label)
                    self.passes.setdefault((member, milestone), []).append(day)


def _change(
    milestone: Milestone, one: Checked, gains: Mapping[str, int], visits: int
) -> marks.Change | None:
    """What an activity changes of what a milestone counts; None where that is nothing."""
    if milestone.type_id:
        amount = visits if milestone.type_id == one.type.code else 0
    else:
        amount = gains.get(str(milestone.counter_id), 0)
    return marks.Change(one.on, amount, one.submission.partner) if amount else None


def claim(
    passed: Sequence[tuple[Passed, Activity]],
) -> list[tuple[Passed, Activity]]:
    """Write down the levels passed; returns those nobody of the same owner had passed before."""
    passed = _with_turns(_without_own(passed))
    rows = {one.id: one.row(activity) for one, activity in reversed(passed)}
    MilestoneReached.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    stored = MilestoneReached.objects.in_bulk(list(rows))
    mine: dict[uuid.UUID, tuple[Passed, Activity]] = {}
    for one, activity in passed:
        if stored[one.id].activity_id == activity.pk and one.id not in mine:
            mine[one.id] = (one, activity)
    choosing.offer([(stored[pk], one.milestone) for pk, (one, _activity) in mine.items()])
    return list(mine.values())


def _without_own(passed: Sequence[tuple[Passed, Activity]]) -> list[tuple[Passed, Activity]]:
    """Leave out levels the same member passed before under another owner, or before a merge."""
    if not passed:
        return []
    members = {one.member.pk for one, _ in passed}
    stand = MilestoneReached.objects.filter(member__in=lineage.among(members), voids__isnull=True)
    whose = Coalesce("member__merged_into", "member")
    own = set(stand.values_list(whose, "milestone", "level", "period"))
    return [
        (one, activity)
        for one, activity in passed
        if (one.member.pk, one.milestone.code, one.level, one.period) not in own
    ]


def _with_turns(passed: Sequence[tuple[Passed, Activity]]) -> list[tuple[Passed, Activity]]:
    """The same, each with how often its level was made void before: then it is passed anew."""
    owners = {one.owner for one, _ in passed}
    if not owners:
        return []
    turns = Counter(
        MilestoneVoid.objects.filter(owner__in=owners).values_list(
            "owner", "reached__milestone", "reached__level", "reached__period"
        )
    )
    return [
        (
            dataclasses.replace(
                one, turn=turns[one.owner, one.milestone.code, one.level, one.period]
            ),
            activity,
        )
        for one, activity in passed
    ]


def earning_of(one: Passed, activity: Activity) -> Earning | None:
    """What a passed level pays; None where it only lets the member choose."""
    milestone = one.milestone
    if milestone.unit_id is None or milestone.amount is None:
        return None
    credit = Credit(
        unit=milestone.unit_id,
        amount=milestone.amount,
        reason=milestone_words.reached(milestone, one.level),
        kind=Entry.Kind.BONUS,
    )
    return Earning(one.member.pk, one.row(activity).source, activity.occurred_at, [credit])


def reached(one: Passed, activity: Activity) -> Event:
    """The announcement of a passed level; `choose` says how many options there are to choose."""
    payload: dict[str, object] = {"milestone": one.milestone.code, "level": one.level}
    if one.milestone.choose:
        payload["choose"] = one.milestone.choose
    return outbox.draft(
        "milestone_reached",
        member_id=one.member.pk,
        subject=activity.public_id,
        payload=payload,
        occurred_at=activity.occurred_at,
    )


def keys(program: Program, members: Mapping[tuple[str, str], Member]) -> set[tuple[uuid.UUID, str]]:
    """The accounts that milestones, and what is chosen for them, may pay into."""
    units = {unit for milestone in active(program) for unit in milestone.pays_in}
    return {(member.pk, unit) for unit in units for member in members.values()}
