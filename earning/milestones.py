"""Milestones: marks on counters that pay when they are passed, once for each level, period and
owner.

What a milestone pays never passes a milestone itself, so none can set off its own level again.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common.text import number, scaled
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
    """Where the members of a batch stand on the counters of milestones; read under the lock of
    their accounts.
    """

    def __init__(
        self, milestones: Sequence[Milestone], *, homes: Mapping[uuid.UUID, uuid.UUID]
    ) -> None:
        self.milestones, self.homes = milestones, homes
        self.totals: dict[Total, int] = {}
        self.credited: set[str] = set()  # counters that plans credit: for status only

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
        """Count what an activity earned, and say which levels it passed."""
        if not self.milestones:
            return []
        passed: list[Passed] = []
        for milestone in self.milestones:
            gained = sum(o.amount for o in outcomes if o.rule.unit == milestone.counter_id)
            if gained:
                period = str(one.on.year) if milestone.window == Milestone.Window.YEAR else ""
                before = self.totals.get((member.pk, milestone.counter_id, period), 0)
                owner = self.owner(milestone, member)
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

    def owner(self, milestone: Milestone, member: Member) -> str:
        """Who passes a level once: a member, or a household."""
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
                   WHERE a.member_id = ANY(%s) AND a.unit_id = ANY(%s)
                     AND NOT (%s AND EXISTS (
                         SELECT 1 FROM points_posting p
                         WHERE p.id = e.posting_id AND p.source ~ '^plan(-refund)?:'))
                   GROUP BY 1, 2, 3""",
                [zone, ids, list(counters), bool(counters & self.credited)],
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
    passed = _with_turns(_without_own(passed))
    rows = {one.id: one.row(activity) for one, activity in reversed(passed)}
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


def earning_of(one: Passed, activity: Activity) -> Earning:
    """What a passed level pays."""
    milestone = one.milestone
    reason = _("%(milestone)s: %(level)s %(units)s reached") % words(milestone, one.level)
    credit = Credit(
        unit=milestone.unit_id, amount=milestone.amount, reason=reason, kind=Entry.Kind.BONUS
    )
    return Earning(one.member.pk, one.row(activity).source, activity.occurred_at, [credit])


def reached(one: Passed, activity: Activity) -> Event:
    """The announcement of a passed level."""
    return outbox.draft(
        "milestone_reached",
        member_id=one.member.pk,
        subject=activity.public_id,
        payload={"milestone": one.milestone.code, "level": one.level},
        occurred_at=activity.occurred_at,
    )


def words(milestone: Milestone, level: int) -> dict[str, str]:
    """A level of a milestone, for sentences."""
    return {
        "milestone": milestone.name,
        "level": number(scaled(level, milestone.counter.decimals)),
        "units": milestone.counter.plural,
    }


def keys(program: Program, members: Mapping[tuple[str, str], Member]) -> set[tuple[uuid.UUID, str]]:
    """The accounts that milestones may pay into."""
    return {(m.pk, milestone.unit_id) for milestone in active(program) for m in members.values()}
