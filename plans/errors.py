from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class PlanUnavailable(LoyaltyError):
    code = "plan_unavailable"
    title = "The plan cannot be had"


class AlreadySubscribed(LoyaltyError):
    code = "already_subscribed"
    title = "The member has this plan"


class NotSubscribed(LoyaltyError):
    code = "not_subscribed"
    title = "The member does not have this plan"


class TrialUsed(LoyaltyError):
    code = "trial_used"
    title = "The trial is once"


class ChargeSettled(LoyaltyError):
    """The charge is paid, failed, waived or refunded. `data` has its `status`."""

    code = "charge_settled"
    title = "The charge is settled"


class BenefitUnknown(LoyaltyError):
    code = "benefit_unknown"
    status = 404
    title = "The plan has no such benefit"


class BenefitUsedUp(LoyaltyError):
    """The benefit was used as often as the plan allows. `data` has `at_most` and `per`."""

    code = "benefit_used_up"
    title = "The benefit is used up for now"


class BenefitTooSoon(LoyaltyError):
    """The benefit was used only just now. `data` has `again_at`, from when on it can be used."""

    code = "benefit_too_soon"
    title = "The benefit was used only just now"


class MeansInvalid(InvalidInput):
    code = "means_invalid"
    title = "The way of paying cannot be kept"


REFUSALS: dict[str, Refusal] = {
    "plans_subscription_lives_once": (
        AlreadySubscribed,
        "The member has this plan already. Nothing was started.",
    ),
    "plans_means_label_is_no_card_number": (
        MeansInvalid,
        "This looks like a card number. Write a label, such as “Visa ending in 42”.",
    ),
    "plans_means_label_is_unique": (MeansInvalid, "Give every way of paying a label of its own."),
    "plans_charge_number_is_unique": (BrokenRule, "This period has been charged already."),
    "plans_attempt_number_is_unique": (
        BrokenRule,
        "Two reports claimed the same place. Nothing was written; send it again.",
    ),
}
