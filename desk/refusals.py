"""What the database says when it refuses, in words.

Every constraint on data that staff may edit has its sentence here.
"""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from common.errors import constraint_name
from earning.errors import REFUSALS as EARNING
from members.errors import REFUSALS as MEMBERS
from messaging.errors import REFUSALS as MESSAGING
from plans.errors import REFUSALS as PLANS
from rewards.errors import REFUSALS as REWARDS
from surveys.errors import REFUSALS as SURVEYS
from tiers.errors import REFUSALS as TIERS

SENTENCES: dict[str, str | Promise] = {
    "program_unit_decimals_at_most_two": later("A unit has no more than two decimals."),
    "program_unit_expiry_names_its_count": later(
        "Say after how many days or months it ends, or choose “never” and leave the number empty."
    ),
    "program_unit_expiry_names_its_day": later(
        "A fixed day of the year needs its month and its day."
    ),
    "program_unit_last_end_is_beyond_inactivity": later(
        "The last end goes with months without activity, and is more months than those."
    ),
    "points_lot_last_end_is_of_one_that_moves": later(
        "Only points whose end activity moves have a last one."
    ),
    "program_unit_expiry_names_its_types": later("Choose the activities that keep points alive."),
    "program_unit_counter_never_expires": later("A counter never expires. Choose “never”."),
    "program_program_holds_are_short": later(
        "A hold lasts from a minute to a day, and usually no longer than it can at most."
    ),
    "program_program_household_has_two": later("A household has room for two people at least."),
    "program_unit_only_a_counter_counts": later(
        "Only a counter counts what is earned of another unit."
    ),
    "program_unit_counts_another": later("A counter counts another unit, not itself."),
    "program_unit_counter_is_never_sent": later("A counter is never sent. Choose “nobody”."),
    "program_unit_transfers_something": later("The least and the step are one at least."),
    "program_unit_transfer_limits_allow_one": later(
        "A limit for a period is not below the least that can be sent."
    ),
    "program_unit_default_is_spendable": later("Only a unit that can be spent can be shown first."),
    "program_unit_default_is_unique": later(
        "Another unit is shown first already. Take the mark away there, then set it here."
    ),
    "program_type_confirm_names_its_days": later(
        "Say after how many days it counts, and only where it counts after days."
    ),
    "program_partner_contact_is_an_address": later("Give an e-mail address, or none."),
    "program_location_has_a_part": later(
        "Let a place earn or burn; without either it has no part in the program."
    ),
    "program_location_code_is_unique": later("This partner has a place with that code already."),
    "program_attribute_code_is_unique": later(
        "This activity type has an attribute with that code already."
    ),
    "program_attribute_least_not_above_most": later(
        "The least is above the most. Swap or correct them."
    ),
    "program_attribute_choice_has_choices": later(
        "A choice needs its choices, one a line: code = words."
    ),
    "plans_plan_is_tried_at_least_once": later("A charge is tried once at least, days apart."),
    "plans_price_is_positive": later("A price is above nothing."),
    "plans_price_ends_after_it_starts": later("A price ends after it starts."),
    "plans_price_periods_do_not_overlap": later(
        "Two prices for the same period and people hold on the same days. End the first where the "
        "second starts."
    ),
    "plans_refund_within_names_its_days": later(
        "“Within so many business days” needs their number; the other terms have none."
    ),
    "plans_refund_ends_after_it_starts": later("Refund terms end after they start."),
    "plans_refund_periods_do_not_overlap": later(
        "Two refund terms hold on the same days. End the first where the second starts."
    ),
    "plans_credit_unit_is_unique": later("This plan credits that counter already."),
    "plans_credit_is_positive": later("A credit is above nothing."),
    "plans_benefit_lies_a_minute_apart": later(
        "Leave the minutes between two uses empty, or give one at least."
    ),
    "plans_benefit_allowance_is_whole": later(
        "Say how often it may be used and in which time, or leave both empty."
    ),
    "rewards_conversion_happens_at_one_time": later(
        "It happens by itself as a month ends, or as soon as there is enough, not both."
    ),
    "rewards_conversion_months_are_months": later(
        "Months are numbers from 1 to 12, and only a monthly conversion has them."
    ),
    "plans_benefit_code_is_unique": later("This plan has a benefit with that code already."),
    "program_attribute_only_a_choice_has_a_default": later("Only a choice has a default."),
    "program_attribute_told_in_time_has_a_default": later(
        "Where a choice must be told in time, say what holds otherwise."
    ),
    "tiers_tier_code_is_unique": later("This ladder has a tier with that code already."),
    "tiers_tier_rank_is_unique": later("This ladder has a tier of that rank already."),
    "tiers_ladder_year_starts_in_a_month": later("A program year starts in a month from 1 to 12."),
    "tiers_ladder_window_names_its_months": later(
        "“The months before” needs their number; the other windows have none."
    ),
    "tiers_ladder_only_months_are_rounded": later(
        "Only a tier that lasts so many months is rounded to the end of one."
    ),
    "tiers_ladder_using_up_has_its_own_periods": later(
        "Tiers that use up their thresholds count since the tier changed, last so many months or "
        "for life, and do not roll over."
    ),
    "tiers_ladder_only_a_surplus_has_a_most": later(
        "Only where a surplus stays there is a most of it: choose rolling over or using up."
    ),
    "tiers_ladder_validity_names_its_months": later("Say how many months a tier holds."),
    "tiers_route_is_for_one_group": later(
        "A route is for a segment or for a plan. For two groups add two routes."
    ),
    "members_past_segment_ends_after_it_starts": later("What is over ended after it began."),
    "tiers_route_ends_after_it_starts": later("A route ends after it starts."),
    "tiers_need_counts_one_thing": later(
        "A requirement counts a unit, activities, or years at a tier: choose one."
    ),
    "tiers_need_only_activities_are_distinct": later(
        "Days, partners and locations are counted of activities: choose their type."
    ),
    "tiers_need_takes_off_another_counter": later("Only from a counter another one is taken off."),
    "tiers_need_is_positive": later("A requirement asks for one at least."),
    "tiers_need_window_names_its_months": later(
        "“The months before” needs their number; the other windows have none."
    ),
    "members_segment_member_is_unique": later("This member is in that segment already."),
    "earning_rule_only_percent_names_a_base": later("Only a percentage is of another unit's base."),
    "earning_dividend_year_starts_in_a_month": later("A year starts in a month from 1 to 12."),
    "earning_dividend_units_are_different": later(
        "What is counted, what is taken off and what is paid are three different units."
    ),
    "earning_limit_code_is_unique": later("This rule has a limit with that code already."),
    "earning_limit_counts_amount_or_times": later(
        "A limit is an amount, or a number of times: give one."
    ),
    "earning_limit_of_one_activity_is_an_amount": later(
        "A limit for one activity is an amount and has no period."
    ),
    "earning_rule_revision_is_unique": later(
        "There is a rule with that code already. Codes are unique."
    ),
    "earning_rule_pays_something": later("A rule pays something: give an amount above zero."),
    "earning_rule_only_per_has_a_band": later(
        "“Above” and “up to” go with an amount per unit of an attribute."
    ),
    "earning_rule_band_is_not_empty": later("“Up to” is more than “above”, which is zero or more."),
    "earning_rule_expiry_names_its_count": later(
        "Say after how many days or months it ends; “never” has no number."
    ),
    "earning_rule_expiry_names_its_day": later(
        "Say on which day it ends; a day goes with “on a day” alone."
    ),
    "earning_condition_before_is_of_an_attribute": later("“Is before” compares an attribute."),
    "earning_limit_of_one_activity_is_not_split": later(
        "One activity has one of each: leave that empty, or limit the member."
    ),
    "earning_rule_step_is_positive": later("A step is above zero."),
    "earning_rule_per_names_its_attribute": later(
        "“An amount per unit of an attribute” needs its attribute; the other effects have none."
    ),
    "earning_rule_percent_is_bonus": later(
        "A percentage is a bonus on the base, or a base of its own made from another unit's."
    ),
    "earning_rule_ends_after_it_starts": later(
        "The first day on which it no longer pays lies after its start."
    ),
    "earning_condition_names_its_attribute": later(
        "A condition on an attribute names it; the other kinds leave it empty."
    ),
    "earning_condition_has_values": later("Say what it is compared with."),
    "earning_condition_order_needs_a_number": later(
        "“At least” and “at most” fit attributes and tiers only."
    ),
    "earning_offer_has_its_words": later("An offer has a name and a sentence that says it."),
    "earning_offer_ends_after_it_starts": later("It can be activated for a day at least."),
    "earning_offer_holds_while_it_is_open": later(
        "It holds at least as long as it can be activated."
    ),
    "earning_offer_lapses_after_a_day": later(
        "Leave the days empty, or give a day at least, and 3650 at most."
    ),
    "earning_offer_counts_since_its_first_day": later(
        "What was done before counts since the first day: give it, and do not let members pick "
        "a day."
    ),
    "earning_offer_day_is_picked_or_not": later(
        "Where the member picks the day it does not lapse after days; days ahead, 366 at most, "
        "are only for a day that is picked."
    ),
    "earning_offer_times_are_of_a_period": later(
        "Say how often, once at least; or leave it empty, and choose “ever”."
    ),
    "earning_offer_has_a_place": later("Leave the places empty, or give one at least."),
    "earning_milestone_lies_above_zero": later("A milestone lies above zero."),
    "earning_milestone_repeats_by_something": later(
        "Leave “and every” empty, or give one at least."
    ),
    "earning_milestone_last_mark_is_a_further_one": later(
        "The last mark goes with “and every”, and is not below the first."
    ),
    "earning_milestone_own_year_is_each_members": later(
        "A year of membership is each member's own: choose another window, or each member."
    ),
    "earning_milestone_does_not_feed_itself_for_ever": later(
        "It pays what it counts, and would never end: pay less than “and every”, or another unit."
    ),
    "earning_milestone_pays_something": later(
        "A milestone pays one at least of a unit, or lets the member choose."
    ),
    "earning_milestone_counts_one_thing": later(
        "Say what is counted: a counter, or activities of a type, and not both."
    ),
    "earning_milestone_window_names_its_length": later(
        "“The days before” and “the months before” say how many. There a mark is passed again and "
        "again, by each member: leave “and every” empty."
    ),
    "earning_milestone_year_starts_in_a_month": later("A year starts in a month from 1 to 12."),
    "earning_milestone_streak_names_its_least": later(
        "What goes on in a row says how much is counted in each of them; it has no other window, "
        "and is each member's own."
    ),
    "earning_milestone_choice_has_one_deadline": later(
        "Say how many options are chosen, one at least; and how many days there are, or the month "
        "and the day, or neither."
    ),
    "earning_milestone_choice_takes_a_day": later("There is a day at least to choose."),
    "earning_option_code_is_unique": later("Another option of this milestone has this code."),
    "earning_option_gives_something": later("An option gives one at least."),
    "earning_option_default_is_within_its_limit": later(
        "It can be chosen once at least, and is not given more often than it can be chosen."
    ),
    "rewards_part_points_are_said_once": later("So many points are in the list twice."),
    "rewards_part_takes_points": later("One point at least is paid; else it is a sale."),
    "rewards_part_takes_money": later("Say how much money is paid beside the points."),
    "rewards_part_goes_by_steps": later("Leave the steps empty, or give one at least."),
    "rewards_reward_is_valid_a_day": later("A voucher is good for a day at least."),
    "rewards_reward_ends_after_it_starts": later("The end of the offer lies after its start."),
    "rewards_reward_limit_of_a_time_is_given": later(
        "Say how often a member may have it in that time."
    ),
    "rewards_reward_last_day_is_said_once": later(
        "Give one last day for all, or say to the end of what it is moved, not both."
    ),
    "rewards_reward_more_fits_the_kind": later(
        "Steps are for donations, gift cards and amounts off."
    ),
    "rewards_reward_limit_is_positive": later(
        "Leave the limit empty for none, or give at least one."
    ),
    "rewards_reward_is_early_for_somebody": later(
        "“Early” names a tier and a number of days, or neither."
    ),
    "rewards_reward_only_shared_codes_are_named": later(
        "A shared code is named; the other codes are made elsewhere. Fill in one, or empty the "
        "other."
    ),
    "rewards_reward_codes_of_others_fit_the_kind": later(
        "Uploaded and shared codes are for codes, discounts and gift cards."
    ),
    "rewards_reward_value_fits_the_kind": later(
        "A gift card has a value; a discount a value or percent, and perhaps a least purchase; "
        "the other kinds have none of them."
    ),
    "rewards_reward_donation_names_its_fund": later(
        "A donation names its fund; the other kinds have no fund and no steps."
    ),
    "rewards_reward_donation_has_whole_steps": later(
        "A step is above zero, and “at most” goes with a step and is not below it."
    ),
    "rewards_reward_only_places_are_given_back_by_date": later(
        "Only a place on a date is given back some days before it. Leave it at 0."
    ),
    "rewards_reward_contest_names_its_draw": later(
        "A draw has its day and its number of winners; the other kinds have neither, and no odds."
    ),
    "rewards_reward_contest_tells_odds_and_law": later(
        "A draw is on offer only with its odds and its legal notice. Write them, or take it off "
        "offer."
    ),
    "rewards_reward_upgrade_names_what_is_given": later(
        "An upgrade says what is given; the other kinds leave it empty."
    ),
    "earning_terms_ask_for_an_amount_of_something": later(
        "An amount is of an attribute: give both, or neither."
    ),
    "earning_terms_record_something_else": later(
        "What is recorded is another activity than the one the friend has to do."
    ),
    "earning_terms_leave_a_day": later("Leave a day at least, or no end."),
    "rewards_date_is_offered_once": later("This date stands there twice. Name what differs."),
    "rewards_date_left_is_within_its_places": later(
        "More places are taken than that. Give as many as are taken, at least."
    ),
    "rewards_conversion_takes_and_gives": later("A conversion takes and gives something."),
    "rewards_conversion_joins_two_units": later("A conversion joins two different units."),
    "rewards_conversion_bonus_is_complete": later(
        "A bonus names its step and its amount, or neither."
    ),
    "rewards_conversion_most_is_of_a_period": later(
        "The most that a member exchanges is one step at least, and names its period."
    ),
    "tiers_expiry_unit_is_unique": later("This tier has an end of its own for that unit already."),
    "tiers_expiry_names_its_count": later("Say after how many days or months it ends."),
    "rewards_price_is_positive": later("A price is one at least."),
    "rewards_price_ends_after_it_starts": later(
        "The first day on which a price no longer holds lies after its start."
    ),
    "rewards_price_periods_do_not_overlap": later(
        "Two prices for the same people hold on the same day. End the first where the second "
        "starts."
    ),
    "rewards_price_is_for_one_group": later(
        "A price is for a tier, a segment or a plan. For two groups add two prices."
    ),
    "rewards_stock_slot_is_unique": later("Give each slot of stock a number of its own."),
}


def sentence_of(name: str) -> str:
    """What a violated constraint means for whoever is filling in the form."""
    if name in SENTENCES:
        return str(SENTENCES[name])
    for known in (MEMBERS, TIERS, PLANS, EARNING, REWARDS, MESSAGING, SURVEYS):
        if name in known:
            return known[name][1]
    if name:
        return _(
            "The database refused this, because of the rule “%(rule)s”. Nothing was saved."
        ) % {"rule": name.replace("_", " ")}
    return _("The database refused this. Nothing was saved.")


def sentence(error: IntegrityError) -> str:
    """What a database refusal means, in words."""
    return sentence_of(constraint_name(error))
