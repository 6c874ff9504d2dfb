"""Challenges: a tier that is matched for a while, and kept by whoever counts enough until then.

What must stay true: it is kept exactly where enough was counted from the day on which it was given
up to its end, however late the run comes by; kept once, it is not examined again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from common import clock
from common.errors import BrokenRule, InvalidInput, translate
from events import outbox
from members.models import Member
from points.books import Books
from points.models import Account
from program.models import Unit
from tiers import grants
from tiers.errors import REFUSALS
from tiers.models import Standing, Tier

LATE = timedelta(days=30)  # how long the worker may have been away


def match(
    member: Member,
    *,
    tier: Tier,
    unit: Unit,
    amount: int,
    ends_at: datetime,
    keeps_until: datetime | None,
    reason: str,
    actor: str,
) -> Standing:
    """Match a tier until `ends_at`, and to `keeps_until` (None: for life) for whoever counts
    `amount` (in the unit's smallest part) of `unit` by then.

    Raises what `grants.grant` raises, and InvalidInput for a challenge that asks for nothing, or
    keeps it for no longer.
    """
    if amount < 1:
        raise InvalidInput("A challenge asks for something.", pointer="/amount")
    if keeps_until is not None and keeps_until <= ends_at:
        raise InvalidInput("Who keeps it keeps it for longer.", pointer="/keeps_until")
    with transaction.atomic():
        row = grants.grant(
            member,
            tier=tier,
            ends_at=ends_at,
            reason=reason,
            actor=actor,
            source=Standing.Source.MATCHED,
        )
        row.challenge_unit, row.challenge_amount, row.keeps_until = unit, amount, keeps_until
        row.save(update_fields=["challenge_unit", "challenge_amount", "keeps_until"])
    return row


def settle() -> int:
    """Prolong every matched tier that has been kept by now. Returns how many.

    Safe to run twice, at once, or late.
    """
    waiting = Standing.objects.filter(
        challenge_unit__isnull=False, kept_at__isnull=True, ends_at__gt=clock.now() - LATE
    )
    kept = 0
    for row in waiting.order_by("member", "id"):
        try:
            kept += _settle(row)
        except BrokenRule:
            continue  # another match was given for the time after: that one stands
    return kept


def _settle(waiting: Standing) -> bool:
    with transaction.atomic(), translate(REFUSALS):
        Books.open({(waiting.member_id, str(waiting.challenge_unit_id))})
        row = Standing.objects.select_for_update().get(pk=waiting.pk, member=waiting.member_id)
        if row.kept_at is not None or _counted(row) < (row.challenge_amount or 0):
            return False
        row.kept_at, row.ends_at = clock.now(), row.keeps_until
        row.save(update_fields=["kept_at", "ends_at"])
        payload = {"ladder": row.ladder_id, "tier": row.tier.code}
        outbox.publish("tier_kept", member_id=row.member_id, payload=payload)
    return True


def _counted(row: Standing) -> int:
    """What was counted from the day on which the tier was given, up to its end."""
    account = Account.id_for(row.member_id, str(row.challenge_unit_id))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(amount), 0)::bigint FROM points_entry
               WHERE account_id = %s AND occurred_at >= %s AND occurred_at < %s""",
            [account, row.starts_at, row.ends_at],
        )
        return int(cursor.fetchone()[0])
