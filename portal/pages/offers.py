"""Offers as the member reads them: to be activated, theirs now, and past; and a line for home."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from common import clock
from earning import offered, offering
from earning.models import OfferActivation
from earning.offered import Held, Offered
from members.models import Member, SegmentMember
from program.models import Program
from tiers import standing
from tiers.models import Standing


@dataclasses.dataclass(frozen=True, slots=True)
class Offers:
    """The page: an offer whose day is picked stands among those to be activated as long as there
    is a day to pick.
    """

    live: list[tuple[Offered, list[Held]]]
    open: list[Offered]
    locked: list[Offered]
    past: list[tuple[Offered, list[Held]]]

    @property
    def is_empty(self) -> bool:
        return not (self.live or self.open or self.locked or self.past)


def gather(member: Member, *, program: Program) -> Offers:
    """Every offer that is for the member, or was."""
    found = offered.to(member, program=program)
    return Offers(
        live=[(one, one.live) for one in found if one.live],
        open=[one for one in found if one.can_be_activated],
        locked=[one for one in found if one.is_locked and not one.live],
        past=[
            (one, over) for one in found if (over := [held for held in one.held if held.is_over])
        ],
    )


def activated(member: Member) -> QuerySet[OfferActivation, Any]:
    """What a member activated, as JSON values: all that home has to know of it."""
    parts = {"offer": "offer_id", "day": "picked_on", "at": "activated_at", "ends": "ends_at"}
    return offering.activated(member).values(row=JSONObject(**parts))


def segments(member: Member) -> QuerySet[SegmentMember, Any]:
    """The codes of the member's segments."""
    return SegmentMember.objects.filter(member=member).order_by().values("segment")


def to_activate(
    activated: Iterable[Mapping[str, Any]],
    *,
    segments: Iterable[str],
    held: Iterable[Standing],
    program: Program,
) -> int:
    """How many offers a member can activate that do not hold yet, from what home has read."""
    now, rows = clock.now(), list(activated)
    tiers = {tier.pk: tier for ladder in standing.ladders(program) for tier in ladder.rungs}  # type: ignore[attr-defined]
    facts = offering.Facts(
        today=clock.local_date(now, program.time_zone),
        tiers=[tiers[row.tier_id] for row in held if row.tier_id in tiers],
        segments=set(segments),
        taken_on=(),
    )
    count = 0
    for code, offer in offering.offers(program).items():
        mine = [row for row in rows if row["offer"] == code]
        days = [_day(row, program) for row in mine]
        is_live = any(row["ends"] is None or _moment(row["ends"]) > now for row in mine)
        asked = dataclasses.replace(facts, taken_on=days)
        count += not is_live and offering.refusal(offer, asked) is None
    return count


def _day(row: Mapping[str, Any], program: Program) -> date:
    if row["day"]:
        return date.fromisoformat(row["day"])
    return clock.local_date(_moment(row["at"]), program.time_zone)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
