"""Gathering:

what rules ask about members, read once for a whole batch and only where a rule asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from common import clock
from earning.evaluation import Facts, RuleSpec
from earning.models import Activity
from earning.submissions import Checked
from members import lineage
from members.models import Member, SegmentMember
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
    ) -> None:
        self.program, self.climbs = program, climbs
        self.zone = ZoneInfo(program.time_zone)
        self.ladders: dict[str, LadderRule] = {way.rule.code: way.rule for way in climbs.values()}
        asked = {c.kind for specs in rules.values() for rule in specs for c in rule.conditions}
        ids = [member.pk for member in members]
        self._segments = _segments(ids) if "segment" in asked else {}
        self._first = _first(ids) if "first" in asked else None

    def forget(self) -> None:
        """Begin as if nothing had been recorded yet: for replaying what was."""
        if self._first is not None:
            self._first = set()

    def facts(self, one: Checked, member: Member) -> Facts:
        """The tier that counts is the one held when it happened, not the one it leads to."""
        held, reached = self._tiers(one, member)
        rated_by = one.type.rated_by
        return Facts(
            on=one.on,
            rated_on=one.values.get(rated_by) if rated_by else None,
            attributes=one.values,
            partner=one.submission.partner,
            location=one.submission.location,
            tiers=held,
            tiers_reached=reached,
            hour=one.occurred_at.astimezone(self.zone).hour,
            member=str(member.pk),
            joined_on=clock.local_date(member.joined_at, self.program.time_zone),
            birthday=member.birthday,
            segments=self._segments.get(member.pk, frozenset()),
            is_first=self._is_first(one, member),
        )

    def _tiers(self, one: Checked, member: Member) -> tuple[frozenset[str], frozenset[str]]:
        held, reached = set(), set()
        begins = one.values.get(one.type.begins_by) if one.type.begins_by else None
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


def _segments(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, frozenset[str]] = {}
    for member, segment in SegmentMember.objects.filter(member__in=ids).values_list(
        "member", "segment"
    ):
        found[member] = found.get(member, frozenset()) | {segment}
    return found


def _first(ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, str]]:
    rows = Activity.objects.filter(member__in=lineage.among(ids)).order_by()
    whose = Coalesce("member__merged_into", "member")
    return set(rows.values_list(whose, "type").distinct())
