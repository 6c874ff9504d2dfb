"""What partners send: the shapes of request bodies, and what they become inside the house."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, structs

from common.errors import InvalidInput
from earning.submissions import Submission

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
Name = Annotated[str, Meta(min_length=1, max_length=250)]
Code = Annotated[str, Meta(min_length=1, max_length=40)]
AttributeName = Annotated[str, Meta(min_length=1, max_length=40)]


class DateInvalid(InvalidInput):
    code = "date_invalid"
    title = "The date cannot be read"


class MemberNamed(Struct, forbid_unknown_fields=True):
    """Who did it, by exactly one of the things a member is known by."""

    card: Annotated[
        Name | None, Meta(description="The card's twelve digits; spaces and hyphens are ignored.")
    ] = None
    email: Annotated[Name | None, Meta(description="The e-mail address, in any case.")] = None
    phone: Annotated[Name | None, Meta(description="The phone number with its country code.")] = (
        None
    )
    reference: Annotated[
        Name | None, Meta(description="The number under which your own system knows the member.")
    ] = None

    def __post_init__(self) -> None:
        if len(self.given()) != 1:
            raise ValueError("Name the member by exactly one of card, email, phone, reference.")
        if not self.given()[0][1].strip():
            raise ValueError("Say more than spaces, or leave the member out.")

    def given(self) -> list[tuple[str, str]]:
        """What was sent, as (kind, value)."""
        told = zip(self.__struct_fields__, structs.astuple(self), strict=True)
        return [(kind, value) for kind, value in told if value is not None]


class ActivitySubmitted(Struct, forbid_unknown_fields=True):
    """Something that happened: a stay, a purchase."""

    reference: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="Your own number for it (booking, receipt): one reference is one activity, "
            "for ever. Send the same again as often as you like; it counts once.",
        ),
    ]
    type: Annotated[Code, Meta(description="The code of the activity type.")]
    occurred_at: Annotated[
        str,
        Meta(
            max_length=40,
            description="When it happened: a moment with its offset (2026-03-31T18:00:00+01:00), "
            "or a date, which stands for the start of that day in the program's time zone.",
            extra_json_schema={"anyOf": [{"format": "date-time"}, {"format": "date"}]},
        ),
    ]
    member: Annotated[
        MemberNamed | None,
        Meta(
            description="Left out when nobody was named: the activity is kept until it is claimed.",
            extra_json_schema={"minProperties": 1, "maxProperties": 1},
        ),
    ] = None
    location: Annotated[
        Code | None, Meta(description="The code of the place, one of your own.")
    ] = None
    attributes: Annotated[
        dict[AttributeName, Any],
        Meta(
            max_length=50,
            description="What the activity type asks for. Decimals may be numbers or texts; both "
            "are read exactly.",
        ),
    ] = {}

    def submission(self, *, partner: str) -> Submission:
        """The same as the house takes it. Raises DateInvalid."""
        kind, value = self.member.given()[0] if self.member else ("", "")
        return Submission(
            partner=partner,
            reference=self.reference,
            type=self.type,
            occurred_at=moment(self.occurred_at),
            attributes=self.attributes,
            kind=kind,
            value=value,
            location=self.location or "",
        )


def moment(text: str, *, pointer: str = "/occurred_at") -> datetime | date:
    """A moment with its offset, or a date. Raises DateInvalid."""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        found = MOMENT.fullmatch(text)
        if found is None:
            raise ValueError("Write it like 2026-03-31T18:00:00+01:00, or as a date: 2026-03-31")
        if found[3] is None:
            raise ValueError("Add the offset (Z, +01:00), or send the date alone")
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise DateInvalid(f"{text!r}: {error}.", pointer=pointer) from None
