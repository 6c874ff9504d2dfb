"""Activities: batches, lists, and quotes that say what one would earn."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from partners.answers import (
    Amount,
    Balances,
    ErrorPlace,
    TierNamed,
)
from partners.shapes import shown
from partners.submitted import AttributeName, Code, MemberNamed

BATCH_MAX = 1000


@shown
class BatchSubmitted(Struct, forbid_unknown_fields=True):
    """Up to 1,000 activities; each has its own result."""

    activities: Annotated[
        list[dict[str, Any]],
        Meta(
            min_length=1,
            max_length=BATCH_MAX,
            extra_json_schema={"items": {"$ref": "#/components/schemas/ActivitySubmitted"}},
        ),
    ]


@shown
class ItemProblem(Struct):
    """Why one activity of a batch was refused. The others do not mind."""

    code: str
    status: int
    title: str
    detail: str
    errors: list[ErrorPlace]


@shown
class BatchResult(Struct):
    """What came of one activity: `status` is what a call of its own would have got."""

    index: Annotated[int, Meta(description="Its place in the batch, from 0.")]
    status: int
    is_replay: bool
    activity: Annotated[
        Any,
        Meta(
            extra_json_schema={
                "anyOf": [
                    {"$ref": "#/components/schemas/ActivityAnswer"},
                    {"$ref": "#/components/schemas/UnclaimedAnswer"},
                    {"$ref": "#/components/schemas/PendingAnswer"},
                    {"type": "null"},
                ]
            }
        ),
    ]
    problem: ItemProblem | None


@shown
class BatchAnswer(Struct):
    """A result for each activity, in the order in which they were sent."""

    recorded: int
    replayed: int
    unclaimed: int
    pending: int
    refused: int
    results: list[BatchResult]


@shown
class ActivityAsked(Struct, forbid_unknown_fields=True):
    """An activity as it might happen. Without a date it would be now."""

    type: Code
    occurred_at: Annotated[str, Meta(max_length=40)] | None = None
    location: Code | None = None
    attributes: Annotated[dict[AttributeName, Any], Meta(max_length=50)] = {}


@shown
class Basket(Struct, forbid_unknown_fields=True):
    """What is to be paid."""

    amount: Annotated[Decimal, Meta(description="In the program's currency: 42.50.")]


@shown
class QuoteSubmitted(Struct, forbid_unknown_fields=True):
    """What would this earn, and what would the member's points pay of this basket? Either or both.

    Nothing is recorded.
    """

    member: MemberNamed
    activity: ActivityAsked | None = None
    basket: Basket | None = None

    def __post_init__(self) -> None:
        if self.activity is None and self.basket is None:
            raise ValueError("Ask about an activity, a basket, or both.")


@shown
class QuotedAward(Struct):
    """What one rule would pay, and why."""

    unit: str
    amount: Amount
    rule: str
    sentence: str


@shown
class Payable(Struct):
    """A reward the member could have now, and how far it goes."""

    reward: str
    name: str
    unit: str
    price: Annotated[int, Meta(description="In points alone.")]
    points: Annotated[int, Meta(description="With how many the member can pay now.")]
    money: Annotated[
        Decimal | None,
        Meta(description="To be collected beside the points; null where they are the price."),
    ]
    worth: Annotated[str, Meta(description="What it would cost otherwise, in words.")]
    pays: Annotated[
        Decimal | None,
        Meta(description="Of the basket, in the program's currency; null: not worth money."),
    ]
    left_to_pay: Annotated[Decimal | None, Meta(description="What is left of the basket then.")]


@shown
class QuoteAnswer(Struct):
    """What would come of it, by the rules as they are now."""

    member: str
    awards: list[QuotedAward]
    earned: Balances
    balances: Annotated[dict[str, int], Meta(description="As they are, before it.")]
    tier: TierNamed | None
    payable: Annotated[
        list[Payable],
        Meta(
            description="What the points would pay of the basket: first what needs no money beside "
            "them; what pays most before what pays less, then cheapest."
        ),
    ]
