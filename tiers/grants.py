"""Given status:

granted by staff, or matched with what somebody holds elsewhere. It stands beside what is earned;
the highest counts.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common import clock
from common.errors import InvalidInput, translate
from events import outbox
from members import presence
from members.models import Member
from points.errors import ReasonMissing
from tiers.errors import REFUSALS
from tiers.models import Standing, Tier


def grant(
    member: Member,
    *,
    tier: Tier,
    reason: str,
    actor: str,
    ends_at: datetime | None = None,
    source: str = Standing.Source.GRANTED,
) -> Standing:
    """Give a tier from now until `ends_at` (exclusive; None: for life).

    Raises ReasonMissing, InvalidInput for an end that has passed, BrokenRule where a grant of the
    same source is running.
    """
    now = clock.now()
    if not reason.strip():
        raise ReasonMissing(
            "Write down why. The member and the auditor will read it.", pointer="/reason"
        )
    if ends_at is not None and ends_at <= now:
        raise InvalidInput("The end lies in the past. Choose a later day.", pointer="/ends_at")
    row = Standing(
        member=member,
        ladder_id=tier.ladder_id,
        tier=tier,
        source=source,
        starts_at=now,
        ends_at=ends_at,
        reason=reason[:240],
        actor=actor,
    )
    with transaction.atomic(), translate(REFUSALS):
        presence.lock(member)
        row.save(force_insert=True)
        payload = {"ladder": tier.ladder_id, "tier": tier.code, "source": source, "actor": actor}
        outbox.publish("tier_given", member_id=member.pk, payload=payload)
    return row


def withdraw(standing: Standing, *, reason: str, actor: str) -> Standing:
    """End a given tier now.

    What was earned stays. Raises ReasonMissing, InvalidInput for what was earned or is over.
    """
    now = clock.now()
    if not reason.strip():
        raise ReasonMissing("Write down why.", pointer="/reason")
    with transaction.atomic():
        row = Standing.objects.select_for_update().get(pk=standing.pk, member=standing.member_id)
        if row.source == Standing.Source.EARNED or (row.ends_at and row.ends_at <= now):
            raise InvalidInput("Only a given tier that is still held can be withdrawn.")
        Standing.objects.filter(pk=row.pk, member=row.member_id).update(ends_at=now)
        payload = {"tier": row.tier.code, "reason": reason, "actor": actor}
        outbox.publish("tier_withdrawn", member_id=row.member_id, payload=payload)
        row.ends_at = now
    return row
