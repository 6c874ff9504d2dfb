"""Rewards, redemptions, vouchers and conversions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from partners.answers import Amount, TierNamed, one_of
from partners.shapes import shown
from partners.submitted import Code, MemberNamed
from rewards.models import Redemption

Reason = Annotated[str, Meta(min_length=1, max_length=240)]


@shown
class RewardAnswer(Struct):
    """A reward, as this member (or, where nobody was named, everybody) sees it."""

    code: str
    name: str
    summary: str
    description: str
    terms: str
    category: str
    worth: str
    unit: str
    price: Annotated[int | None, Meta(description="Null where it has no price today.")]
    left: Annotated[int | None, Meta(description="How many there are; null: no limit.")]
    tier: Annotated[TierNamed | None, Meta(description="The tier that is needed and not held.")]
    missing: Annotated[int | None, Meta(description="How much the member lacks.")]
    is_available: Annotated[bool | None, Meta(description="Whether the member can have it now.")]


@shown
class RewardsAnswer(Struct):
    """What is on offer, in the catalogue's order."""

    data: list[RewardAnswer]


@shown
class RedemptionSubmitted(Struct, forbid_unknown_fields=True):
    """A reward for a member, paid with their points."""

    member: MemberNamed
    reward: Code
    location: Code | None = None


@shown
class CancelSubmitted(Struct, forbid_unknown_fields=True):
    """Why it is taken back."""

    reason: Reason


@shown
class RedemptionAnswer(Struct):
    """A reward that a member took. `code` is the voucher's, to be shown or printed."""

    id: str
    status: Annotated[str, one_of(Redemption.Status.values)]
    member: str
    reward: str
    name: str
    unit: str
    price: Amount
    code: str
    issued_at: datetime
    last_day: date
    used_at: datetime | None
    used_location: str | None
    cancelled_at: datetime | None


@shown
class VoucherAnswer(Struct):
    """What a till needs to know of a voucher: what for, for whom, until when."""

    redemption: str
    status: Annotated[str, one_of(["ready", "used"])]
    reward: str
    name: str
    terms: str
    holder: Annotated[str, Meta(description="The first name and an initial.")]
    last_day: date
    used_at: datetime | None
    used_location: str | None


@shown
class VoucherUse(Struct, forbid_unknown_fields=True):
    """Where it is used."""

    location: Code | None = None


@shown
class ConversionAnswer(Struct):
    """One unit for another: so much given for each whole step that is taken."""

    code: str
    name: str
    takes: str
    step: Amount
    least: Amount
    gives: str
    amount: Amount


@shown
class ConversionsAnswer(Struct):
    """What can be converted."""

    data: list[ConversionAnswer]


@shown
class ConversionSubmitted(Struct, forbid_unknown_fields=True):
    """So much of one unit, in whole steps; what does not fill a step stays where it is."""

    member: MemberNamed
    conversion: Code
    amount: Annotated[int, Meta(ge=1, le=2**53 - 1)]


@shown
class ConvertedAnswer(Struct):
    """What was taken and given."""

    member: str
    conversion: str
    taken: Amount
    given: Amount
    balances: dict[str, int]
