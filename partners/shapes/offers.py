"""Offers that members activate, and what they activated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from partners.answers import Amount
from partners.shapes import shown


@shown
class ActivationAnswer(Struct):
    """An offer that a member activated: from when to when (null: for good) it holds."""

    id: str
    offer: str
    state: Literal["coming", "holds", "over", "undone"]
    starts_at: datetime
    ends_at: datetime | None
    day: Annotated[date | None, Meta(description="The day that the member picked.")]
    used: Annotated[int, Meta(description="How many activities it has paid for.")]
    used_at_most: Annotated[int | None, Meta(description="Null: there is no limit for ever.")]
    paid: Annotated[dict[str, Amount], Meta(description="What it has paid, by unit.")]


@shown
class OfferAnswer(Struct):
    """An offer as one member sees it."""

    code: str
    name: str
    summary: str
    terms: str
    can_be_activated: bool
    why_not: Annotated[str | None, Meta(description="To be read to the member.")]
    last_day: Annotated[date | None, Meta(description="The last day to activate it.")]
    needs_day: Annotated[bool, Meta(description="The member picks the day on which it holds.")]
    activations: list[ActivationAnswer]


@shown
class OffersAnswer(Struct):
    """The offers of a member."""

    member: str
    data: list[OfferAnswer]


@shown
class OfferActivated(Struct, forbid_unknown_fields=True):
    """The day on which it is to hold, where the offer asks for one."""

    day: date | None = None


@shown
class OfferUndone(Struct, forbid_unknown_fields=True):
    """Which activation is undone."""

    activation: Annotated[str, Meta(pattern="^off_", max_length=40)]
