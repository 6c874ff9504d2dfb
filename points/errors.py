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
