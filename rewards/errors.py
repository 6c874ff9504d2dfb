from common.errors import LoyaltyError, Refusal


class RewardUnavailable(LoyaltyError):
    """The reward cannot be had: withdrawn, out of its dates, or for another tier.

    The message says which.
    """

    code = "reward_unavailable"
    title = "This reward cannot be had"


class OutOfStock(LoyaltyError):
    code = "out_of_stock"
    title = "The last one has gone"


class LimitReached(LoyaltyError):
    code = "limit_reached"
    title = "This reward can be had only so many times"


class ExchangeLimit(LoyaltyError):
    """`data` has `left`: what can still be exchanged in the period, in the smallest part."""

    code = "exchange_limit"
    title = "This is more than can be exchanged now"


class AttemptReused(LoyaltyError):
    code = "attempt_reused"
    title = "This attempt took another reward"


class UndoTooLate(LoyaltyError):
    code = "undo_too_late"
    title = "It is too late to take this back"


class VoucherInvalid(LoyaltyError):
    """One answer for codes that are wrong, foreign or unknown, so that nothing can be guessed from
    it.
    """

    code = "voucher_invalid"
    status = 404
    title = "This code opens nothing here"


class VoucherUsed(LoyaltyError):
    """`data` has `used_at` and `used_at_place`: when and where the first use was."""

    code = "voucher_used"
    title = "This voucher has been used"


class VoucherExpired(LoyaltyError):
    code = "voucher_expired"
    title = "This voucher has expired"


class VoucherCancelled(LoyaltyError):
    code = "voucher_cancelled"
    title = "This voucher was cancelled"


class NotPooling(LoyaltyError):
    """Redeeming together takes a household, a program that lets it, and one's own consent."""

    code = "not_pooling"
    title = "This cannot be paid together"


class VoucherEarly(LoyaltyError):
    """`data` has `day`: the day for which the voucher is good."""

    code = "voucher_early"
    title = "This voucher is for a later day"


class DateUnknown(LoyaltyError):
    code = "date_unknown"
    title = "There is no such date"


class AmountRefused(LoyaltyError):
    """A donation that is below the least, above the most, or no whole number of steps."""

    code = "amount_refused"
    title = "This amount cannot be given"


class AddressMissing(LoyaltyError):
    code = "address_missing"
    title = "Where should it go?"


class CodesKnown(LoyaltyError):
    code = "codes_known"
    title = "A code is there already"


class FulfilmentMoved(LoyaltyError):
    """A parcel cannot take that step from where it is."""

    code = "fulfilment_moved"
    title = "The order is further than that"


class ContestOpen(LoyaltyError):
    code = "contest_open"
    title = "The contest has not closed yet"


class ContestDrawn(LoyaltyError):
    code = "contest_drawn"
    title = "The contest has been drawn"


REFUSALS: dict[str, Refusal] = {
    "rewards_stock_left_is_not_negative": (
        OutOfStock,
        "The last one has just gone. Nothing was taken.",
    ),
    "rewards_date_left_is_within_its_places": (
        OutOfStock,
        "The last place on that day has just gone. Nothing was taken.",
    ),
    "rewards_code_is_listed_once": (
        CodesKnown,
        "This code was uploaded before. Take it out of the list.",
    ),
    "rewards_draw_is_made_once": (
        ContestDrawn,
        "This contest has been drawn already; its winners stand.",
    ),
    "rewards_redemption_attempt_is_unique": (
        AttemptReused,
        "This was already used to take another reward. Open the reward anew.",
    ),
}
