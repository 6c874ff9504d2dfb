"""What happens to activities after they were reported: confirmed, cancelled, amended, looked at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from earning.models import ActivityChange
from partners.answers import AwardAnswer, TierNamed, one_of
from partners.shapes import shown
from partners.submitted import AttributeName

Told = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        description="Your own number for the change (credit note, refund): one reference is one "
        "change, for ever. Send the same again as often as you like; it counts once.",
    ),
]
Why = Annotated[str, Meta(min_length=1, max_length=240, description="The member reads it.")]
Moment = Annotated[
    str, Meta(max_length=40, description="When it happened; now, where nothing is said.")
]


@shown
class CancellationSubmitted(Struct, forbid_unknown_fields=True):
    """The whole activity did not happen, or was taken back."""

    reference: Told
    reason: Why
    occurred_at: Moment | None = None


@shown
class AmendmentSubmitted(Struct, forbid_unknown_fields=True):
    """A part of an activity is another. Give new values, or amounts that came back, or both for
    different attributes.
    """

    reference: Told
    reason: Why
    attributes: Annotated[
        dict[AttributeName, Any],
        Meta(max_length=50, description="New values; null takes a value away."),
    ] = {}
    returned: Annotated[
        dict[AttributeName, Any],
        Meta(max_length=50, description="How much of what was stated came back. Steps add up."),
    ] = {}
    occurred_at: Moment | None = None


@shown
class CorrectionAnswer(Struct):
    """What a change took back (below zero) or gave on top by one rule, and why."""

    unit: str
    amount: Annotated[int, Meta(description="Signed, in the unit's smallest part.")]
    rule: str
    sentence: str


@shown
class ChangeAnswer(Struct):
    """A change of an activity. `recorded`: it was carried out, and `corrections` say what it moved.
    `pending`: the activity does not count yet, and `expected` is what is expected of it now.
    `parked`: the activity has not come, or has no owner yet; the change waits for it.
    """

    id: str
    activity: str
    kind: Annotated[str, one_of(["cancel", "amend"])]
    status: Annotated[str, one_of(["recorded", "pending", "parked"])]
    reference: str
    reason: str
    occurred_at: datetime
    corrections: list[CorrectionAnswer]
    expected: list[AwardAnswer]
    balances: Annotated[dict[str, int], Meta(description="Right after it; empty until it counts.")]
    tier: Annotated[TierNamed | None, Meta(description="Held after it.")]


@shown
class ChangeShown(Struct):
    """A change in the history of an activity. `review`: we looked at it again, because something
    that happened before it was reported later.
    """

    id: str
    kind: Annotated[str, one_of(ActivityChange.Kind.values)]
    reference: Annotated[str | None, Meta(description="Yours; null for a review.")]
    reason: str
    occurred_at: datetime
    recorded_at: datetime
    corrections: list[CorrectionAnswer]


@shown
class ActivityShown(Struct):
    """An activity of yours as it stands: what it earned when it was recorded, and every change."""

    id: str
    status: Annotated[str, one_of(["recorded", "pending", "unclaimed", "cancelled"])]
    reference: str
    type: str
    occurred_at: datetime
    recorded_at: datetime
    member: Annotated[str | None, Meta(description="Null while nobody has claimed it.")]
    location: str | None
    attributes: Annotated[dict[str, Any], Meta(description="As they were reported.")]
    awards: list[AwardAnswer]
    earned: Annotated[
        dict[str, int], Meta(description="By unit: awards and all that corrected them.")
    ]
    changes: list[ChangeShown]
    expected: Annotated[list[AwardAnswer], Meta(description="While it is pending.")]
    due_on: Annotated[
        date | None, Meta(description="While it is pending: the day on which it counts by itself.")
    ]


@shown
class ActivitiesAnswer(Struct):
    """A page of your activities, newest first."""

    data: list[ActivityShown]
    next: str | None
