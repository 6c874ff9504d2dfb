"""Milestones: marks on counters that pay when they are passed, once for each level, period and
owner.

What a milestone pays never passes a milestone itself, so none can set off its own level again.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common.text import number, scaled
from earning.evaluation import Outcome
from earning.models import Activity, Milestone, MilestoneReached
from earning.submissions import Checked
from members import households, lineage
from members.models import Member
from points.ledger import Credit, Earning
from points.models import Entry
from program.catalog import versioned
from program.models import Program

Total = tuple[uuid.UUID, str, str]  # member, counter, period


@versioned
def active(program: Program) -> tuple[Milestone, ...]:
    """The milestones in force, kept in memory."""
    return tuple(Milestone.objects.filter(is_active=True).select_related("counter", "unit"))


@dataclasses.dataclass(frozen=True, slots=True)
class Passed:
    """A level that an activity has just passed."""

    milestone: Milestone
    level: int
    period: str
    member: Member
    owner: str

    @property
    def id(self) -> uuid.UUID:
        return MilestoneReached.id_for(self.milestone.code, self.level, self.period, self.owner)


class Tracker:
    """Where the members of a batch stand on the counters of milestones; read under the lock of
    their accounts.
    """

    def __init__(
        self, milestones: Sequence[Milestone], *, homes: Mapping[uuid.UUID, uuid.UUID]
    ) -> None:
        self.milestones, self.homes = milestones, homes
        self.totals: dict[Total, int] = {}

    @classmethod
    def load(cls, program: Program, members: Iterable[Member]) -> Tracker:
        """With everything counted so far; what a household gets once, one batch decides."""
        known, ids = active(program), [member.pk for member in members]
        tracker = cls(known, homes=households.homes(ids) if known and ids else {})
        if known and ids:
            tracker._load(ids, program.time_zone)
            households.lock(tracker.homes.values())
        return tracker

    def take(self, one: Checked, member: Member, outcomes: Sequence[Outcome]) -> list[Passed]:
        """Count what an activity earned, and say which levels it passed."""
        passed: list[Passed] = []
        for milestone in self.milestones:
            gained = sum(o.amount for o in outcomes if o.rule.unit == milestone.counter_id)
            if gained:
                period = str(one.on.year) if milestone.window == Milestone.Window.YEAR else ""
                before = self.totals.get((member.pk, milestone.counter_id, period), 0)
                owner = self._owner(milestone, member)
                passed += [
                    Passed(milestone, level, period, member, owner)
                    for level in levels(milestone, before, before + gained)
                ]
        for outcome in outcomes:
            self.count(member.pk, outcome.rule.unit, one.on.year, outcome.amount)
        return passed

    def count(self, member: uuid.UUID, unit: str, year: int, amount: int) -> None:
        """Add to what a member has counted, ever and in a year."""
        for period in ("", str(year)):
            key = (member, unit, period)
            self.totals[key] = self.totals.get(key, 0) + amount

    def _owner(self, milestone: Milestone, member: Member) -> str:
        home = self.homes.get(member.pk)
        if milestone.per == Milestone.Per.HOUSEHOLD and home is not None:
            return f"household:{home}"
        return f"member:{member.pk}"

    def _load(self, ids: list[uuid.UUID], zone: str) -> None:
        counters = {milestone.counter_id for milestone in self.milestones}
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT a.member_id, a.unit_id,
                          extract(year FROM e.occurred_at AT TIME ZONE %s)::int,
                          sum(e.amount)::bigint
                   FROM points_account a JOIN points_entry e ON e.account_id = a.id
                   WHERE a.member_id = ANY(%s) AND a.unit_id = ANY(%s) GROUP BY 1, 2, 3""",
                [zone, ids, list(counters)],
            )
            for member, unit, year, amount in cursor:
                self.count(member, unit, year, amount)


def levels(milestone: Milestone, before: int, after: int) -> list[int]:
    """The levels above `before`, up to and including `after`: crossing two at once gives both."""
    found = [milestone.at] if before < milestone.at <= after else []
    if milestone.every:
        first = max(1, (before - milestone.at) // milestone.every + 1)
        level = milestone.at + first * milestone.every
        while level <= after:
            if level > before:
                found.append(level)
            level += milestone.every
    return found


def claim(
    passed: Sequence[tuple[Passed, Activity]],
) -> list[tuple[Passed, Activity]]:
    """Write down the levels passed; returns those nobody of the same owner had passed before."""
    passed = _without_own(passed)
    rows = {
        one.id: MilestoneReached(
            id=one.id,
            member=one.member,
            milestone=one.milestone,
            level=one.level,
            period=one.period,
            activity=activity,
        )
        for one, activity in reversed(passed)
    }
    MilestoneReached.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    stored = MilestoneReached.objects.in_bulk(list(rows))
    mine: dict[uuid.UUID, tuple[Passed, Activity]] = {}
    for one, activity in passed:
        if stored[one.id].activity_id == activity.pk and one.id not in mine:
            mine[one.id] = (one, activity)
    return list(mine.values())


def _without_own(passed: Sequence[tuple[Passed, Activity]]) -> list[tuple[Passed, Activity]]:
    """Leave out levels the same member passed before under another owner, or before a merge."""
    if not passed:
        return []
    members = {one.member.pk for one, _ in passed}
    own = set(
        MilestoneReached.objects.filter(member__in=lineage.among(members)).values_list(
            Coalesce("member__merged_into", "member"), "milestone", "level", "period"
        )
    )
    return [
        (one, activity)
        for one, activity in passed
        if (one.member.pk, one.milestone.code, one.level, one.period) not in own
    ]


def earning_of(one: Passed, activity: Activity) -> Earning:
    """What a passed level pays."""
    milestone = one.milestone
    level = number(scaled(one.level, milestone.counter.decimals))
    reason = _("%(milestone)s: %(level)s %(units)s reached") % {
        "milestone": milestone.name,
        "level": level,
        "units": milestone.counter.plural,
    }
    credit = Credit(
        unit=milestone.unit_id, amount=milestone.amount, reason=reason, kind=Entry.Kind.BONUS
    )
    source = f"milestone:{milestone.code}:{one.level}:{one.period}"
    return Earning(one.member.pk, source, activity.occurred_at, [credit])


def keys(program: Program, members: Mapping[tuple[str, str], Member]) -> set[tuple[uuid.UUID, str]]:
    """The accounts that milestones may pay into."""
    return {(m.pk, milestone.unit_id) for milestone in active(program) for m in members.values()}
