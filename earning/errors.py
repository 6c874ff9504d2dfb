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


REFUSALS: dict[str, Refusal] = {
    "earning_referral_one_for_a_friend": (
        AlreadyReferred,
        "Another member invited them first.",
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
