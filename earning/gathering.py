"""Gathering:

what rules ask about members, read once for a whole batch and only where a rule asks.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from common import clock
from earning import offering
from earning.evaluation import Facts, RuleSpec
from earning.models import Activity
from earning.submissions import Checked
from members import lineage
from members.models import Member, SegmentMember
from plans import holding
from program.models import Program
from tiers import standing
from tiers.terms import LadderRule


class Gatherer:
    """Everything that makes up the facts of an activity, for some members."""

    def __init__(
        self,
        program: Program,
        *,
        rules: Mapping[str, Sequence[RuleSpec]],
        members: Iterable[Member],
        climbs: standing.Climbs,
        offers: offering.Activated | None = None,
    ) -> None:
        self.program, self.climbs = program, climbs
        self.zone = ZoneInfo(program.time_zone)
        self._members: dict[uuid.UUID, tuple[str, date]] = {}
        self.ladders: dict[str, LadderRule] = {way.rule.code: way.rule for way in climbs.values()}
        asked = {c.kind for specs in rules.values() for rule in specs for c in rule.conditions}
        ids = [member.pk for member in members]
        self._segments = _segments(ids) if "segment" in asked else {}
        self._plans = holding.of(ids) if "plan" in asked else {}
        if offers is None:
            offers = offering.periods(ids) if "offer" in asked else {}
        self._offers = offers
        self._first = _first(ids) if "first" in asked else None

    def forget(self) -> None:
        """Begin as if nothing had been recorded yet: for replaying what was."""
        if self._first is not None:
            self._first = set()

    def facts(self, one: Checked, member: Member) -> Facts:
        """The tier that counts is the one held when it happened, not the one it leads to."""
        held, reached = self.tiers(one, member)
        name, joined_on = self._known(member)
        pk = member.pk
        return self._said(
            one,
            member=name,
            tiers=held,
            tiers_reached=reached,
            joined_on=joined_on,
            birthday=member.birthday,
            segments=self._segments.get(pk, frozenset()),
            plans=holding.at(self._plans.get(pk, ()), one.occurred_at),
            offers=offering.at(self._offers.get(pk, ()), one.occurred_at),
            is_first=self._is_first(one, member),
        )

    def recalled(self, one: Checked, member: Member, kept: Mapping[str, Any]) -> Facts:
        """The facts of an activity that was recorded before: what is said of it now, and of the
        member what was remembered then.
        """
        day = date.fromisoformat
        return self._said(
            one,
            member=str(member.pk),
            tiers=frozenset(kept["tiers"]),
            tiers_reached=frozenset(kept["reached"]),
            segments=frozenset(kept["segments"]),
            plans=frozenset(kept["plans"]),
            offers=frozenset(kept["offers"]),
            is_first=kept["first"],
            joined_on=day(kept["joined"]) if kept["joined"] else None,
            birthday=day(kept["birthday"]) if kept["birthday"] else None,
        )

    def _said(self, one: Checked, **known: Any) -> Facts:
        """What the activity says itself, and what is known of the member."""
        rated_by = one.type.rated_by
        return Facts(
            on=one.on,
            rated_on=one.current.get(rated_by) if rated_by else None,
            attributes=one.current,
            partner=one.submission.partner,
            location=one.submission.location,
            hour=one.occurred_at.astimezone(self.zone).hour,
            **known,
        )

    def _known(self, member: Member) -> tuple[str, date]:
        """What is asked of a member for every activity and never changes: the name that limits know
        them by, and the day they joined.
        """
        known = self._members.get(member.pk)
        if known is None:
            joined_on = clock.local_date(member.joined_at, self.program.time_zone)
            known = self._members[member.pk] = (str(member.pk), joined_on)
        return known

    def tiers(self, one: Checked, member: Member) -> tuple[frozenset[str], frozenset[str]]:
        """The tiers an activity earns at: those held, and those with all that lie below them."""
        held, reached = set(), set()
        begins = one.current.get(one.type.begins_by) if one.type.begins_by else None
        moment = clock.start_of_day(begins, self.program.time_zone) if begins else one.occurred_at
        for code, rule in self.ladders.items():
            rung = self.climbs[member.pk, code].rung_before(moment)
            if rung is not None:
                held.add(rung.code)
                reached |= {other.code for other in rule.rungs if other.rank <= rung.rank}
        return frozenset(held), frozenset(reached)

    def _is_first(self, one: Checked, member: Member) -> bool:
        """Whether nothing of the kind was recorded for the member before, whatever its date."""
        if self._first is None:
            return False
        key = (member.pk, one.type.code)
        if key in self._first:
            return False
        self._first.add(key)
        return True


def remember(facts: Facts) -> dict[str, Any]:
    """What rules were told of the member, to be kept with the activity."""
    return {
        "tiers": sorted(facts.tiers),
        "reached": sorted(facts.tiers_reached),
        "segments": sorted(facts.segments),
        "plans": sorted(facts.plans),
        "offers": sorted(facts.offers),
        "first": facts.is_first,
        "joined": facts.joined_on.isoformat() if facts.joined_on else "",
        "birthday": facts.birthday.isoformat() if facts.birthday else "",
    }


def with_offer(kept: Mapping[str, Any], offer: str) -> dict[str, Any]:
    """What was remembered, with one more offer that held."""
    return {**kept, "offers": sorted({*kept.get("offers", ()), offer})}


def honored(facts: Facts, one: Checked, ladders: Iterable[LadderRule]) -> Facts:
    """The facts with the tier that the activity tells in the place of a lower one that is held: it
    counts for this activity alone, and is not remembered of the member.
    """
    code = one.current.get(one.type.tier_by) if one.type.tier_by else None
    for rule in ladders if code else ():
        told = next((rung for rung in rule.rungs if rung.code == code), None)
        if told is None or code in facts.tiers_reached:
            continue
        below = {rung.code for rung in rule.rungs if rung.rank <= told.rank}
        own = {rung.code for rung in rule.rungs}
        return dataclasses.replace(
            facts,
            tiers=(facts.tiers - own) | {told.code},
            tiers_reached=facts.tiers_reached | below,
        )
    return facts


def stated(facts: Facts, one: Checked) -> Facts | None:
    """The facts with the attributes as they are stated, where a part of them came back."""
    if one.amended is None or one.amended.stated == one.amended.values:
        return None
    return dataclasses.replace(facts, attributes=one.amended.stated)


def _segments(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, frozenset[str]] = {}
    for member, segment in SegmentMember.objects.filter(member__in=ids).values_list(
        "member", "segment"
    ):
        found[member] = found.get(member, frozenset()) | {segment}
    return found


def _first(ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, str]]:
    """What kinds of activities stand; one that was cancelled is as if it had never been."""
    rows = Activity.objects.filter(member__in=lineage.among(ids)).order_by()
    whose = Coalesce("member__merged_into", "member")
    stand = rows.exclude(changes__kind="cancel")
    return set(stand.values_list(whose, "type").distinct())
