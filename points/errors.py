from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class InsufficientPoints(LoyaltyError):
    """More was asked for than is there.

    `data` has `balance` and `missing`, in the unit's smallest part.
    """

    code = "insufficient_points"
    title = "There are not enough points"


class SourceUsed(LoyaltyError):
    """The same thing was about to be posted twice for one member."""

    code = "source_used"
    title = "This has been posted already"


class NothingToReverse(LoyaltyError):
    code = "nothing_to_reverse"
    title = "There is nothing left to reverse"


class AmountInvalid(InvalidInput):
    code = "amount_invalid"
    title = "The amount cannot be posted"


class UnitInvalid(InvalidInput):
    code = "unit_invalid"
    title = "This unit cannot be used for that"


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    title = "A reason is needed"


class HoldEnded(LoyaltyError):
    """A hold that was captured, released or timed out is asked for something else.

    `data` has `status` and `ended_at`.
    """

    code = "hold_ended"
    title = "This hold has ended"


class HoldTooLong(InvalidInput):
    code = "hold_too_long"
    title = "Points cannot be held so long"


class TransferRefused(LoyaltyError):
    """The program does not let this member send to that one. The message says why."""

    code = "transfer_refused"
    title = "This cannot be sent"


class TransferLimit(LoyaltyError):
    """More than may be sent or received at a time or in a period.

    `data` has `left`, in the unit's smallest part, where a period has a limit.
    """

    code = "transfer_limit"
    title = "This is not an amount that can be sent"


class NothingToExtend(LoyaltyError):
    code = "nothing_to_extend"
    title = "No points would live longer"


class NothingToReinstate(LoyaltyError):
    code = "nothing_to_reinstate"
    title = "There is nothing to bring back"


class DayInvalid(InvalidInput):
    code = "day_invalid"
    title = "The day has passed"


class OwnPoints(LoyaltyError):
    """Staff moved, or approved, points of their own or of their household."""

    code = "own_points"
    status = 403
    title = "These are your own points"


class SecondPersonNeeded(LoyaltyError):
    """Whoever asked for an adjustment decided on it."""

    code = "second_person_needed"
    status = 403
    title = "A second person has to decide"


class AlreadyDecided(LoyaltyError):
    code = "already_decided"
    title = "This has been decided already"


class OpeningInvalid(InvalidInput):
    """A file of opening balances cannot be read at all."""

    code = "opening_invalid"
    title = "The file cannot be read"


class OpeningUnreconciled(LoyaltyError):
    """A file's totals are not those of the source."""

    code = "opening_unreconciled"
    title = "The totals do not agree"


REFUSALS: dict[str, Refusal] = {
    "points_posting_source_is_unique": (SourceUsed, "This has been posted for the member already."),
    "points_request_source_is_unique": (SourceUsed, "This has been asked for already."),
    "points_request_is_decided_by_somebody_else": (
        SecondPersonNeeded,
        "You asked for this yourself. Somebody else has to decide on it.",
    ),
    "points_opening_is_posted_by_somebody_else": (
        SecondPersonNeeded,
        "You read this file in yourself. Somebody else has to post it.",
    ),
    "points_entry_spend_never_overdraws": (
        InsufficientPoints,
        "There are not enough points for this. Nothing was taken.",
    ),
    "points_lot_remaining_within_awarded": (
        BrokenRule,
        "A lot cannot hold less than nothing or more than was awarded. Nothing was posted.",
    ),
    "points_lot_still_has_what_is_held": (
        BrokenRule,
        "A lot cannot promise more than is left of it. Nothing was posted.",
    ),
    "points_account_held_is_not_negative": (
        BrokenRule,
        "An account cannot hold less than nothing. Nothing was posted.",
    ),
    "points_hold_source_is_unique": (SourceUsed, "This source has held something already."),
    "points_transfer_source_is_unique": (SourceUsed, "This has been sent already."),
    "points_account_balance_within_limit": (
        AmountInvalid,
        "The balance would grow beyond what can be counted exactly. Nothing was posted.",
    ),
    "points_account_member_unit_is_unique": (
        BrokenRule,
        "The member has an account in this unit already.",
    ),
    "points_entry_version_is_unique": (
        BrokenRule,
        "Two entries claimed the same place in the account. Nothing was posted; try again.",
    ),
}
