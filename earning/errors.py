from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class ReferenceReused(LoyaltyError):
    """The partner's reference names an activity with other content."""

    code = "reference_reused"
    title = "This reference stands for another activity"


class OccurredInFuture(InvalidInput):
    code = "occurred_in_future"
    title = "The activity has not happened yet"


class ReportedTooLate(InvalidInput):
    code = "reported_too_late"
    title = "The activity is too long ago"


class ToldTooLate(InvalidInput):
    code = "told_too_late"
    title = "It is too late to choose"


class ReferenceInvalid(InvalidInput):
    code = "reference_invalid"
    title = "The reference cannot be used"


class MemberNameInvalid(InvalidInput):
    """The e-mail, phone or reference that should name a member cannot be anybody's."""

    code = "member_name_invalid"
    title = "Nobody can be known by that"


class AlreadyClaimed(LoyaltyError):
    code = "already_claimed"
    title = "This activity has been claimed"


class ActivityUnknown(LoyaltyError):
    """No activity of the partner has this id."""

    code = "activity_unknown"
    status = 404
    title = "There is no such activity"


class ActivityCancelled(LoyaltyError):
    """What has been cancelled stays as it is."""

    code = "activity_cancelled"
    title = "The activity has been cancelled"


class ChangeReused(LoyaltyError):
    """The partner's reference of a change names another change."""

    code = "change_reused"
    title = "This reference stands for another change"


class ChangeInvalid(InvalidInput):
    """A change that says nothing, or not why."""

    code = "change_invalid"
    title = "The change cannot be used"


class PendingEnded(LoyaltyError):
    """An activity was to be confirmed that does not wait any more."""

    code = "pending_ended"
    title = "The activity does not wait any more"


class DividendRefused(LoyaltyError):
    """The year is not over, or the dividend was declared before, or is being paid out."""

    code = "dividend_refused"
    title = "The dividend cannot be declared"


class MappingInvalid(InvalidInput):
    """A mapping file does not fit the file it is meant for; the message names the key."""

    code = "mapping_invalid"
    title = "The mapping cannot be used"


class ReferralUnknown(LoyaltyError):
    code = "referral_unknown"
    status = 404
    title = "This invitation is not known"


class ReferralClosed(LoyaltyError):
    code = "referral_closed"
    title = "This invitation has been decided"


class AlreadyReferred(LoyaltyError):
    code = "already_referred"
    title = "Another member invited them first"


class ChoiceUnknown(LoyaltyError):
    code = "choice_unknown"
    status = 404
    title = "There is no such choice"


class ChoiceClosed(LoyaltyError):
    """It has been made, or its last day is over."""

    code = "choice_closed"
    title = "There is nothing to choose any more"


class ChoiceInvalid(InvalidInput):
    """Other options than there are, more of one than can be had, or another number in all."""

    code = "choice_invalid"
    title = "This cannot be chosen"


class OfferUnknown(LoyaltyError):
    code = "offer_unknown"
    status = 404
    title = "There is no such offer"


class OfferUnavailable(LoyaltyError):
    """It is not open today, or not for this member."""

    code = "offer_unavailable"
    title = "The offer cannot be activated"


class OfferUsedUp(LoyaltyError):
    """It was activated as often as it can be, by the member or by all together."""

    code = "offer_used_up"
    title = "The offer was activated as often as it can be"


class OfferDayInvalid(InvalidInput):
    """A day is missing, cannot be picked, or was given where none is."""

    code = "offer_day_invalid"
    title = "This day cannot be picked"


class ActivationUnknown(LoyaltyError):
    code = "activation_unknown"
    status = 404
    title = "The offer was not activated"


class ActivationClosed(LoyaltyError):
    """It has been used, or is over."""

    code = "activation_closed"
    title = "The activation cannot be undone"


REFUSALS: dict[str, Refusal] = {
    "earning_activation_periods_do_not_overlap": (
        OfferUsedUp,
        "This offer holds already at that time. Nothing was activated.",
    ),
    "earning_pick_once_per_option": (
        ChoiceClosed,
        "This choice has been made already, and stays as it is.",
    ),
    "earning_referral_one_for_a_friend": (
        AlreadyReferred,
        "Another member invited them first.",
    ),
    "earning_change_cancels_once": (
        ActivityCancelled,
        "This activity has been cancelled already. Nothing was changed.",
    ),
    "earning_change_number_is_unique": (
        BrokenRule,
        "Two changes of one activity claimed the same place. Nothing was changed; try again.",
    ),
    "earning_declaration_revision_is_unique": (
        DividendRefused,
        "Somebody has declared this dividend for this year already.",
    ),
    "earning_declaration_is_paid_one_at_a_time": (
        DividendRefused,
        "The last declaration is still being paid out. Wait until it is done.",
    ),
    "earning_declaration_is_a_share": (
        DividendRefused,
        "A dividend is a share above 0 and up to 100 percent.",
    ),
    "earning_activity_reference_is_unique": (
        ReferenceReused,
        "This reference stands for another activity. Use a reference once.",
    ),
    "earning_rule_periods_do_not_overlap": (
        BrokenRule,
        (
            "Two revisions of one rule cannot be in force on the same day. End the first where the "
            "second starts."
        ),
    ),
}
