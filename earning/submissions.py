"""Submissions: what a partner says happened, checked before anything is locked."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common import clock
from common.ids import uuid7
from earning.errors import (
    MemberNameInvalid,
    OccurredInFuture,
    ReferenceInvalid,
    ReportedTooLate,
    ToldTooLate,
)
from earning.models import ActivityBody, ActivityKey
from members import cards
from members.errors import CardNumberInvalid
from members.models import MemberKey
from program import attributes, catalog
from program.models import ActivityType, Location, Program

SKEW = timedelta(minutes=5)  # how far a partner's clock may be ahead of ours
FIRST_YEAR = 1900  # nothing was reported before; calendars near the year 1 overflow
NAME_LENGTH = 250  # of what a member is known by
MEANING = json.JSONEncoder(separators=(",", ":"))
Identity = tuple[str, str]
NOBODY: Identity = ("", "")


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
    def of(cls, known: ActivityBody) -> Submission:
        """The submission that a stored activity came from."""
        return cls(
            partner=known.partner_id,
            reference=known.reference,
            type=known.type_id,
            occurred_at=known.occurred_at,
            attributes=known.attributes,
            location=known.location.code if known.location else "",
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Amended:
    """What an activity says after changes: what is stated of it, and what is left of that."""

    stated: Mapping[str, Any]
    values: Mapping[str, Any]
    is_cancelled: bool = False


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
    amended: Amended | None = None

    @property
    def current(self) -> Mapping[str, Any]:
        """The attributes as they are after every change."""
        return self.amended.values if self.amended else self.values

    @property
    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Whatever the attributes have been, or are going to be."""
        now = (self.amended.stated, self.amended.values) if self.amended else ()
        return (self.values, *now)

    @property
    def is_cancelled(self) -> bool:
        return self.amended is not None and self.amended.is_cancelled

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
    check_reference(submission.reference)
    happened = moment(submission.occurred_at, program)
    _check_date(happened, type)
    values = attributes.check(type, submission.attributes)
    _check_told(values, type, happened, program)
    who = identity(submission.kind, submission.value)
    return Checked(
        index=index,
        submission=submission,
        type=type,
        location=location,
        occurred_at=happened,
        on=clock.local_date(happened, program.time_zone),
        values=values,
        identity=who,
        activity_id=uuid7(),
        key_id=ActivityKey.id_for(submission.partner, submission.reference),
        hash=content_hash(submission, moment=happened, values=values, identity=who),
    )


def again(known: ActivityBody, *, program: Program, identity: Identity = NOBODY) -> Checked:
    """An activity that was stored before, under the id and date it has had all along."""
    type = catalog.of(program).type(known.type_id)
    return Checked(
        index=0,
        submission=Submission.of(known),
        type=type,
        location=known.location,
        occurred_at=known.occurred_at,
        on=clock.local_date(known.occurred_at, program.time_zone),
        values=attributes.typed(type, known.attributes),
        identity=identity,
        activity_id=known.pk,
        key_id=ActivityKey.id_for(known.partner_id, known.reference),
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
    return hashlib.sha256(MEANING.encode(meaning).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    return format(value.normalize(), "f") if hasattr(value, "normalize") else value


def check_reference(reference: str) -> None:
    """Refuse a reference that cannot be one. Raises ReferenceInvalid."""
    if not reference.strip() or len(reference) > 100 or not reference.isprintable():
        raise ReferenceInvalid(
            "Give each activity a reference of your own, 1 to 100 printable characters: a "
            "booking or receipt number.",
            pointer="/reference",
        )


def moment(given: datetime | date, program: Program) -> datetime:
    """A moment in UTC; a date means its start in the program's time zone."""
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


def check_past(moment: datetime) -> None:
    """Refuse what has not happened yet, a little skew of clocks aside. Raises OccurredInFuture."""
    if moment > clock.now() + SKEW:
        raise OccurredInFuture(
            f"{moment:%Y-%m-%d %H:%M} UTC is in the future. Report an activity once it has "
            "happened.",
            pointer="/occurred_at",
        )


def _check_date(moment: datetime, type: ActivityType) -> None:
    now = clock.now()
    check_past(moment)
    if type.claim_days is not None and moment < now - timedelta(days=type.claim_days):
        raise ReportedTooLate(
            f"A {type.name.lower()} can be reported for {type.claim_days} days. This one is older.",
            pointer="/occurred_at",
        )


def _check_told(
    values: Mapping[str, Any], type: ActivityType, moment: datetime, program: Program
) -> None:
    """Refuse a choice that was made too late: then the default holds."""
    dated = [one for one in type.told.values() if one.told_days is not None]
    if not dated:
        return
    day = clock.local_date(moment, program.time_zone)
    today = clock.local_date(clock.now(), program.time_zone)
    for attribute in dated:
        if attribute.told_days is None or values.get(attribute.code) == attribute.default:
            continue
        last = day + timedelta(days=attribute.told_days)
        if today > last:
            raise ToldTooLate(
                f"{attribute.name}: this could be chosen until {last}. Leave it out: then "
                f"“{attribute.choices[attribute.default]}” holds.",
                pointer=f"/attributes/{attribute.code}",
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
