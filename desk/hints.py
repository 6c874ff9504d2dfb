"""What each field of the program asks for, where the model itself does not say it: for people who
fill in forms.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Field
from django.utils.translation import gettext_lazy as _

CODE = _("A short name for machines: small letters, digits, hyphens. It stays for ever.")
PLACE_IN_ORDER = _("Small numbers come first.")

HELP: dict[str, Any] = {
    "program.program.name": _("What members call it. It stands on every page and card."),
    "program.program.tagline": _("One sentence for people who do not know it yet."),
    "program.program.support_email": _("Where members write when they need somebody."),
    "program.program.currency": _("Three letters: EUR, GBP, USD."),
    "program.program.brand_accent": _(
        "Buttons and links. It is made darker or lighter where words need it."
    ),
    "program.program.brand_ink": _("Words by day, the ground by night."),
    "program.program.brand_paper": _("The ground by day, words by night."),
    "program.unit.singular": _("One of it: point, night."),
    "program.unit.plural": _("Several of it: points, nights."),
    "program.unit.code": CODE,
    "program.unit.kind": _("Points to spend, or a counter that lifts tiers. It stays for ever."),
    "program.unit.decimals": _("How many digits after the point, from 0 to 2. It stays for ever."),
    "program.unit.rounding": _(
        "What happens to a fraction when an award is worked out. Each award is rounded once."
    ),
    "program.unit.expiry": _("When points that were not spent end."),
    "program.unit.expiry_round_to": _(
        "Moves the last day to the end of a period, so that members need to know few dates."
    ),
    "program.unit.transfer_per": _("The calendar day, month or year that the limits are for."),
    "program.unit.position": PLACE_IN_ORDER,
    "program.partner.name": _("As clerks call it: Front desk, Booking engine."),
    "program.partner.code": CODE,
    "program.partner.is_active": _("Switched off, its keys are refused and it reports nothing."),
    "program.location.name": _("As members read it: Maré Resort."),
    "program.location.code": CODE,
    "program.activitytype.name": _("One of them: Stay, Purchase."),
    "program.activitytype.plural": _("Several of them: Stays, Purchases."),
    "program.activitytype.code": CODE,
    "program.activitytype.position": PLACE_IN_ORDER,
    "program.activityattribute.name": _("As it stands on lists: Nights, Room revenue."),
    "program.activityattribute.code": CODE,
    "program.activityattribute.kind": _("What may be written there. It stays for ever."),
    "program.activityattribute.is_required": _("Whether an activity without it is refused."),
    "program.activityattribute.least": _("The smallest number that is taken. Empty: no limit."),
    "program.activityattribute.most": _("The largest number that is taken. Empty: no limit."),
    "program.activityattribute.position": PLACE_IN_ORDER,
    "members.segment.name": _("Students, locals, employees."),
    "members.segment.code": CODE,
    "earning.rule.code": CODE,
    "earning.rule.type": _("Which activities it pays for."),
    "earning.rule.unit": _("What it pays."),
    "earning.rule.award_class": _(
        "Percentages are of what base rules pay; bonuses never multiply each other."
    ),
    "earning.rule.effect": _("How the amount is worked out."),
    "earning.rule.step": _("The amount is paid for every so much of the attribute. 1: for each."),
    "earning.rule.starts_on": _("The first day on which it pays. Empty: from the beginning."),
    "earning.rule.position": PLACE_IN_ORDER,
    "earning.rulecondition.kind": _("What is looked at."),
    "earning.rulelimit.code": CODE,
    "earning.rulelimit.per": _("Whose awards are added up."),
    "earning.rulelimit.period": _("Over which time."),
    "earning.rulelimit.times": _("How often it may pay, instead of an amount."),
    "earning.occasion.code": CODE,
    "earning.occasion.on": _("What happens to a member without anybody's report."),
    "earning.occasion.type": _("The activity that is recorded for it; rules say what it pays."),
    "earning.occasion.partner": _("Under whose name it is recorded."),
    "earning.occasion.position": PLACE_IN_ORDER,
    "earning.milestone.name": _("As members read it: Ten nights."),
    "earning.milestone.code": CODE,
    "earning.milestone.counter": _("What is counted."),
    "earning.milestone.unit": _("What it pays in."),
    "earning.milestone.window": _("Since when it is counted."),
    "earning.milestone.per": _("Who passes it: each member, or a household once."),
    "earning.milestone.position": PLACE_IN_ORDER,
    "tiers.ladder.name": _("As clerks call it. Members see the tiers."),
    "tiers.ladder.code": CODE,
    "tiers.ladder.counter": _("The counter that climbs it."),
    "tiers.ladder.window": _("Which part of the counter is looked at."),
    "tiers.ladder.window_months": _("How many, for “the months before”."),
    "tiers.ladder.validity": _("How long a tier is kept once it is reached."),
    "tiers.ladder.downgrade": _("What happens at the end of that time."),
    "tiers.ladder.shared": _("Whether people of one household hold the same tier."),
    "tiers.ladder.position": _("The first ladder is the one on members' cards."),
    "tiers.tier.name": _("As members read it."),
    "tiers.tier.code": CODE,
    "tiers.tier.rank": _("1 is the lowest."),
    "tiers.tier.outline": _("The shape of its pennant."),
    "tiers.tier.field": _("What its colors draw."),
    "tiers.tierroute.tier": _("Where it leads. Any route to a tier will do."),
    "tiers.tierroute.starts_on": _("The first day on which it counts. Empty: from the beginning."),
    "tiers.tierroute.position": PLACE_IN_ORDER,
    "tiers.tierneed.unit": _("The counter that is looked at, or nothing and a tier."),
    "tiers.tierneed.held": _("The tier that was held for so many years, or nothing and a counter."),
    "tiers.tierneed.window": _("Which part of it is looked at."),
    "tiers.tierneed.window_months": _("How many, for “the months before”."),
    "rewards.reward.name": _("As it stands on the ticket."),
    "rewards.reward.code": CODE,
    "rewards.reward.category": _("Rewards of one category stand together: Food and drink."),
    "rewards.reward.summary": _("One sentence for the list."),
    "rewards.reward.description": _("What members get, in as many sentences as it takes."),
    "rewards.reward.terms": _("What they must know before they take it."),
    "rewards.reward.lowest_tier": _(
        "Only members of this tier or above may have it. Empty: everybody."
    ),
    "rewards.reward.starts_at": _("From when it is on offer. Empty: now."),
    "rewards.reward.ends_at": _("Until when. Empty: until it is withdrawn."),
    "rewards.reward.is_active": _(
        "Switched off, nobody can take it. Vouchers that were issued stay good."
    ),
    "rewards.reward.unit": _("What it is paid in."),
    "rewards.reward.position": PLACE_IN_ORDER,
    "rewards.reward.early_tier": _("Members of this tier or above may have it before the others."),
    "rewards.reward.kind": _("What members get for their points. It stays for ever."),
    "rewards.reward.codes": _("Who makes the codes of a code, a discount or a gift card."),
    "rewards.reward.shared_code": _("The one code that everybody gets."),
    "rewards.reward.fund": _("For a donation: what it goes to."),
    "rewards.reward.winners": _("For a draw: how many entries win, one for each member at most."),
    "rewards.reward.odds": _("For a draw: the chances, in words. Members read them."),
    "rewards.reward.legal": _("For a draw: what the law asks to be said, before it is on offer."),
    "rewards.reward.upgrade_from": _("For an upgrade: what was booked or bought."),
    "rewards.reward.upgrade_to": _("For an upgrade: what it becomes."),
    "rewards.fund.name": _("As members read it: Trees for the valley."),
    "rewards.fund.code": CODE,
    "rewards.fund.about": _("What becomes of the gifts."),
    "rewards.fund.unit": _("What is given. It stays for ever."),
    "rewards.fund.position": PLACE_IN_ORDER,
    "rewards.rewarddate.day": _("When it takes place."),
    "rewards.rewarddate.places": _("How many can come."),
    "rewards.conversion.name": _("As members read it."),
    "rewards.conversion.code": CODE,
    "rewards.conversion.takes": _("What is taken."),
    "rewards.conversion.gives": _("What is given for it."),
    "rewards.conversion.position": PLACE_IN_ORDER,
    "rewards.conversion.is_active": _("Switched off, nobody can convert."),
    "tiers.tierexpiry.tier": _("Whose points these are."),
    "tiers.tierexpiry.unit": _("Which points."),
    "tiers.tierexpiry.expiry": _("When they end, for members who earn them at that tier."),
    "tiers.tierexpiry.expiry_count": _("How many days or months."),
    "tiers.tierexpiry.expiry_round_to": _("Moves the last day to the end of a period."),
    "rewards.rewardprice.tier": _("Members of this tier or above pay it, if it is lower for them."),
    "rewards.rewardprice.starts_on": _(
        "The first day on which it holds. Empty: from the beginning."
    ),
    "rewards.rewardstock.slot": _("0, 1, 2 …"),
    "rewards.rewardstock.left": _("How many are left."),
}


def for_field(field: Field[Any, Any]) -> Any:
    """What a field asks for; its model's own words come first."""
    return field.help_text or HELP.get(f"{field.model._meta.label_lower}.{field.name}", "")
