"""Members: enrolling them, what may be told of them, and their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from earning.models import MilestoneChoice
from partners.answers import Amount, Balances, ProgressAnswer, StandingAnswer, one_of
from partners.shapes import shown
from partners.submitted import Code

PersonName = Annotated[str, Meta(min_length=1, max_length=120, description="The whole name.")]
Email = Annotated[str, Meta(min_length=3, max_length=250, pattern="@")]
Phone = Annotated[str, Meta(min_length=3, max_length=32, description="With its country code.")]
Reference = Annotated[
    str, Meta(min_length=1, max_length=250, description="Your own number for the member.")
]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-zA-Z]{2,4})?$")]


@shown
class MemberSubmitted(Struct, forbid_unknown_fields=True):
    """Somebody to enrol. The name is needed; the rest is what they can be found by."""

    name: PersonName
    email: Email | None = None
    phone: Phone | None = None
    reference: Reference | None = None


@shown
class MemberChanges(Struct, forbid_unknown_fields=True):
    """What is to be another; what is left out stays. `null` takes a phone number away."""

    name: PersonName | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET


@shown
class LotAnswer(Struct):
    """Points that end together, and the last day on which they can be spent (null: never)."""

    amount: Amount
    last_day: date | None


@shown
class AccountAnswer(Struct):
    """What there is of one unit: lots in the order in which they are spent; counters have none."""

    unit: str
    balance: Annotated[int, Meta(description="Below zero: a debt that later earnings repay.")]
    available: Annotated[int, Meta(description="What can be spent now: neither ended nor held.")]
    held: Annotated[int, Meta(description="Put aside for open carts and tills; in the balance.")]
    pending: Annotated[
        int, Meta(description="Expected of activities that do not count yet; not in the balance.")
    ]
    lots: list[LotAnswer]


@shown
class BalanceAnswer(Struct):
    """Everything a member has."""

    member: str
    accounts: list[AccountAnswer]


@shown
class LadderAnswer(Struct):
    """Where a member stands on one ladder."""

    ladder: str
    name: str
    tier: Annotated[StandingAnswer | None, Meta(description="Null below the first tier.")]
    progress: Annotated[ProgressAnswer | None, Meta(description="Null on the highest tier.")]


@shown
class LaddersAnswer(Struct):
    """Where a member stands on every ladder."""

    member: str
    ladders: list[LadderAnswer]


@shown
class EntryAnswer(Struct):
    """One movement of points, with the reason in words."""

    id: str
    unit: str
    kind: str
    amount: Annotated[int, Meta(description="Signed, in the unit's smallest part.")]
    balance: Annotated[int, Meta(description="After it.")]
    reason: str
    occurred_at: datetime
    recorded_at: datetime


@shown
class EntriesAnswer(Struct):
    """A page of movements, newest first."""

    data: list[EntryAnswer]
    next: Annotated[str | None, Meta(description="The cursor of the next page; null on the last.")]


@shown
class MonthsAnswer(Struct):
    """The months of which there is a statement, newest first."""

    member: str
    data: Annotated[list[str], Meta(description="Months like 2026-03.")]


@shown
class MovementAnswer(Struct):
    """A line of a statement. `recorded_at` is null where it was written down as it happened."""

    occurred_at: datetime
    reason: str
    amount: Annotated[int, Meta(description="Signed, in the unit's smallest part.")]
    balance: Annotated[int, Meta(description="After it.")]
    recorded_at: datetime | None


@shown
class SheetAnswer(Struct):
    """A month in one unit: opening + movements = closing."""

    unit: str
    opening: int
    received: int
    given: Annotated[int, Meta(description="Zero or below.")]
    closing: int
    movements: list[MovementAnswer]
    endings: Annotated[list[LotAnswer], Meta(description="What of the closing balance ends next.")]


@shown
class StatementAnswer(Struct):
    """A month of a member, every movement in the month in which it happened."""

    member: str
    month: str
    is_open: Annotated[bool, Meta(description="Whether the month still runs.")]
    sheets: list[SheetAnswer]


@shown
class OptionAnswer(Struct):
    """An option of a choice: what one of it gives, how many can be had, what is given when nobody
    chooses, and how many were chosen.
    """

    code: str
    name: str
    unit: str
    amount: Amount
    at_most: Annotated[int | None, Meta(description="How many of it; null: as many as `choose`.")]
    default: Annotated[int, Meta(description="How many are given after the last day.")]
    chosen: int


@shown
class ChoiceAnswer(Struct):
    """What a member may choose, or chose, because a milestone was reached."""

    id: str
    member: str
    milestone: str
    name: str
    level: int
    reached: Annotated[str, Meta(description="What was reached, in words: 50 nights.")]
    status: Annotated[str, one_of(MilestoneChoice.Status.values)]
    is_open: Annotated[bool, Meta(description="Whether it can be chosen now.")]
    choose: Annotated[int, Meta(description="How many options are chosen, in all.")]
    last_day: Annotated[date | None, Meta(description="The last day to choose; null: none.")]
    ended_at: datetime | None
    options: list[OptionAnswer]


@shown
class ChoicesAnswer(Struct):
    """A page of choices, newest first."""

    data: list[ChoiceAnswer]
    next: Annotated[str | None, Meta(description="The cursor of the next page; null on the last.")]


@shown
class ChoiceSubmitted(Struct, forbid_unknown_fields=True):
    """What the member chooses: options by code, with how many of each."""

    options: Annotated[
        dict[
            Annotated[str, Meta(min_length=1, max_length=40)],
            Annotated[int, Meta(ge=0, le=1000)],
        ],
        Meta(min_length=1, max_length=100, description="As many in all as `choose` says."),
    ]
    location: Code | None = None


@shown
class ReceiptAnswer(Struct):
    """What to print on a receipt: earned now, the balance, the way to the next tier."""

    member: str
    line: str
    lines: Annotated[list[str], Meta(description="The same, sentence by sentence.")]
    earned: Balances
    balances: Balances
