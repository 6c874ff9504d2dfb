"""What the tables of earning hold about people.

An activity's typed attributes are facts of the books; those of free text are words about somebody.
The hash of a report recognizes a repeat, and nothing can be read from it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.jsons import blanked
from common.privacy import Person, Sheet, house, personal, plain, register, sentences, words
from earning.models import Activity, ParkedChange, PendingActivity
from program.models import ActivityAttribute


def install() -> None:
    """Describe the tables of this app."""
    register(SHEETS)


def _blank(column: str) -> Any:
    texts = ActivityAttribute.objects.filter(kind=ActivityAttribute.Kind.TEXT)
    return blanked(column, list(texts.values_list("code", flat=True).distinct()))


def _without_words() -> Any:
    return _blank("attributes")


def _without_birthday() -> Any:
    return blanked("facts", ["birthday"])


def _parked(person: Person) -> QuerySet[Any]:
    """Changes of what the person did, or was to be credited with, before it counted."""
    done = Activity.objects.filter(member__in=person.members).values("pk")
    waiting = PendingActivity.objects.filter(member__in=person.members).values("pk")
    whose = Q(activity_id__in=done) | Q(activity_id__in=waiting)
    return ParkedChange.objects.filter(whose)


CHANGE = "id partner reference kind occurred_at recorded_at actor"
BODY = "id partner reference type location occurred_at recorded_at actor"

SHEETS = [
    *house(
        "earning",
        {
            "Rule": (
                "id code revision name type unit award_class group effect amount attribute step "
                "percent_of whole_steps starts_on ends_on position above up_to expiry expiry_count "
                "expiry_round_to expiry_on is_counted published_at"
            ),
            "RuleCondition": "id rule kind attribute operator values",
            "RuleLimit": "id rule code per period amount times each",
            "Occasion": "code on type partner is_active position since after_event",
            "ReferralTerms": (
                "code name summary type attribute least is_first_only within_days referrer_type "
                "friend_type is_active position"
            ),
            "SimulationRun": (
                "id draft since status done total report error actor ordered_at finished_at"
            ),
            "Offer": (
                "code name summary terms starts_on ends_on holds_until days counts_before "
                "picks_day ahead_days times per places segment lowest_tier is_active position"
            ),
            "OccasionProgress": "occasion done_on last_event ran_at",
            "ChangeKey": "id change_id request_hash",
            "LimitUse": "id code owner period amount times",
            "Dividend": "code name counter less unit year_starts is_active position",
            "Declaration": (
                "id dividend year revision percent declared_on state cursor members total reason "
                "actor recorded_at paid_at"
            ),
            "Milestone": (
                "code name counter type distinct at every up_to window window_count year_starts "
                "streak streak_least per unit amount choose choose_days choose_month choose_day "
                "is_active position"
            ),
            "MilestoneOption": (
                "id milestone code name unit amount at_most default is_active position"
            ),
        },
    ),
    Sheet(
        "earning.Activity",
        plain(f"{BODY} member result")
        | words("attributes", _without_words)
        | personal(facts=_without_birthday),
        title=_("What you did"),
        member="member",
    ),
    Sheet(
        "earning.ActivityChange",
        plain(f"{CHANGE} member activity number returned result cause")
        | words("attributes", _without_words)
        | words("stated", partial(_blank, "stated"))
        | words("after", partial(_blank, "after"))
        | personal(facts=_without_birthday)
        | words("reason"),
        title=_("What was changed of it"),
        member="member",
    ),
    Sheet(
        "earning.ParkedChange",
        plain(f"{CHANGE} returned activity_id activity_reference settled_at")
        | words("attributes", _without_words)
        | words("reason problem"),
        title=_("Changes that came before it counted"),
        rows=_parked,
    ),
    Sheet(
        "earning.Correction",
        plain("id member change activity rule unit entry amount lapsed")
        | sentences("sentence inputs"),
        title=_("What changes took back, or gave, and why"),
        member="member",
    ),
    Sheet(
        "earning.PendingActivity",
        plain(f"{BODY} member due_on status ended_at ended_by")
        | words("attributes", _without_words)
        | sentences("expected")
        | words("end_reason"),
        title=_("What waits to be confirmed"),
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
        "earning.ReferralCode",
        plain("id code member_id"),
        title=_("The code of your invitations"),
        member="member_id",
    ),
    Sheet(
        "earning.Referral",
        plain(
            "id member referrer terms status actor referred_at decided_by decided_at activity "
            "referrer_activity friend_activity"
        )
        | words("reason"),
        title=_("Who invited you"),
        member="member",
    ),
    Sheet(
        "earning.ImportRun",
        plain("id digest partner shifted_days counts actor started_at finished_at")
        | sentences("file_name"),
    ),
    Sheet(
        "earning.DividendShare",
        plain("id member declaration posting base amount sentence"),
        title=_("Dividends you got"),
        member="member",
    ),
    Sheet(
        "earning.OfferActivation",
        plain("id member offer starts_at ends_at picked_on activated_at actor undone_at undone_by"),
        title=_("Offers you activated"),
        member="member",
    ),
    Sheet(
        "earning.MilestoneReached",
        plain("id member milestone level period activity turn recorded_at"),
        title=_("Milestones you reached"),
        member="member",
    ),
    Sheet(
        "earning.MilestoneChoice",
        plain("id member reached many due_at status reminded_at ended_at actor recorded_at"),
        title=_("What you could choose"),
        member="member",
    ),
    Sheet(
        "earning.MilestonePick",
        plain("id member choice option times amount entry"),
        title=_("What you chose"),
        member="member",
    ),
    Sheet(
        "earning.MilestoneVoid",
        plain("id member reached owner change_id entry recorded_at") | sentences("sentence"),
        title=_("Milestones that no longer stand"),
        member="member",
    ),
]
