"""Rewarding: when a friend does what the terms ask, an activity is recorded for each side in the
same transaction, under its own reference, and rules pay for it as for any other.

Locks keep the order of the house: the referrer's accounts are opened with the friend's, by id; the
referral itself is locked after them, before keys.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from common import clock
from common.ids import uuid7
from earning.models import Activity, ActivityKey, Referral
from earning.referring import active
from earning.submissions import Checked, Submission, content_hash
from events import outbox
from members.models import Member
from program import attributes, catalog
from program.models import ActivityType, Program

FIRST = 1_000_000_000  # indexes of derived activities lie beyond those of any batch
Identity = tuple[str, str]
Status = Referral.Status


@dataclasses.dataclass(slots=True)
class Prospects:
    """What a batch may set off: open referrals of its members, whoever referred them, and an
    activity for each side of each. `paid` is what really came about.
    """

    rows: dict[uuid.UUID, Referral] = dataclasses.field(default_factory=dict)
    members: dict[Identity, Member] = dataclasses.field(default_factory=dict)
    derived: list[tuple[Checked, Checked, Referral]] = dataclasses.field(default_factory=list)
    missed: list[tuple[Checked, Referral]] = dataclasses.field(default_factory=list)
    paid: list[tuple[Referral, Checked, list[Checked]]] = dataclasses.field(default_factory=list)

    @property
    def checked(self) -> list[Checked]:
        """Every activity that may be recorded."""
        return [made for _, made, _ in self.derived]

    def taken(self, fresh: Sequence[Checked]) -> list[Checked]:
        """The activities to record beside `fresh`, those of referrals that are still open under
        their lock. One referral pays for the first activity that qualifies.
        """
        if not self.rows:
            return []
        recorded = {one.activity_id for one in fresh}
        rows = Referral.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        still = {row.pk: row for row in rows.filter(pk__in=self.rows, status=Status.OPEN)}
        for source, made, row in self.derived:
            if row.pk in still and source.activity_id in recorded:
                self._pay(still[row.pk], source, made)
        paid = {row.pk for row, _, _ in self.paid}
        for source, row in self.missed:
            if row.pk in still and row.pk not in paid and source.activity_id in recorded:
                Referral.objects.filter(pk=row.pk).update(status=Status.MISSED)
        wanted = [one for _, _, sides in self.paid for one in sides]
        ActivityKey.objects.bulk_create(
            ActivityKey(
                id=one.key_id,
                activity_id=one.activity_id,
                member_id=self.members[one.identity].pk,
                request_hash=one.hash,
            )
            for one in wanted
        )
        return wanted

    def _pay(self, row: Referral, source: Checked, made: Checked) -> None:
        for known, first, sides in self.paid:
            if known.pk == row.pk:
                if first is source:
                    sides.append(made)
                return
        self.paid.append((row, source, [made]))

    def settle(self, stored: Mapping[int, tuple[Activity, object]]) -> None:
        """Write down which activities paid; the batch has stored them."""
        for row, source, sides in self.paid:
            activities = [stored[one.index][0] for one in sides]
            row.status, row.activity = Status.PAID, stored[source.index][0]
            row.referrer_activity = activities[0]
            row.friend_activity = activities[1] if len(activities) > 1 else None
            row.save(update_fields=["status", "activity", "referrer_activity", "friend_activity"])
            outbox.publish(
                "referral_paid",
                member_id=row.referrer_id,
                subject=row.public_id,
                payload={"activity": activities[0].public_id},
                occurred_at=source.occurred_at,
            )


def prospects(
    program: Program, *, members: Mapping[Identity, Member], checked: Sequence[Checked]
) -> Prospects:
    """What these activities may set off. One query where terms ask for their types, else none."""
    found = Prospects()
    types = {terms.type_id for terms in active(program)}
    asked = [one for one in checked if one.identity in members and one.type.code in types]
    if not asked:
        return found
    friends = {members[one.identity].pk for one in asked}
    rows = Referral.objects.filter(member__in=friends, status=Status.OPEN)
    for row in rows.select_related("referrer", "member", "terms").order_by("pk"):
        found.rows[row.pk] = row
        _foresee(found, row, [one for one in asked if members[one.identity].pk == row.member_id])
    return found


def _foresee(found: Prospects, row: Referral, sources: Iterable[Checked]) -> None:
    """Derive the activities of a referral from what the friend did, in the order it happened."""
    terms, program = row.terms, catalog.current()
    mine = sorted(
        (one for one in sources if one.type.code == terms.type_id),
        key=lambda one: (one.occurred_at, one.index),
    )
    if terms.is_first_only and mine:
        others = Activity.objects.filter(member=row.member_id, type=terms.type_id)
        was_there = others.exclude(pk__in=[one.activity_id for one in mine]).exists()
        found.missed.append((mine[0], row))
        mine = [] if was_there else mine[:1]
    sides = [(terms.referrer_type, row.referrer)]
    if terms.friend_type is not None:
        sides.append((terms.friend_type, row.member))
    for source in mine:
        if _qualifies(row, source, program):
            for type, member in sides:
                index = FIRST + len(found.derived)
                made = _derived(source, catalog.of(program).type(type.code), member, index)
                found.derived.append((source, made, row))
                found.members[made.identity] = member


def _qualifies(row: Referral, source: Checked, program: Program) -> bool:
    """Whether what the friend did is what the terms ask for, in time."""
    terms = row.terms
    joined = clock.local_date(row.member.joined_at, program.time_zone)
    if terms.within_days is not None and source.on > joined + timedelta(days=terms.within_days):
        return False
    if not terms.attribute or terms.least is None:
        return True
    value = source.values.get(terms.attribute)
    return value is not None and value >= terms.least


def _derived(source: Checked, type: ActivityType, member: Member, index: int) -> Checked:
    """The activity that is recorded for one side, with what it can tell of the friend's."""
    reference = f"referral:{source.activity_id}:{type.code}"
    known = {one.code: one for one in type.attributes.all()}
    told = {code: value for code, value in source.values.items() if code in known}
    values, _ = attributes.fitting(known, attributes.plain(told))
    identity = ("referral", str(member.pk))
    submission = Submission(
        partner=source.submission.partner,
        reference=reference,
        type=type.code,
        occurred_at=source.occurred_at,
        attributes={},
        location=source.submission.location,
    )
    return dataclasses.replace(
        source,
        index=index,
        submission=submission,
        type=type,
        values=values,
        identity=identity,
        activity_id=uuid7(),
        key_id=ActivityKey.id_for(submission.partner, reference),
        hash=content_hash(submission, moment=source.occurred_at, values=values, identity=identity),
    )
