"""Levels of milestones that a changed activity reaches, or no longer does.

A level that its counter no longer reaches is made void while what it paid is untouched: that is
taken back, and the level may be passed again. What was used is kept, and then never paid again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from common import bulk, clock
from earning import milestone_words, milestones
from earning.milestones import Passed
from earning.models import (
    Activity,
    ActivityChange,
    MilestoneChoice,
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
        """Pass, or make void, what lies between what was counted before and after; by unit."""
        visits = -1 if self.change.kind == ActivityChange.Kind.CANCEL else 0
        for level, labels in self.tracker.dropped(one, member, counted, visits=visits):
            self._void(level, labels)
        self._pay(self.tracker.crossed(one, member, counted, visits=visits))

    def write(self) -> None:
        """Store the levels that were made void, and announce."""
        bulk.insert(MilestoneVoid, self.voids)
        outbox.publish_many(self.events)

    def _pay(self, passed: list[Passed]) -> None:
        claimed = milestones.claim([(level, self.activity) for level in passed])
        session = self.session
        found = [milestones.earning_of(level, self.activity) for level, _activity in claimed]
        earnings = [earning for earning in found if earning is not None]
        ledger.post_into(session.books, earnings, actor=self.change.actor, program=session.program)
        self.events += [milestones.reached(level, self.activity) for level, _activity in claimed]

    def _void(self, level: Passed, labels: Sequence[str]) -> None:
        """Make a level void with what it paid, and what was chosen for it, if none of it was used.

        Changing what is counted holds the accounts; the choice is locked after them.
        """
        reached = self._reached(level, labels)
        owner = _owner(reached, level) if reached else ""
        if reached is None or not owner:
            return
        choice = MilestoneChoice.objects.select_for_update().filter(reached=reached).first()
        entries = self._paid(reached, choice)
        for entry in entries:
            key = (level.member.pk, entry.account.unit_id)
            endings.expire_into(self.session.books, key=key, now=clock.now())
        if any(self._is_used(entry) for entry in entries):
            return
        reason = milestone_words.lost(level.milestone, level.level)
        taken = [self._take(reached, entry, reason) for entry in entries]
        if choice is not None:
            choice.status, choice.ended_at = MilestoneChoice.Status.VOID, clock.now()
            choice.actor = self.change.actor
            choice.save(update_fields=["status", "ended_at", "actor"])
        self._note(reached, owner, next((one for one in taken if one), None), reason)

    def _reached(self, level: Passed, labels: Sequence[str]) -> MilestoneReached | None:
        rows = MilestoneReached.objects.filter(
            member=level.member,
            milestone=level.milestone,
            level=level.level,
            period__in=labels,
            voids__isnull=True,
        )
        return rows.order_by("-recorded_at").first()

    def _paid(self, reached: MilestoneReached, choice: MilestoneChoice | None) -> list[Entry]:
        """The entries that a level, and what was chosen for it, made."""
        sources = [reached.source, *([choice.source] if choice else [])]
        rows = Entry.objects.filter(
            member=reached.member_id,
            posting__member=reached.member_id,
            posting__source__in=sources,
        )
        credits = rows.filter(kind=Entry.Kind.BONUS).select_related("account", "posting")
        return list(credits.order_by("posting", "version"))

    def _take(self, reached: MilestoneReached, entry: Entry, reason: str) -> Entry | None:
        """Take back one entry, under a posting that reverses its own."""
        books, paid = self.session.books, entry.posting
        source = f"milestone-voided:{reached.pk}"
        if paid.source != reached.source:
            source += ":choice"
        posting = next((one for one in books.postings if one.source == source), None)
        is_new = posting is None
        posting = posting or self._posting(reached, paid, source)
        claim = Claim(
            (reached.member_id, entry.account.unit_id), entry.amount, reason, entries=[entry.pk]
        )
        taken = clawback.take(books, posting, claim).entry
        if is_new and taken is not None:
            books.postings.append(posting)
        return taken

    def _is_used(self, entry: Entry) -> bool:
        """Whether any of what an entry gave has gone another way than by expiring."""
        lot = Lot.objects.filter(member_id=entry.member_id, entry=entry).first()
        if lot is None:
            return False
        uses = LotUse.objects.filter(member_id=entry.member_id, lot=lot)
        stored = uses.exclude(entry__kind=Entry.Kind.EXPIRY).values_list("amount", flat=True)
        fresh = (use for use in self.session.books.uses if use.lot_id == lot.pk)
        return bool(sum(stored) + sum(u.amount for u in fresh if u.entry.kind != Entry.Kind.EXPIRY))

    def _posting(self, reached: MilestoneReached, paid: Posting, source: str) -> Posting:
        return Posting(
            member_id=reached.member_id,
            kind=Posting.Kind.REVERSAL,
            source=source,
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
            level.milestone.code, level.level, reached.period, owner, reached.turn
        )
        if known == reached.pk:
            return owner
    return ""
