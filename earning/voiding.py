"""Levels of milestones that a changed activity reaches, or no longer does.

A level that its counter no longer reaches is made void while what it paid is untouched: that is
taken back, and the level may be passed again. What was used is kept, and then never paid again.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from common import bulk, clock
from earning import milestones
from earning.milestones import Passed
from earning.models import (
    Activity,
    ActivityChange,
    Milestone,
    MilestoneReached,
    MilestoneVoid,
)
from earning.session import Session
from earning.submissions import Checked
from events import outbox
from events.models import Event
from members.models import Member
from points import clawback, endings, ledger
from points.clawback import Claim
from points.models import Entry, Lot, LotUse, Posting


class Levels:
    """The levels that one change of an activity moves; posted to the session's open books."""

    def __init__(self, session: Session, activity: Activity, change: ActivityChange) -> None:
        self.session, self.activity, self.change = session, activity, change
        self.tracker = session.decider.tracker
        self.voids: list[MilestoneVoid] = []
        self.events: list[Event] = []

    def move(self, one: Checked, member: Member, counted: Mapping[str, int]) -> None:
        """Pass, or make void, what lies between the counters before and after; by unit."""
        passed: list[Passed] = []
        for milestone in self.tracker.milestones:
            gained = counted.get(milestone.counter_id, 0)
            period = str(one.on.year) if milestone.window == Milestone.Window.YEAR else ""
            before = self.tracker.totals.get((member.pk, milestone.counter_id, period), 0)
            low, high = sorted((before, before + gained))
            for level in milestones.levels(milestone, low, high):
                owner = self.tracker.owner(milestone, member)
                found = Passed(milestone, level, period, member, owner)
                if gained > 0:
                    passed.append(found)
                else:
                    self._void(found)
        self._pay(passed)

    def write(self) -> None:
        """Store the levels that were made void, and announce."""
        bulk.insert(MilestoneVoid, self.voids)
        outbox.publish_many(self.events)

    def _pay(self, passed: list[Passed]) -> None:
        claimed = milestones.claim([(level, self.activity) for level in passed])
        session = self.session
        earnings = [milestones.earning_of(level, self.activity) for level, _activity in claimed]
        ledger.post_into(session.books, earnings, actor=self.change.actor, program=session.program)
        self.events += [milestones.reached(level, self.activity) for level, _activity in claimed]

    def _void(self, level: Passed) -> None:
        reached = MilestoneReached.objects.filter(
            member=level.member,
            milestone=level.milestone,
            level=level.level,
            period=level.period,
            voids__isnull=True,
        ).first()
        owner = _owner(reached, level) if reached else ""
        if reached is None or not owner:
            return
        paid = Posting.objects.get(member=level.member, source=reached.source)
        entry = Entry.objects.select_related("account").get(member=level.member, posting=paid)
        key = (level.member.pk, entry.account.unit_id)
        endings.expire_into(self.session.books, key=key, now=clock.now())
        if self._is_used(entry):
            return
        reason = _("%(milestone)s: %(level)s %(units)s no longer reached") % milestones.words(
            level.milestone, level.level
        )
        posting = self._posting(reached, paid)
        claim = Claim(key, entry.amount, reason, entries=[entry.pk])
        taken = clawback.take(self.session.books, posting, claim)
        if taken.entry is not None:
            self.session.books.postings.append(posting)
        self._note(reached, owner, taken.entry, reason)

    def _is_used(self, entry: Entry) -> bool:
        """Whether any of what an entry gave has gone another way than by expiring."""
        lot = Lot.objects.filter(member_id=entry.member_id, entry=entry).first()
        if lot is None:
            return False
        uses = LotUse.objects.filter(member_id=entry.member_id, lot=lot)
        stored = uses.exclude(entry__kind=Entry.Kind.EXPIRY).values_list("amount", flat=True)
        fresh = (use for use in self.session.books.uses if use.lot_id == lot.pk)
        return bool(sum(stored) + sum(u.amount for u in fresh if u.entry.kind != Entry.Kind.EXPIRY))

    def _posting(self, reached: MilestoneReached, paid: Posting) -> Posting:
        return Posting(
            member_id=reached.member_id,
            kind=Posting.Kind.REVERSAL,
            source=f"milestone-voided:{reached.pk}",
            actor=self.change.actor,
            note=self.change.reason,
            reverses=paid,
            occurred_at=paid.occurred_at,
        )

    def _note(
        self, reached: MilestoneReached, owner: str, entry: Entry | None, reason: str
    ) -> None:
        self.voids.append(
            MilestoneVoid(
                member_id=reached.member_id,
                reached=reached,
                owner=owner,
                change_id=self.change.pk,
                entry=entry,
                sentence=reason,
            )
        )
        event = outbox.draft(
            "milestone_voided",
            member_id=reached.member_id,
            subject=self.activity.public_id,
            payload={"milestone": reached.milestone_id, "level": reached.level},
        )
        self.events.append(event)


def _owner(reached: MilestoneReached, level: Passed) -> str:
    """Under whom a level was passed; empty where that household is no longer the member's."""
    for owner in (level.owner, f"member:{level.member.pk}"):
        known = MilestoneReached.id_for(
            level.milestone.code, level.level, level.period, owner, reached.turn
        )
        if known == reached.pk:
            return owner
    return ""
