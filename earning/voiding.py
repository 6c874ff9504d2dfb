"""Levels of milestones that a changed activity reaches, or no longer does.

A level that its counter no longer reaches is made void while what it paid is untouched: that is
taken back, and the level may be passed again. What was used is kept, and then never paid again.
What is taken back may leave levels of other milestones out of reach: they go the same way.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from common import bulk, clock
from earning import milestone_words, milestones
from earning.models import (
    Activity,
    ActivityChange,
    MilestoneChoice,
    MilestoneReached,
    MilestoneVoid,
)
from earning.session import Session
from earning.submissions import Checked
from earning.tracking import Passed, Seen
from events import outbox
from events.models import Event
from members import lineage
from members.models import Member
from points import clawback, endings, ledger
from points.clawback import Claim
from points.models import Entry, Lot, LotUse, Posting

UNUSED = (Entry.Kind.EXPIRY, Entry.Kind.MERGE)  # what is gone by these was not used


class Levels:
    """The levels that one change of an activity moves; posted to the session's open books."""

    def __init__(self, session: Session, activity: Activity, change: ActivityChange) -> None:
        self.session, self.activity, self.change = session, activity, change
        self.tracker = session.decider.tracker
        self.voids: list[MilestoneVoid] = []
        self.events: list[Event] = []

    def move(
        self, one: Checked, member: Member, before: Mapping[str, Any], counted: Mapping[str, int]
    ) -> None:
        """Pass, or make void, what lies between what was counted before and after; by unit.

        `before` is what the activity said until now.
        """
        is_cancel = self.change.kind == ActivityChange.Kind.CANCEL
        gone = Seen.of(one, times=-1, values=before)
        come = Seen.of(one, times=0 if is_cancel else 1)
        if not is_cancel:  # there is as much of it as before; only its values may be others
            moved = {code for code in self.tracker.values if gone.where(code) != come.where(code)}
            gone, come = (dataclasses.replace(seen, only=moved) for seen in (gone, come))
        self._fall(member, gone, {unit: n for unit, n in counted.items() if n < 0})
        bulk.insert(MilestoneVoid, self.voids)  # a level may be passed anew at once
        self._rise(one, member, come, {unit: n for unit, n in counted.items() if n > 0})

    def write(self) -> None:
        """Announce."""
        outbox.publish_many(self.events)

    def _rise(self, one: Checked, member: Member, seen: Seen, gains: Mapping[str, int]) -> None:
        """Pass levels, and those that what they pay passes."""
        activity, session = self.activity, self.session
        passed = self.tracker.crossed(member, seen, gains)
        self.tracker.add(member, seen, gains)
        claimed = self.tracker.settle(passed, one.on, claim=milestones.claim_for(activity))
        found = [milestones.earning_of(level, activity) for level in claimed]
        earnings = [earning for earning in found if earning is not None]
        ledger.post_into(session.books, earnings, actor=self.change.actor, program=session.program)
        self.events += [milestones.reached(level, activity) for level in claimed]

    def _fall(self, member: Member, seen: Seen, gains: Mapping[str, int]) -> None:
        """Make levels void, and those that only what they paid had reached."""
        found = self.tracker.dropped(member, seen, gains)
        self.tracker.add(member, seen, gains)
        for level, labels in found:
            for entry in self._void(level, labels):
                on = clock.local_date(entry.occurred_at, self.tracker.zone)
                self._fall(member, Seen(on), {entry.account.unit_id: -entry.amount})

    def _void(self, level: Passed, labels: Sequence[str]) -> list[Entry]:
        """Make a level void with what it paid, and what was chosen for it, if none of it was used.
        Returns the entries that paid it.

        Changing what is counted holds the accounts; the choice is locked after them.
        """
        reached = self._reached(level, labels)
        owner = _owner(reached, level) if reached else ""
        if reached is None or not owner or any(one.reached == reached for one in self.voids):
            return []
        choice = MilestoneChoice.objects.select_for_update().filter(reached=reached).first()
        entries = self._paid(reached, choice)
        for entry in entries:
            key = (level.member.pk, entry.account.unit_id)
            endings.expire_into(self.session.books, key=key, now=clock.now())
        if any(self._is_used(entry) for entry in entries):
            return []
        reason = milestone_words.lost(level.milestone, level.level)
        taken = [self._take(reached, entry, reason, level.member) for entry in entries]
        if choice is not None:
            choice.status, choice.ended_at = MilestoneChoice.Status.VOID, clock.now()
            choice.actor = self.change.actor
            choice.save(update_fields=["status", "ended_at", "actor"])
        self._note(reached, owner, next((one for one in taken if one), None), reason)
        return entries

    def _reached(self, level: Passed, labels: Sequence[str]) -> MilestoneReached | None:
        rows = MilestoneReached.objects.filter(
            member__in=lineage.ids(level.member),
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

    def _take(
        self, reached: MilestoneReached, entry: Entry, reason: str, member: Member
    ) -> Entry | None:
        """Take back one entry, under a posting that reverses its own."""
        books, paid = self.session.books, entry.posting
        own = (reached.member_id, entry.account.unit_id)
        key = own if own in books.accounts else (member.pk, own[1])
        source = f"milestone-voided:{reached.pk}"
        if paid.source != reached.source:
            source += ":choice"
        posting = next((one for one in books.postings if one.source == source), None)
        is_new = posting is None
        posting = posting or self._posting(key[0], paid, source)
        claim = Claim(key, entry.amount, reason, entries=[entry.pk])
        taken = clawback.take(books, posting, claim).entry
        if is_new and taken is not None:
            books.postings.append(posting)
        return taken

    def _is_used(self, entry: Entry) -> bool:
        """Whether any of what an entry gave was used; to expire, or to be merged, is no use."""
        own, _back = clawback.followed([entry.pk])
        lots = set(Lot.objects.filter(entry__in=own).values_list("pk", flat=True))
        uses = LotUse.objects.filter(lot__in=lots).exclude(entry__kind__in=UNUSED)
        fresh = (use for use in self.session.books.uses if use.lot_id in lots)
        used = sum(use.amount for use in fresh if use.entry.kind not in UNUSED)
        return bool(sum(uses.values_list("amount", flat=True)) + used)

    def _posting(self, member: uuid.UUID, paid: Posting, source: str) -> Posting:
        return Posting(
            member_id=member,
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
    for owner in (level.owner, f"member:{reached.member_id}"):
        known = MilestoneReached.id_for(
            level.milestone.code, level.level, reached.period, owner, reached.turn
        )
        if known == reached.pk:
            return owner
    return ""
