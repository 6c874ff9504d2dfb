"""What the tables of earning hold about people.

An activity's typed attributes are facts of the books; those of free text are words about somebody.
The hash of a report recognizes a repeat, and nothing can be read from it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.jsons import blanked
from common.privacy import Sheet, house, plain, register, sentences, words
from program.models import ActivityAttribute


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _without_words() -> Any:
    texts = ActivityAttribute.objects.filter(kind=ActivityAttribute.Kind.TEXT)
    return blanked("attributes", list(texts.values_list("code", flat=True).distinct()))


BODY = "id partner reference type location occurred_at recorded_at actor"

SHEETS = [
    *house(
        "earning",
        {
            "Rule": (
                "id code revision name type unit award_class group effect amount attribute step "
                "percent_of whole_steps starts_on ends_on position above up_to expiry expiry_count "
                "expiry_round_to"
            ),
            "RuleCondition": "id rule kind attribute operator values",
            "RuleLimit": "id rule code per period amount times each",
            "Occasion": "code on type partner is_active position since after_event",
            "OccasionProgress": "occasion done_on last_event ran_at",
            "LimitUse": "id code owner period amount times",
            "Milestone": "code name counter at every window per unit amount is_active position",
        },
    ),
    Sheet(
        "earning.Activity",
        plain(f"{BODY} member result") | words("attributes", _without_words),
        title=_("What you did"),
        member="member",
    ),
    Sheet(
        "earning.ActivityKey",
        plain("id activity_id member_id request_hash"),
        title=_("Fingerprints of what was reported"),
        member="member_id",
    ),
    Sheet(
        "earning.UnclaimedActivity",
        plain(f"{BODY} claimed_at claimed_by member_id")
        | words("attributes", _without_words)
        | words("named", ""),
        title=_("What was reported before it was known to be yours"),
        member="member_id",
    ),
    Sheet(
        "earning.Award",
        plain("id member activity rule unit entry award_class amount")
        | sentences("sentence inputs"),
        title=_("What each rule paid you, and why"),
        member="member",
    ),
    Sheet(
        "earning.ImportRun",
        plain("id digest partner shifted_days counts actor started_at finished_at")
        | sentences("file_name"),
    ),
    Sheet(
        "earning.MilestoneReached",
        plain("id member milestone level period activity recorded_at"),
        title=_("Milestones you reached"),
        member="member",
    ),
]
