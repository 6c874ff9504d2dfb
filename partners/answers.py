"""What partners get: the shapes of answers, and how they are made from what the house knows.

Amounts are whole numbers in a unit's smallest part; `units` of a member's answer says how many
decimals each unit has. An activity's answer is made only of what was written down when it was
recorded, so that a repeat of the call gets the first answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from earning.intake import Recorded
from earning.models import Award, PendingActivity, Rule, UnclaimedActivity
from members.models import Member
from program.models import Unit

Amount = Annotated[int, Meta(description="A whole number in the unit's smallest part.")]
Balances = Annotated[
    dict[str, int], Meta(description="By unit, in whole numbers of its smallest part.")
]


def one_of(values: Sequence[str]) -> Meta:
    """In the document: a text that is one of these."""
    return Meta(extra_json_schema={"enum": list(values)})


class TierNamed(Struct):
    """A tier by its code and its name."""

    code: str
    name: str


class AwardAnswer(Struct):
    """What one rule paid, and why."""

    unit: str
    amount: Amount
    class_: Annotated[str, one_of(Rule.Class.values)] = field(name="class")
    rule: Annotated[str, Meta(description="The code of the rule.")]
    sentence: Annotated[str, Meta(description="The arithmetic in words, to be shown or printed.")]


class ActivityAnswer(Struct):
    """An activity that was recorded, with all it earned."""

    id: str
    status: Literal["recorded"]
    reference: str
    type: str
    occurred_at: datetime
    awards: list[AwardAnswer]
    balances: Balances
    tier: Annotated[TierNamed | None, Meta(description="Held after it; null below the first.")]


class UnclaimedAnswer(Struct):
    """An activity that names nobody known: kept, and recorded under its own date once claimed."""

    id: str
    status: Literal["unclaimed"]
    reference: str
    type: str
    occurred_at: datetime
    message: str


class PendingAnswer(Struct):
    """An activity whose points are announced, and count once it is confirmed."""

    id: str
    status: Annotated[str, one_of(["pending", "cancelled"])]
    reference: str
    type: str
    occurred_at: datetime
    due_on: Annotated[
        date | None, Meta(description="The day on which it counts; null: when it is confirmed.")
    ]
    expected: Annotated[
        list[AwardAnswer], Meta(description="What it would earn as things stand. None of it yet.")
    ]


class UnitAnswer(Struct):
    """A unit: points to spend, or a counter for tiers."""

    kind: Annotated[str, one_of(Unit.Kind.values)]
    singular: str
    plural: str
    decimals: Annotated[int, Meta(description="5250 with 2 decimals is 52.50.")]


class StandingAnswer(Struct):
    """The tier that is held, and from which day to which (both included; null: for life)."""

    code: str
    name: str
    since: date
    until: date | None


class ProgressAnswer(Struct):
    """How far the next tier is."""

    next_tier: TierNamed
    unit: str
    value: Amount
    missing: Amount


class ExpiryAnswer(Struct):
    """What ends next, and the last day on which it can be spent."""

    unit: str
    amount: Amount
    last_day: date


class MemberAnswer(Struct):
    """What a till needs to know of a member, and no more."""

    id: str
    card: Annotated[str, Meta(description="Empty where there is none that works.")]
    name: Annotated[str, Meta(description="The first name and an initial.")]
    status: Annotated[str, one_of(Member.Status.values)]
    balances: Balances
    units: dict[str, UnitAnswer]
    tier: Annotated[StandingAnswer | None, Meta(description="Null below the first tier.")]
    progress: Annotated[ProgressAnswer | None, Meta(description="Null on the highest tier.")]
    next_expiry: Annotated[ExpiryAnswer | None, Meta(description="Null when nothing ends.")]


class ErrorPlace(Struct):
    """One thing that is wrong, and where."""

    pointer: Annotated[str, Meta(description="A JSON pointer into the body.")]
    code: str
    detail: str


class Problem(Struct):
    """Why a call was refused (RFC 9457). Programs read `code`, people read `detail`."""

    type: Annotated[str, Meta(description="The address of the page that explains the code.")]
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: Annotated[str, Meta(description="Name it when you ask for help.")]
    errors: list[ErrorPlace]


def of_activity(recorded: Recorded) -> ActivityAnswer | PendingAnswer | UnclaimedAnswer:
    """The answer to one activity, the same for the first call and every repeat."""
    activity = recorded.activity
    if recorded.pending is not None:
        return of_pending(recorded.pending)
    if activity is None:
        assert recorded.unclaimed is not None
        return _of_unclaimed(recorded.unclaimed)
    tier = recorded.result["tier"]
    return ActivityAnswer(
        id=activity.public_id,
        status="recorded",
        reference=activity.reference,
        type=activity.type_id,
        occurred_at=activity.occurred_at,
        awards=of_awards(recorded.awards),
        balances=dict(sorted(recorded.result["balances"].items())),
        tier=TierNamed(**tier) if tier else None,
    )


def of_awards(awards: Iterable[Award]) -> list[AwardAnswer]:
    """What was paid, rule by rule."""
    return [
        AwardAnswer(
            unit=award.unit_id,
            amount=award.amount,
            class_=award.award_class,
            rule=award.rule.code,
            sentence=award.sentence,
        )
        for award in awards
    ]


def of_pending(pending: PendingActivity) -> PendingAnswer:
    """The answer to an activity that does not count yet, or was cancelled before it did."""
    is_cancelled = pending.status == PendingActivity.Status.CANCELLED
    return PendingAnswer(
        id=pending.public_id,
        status="cancelled" if is_cancelled else "pending",
        reference=pending.reference,
        type=pending.type_id,
        occurred_at=pending.occurred_at,
        due_on=pending.due_on,
        expected=[
            AwardAnswer(
                unit=one["unit"],
                amount=one["amount"],
                class_=one["class"],
                rule=one["rule"],
                sentence=one["sentence"],
            )
            for one in ([] if is_cancelled else pending.expected)
        ],
    )


def _of_unclaimed(unclaimed: UnclaimedActivity) -> UnclaimedAnswer:
    who = "It names nobody" if not unclaimed.named else "It names somebody we do not know yet"
    return UnclaimedAnswer(
        id=unclaimed.public_id,
        status="unclaimed",
        reference=unclaimed.reference,
        type=unclaimed.type_id,
        occurred_at=unclaimed.occurred_at,
        message=f"{who}. The activity is kept and earns under its own date once it is claimed.",
    )
