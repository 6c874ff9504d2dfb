from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class MemberNotFound(LoyaltyError):
    code = "member_not_found"
    status = 404
    title = "No member is known by that"


class CardNumberInvalid(InvalidInput):
    code = "card_number_invalid"
    title = "The card number is mistyped"


class IdentifierTaken(LoyaltyError):
    code = "identifier_taken"
    title = "Another member is known by that already"


class ClaimRefused(LoyaltyError):
    """One answer for every way in which a claim can be wrong, so that nothing can be guessed from
    it.
    """

    code = "claim_refused"
    status = 403
    title = "This card cannot be claimed with that code"


class AlreadyMember(LoyaltyError):
    code = "already_member"
    title = "This login already belongs to a member"


class AlreadyInHousehold(LoyaltyError):
    code = "already_in_household"
    title = "The member lives in a household already"


class HouseholdFull(LoyaltyError):
    code = "household_full"
    title = "The household is full"


class NotInHousehold(LoyaltyError):
    """Somebody acts for a household in which they do not live, or are not its head."""

    code = "not_in_household"
    title = "This takes somebody of that household"


class InvitationClosed(LoyaltyError):
    code = "invitation_closed"
    title = "This invitation is not open any more"


class PoolingOff(LoyaltyError):
    code = "pooling_off"
    title = "This program has no common points"


class MergeRefused(LoyaltyError):
    """Two memberships that cannot become one."""

    code = "merge_refused"
    title = "These two cannot be merged"


class UndoRefused(LoyaltyError):
    """A merge that cannot be undone any more, or not yet."""

    code = "merge_final"
    title = "This merge cannot be undone"


class MemberInactive(LoyaltyError):
    """What was about to happen is for members who take part."""

    code = "member_inactive"
    title = "This membership takes no part"


class MemberMerged(MemberInactive):
    """The membership became part of another one."""

    code = "member_merged"
    title = "This membership was merged into another one"


class MemberErased(MemberInactive):
    """The person asked to be forgotten."""

    code = "member_erased"
    status = 410
    title = "This member was erased"


class ErasureRefused(LoyaltyError):
    code = "erasure_refused"
    title = "This member cannot be erased now"


REFUSALS: dict[str, Refusal] = {
    "members_key_pkey": (
        IdentifierTaken,
        (
            "Another member is already known by that e-mail, phone, card or reference. Find that "
            "member instead."
        ),
    ),
    "members_member_user_id_key": (AlreadyMember, "This login already belongs to a member."),
    "members_user_email_is_unique": (
        IdentifierTaken,
        "There is already a login with this e-mail address. Sign in with it.",
    ),
    "members_household_member_lives_in_one": (
        AlreadyInHousehold,
        "The member lives in a household already. Let them leave it first.",
    ),
    "members_invitation_one_open": (
        AlreadyInHousehold,
        "This member has been invited already. Wait for their answer.",
    ),
    "members_merge_absorbs_once": (
        MergeRefused,
        "One of the two was merged already. Look both up again.",
    ),
    "members_merge_joins_two": (
        MergeRefused,
        "A member cannot be merged with themselves. Choose another one.",
    ),
    "members_card_one_active": (
        BrokenRule,
        "A member has one active card. Revoke the old one first.",
    ),
}
