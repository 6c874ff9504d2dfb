"""Rewarding: when a friend does what the terms ask, an activity is recorded for each side in the
same transaction, under its own reference, and rules pay for it as for any other.

Locks keep the order of the house: the referrer's accounts are opened with the friend's, by id; the
referral itself is locked after them, before keys.
"""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from common import clock
from common.ids import uuid7
from earning.models import Activity, ActivityChange, ActivityKey, Referral
from earning.referring import active
from earning.submissions import Checked, Submission, content_hash
from events import outbox
from members import lineage
from members.models import Member
from program import attributes, catalog
from program.models import ActivityType, Program

FIRST = 1_000_000_000  # indexes of derived activities lie beyond those of any batch
Identity = tuple[str, str]
Status = Referral.Status


@dataclasses.dataclass(slots=True)
class Prospects:
    """What a batch may set off: open referrals of its members, whoever referred them, and for each
    the activities that may pay, in the order in which they happened, with one derived for each
    side. `paid` is what really came about.
    """

    rows: dict[uuid.UUID, Referral] = dataclasses.field(default_factory=dict)
    members: dict[Identity, Member] = dataclasses.field(default_factory=dict)
    chances: dict[uuid.UUID, list[tuple[Checked, list[Checked]]]] = dataclasses.field(
        default_factory=dict
    )
    late: set[uuid.UUID] = dataclasses.field(default_factory=set)  # the first one was before
    paid: list[tuple[Referral, Checked, list[Checked]]] = dataclasses.field(default_factory=list)
    index: Iterator[int] = dataclasses.field(default_factory=lambda: itertools.count(FIRST))

    @property
    def checked(self) -> list[Checked]:
        """Every activity that may be recorded."""
        return [made for some in self.chances.values() for _, sides in some for made in sides]

    def taken(self, fresh: Sequence[Checked]) -> list[Checked]:
        """The activities to record beside `fresh`, those of referrals that are still open under
        their lock. One referral pays for the first activity that qualifies, as changes that waited
        for it leave it; one that was cancelled is as if it had never been.
        """
        if not self.rows:
            return []
        # Known by their keys: a change that waited has given its activity another id.
        stand = {one.key_id: one for one in fresh if not one.is_cancelled}
        rows = Referral.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        for row in rows.filter(pk__in=self.rows, status=Status.OPEN):
            came = [
                (stand[source.key_id], sides)
                for source, sides in self.chances[row.pk]
                if source.key_id in stand
            ]
            if came:
                self._decide(row, came)
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

    def _decide(self, row: Referral, came: Sequence[tuple[Checked, list[Checked]]]) -> None:
        """Pay for the first that qualifies; where it has to be the first of all, or for none."""
        known, program = self.rows[row.pk], catalog.current()
        is_first_only = known.terms.is_first_only
        for source, sides in came[:1] if is_first_only else came:
            if row.pk not in self.late and _qualifies(known, source, program):
                told = [_derived(source, one.type, one.identity, one.index) for one in sides]
                self.paid.append((row, source, told))
                return
        if is_first_only:
            Referral.objects.filter(pk=row.pk).update(status=Status.MISSED)

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
    found.chances[row.pk] = []
    mine = sorted(
        (one for one in sources if one.type.code == terms.type_id),
        key=lambda one: (one.occurred_at, one.index),
    )
    if terms.is_first_only and mine:
        others = Activity.objects.filter(member__in=lineage.ids(row.member), type=terms.type_id)
        others = others.exclude(changes__kind=ActivityChange.Kind.CANCEL)
        if others.exclude(pk__in=[one.activity_id for one in mine]).exists():
            found.late.add(row.pk)
    sides = [] if row.pk in found.late else [(terms.referrer_type, row.referrer)]
    if sides and terms.friend_type is not None:
        sides.append((terms.friend_type, row.member))
    for source in mine:
        made = []
        for type, member in sides:
            kind, identity = catalog.of(program).type(type.code), ("referral", str(member.pk))
            made.append(_derived(source, kind, identity, next(found.index)))
            found.members[identity] = member
        found.chances[row.pk].append((source, made))


def _qualifies(row: Referral, source: Checked, program: Program) -> bool:
    """Whether what the friend did is what the terms ask for, in time."""
    terms = row.terms
    joined = clock.local_date(row.member.joined_at, program.time_zone)
    if terms.within_days is not None and source.on > joined + timedelta(days=terms.within_days):
        return False
    if not terms.attribute or terms.least is None:
        return True
    value = source.current.get(terms.attribute)
    return value is not None and value >= terms.least


def _derived(source: Checked, type: ActivityType, identity: Identity, index: int) -> Checked:
    """The activity that is recorded for one side, with what it can tell of the friend's."""
    reference = f"referral:{source.activity_id}:{type.code}"
    known = {one.code: one for one in type.attributes.all()}
    told = {code: value for code, value in source.current.items() if code in known}
    values, _ = attributes.fitting(known, attributes.plain(told))
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
        amended=None,
        identity=identity,
        activity_id=uuid7(),
        key_id=ActivityKey.id_for(submission.partner, reference),
        hash=content_hash(submission, moment=source.occurred_at, values=values, identity=identity),
    )
