"""Submissions: what a partner says happened, checked before anything is locked."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common import clock
from common.ids import uuid7
from earning.errors import (
    MemberNameInvalid,
    OccurredInFuture,
    ReferenceInvalid,
    ReportedTooLate,
)
from earning.models import ActivityKey, UnclaimedActivity
from members import cards
from members.errors import CardNumberInvalid
from members.models import MemberKey
from program import attributes, catalog
from program.models import ActivityType, Location, Program

SKEW = timedelta(minutes=5)  # how far a partner's clock may be ahead of ours
FIRST_YEAR = 1900  # nothing was reported before; calendars near the year 1 overflow
NAME_LENGTH = 250  # of what a member is known by
NOBODY = ("", "")


@dataclasses.dataclass(frozen=True, slots=True)
class Submission:
    """One activity as reported. `kind` and `value` name the member (card, email, phone, reference)
    or are both empty.

    `occurred_at` is an aware moment, or a date: then it means the start of that day in the
    program's time zone.
    """

    partner: str
    reference: str
    type: str
    occurred_at: datetime | date
    attributes: Mapping[str, Any]
    kind: str = ""
    value: str = ""
    location: str = ""
    member_name: str = ""

    @classmethod
    def of(cls, unclaimed: UnclaimedActivity) -> Submission:
        """The submission that an unclaimed activity came from."""
        return cls(
            partner=unclaimed.partner_id,
            reference=unclaimed.reference,
            type=unclaimed.type_id,
            occurred_at=unclaimed.occurred_at,
            attributes=unclaimed.attributes,
            location=unclaimed.location.code if unclaimed.location else "",
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """A submission that fits the program, with typed attributes and the ids it will have."""

    index: int
    submission: Submission
    type: ActivityType
    location: Location | None
    occurred_at: datetime
    on: date
    values: Mapping[str, Any]
    identity: tuple[str, str]
    activity_id: uuid.UUID
    key_id: uuid.UUID
    hash: str

    def body(self, actor: str) -> dict[str, Any]:
        """The columns an activity has, claimed or not."""
        return {
            "partner_id": self.submission.partner,
            "reference": self.submission.reference,
            "type": self.type,
            "location": self.location,
            "occurred_at": self.occurred_at,
            "attributes": attributes.plain(self.values),
            "actor": actor,
        }


def check(submission: Submission, *, index: int, program: Program) -> Checked:
    """Check everything that can be checked without a lock.

    Raises the LoyaltyError that names the place and the remedy.
    """
    known = catalog.of(program)
    known.partner(submission.partner)
    type = known.type(submission.type)
    location = known.location(submission.partner, submission.location)
    _check_reference(submission.reference)
    moment = _moment(submission.occurred_at, program)
    _check_date(moment, type)
    values = attributes.check(type, submission.attributes)
    who = identity(submission.kind, submission.value)
    return Checked(
        index=index,
        submission=submission,
        type=type,
        location=location,
        occurred_at=moment,
        on=clock.local_date(moment, program.time_zone),
        values=values,
        identity=who,
        activity_id=uuid7(),
        key_id=ActivityKey.id_for(submission.partner, submission.reference),
        hash=content_hash(submission, moment=moment, values=values, identity=who),
    )


def again(unclaimed: UnclaimedActivity, submission: Submission, *, program: Program) -> Checked:
    """An unclaimed activity, ready to be recorded under the id and date it has had all along."""
    type = catalog.of(program).type(unclaimed.type_id)
    return Checked(
        index=0,
        submission=submission,
        type=type,
        location=unclaimed.location,
        occurred_at=unclaimed.occurred_at,
        on=clock.local_date(unclaimed.occurred_at, program.time_zone),
        values=attributes.typed(type, unclaimed.attributes),
        identity=NOBODY,
        activity_id=unclaimed.pk,
        key_id=ActivityKey.id_for(unclaimed.partner_id, unclaimed.reference),
        hash="",
    )


def content_hash(
    submission: Submission,
    *,
    moment: datetime,
    values: Mapping[str, Any],
    identity: tuple[str, str],
) -> str:
    """SHA-256 over what the submission means, whatever its key order and number formats."""
    meaning = [
        submission.type,
        submission.location,
        moment.isoformat(),
        list(identity),
        sorted((code, str(_canonical(value))) for code, value in values.items()),
    ]
    return hashlib.sha256(json.dumps(meaning, separators=(",", ":")).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    return format(value.normalize(), "f") if hasattr(value, "normalize") else value


def _check_reference(reference: str) -> None:
    if not reference.strip() or len(reference) > 100 or not reference.isprintable():
        raise ReferenceInvalid(
            "Give each activity a reference of your own, 1 to 100 printable characters: a "
            "booking or receipt number.",
            pointer="/reference",
        )


def _moment(given: datetime | date, program: Program) -> datetime:
    if given.year < FIRST_YEAR:
        raise ReportedTooLate(
            f"The year is {given.year}. Correct the date of the activity.", pointer="/occurred_at"
        )
    if given.year > clock.now().year + 1:
        raise OccurredInFuture(
            f"The year {given.year} is in the future. Report an activity once it has happened.",
            pointer="/occurred_at",
        )
    if isinstance(given, datetime):
        return given.astimezone(UTC)
    return clock.start_of_day(given, program.time_zone)


def _check_date(moment: datetime, type: ActivityType) -> None:
    now = clock.now()
    if moment > now + SKEW:
        raise OccurredInFuture(
            f"{moment:%Y-%m-%d %H:%M} UTC is in the future. Report an activity once it has "
            "happened.",
            pointer="/occurred_at",
        )
    if type.claim_days is not None and moment < now - timedelta(days=type.claim_days):
        raise ReportedTooLate(
            f"A {type.name.lower()} can be reported for {type.claim_days} days. This one is older.",
            pointer="/occurred_at",
        )


def identity(kind: str, value: str) -> tuple[str, str]:
    """What names a member, as the keys have it; NOBODY for an empty value.

    Raises CardNumberInvalid, MemberNameInvalid.
    """
    value = value.strip()
    if not value:
        return NOBODY
    pointer = f"/member/{kind}"
    if kind == MemberKey.Kind.CARD:
        try:
            return (kind, cards.clean(value))
        except CardNumberInvalid as error:
            error.data["pointer"] = pointer
            raise
    name = MemberKey.normalize(kind, value)
    is_mail = kind != MemberKey.Kind.EMAIL or "@" in name
    if not name or len(name) > NAME_LENGTH or not name.isprintable() or not is_mail:
        raise MemberNameInvalid(
            f"No member can be known by this {MemberKey.Kind(kind).label}. Check it for a typing "
            "error.",
            pointer=pointer,
        )
    return (kind, name)
