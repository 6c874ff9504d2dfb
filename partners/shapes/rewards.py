"""Rewards, redemptions, vouchers and conversions."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from partners.answers import Amount, TierNamed, one_of
from partners.shapes import shown
from partners.submitted import Code, MemberNamed
from rewards.models import Kind, Redemption, Reservation

Reason = Annotated[str, Meta(min_length=1, max_length=240)]


@shown
class RewardDateAnswer(Struct):
    """A day on which an experience takes place. Its id is what a redemption names."""

    id: str
    day: dt.date
    name: Annotated[str, Meta(description="Where a day has several: 10:00, the evening.")]
    left: Annotated[int, Meta(description="How many places there are.")]


@shown
class PartAnswer(Struct):
    """A way to pay with fewer points, and money beside them that you collect. With a `step`: any
    number of points from `points` below the price, in such steps; `money` for each missing step.
    """

    points: Amount
    money: Decimal
    step: int | None


@shown
class RewardAnswer(Struct):
    """A reward, as this member (or, where nobody was named, everybody) sees it.

    `needs` names what a redemption has to say beside the reward: a `date`, an `address`. A donation
    may say an `amount`: the price, or more in whole `step`s up to `most`.
    """

    code: str
    name: str
    kind: Annotated[str, one_of(Kind.values)]
    needs: Annotated[list[str], Meta(description="`date`, `address`, or nothing.")]
    summary: str
    description: str
    terms: str
    category: str
    worth: str
    unit: str
    price: Annotated[int | None, Meta(description="Null where it has no price today.")]
    with_money: Annotated[list[PartAnswer], Meta(description="Or fewer points, and money.")]
    left: Annotated[int | None, Meta(description="How many there are; null: no limit.")]
    value: Annotated[
        Decimal | None,
        Meta(description="Of a gift card or discount, in the program's currency."),
    ]
    percent: Annotated[Decimal | None, Meta(description="Taken off, in percent.")]
    least_purchase: Annotated[
        Decimal | None, Meta(description="The smallest purchase that a discount is taken off.")
    ]
    step: Annotated[int | None, Meta(description="A donor may add so much at a time.")]
    most: Annotated[int | None, Meta(description="The most of one donation; null: no limit.")]
    dates: Annotated[list[RewardDateAnswer], Meta(description="Of an experience, those to come.")]
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
    amount: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=2**53 - 1,
                description="How much is given; or with how many points it is paid, where money "
                "is paid beside them (`with_money`). Else the price.",
            ),
        ]
        | None
    ) = None
    date: (
        Annotated[
            str,
            Meta(max_length=40, description="Of an experience: the id of its date, `rdt_…`."),
        ]
        | None
    ) = None
    address: (
        Annotated[str, Meta(min_length=1, max_length=400, description="Where a product is sent.")]
        | None
    ) = None


@shown
class ReservationSubmitted(Struct, forbid_unknown_fields=True):
    """A reward to put aside for a cart or till, until it is captured or released."""

    member: MemberNamed
    reward: Code
    location: Code | None = None
    minutes: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=32767,
                description="How long; what the program says, where nothing is said.",
            ),
        ]
        | None
    ) = None
    amount: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=2**53 - 1,
                description="With how many points it is paid, where money is paid beside them.",
            ),
        ]
        | None
    ) = None
    purpose: Annotated[
        str, Meta(max_length=120, description="What the member reads: the till at North Pier.")
    ] = ""


@shown
class ReservationAnswer(Struct):
    """A reward put aside: its price is fixed and its points are held until `held_until`."""

    id: str
    status: Annotated[str, one_of(Reservation.Status.values)]
    member: str
    reward: str
    name: str
    unit: str
    price: Amount
    money: Annotated[Decimal | None, Meta(description="To be collected beside the points.")]
    reserved_at: datetime
    held_until: datetime
    ended_at: datetime | None
    redemption: Annotated[str | None, Meta(description="`red_…`, once it was captured.")]


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
    money: Annotated[Decimal | None, Meta(description="To be collected beside the points.")]
    code: str
    issued_at: datetime
    last_day: dt.date
    used_at: datetime | None
    used_location: str | None
    cancelled_at: datetime | None
    value: Annotated[
        Decimal | None, Meta(description="What the voucher is worth, in the program's currency.")
    ]
    percent: Annotated[Decimal | None, Meta(description="Taken off, in percent.")]
    date: Annotated[RewardDateAnswer | None, Meta(description="Of an experience: the one taken.")]
    handed_code: Annotated[str, Meta(description="A code of another system, to be shown instead.")]


@shown
class RedemptionsAnswer(Struct):
    """A page of redemptions, newest first."""

    data: list[RedemptionAnswer]
    next: Annotated[str | None, Meta(description="The cursor of the next page; null on the last.")]


@shown
class VoucherAnswer(Struct):
    """What a till needs to know of a voucher: what for, for whom, until when."""

    redemption: str
    status: Annotated[str, one_of(["ready", "used"])]
    reward: str
    name: str
    terms: str
    holder: Annotated[str, Meta(description="The first name and an initial.")]
    money: Annotated[Decimal | None, Meta(description="Paid beside the points it was taken for.")]
    last_day: dt.date
    used_at: datetime | None
    used_location: str | None
    value: Annotated[
        Decimal | None, Meta(description="What it takes off, in the program's currency.")
    ]
    percent: Annotated[Decimal | None, Meta(description="Taken off, in percent.")]
    least_purchase: Annotated[
        Decimal | None, Meta(description="The smallest purchase that it is taken off.")
    ]


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
