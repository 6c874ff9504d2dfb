"""What refusals about rewards, redemptions and vouchers mean, and what to do about them."""

from __future__ import annotations

from common.errors import LoyaltyError
from points import errors as points
from rewards import errors as rewards

REWARDS: list[tuple[type[LoyaltyError], str, str]] = [
    (
        rewards.RewardUnavailable,
        "The reward is withdrawn, out of its dates, for another tier, or never was.",
        "Read `detail` to the member; list the rewards again.",
    ),
    (rewards.OutOfStock, "The last one has gone.", "Offer another reward."),
    (
        rewards.LimitReached,
        "The member has had this reward as often as they may.",
        "Offer another reward.",
    ),
    (
        rewards.ExchangeLimit,
        "The member has exchanged this way what they may in the day, month or year.",
        "Read `detail` to the member; exchange no more than `left`, or in the next period.",
    ),
    (
        rewards.AttemptReused,
        "The attempt took another reward before.",
        "Send a new call under a new Idempotency-Key.",
    ),
    (
        points.InsufficientPoints,
        "The member has less than that. Nothing was taken.",
        "Offer something that costs less.",
    ),
    (points.ReasonMissing, "A reason is needed, and it is empty.", "Say why."),
    (
        rewards.VoucherInvalid,
        "No voucher has this code. Mistyped and unknown codes get this one answer.",
        "Scan it again, or check it letter by letter.",
    ),
    (
        rewards.VoucherUsed,
        "The voucher was used before; `used_at` and `used_at_place` say when and where.",
        "Do not hand out anything.",
    ),
    (
        rewards.VoucherCancelled,
        "The voucher was cancelled and its points were given back.",
        "Do not hand out anything.",
    ),
    (
        rewards.VoucherEarly,
        "The voucher is for a later date.",
        "Say the date that `detail` names.",
    ),
    (
        rewards.DateUnknown,
        "The reward has dates, and none of those to come was named.",
        "Name the id of one of its `dates` as `date`.",
    ),
    (
        rewards.AmountRefused,
        "The amount is not the price, or not whole steps above it, or too much.",
        "Send `amount` as `price`, `step` and `most` of the reward allow, or leave it out.",
    ),
    (
        rewards.AddressMissing,
        "The reward is sent, and there is no address to send it to.",
        "Send `address`.",
    ),
    (
        rewards.ContestDrawn,
        "The draw has taken place, and the entry took part in it.",
        "Nothing can be taken back.",
    ),
    (
        points.HoldEnded,
        "What was put aside was captured, let go, or its time is over; `status` says which.",
        "Redeem or put aside anew, under a new Idempotency-Key.",
    ),
    (
        points.HoldTooLong,
        "The program lets points be held for so many minutes, which `detail` names.",
        "Ask for less, or leave `minutes` out.",
    ),
    (
        points.SourceUsed,
        "A call with the same Idempotency-Key was made so long ago that its answer is forgotten.",
        "Look at the member's entries: it was done then. For a new call, use a new key.",
    ),
    (
        rewards.FulfilmentMoved,
        "What was ordered has gone on: it cannot be taken back like that any more.",
        "Ask the desk.",
    ),
    (rewards.VoucherExpired, "Its last day is past.", "Do not hand out anything."),
    (
        rewards.UndoTooLate,
        "The voucher was not used, not by you, or too long ago.",
        "Ask the desk.",
    ),
]
