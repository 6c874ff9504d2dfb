"""What happened, as partners are told: which events there are, who sees which, and their shape.

A partner sees what concerns members, and of what other partners did nothing.
"""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from common import clock
from common.ids import public_id
from events.models import Event
from partners.shapes.program import EventAnswer

MARGIN = timedelta(seconds=1)  # between the clocks of our processes
# Of a payload, for the house only; the trigger `partners_fan_out` leaves it out as well.
PRIVATE = frozenset({"actor", "reason", "note", "why"})


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A type of event: what it tells, and what its data has."""

    type: str
    words: str
    data: dict[str, Any]


PEOPLE = frozenset({"absorbed", "survivor"})  # members in a payload, by their plain ids

KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Kind(
            "activity_recorded",
            "You reported an activity, and it earned this.",
            {
                "subject": "act_…",
                "type": "stay",
                "partner": "front-desk",
                "awards": [{"unit": "point", "amount": 11800}],
            },
        ),
        Kind(
            "activity_unclaimed",
            "You reported an activity that names nobody known.",
            {"subject": "act_…", "partner": "front-desk"},
        ),
        Kind(
            "activity_pending",
            "You reported an activity that does not count yet; this is expected of it.",
            {
                "subject": "act_…",
                "type": "stay",
                "partner": "front-desk",
                "due_on": "2025-06-28",
                "expected": [{"unit": "point", "amount": 11800}],
            },
        ),
        Kind(
            "activity_confirmed",
            "A pending activity of yours counts now.",
            {"subject": "act_…", "type": "stay", "partner": "front-desk"},
        ),
        Kind(
            "activity_cancelled",
            "An activity of yours was cancelled, and this was taken back.",
            {
                "subject": "act_…",
                "change": "chg_…",
                "partner": "front-desk",
                "corrections": [{"unit": "point", "amount": -11800}],
            },
        ),
        Kind(
            "activity_amended",
            "A part of an activity of yours changed, and this was taken back or given.",
            {
                "subject": "act_…",
                "change": "chg_…",
                "partner": "front-desk",
                "corrections": [{"unit": "point", "amount": -1180}],
            },
        ),
        Kind("member_enrolled", "Somebody became a member.", {"subject": ""}),
        Kind("member_updated", "A member's details changed.", {"subject": ""}),
        Kind(
            "card_replaced", "A member has a new card; the old one finds nobody.", {"subject": ""}
        ),
        Kind(
            "member_merged",
            "Two memberships became one: every name of the absorbed one is the survivor's now.",
            {"subject": "", "absorbed": "mem_…", "survivor": "mem_…"},
        ),
        Kind("member_erased", "Somebody asked to be forgotten. Forget them.", {"subject": ""}),
        Kind(
            "tier_changed",
            "A member moved on a ladder.",
            {"subject": "", "ladder": "fleet", "from": "skiff", "to": "sloop"},
        ),
        Kind(
            "milestone_reached",
            "A member's counter passed a mark.",
            {"subject": "act_…", "milestone": "ten-nights", "level": 10},
        ),
        Kind(
            "milestone_choice_opened",
            "A member may choose for a milestone, until the last day (null: there is none).",
            {
                "subject": "chc_…",
                "milestone": "ten-nights",
                "level": 10,
                "choose": 1,
                "last_day": "2025-07-20",
            },
        ),
        Kind(
            "milestone_choice_closing",
            "A member has not chosen for a milestone yet, and the last day comes.",
            {
                "subject": "chc_…",
                "milestone": "ten-nights",
                "level": 10,
                "choose": 1,
                "last_day": "2025-07-20",
            },
        ),
        Kind(
            "milestone_chosen",
            "A member chose for a milestone, or was given the default after the last day.",
            {
                "subject": "chc_…",
                "milestone": "ten-nights",
                "level": 10,
                "options": {"late-checkout": 1},
            },
        ),
        Kind(
            "milestone_choice_lapsed",
            "A member did not choose for a milestone in time.",
            {"subject": "chc_…", "milestone": "ten-nights", "level": 10, "options": {}},
        ),
        Kind(
            "offer_activated",
            "A member activated an offer, which holds from then to then (null: for good), or on "
            "the day they picked.",
            {
                "subject": "off_…",
                "offer": "my-day",
                "from": "2025-06-13T23:00:00+00:00",
                "until": "2025-06-14T23:00:00+00:00",
                "day": "2025-06-14",
            },
        ),
        Kind(
            "offer_undone",
            "An offer that was not used is no longer activated.",
            {
                "subject": "off_…",
                "offer": "my-day",
                "from": "2025-06-13T23:00:00+00:00",
                "until": "2025-06-14T23:00:00+00:00",
                "day": "2025-06-14",
            },
        ),
        Kind("points_expired", "Points of a member ended.", {"subject": "", "unit": "point"}),
        Kind(
            "reward_reserved",
            "A reward was put aside for a member.",
            {"subject": "rsv_…", "reward": "late-checkout", "price": 2500},
        ),
        Kind(
            "reservation_released",
            "What was put aside was let go, or its time was over.",
            {"subject": "rsv_…", "reward": "late-checkout", "price": 2500},
        ),
        Kind(
            "reward_redeemed",
            "A member took a reward for points.",
            {"subject": "red_…", "reward": "late-checkout", "price": 2500},
        ),
        Kind(
            "redemption_cancelled",
            "A redemption was cancelled, and the points went back.",
            {"subject": "red_…", "reward": "late-checkout", "price": 2500},
        ),
        Kind(
            "voucher_used",
            "A voucher was used.",
            {"subject": "red_…", "reward": "late-checkout", "location": "resort-hotel"},
        ),
        Kind(
            "voucher_use_undone",
            "The use of a voucher was taken back.",
            {"subject": "red_…", "reward": "late-checkout"},
        ),
        Kind(
            "units_exchanged",
            "A member converted one unit into another.",
            {"subject": "", "conversion": "to-roastery", "taken": 30, "given": 10},
        ),
        Kind(
            "import_applied",
            "A file of yours is applied.",
            {"subject": "imp_…", "partner": "front-desk", "file": "june.csv", "recorded": 1200},
        ),
        Kind(
            "import_stopped",
            "A file of yours was stopped, by somebody or by a limit.",
            {"subject": "imp_…", "partner": "front-desk", "file": "june.csv"},
        ),
        Kind("webhook_test", "You asked for a test of a webhook.", {"subject": "whe_…"}),
    )
}


def visible(partner: str) -> QuerySet[Event]:
    """The events a partner may see (the trigger `partners_fan_out` says the same in SQL)."""
    of_nobody = Q(payload__partner=None) | ~Q(payload__has_key="partner")
    not_theirs = ~Q(payload__has_key="actor") | ~Q(payload__actor__startswith="partner:")
    shared = of_nobody & not_theirs
    own = Q(payload__partner=partner) | (of_nobody & Q(payload__actor=f"partner:{partner}"))
    return Event.objects.filter(type__in=KINDS.keys() - {"webhook_test"}).filter(own | shared)


def settled(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Those before which no other can appear any more.

    An event's id is made before its transaction commits; so only what is older than every
    transaction that still runs is shown, or a caller who goes on by cursor could miss one.
    """
    horizon = clock.now() - MARGIN
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT clock_timestamp() - min(xact_start) FROM pg_stat_activity
               WHERE datname = current_database() AND backend_xid IS NOT NULL
                 AND pid <> pg_backend_pid()"""
        )
        longest = cursor.fetchone()[0]
    if longest is not None:
        horizon -= longest
    return rows.filter(pk__lt=id_at(horizon))


def id_at(moment: datetime) -> uuid.UUID:
    """The lowest id an event of that moment can have."""
    return uuid.UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


def answer(
    *,
    id: uuid.UUID,
    type: str,
    occurred_at: datetime,
    member: uuid.UUID | None,
    subject: str,
    payload: dict[str, Any],
) -> EventAnswer:
    """An event as partners get it, whether they list it or a webhook sends it."""
    data = {
        name: public_id("mem", uuid.UUID(value)) if name in PEOPLE else value
        for name, value in payload.items()
        if name not in PRIVATE
    }
    return EventAnswer(
        id=public_id("evt", id),
        type=type,
        occurred_at=occurred_at,
        member=public_id("mem", member) if member else None,
        data={"subject": subject, **data},
    )


def answer_of(row: Event) -> EventAnswer:
    """The same for a row of the outbox."""
    return answer(
        id=row.pk,
        type=row.type,
        occurred_at=row.occurred_at,
        member=row.member_id,
        subject=row.subject,
        payload=row.payload,
    )
