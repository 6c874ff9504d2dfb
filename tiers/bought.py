"""Bought status: what a paid plan gives, stored beside what is earned. The highest counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from common.errors import translate
from members.models import Member
from program.models import Program
from tiers import ladders
from tiers.errors import REFUSALS
from tiers.flattening import flatten
from tiers.models import Standing
from tiers.terms import Span

REASON = "A plan that is paid for"


def settle(
    member: Member, *, spans: Mapping[str, Sequence[Span]], program: Program, actor: str
) -> None:
    """Store the spans that were bought, by ladder, changing only what differs; where two overlap
    the higher one stands.

    The caller holds the member's accounts locked.
    """
    rows = Standing.objects.filter(member=member, source=Standing.Source.BOUGHT)
    stored = {(row.ladder_id, row.tier_id, row.starts_at, row.ends_at): row for row in rows}
    wanted = {
        (rule.code, span.rung.id, span.starts_at, span.ends_at)
        for rule in ladders.rules(program)
        for span in flatten(
            spans.get(rule.code, ()),
            dataclasses.replace(rule, downgrade="to_earned"),
            lambda moment, day: None,
        )
    }
    stale = [row.pk for key, row in stored.items() if key not in wanted]
    if stale:
        Standing.objects.filter(pk__in=stale, member=member).delete()
    with translate(REFUSALS):
        Standing.objects.bulk_create(
            Standing(
                member=member,
                ladder_id=ladder,
                tier_id=tier,
                source=Standing.Source.BOUGHT,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=REASON,
                actor=actor,
            )
            for ladder, tier, starts_at, ends_at in sorted(wanted - stored.keys(), key=str)
        )
