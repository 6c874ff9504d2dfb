from __future__ import annotations

from common.errors import BrokenRule, InvalidInput, LoyaltyError, Refusal


class LinkInvalid(LoyaltyError):
    """One answer for links that are cut off, changed or made up."""

    code = "survey_link_invalid"
    status = 404
    title = "This link opens no question"


class SurveyEnded(LoyaltyError):
    code = "survey_ended"
    status = 410
    title = "This question can no longer be answered"


class AlreadyAnswered(LoyaltyError):
    code = "already_answered"
    title = "This was answered already"


class ScoreInvalid(InvalidInput):
    code = "score_invalid"
    title = "This number is not on the scale"


class TextTooLong(InvalidInput):
    code = "text_too_long"
    status = 413
    title = "This is longer than we can keep"


class AnswerInvalid(InvalidInput):
    code = "answer_invalid"
    title = "This is no answer to the question"


class CaseClosed(LoyaltyError):
    code = "case_closed"
    title = "The case is closed"


class GoodwillRefused(LoyaltyError):
    code = "goodwill_refused"
    title = "This is more than may be given without asking"


REFUSALS: dict[str, Refusal] = {
    "surveys_care_is_the_only_one": (BrokenRule, "There is one way of asking. Change that."),
    "surveys_care_closes_after_it_opens": (
        BrokenRule,
        "A business day ends after it begins, at 24 at the latest.",
    ),
    "surveys_survey_kind_is_known": (BrokenRule, "A survey is of one of the four kinds."),
    "surveys_survey_is_open_a_day": (BrokenRule, "A survey can be answered for a day at least."),
    "surveys_survey_activity_names_its_partner": (
        BrokenRule,
        "Taking part is an activity in somebody's name: give both or neither.",
    ),
    "surveys_version_number_is_unique": (BrokenRule, "The survey has a version of that number."),
    "surveys_question_code_is_unique": (
        BrokenRule,
        "This version has a question with that code already.",
    ),
    "surveys_question_has_its_answers": (
        BrokenRule,
        "A choice needs its choices, a scale its ends, and a text neither.",
    ),
    "surveys_branch_least_not_above_most": (
        BrokenRule,
        "The least score is above the most. Swap or correct them.",
    ),
    "surveys_branch_question_is_its_own": (
        BrokenRule,
        "A branch leads to a question of this very version. Choose one of those.",
    ),
    "surveys_version_is_final_once_answered": (
        BrokenRule,
        "Somebody has answered this version, so it stays as it is. Add a new version.",
    ),
    "surveys_trigger_code_is_unique": (BrokenRule, "There is a trigger with that code already."),
    "surveys_trigger_rate_is_a_percentage": (
        BrokenRule,
        "A rate is above 0 and at most 100 percent.",
    ),
    "surveys_trigger_wave_names_its_months": (
        BrokenRule,
        "A wave comes every so many months; nothing else names months.",
    ),
    "surveys_trigger_only_activities_have_a_type": (
        BrokenRule,
        "Only a trigger by activities names their type.",
    ),
    "surveys_rule_code_is_unique": (BrokenRule, "This survey has a rule with that code already."),
    "surveys_rule_least_not_above_most": (
        BrokenRule,
        "The least score is above the most. Swap or correct them.",
    ),
    "surveys_rule_contacts_before_it_closes": (
        BrokenRule,
        "A member hears from us after one hour at least, and before the case closes.",
    ),
    "surveys_invitation_once_for_each_source": (
        AlreadyAnswered,
        "The member was asked about this already.",
    ),
    "surveys_authorship_one_answer": (
        AlreadyAnswered,
        "This question was answered already. Thank you.",
    ),
    "surveys_answer_score_is_on_the_scale": (
        ScoreInvalid,
        "Choose one of the numbers that are shown.",
    ),
}
